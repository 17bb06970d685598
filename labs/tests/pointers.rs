//! What labs say to read on is there.

use std::fs;
use std::path::{Path, PathBuf};

use labs::{Course, Lab};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// All Rust files in a folder and below it.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| match path.is_dir() {
        true => sources(&path),
        false if path.extension().is_some_and(|extension| extension == "rs") => fs::read_to_string(path).unwrap(),
        false => String::new(),
    };
    entries.map(read).collect()
}

/// As mdBook makes the anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|letter| letter.is_alphanumeric() || " -_".contains(*letter));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

fn wrong(lab: &Lab) -> Vec<String> {
    let read = &lab.manifest.read;
    let mut wrong = Vec::new();
    if let Some(chapter) = &read.chapter {
        let (file, part) = chapter.split_once('#').unwrap_or((chapter, ""));
        let text = fs::read_to_string(root().join("docs/src").join(file)).unwrap_or_default();
        let headings: Vec<_> = text.lines().filter(|line| line.starts_with('#')).collect();
        let is_there = headings.iter().any(|heading| anchor(heading.trim_start_matches('#').trim()) == part);
        wrong.extend((headings.is_empty() || !part.is_empty() && !is_there).then(|| format!("chapter {chapter}")));
    }
    if let Some(walkthrough) = &read.walkthrough {
        let words: Vec<_> = walkthrough.split(' ').collect();
        let ["cargo", "test", "-p", package, "--test", target, step, "--", "--nocapture"] = words[..] else {
            return vec![format!("walkthrough {walkthrough}")];
        };
        let tests = root().join(package).join("tests").join(target);
        let tests = match tests.is_dir() {
            true => sources(&tests),
            false => fs::read_to_string(tests.with_extension("rs")).unwrap_or_default(),
        };
        wrong.extend((!tests.contains(&format!("fn {step}"))).then(|| format!("walkthrough {walkthrough}")));
    }
    let experiments = fs::read_to_string(root().join("benches/src/experiments/mod.rs")).unwrap();
    let is_there = |claim: &str| experiments.contains(&format!("mod c{:0>2}_", claim.trim_start_matches('C')));
    let unknown = read.claims.iter().filter(|claim| !is_there(claim));
    wrong.extend(unknown.map(|claim| format!("claim {claim}")));
    wrong
}

#[test]
fn chapters_walkthroughs_and_claims_are_there() {
    for lab in Course::open(&root().join("labs/course")).unwrap().labs() {
        assert_eq!(wrong(lab), Vec::<String>::new(), "{}", lab.name);
    }
}
