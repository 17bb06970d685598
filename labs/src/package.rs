//! Cargo packages: that of the learner, and those of a lab's programs.
//!
//! The candidate's package has our manifest and our main file; of the learner's it has `src/lib.rs` alone, as a library
//! of its own, so that the compiler names its lines as the learner knows them.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::course::{Kind, Lab};
use crate::manifest::Manifest;
use crate::sources::Sources;

/// The crates in which a training spends its time.
const COMPUTES: [&str; 5] = ["gemm-common", "gemm-f32", "ndarray", "nn", "tensor"];

/// A package to be written.
pub(crate) struct Package {
    /// Of the package and its program.
    pub name: String,
    /// Name and content of its files.
    pub files: Vec<(String, String)>,
    /// Whether the crates that it stands on are optimised, for a training.
    pub optimised: bool,
}

/// The program that holds all versions of a lab.
pub(crate) fn examiner(sources: &Sources, lab: &Lab) -> Result<Package, Error> {
    let name = format!("examiner-{}", key(lab.folder()));
    let mut main = format!("#![allow(warnings)]\n{}mod cases;\n", path_of(&lab.file("cases")));
    let (mut calls, mut trains) = (String::new(), String::new());
    for (number, version) in lab.versions().iter().enumerate() {
        let [own, call] = [&*version.path, &lab.file("call")].map(path_of);
        let train = training(lab).filter(|_| version.kind == Kind::Right).unwrap_or_default();
        let _ = writeln!(main, "mod version_{number} {{\n{own}pub mod lab;\n{call}pub mod call;\n{train}}}");
        let _ = write!(calls, "version_{number}::call::call, ");
        if !train.is_empty() {
            let _ = write!(trains, "version_{number}::train::train, ");
        }
    }
    let exercises = &lab.manifest.exercises;
    let examine = format!("labkit::examiner(&{exercises:?}, cases::draw, &[{calls}])");
    let _ = writeln!(main, "fn main() {{ if !labkit::trains(&[{trains}]) {{ {examine} }} }}");
    let manifest = manifest(sources, &name, &lab.manifest, true, false)?.to_string();
    let files = named([("Cargo.toml", manifest), ("src/main.rs", main)]);
    Ok(Package { name, files, optimised: lab.manifest.whole.is_some() })
}

/// The name of the learner's library.
pub(crate) const LIBRARY: &str = "lab";

/// The program that answers with what the learner wrote; `key` tells learners apart.
pub(crate) fn candidate(sources: &Sources, lab: &Lab, source: &str, key: &str) -> Result<Package, Error> {
    let name = format!("candidate-{key}");
    let (call, train) = (path_of(&lab.file("call")), training(lab).unwrap_or_default());
    let trains = if train.is_empty() { "" } else { "train::train" };
    let main = format!(
        "#![allow(warnings)]\nextern crate lab;\n{call}mod call;\n{train}\
         fn main() {{ if !labkit::trains(&[{trains}]) {{ labkit::candidate(&[call::call]) }} }}\n"
    );
    let mut manifest = manifest(sources, &name, &lab.manifest, true, true)?;
    // Cargo compiles again what has a newer date, and dates may be coarse: this is another package for it as well.
    manifest["package"]["description"] = files::sha256(source.as_bytes()).into();
    let manifest = manifest.to_string();
    Ok(Package {
        name,
        files: named([("Cargo.toml", manifest), ("src/main.rs", main), ("src/lib.rs", source.to_owned())]),
        optimised: lab.manifest.whole.is_some(),
    })
}

/// The program that answers with one of many edits of a solution.
pub(crate) fn mutants(sources: &Sources, lab: &Lab, edited: &[&str]) -> Result<Package, Error> {
    let name = format!("mutants-{}", key(lab.folder()));
    // What is certain to panic is an error otherwise.
    let mut main = "#![allow(warnings, unconditional_panic, arithmetic_overflow)]\n".to_owned();
    let (mut calls, mut files) = (String::new(), Vec::new());
    for (number, source) in edited.iter().enumerate() {
        let _ = writeln!(main, "mod edit_{number} {{\npub mod lab;\n{}pub mod call;\n}}", path_of(&lab.file("call")));
        let _ = write!(calls, "edit_{number}::call::call, ");
        files.push((format!("src/edit_{number}/lab.rs"), (*source).to_owned()));
    }
    let _ = writeln!(main, "fn main() {{ labkit::candidate(&[{calls}]) }}");
    let manifest = manifest(sources, &name, &lab.manifest, true, false)?;
    files.extend(named([("Cargo.toml", manifest.to_string()), ("src/main.rs", main)]));
    Ok(Package { name, files, optimised: lab.manifest.whole.is_some() })
}

