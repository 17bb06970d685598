//! What the program knows of its own sources: the hash of each experiment, and the reference run.

use std::{env, error::Error, ffi::OsStr, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=src/experiments");
    println!("cargo:rerun-if-changed=reference");
    let mut code =
        "/// The hash of each experiment's code, by its claim.\npub const HASHES: &[(&str, &str)] = &[\n".to_owned();
    for folder in sorted("src/experiments")? {
        let name = folder.file_name().and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let number = name.split_once('_').and_then(|(id, _)| id.strip_prefix('c')?.parse::<u32>().ok());
        if let (true, Some(number)) = (folder.is_dir(), number) {
            code += &format!("    (\"C{number}\", \"{}\"),\n", hash(&folder)?);
        }
    }
    code += "];\n\n/// The files of the reference run: names and contents.\npub const FILES: &[(&str, &str)] = &[\n";
    for file in sorted("reference")?.iter().filter(|file| file.extension() == Some(OsStr::new("json"))) {
        let absolute = file.canonicalize()?;
        code += &format!("    ({:?}, include_str!({absolute:?})),\n", file.file_name().unwrap_or_default());
    }
    code += "];\n";
    fs::write(Path::new(&env::var("OUT_DIR")?).join("own_sources.rs"), code)?;
    Ok(())
}

/// Of what measures and judges: not of the tests, of what the page says, and of what it costs.
fn hash(experiment: &Path) -> Result<String, Box<dyn Error>> {
    let mut content = String::new();
    for file in sorted(experiment)? {
        let name = file.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if !name.ends_with(".rs") || ["findings.rs", "figures.rs", "tests.rs"].contains(&name) {
            continue;
        }
        let source = fs::read_to_string(&file)?;
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let costs = |line: &&str| ["seconds: [", "memory: Memory"].iter().any(|field| line.trim().starts_with(field));
        let lines = code.lines().filter(|line| !costs(line)).flat_map(|line| [line, "\n"]);
        content.extend([name, "\n"].into_iter().chain(lines));
    }
    Ok(files::sha256(content.as_bytes())[..16].to_owned())
}

/// What is in a folder, by name.
fn sorted(folder: impl AsRef<Path>) -> Result<Vec<std::path::PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut entries = entries.collect::<Result<Vec<_>, std::io::Error>>()?;
    entries.sort();
    Ok(entries)
}
