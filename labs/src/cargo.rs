//! Compiling a package, and what the compiler says.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::Error;
use crate::child::{self, End, Limits};
use crate::package;
use crate::place::Place;
use crate::room;
use crate::source::SOURCE;

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The file that it is about, if any.
    pub file: Option<String>,
    /// As the compiler shows it.
    pub text: String,
}

impl Complaint {
    /// About the learner's file, in our words.
    pub(crate) fn of_source(what: &str) -> Self {
        Complaint { file: Some(SOURCE.to_owned()), text: format!("error: {SOURCE} {what}\n") }
    }
}

/// What is to be built, and how.
pub(crate) struct Order<'a> {
    pub package: &'a Path,
    /// Where all is built.
    pub target: &'a Path,
    pub colours: bool,
    pub limits: Limits,
    /// Whether somebody wants it to stop.
    pub stop: &'a dyn Fn() -> bool,
}

/// What came of compiling.
pub(crate) enum Built {
    /// The program.
    Program(PathBuf),
    /// The learner's file takes in this one.
    TakesIn(PathBuf),
    /// At least one.
    Complaints(Vec<Complaint>),
    OutOfTime,
    /// A file would become larger than it may.
    TooLarge,
}

/// Builds the program of a package, without the network if that can be.
pub(crate) fn build(order: &Order<'_>) -> Result<Built, Error> {
    match attempt(order, true)? {
        Attempt::Built(built) => Ok(built),
        // Crates may be missing, as when the program was built elsewhere.
        Attempt::Failed(_) => match attempt(order, false)? {
            Attempt::Built(built) => Ok(built),
            Attempt::Failed(words) => Err(Error::Cargo(words)),
        },
    }
}

/// The files besides the learner's that a library was compiled from. The compiler writes them beside it as rules of make: one
/// line for each, which ends with a colon.
fn taken_in(library: &Path) -> Vec<PathBuf> {
    let name = library.file_stem().unwrap_or_default().to_string_lossy();
    let rules = library.with_file_name(format!("{}.d", name.strip_prefix("lib").unwrap_or(&name)));
    let rules = fs::read_to_string(rules).unwrap_or_default();
    let files = rules.lines().filter_map(|line| line.strip_suffix(':')).map(|file| file.replace("\\ ", " "));
    files.map(PathBuf::from).filter(|file| file != Path::new(SOURCE)).collect()
}

enum Attempt {
    Built(Built),
    Failed(String),
}

fn attempt(order: &Order<'_>, offline: bool) -> Result<Attempt, Error> {
    let format = if order.colours { "json-diagnostic-rendered-ansi" } else { "json" };
    let mut cargo = Command::new("cargo");
    cargo
        .arg("build")
        .arg(format!("--message-format={format}"))
        .arg("--target-dir")
        .arg(order.target)
        .current_dir(order.package);
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
    let place = Place::new()?;
    let [stdout, stderr] = place.output();
    let end =
        child::run(&mut cargo, place.output(), order.limits, order.stop).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::NoCargo(source),
            _ => place.full().unwrap_or(Error::Run { path: "cargo".into(), source }),
        })?;
    let success = match end {
        End::By(status) => status.success(),
        End::Interrupted => return Err(Error::Interrupted),
        End::OutOfTime => return Ok(Attempt::Built(Built::OutOfTime)),
    };
    let said = fs::read(&stdout).map_err(Error::read(&stdout))?;
    let messages = said.split(|&byte| byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
    let (mut program, mut others) = (None, Vec::new());
    let mut complaints = Vec::new();
    for message in messages {
        match message {
            Message { executable: Some(path), .. } => program = Some(path),
            Message { message: Some(said), .. } if said.level.starts_with("error") => {
                let file = said.spans.into_iter().find(|span| span.is_primary).map(Span::file);
                complaints.push(Complaint { file, text: said.rendered });
            }
            Message { target: Some(target), filenames, .. } if target.name == package::LIBRARY => {
                others = filenames.iter().flat_map(|built| taken_in(built)).collect();
            }
            _ => {}
        }
    }
    let said = fs::read(&stderr).map_err(Error::read(&stderr))?;
    let said = String::from_utf8_lossy(&said);
    if let Some(most) = order.limits.file.filter(|_| !success)
        && (is_cut_off(&said) || complaints.iter().any(|complaint| is_cut_off(&complaint.text)))
    {
        sweep(&order.target.join("debug/deps"), most);
        return Ok(Attempt::Built(Built::TooLarge));
    }
    // Errors without a place only count the others.
    if complaints.iter().any(|complaint| complaint.file.is_some()) {
        complaints.retain(|complaint| complaint.file.is_some());
    } else if !success {
        let is_said = complaints.iter().any(|complaint| room::is_said(&complaint.text));
        let said = || is_said.then(|| Error::NoRoom(order.target.to_owned()));
        if let Some(full) = said().or_else(|| room::full(order.target)).or_else(|| place.full()) {
            return Err(full);
        }
    }
    Ok(match program {
        Some(program) if success => Attempt::Built(others.pop().map_or(Built::Program(program), Built::TakesIn)),
        _ if !complaints.is_empty() => Attempt::Built(Built::Complaints(complaints)),
        _ => Attempt::Failed(data::one_line(said.trim()).into_owned()),
    })
}

/// Whether the compiler or the linker was ended because a file of it grew too large (SIGXFSZ), in the words of cargo and of cc.
fn is_cut_off(words: &str) -> bool {
    ["(signal: 25", "terminated with signal 25"].iter().any(|said| words.contains(said))
}

/// Removes what was cut off: the compiler cannot do it any more, and next time it would be other files.
fn sweep(folder: &Path, most: u64) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        match entry.metadata() {
            Ok(found) if found.is_dir() => sweep(&path, most),
            Ok(found) if found.len() >= most => drop(fs::remove_file(&path)),
            _ => {}
        }
    }
}

#[derive(Deserialize)]
struct Message {
    executable: Option<PathBuf>,
    message: Option<Said>,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// What was built, and lies in `filenames`.
#[derive(Deserialize)]
struct Target {
    name: String,
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