fn named<const N: usize>(files: [(&str, String); N]) -> Vec<(String, String)> {
    files.map(|(name, content)| (name.to_owned(), content)).into()
}

/// The package that the learner's editor understands.
pub(crate) fn learner(sources: &Sources, lab: &Lab) -> Result<Vec<(&'static str, String)>, Error> {
    let manifest = manifest(sources, &lab.name, &lab.manifest, false, true)?;
    let path = sources.lock();
    let lock = fs::read_to_string(&path).map_err(Error::read(&path))?;
    Ok(vec![("Cargo.toml", manifest.to_string()), ("Cargo.lock", lock)])
}

impl Package {
    /// Writes the files that are not there already; returns the folder.
    pub fn write(&self, sources: &Sources) -> Result<PathBuf, Error> {
        let folder = sources.target().join("packages").join(&self.name);
        for (name, content) in &self.files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().unwrap_or(&folder)).map_err(Error::make(&folder))?;
            // Cargo compiles again what has a new date.
            if fs::read_to_string(&path).ok().as_ref() != Some(content) {
                files::write_atomically(&path, content.as_bytes())?;
            }
        }
        let lock = folder.join("Cargo.lock");
        if is_older(&lock, &sources.lock()) {
            let versions = fs::read(sources.lock()).map_err(Error::read(&sources.lock()))?;
            files::write_atomically(&lock, &versions)?;
        }
        Ok(folder)
    }
}

/// A short name for a folder that no other has.
pub(crate) fn key(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name: String =
        name.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-').take(40).collect();
    format!("{name}-{}", &files::sha256(folder.as_os_str().as_encoded_bytes())[..12])
}

fn is_older(file: &Path, than: &Path) -> bool {
    let date = |path: &Path| fs::metadata(path).and_then(|found| found.modified());
    match (date(file), date(than)) {
        (Ok(file), Ok(than)) => file < than,
        _ => true,
    }
}

/// The module that trains, if the lab is a whole one.
fn training(lab: &Lab) -> Option<String> {
    lab.manifest.whole.as_ref().map(|_| format!("{}pub mod train;\n", path_of(&lab.file("train"))))
}

fn path_of(path: &Path) -> String {
    format!("#[path = {:?}]\n", path.to_string_lossy())
}

fn manifest(sources: &Sources, name: &str, lab: &Manifest, program: bool, library: bool) -> Result<toml::Table, Error> {
    let kit = program.then_some("labkit");
    let dependencies = sources.dependencies(lab.dependencies.iter().map(String::as_str).chain(kit))?;
    let mut manifest = toml::toml! {
        [package]
        name = ""
        description = ""
        version = "0.0.0"
        edition = "2024"
        build = false
        autobins = false
        autoexamples = false
        autotests = false
        autobenches = false

        // Not part of a workspace above.
        [workspace]

        [profile.dev]
        debug = false
        incremental = false
    };
    let table = |pairs: &[(&str, &str)]| {
        toml::Table::from_iter(pairs.iter().map(|&(key, value)| (key.to_owned(), toml::Value::from(value))))
    };
    manifest["package"]["name"] = name.into();
    if lab.whole.is_some() {
        // Compiled once, and then trained with again and again: what computes is optimised in full, the rest a little, and
        // the learner's functions not at all.
        let level = |level: i64| toml::Table::from_iter([("opt-level".to_owned(), level.into())]);
        let levels = COMPUTES.map(|name| (name.to_owned(), level(3).into()));
        let own = (name.to_owned(), level(0).into());
        let dev = manifest["profile"]["dev"].as_table_mut().expect("it is written above");
        dev.extend(level(1));
        dev.insert("package".to_owned(), toml::Table::from_iter(levels.into_iter().chain([own])).into());
    }
    manifest.insert("dependencies".into(), dependencies.into());
    if library {
        manifest.insert("lib".into(), table(&[("name", LIBRARY), ("path", "src/lib.rs")]).into());
    }
    if program {
        manifest.insert("bin".into(), vec![table(&[("name", name), ("path", "src/main.rs")])].into());
    }
    Ok(manifest)
}
