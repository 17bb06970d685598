//! What the tests share.

use std::fs;
use std::path::Path;

use labs::{Checked, Course, Engine, Lab, Sources, told};
use tempfile::TempDir;

/// A lab of the course.
pub fn lab(name: &str) -> Lab {
    Course::open(&sources().course()).unwrap().lab(name).unwrap().clone()
}

/// The same in a folder of its own, with a second for all answers.
pub fn hurried(name: &str, folder: &TempDir) -> Lab {
    copy(lab(name).folder(), folder.path());
    let manifest = folder.path().join("lab.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replacen("version = 1\n", "version = 1\nseconds = 1\n", 1)).unwrap();
    Lab::open(folder.path()).unwrap()
}

/// What is said about a source; tests that run at the same time call themselves by different names.
pub fn said(lab: &Lab, source: &str, learner: &str) -> String {
    told(lab, &check(lab, source, learner))
}

/// What a check finds.
pub fn check<'l>(lab: &'l Lab, source: &str, learner: &str) -> Checked<'l> {
    let engine = Engine { sources: sources(), colours: false, stop: &|| false, say: &|_| () };
    engine.check(lab, source, &Path::new("/learners").join(learner), 1).unwrap()
}

fn sources() -> Sources {
    Sources::at(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).unwrap()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).unwrap();
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
