//! Compiling a package, and what the compiler says.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::Error;

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file that it is about, if any.
    pub file: Option<String>,
    /// As the compiler shows it.
    pub text: String,
}

/// What came of compiling.
pub(crate) enum Built {
    /// The program.
    Program(PathBuf),
    /// At least one.
    Complaints(Vec<Complaint>),
}

/// Builds the program of a package, without the network if that can be.
pub(crate) fn build(package: &Path, target: &Path, colours: bool) -> Result<Built, Error> {
    match attempt(package, target, colours, true)? {
        Attempt::Built(built) => Ok(built),
        // Crates may be missing, as when the program was built elsewhere.
        Attempt::Failed(_) => match attempt(package, target, colours, false)? {
            Attempt::Built(built) => Ok(built),
            Attempt::Failed(words) => Err(Error::Cargo(words)),
        },
    }
}

enum Attempt {
    Built(Built),
    Failed(String),
}

fn attempt(package: &Path, target: &Path, colours: bool, offline: bool) -> Result<Attempt, Error> {
    let format = if colours { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut cargo = Command::new("cargo");
    cargo.arg("build").arg(format!("--message-format={format}")).arg("--target-dir").arg(target).current_dir(package);
    if offline {
        cargo.arg("--offline");
    }
    // What a cargo above us says to its own compilers, and what the user's shell says to all, is not meant for labs.
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let set_by_cargo = text.starts_with("CARGO") && text != "CARGO_HOME" && !text.starts_with("CARGO_NET");
        if set_by_cargo || text.starts_with("RUSTFLAGS") || text.starts_with("RUSTC") || text == "LINEAGE_REAL" {
            cargo.env_remove(&name);
        }
    }
    let output = cargo.stdin(Stdio::null()).output().map_err(Error::NoCargo)?;
    let messages = output.stdout.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let mut program = None;
    let mut complaints = Vec::new();
    for message in messages {
        match message {
            Message { executable: Some(path), .. } => program = Some(path),
            Message { message: Some(said), .. } if said.level.starts_with("error") => {
                let file = said.spans.into_iter().find(|span| span.is_primary).map(Span::file);
                complaints.push(Complaint { file, text: said.rendered });
            }
            _ => {}
        }
    }
    // Errors without a place only count the others.
    if complaints.iter().any(|complaint| complaint.file.is_some()) {
        complaints.retain(|complaint| complaint.file.is_some());
    }
    Ok(match program {
        Some(program) if output.status.success() => Attempt::Built(Built::Program(program)),
        _ if !complaints.is_empty() => Attempt::Built(Built::Complaints(complaints)),
        _ => Attempt::Failed(data::one_line(String::from_utf8_lossy(&output.stderr).trim()).into_owned()),
    })
}

#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    message: Option<Said>,
}

#[derive(Deserialize)]
struct Said {
    level: String,
    rendered: String,
    spans: Vec<Span>,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

/// Where a macro was called, if the place is inside of one.
#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

impl Span {
    /// The file that somebody wrote.
    fn file(self) -> String {
        match self.expansion {
            Some(expansion) => expansion.span.file(),
            None => self.file_name,
        }
    }
}
