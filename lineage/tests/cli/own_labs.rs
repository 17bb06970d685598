//! Labs of a teacher's own, in a folder elsewhere, with a program that is told once where the sources are.

use std::fs;
use std::path::Path;

use crate::labs::Learner;

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[test]
fn a_lab_of_a_teacher_is_proven_listed_started_checked_and_graded() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let teacher = Learner::new();
    let [course, lab] = ["my labs", "class/ana/mean"].map(|name| teacher.0.at(name));
    copy(&tests.join("fixtures/my-labs"), Path::new(&course));
    let sources = tests.join("../..").to_str().unwrap().to_owned();

    let list = teacher.does(&["list", "--course", &course, "--sources", &sources], 0);
    assert_eq!(list, "weighted-mean                 5 min          A weighted mean\n");
    let said = teacher.does(&["certify", &course, "--seeds", "2", "--mutants", "--keep"], 0);
    assert!(said.starts_with("weighted-mean                certified: 8 versions\n"), "{said}");
    assert!(said.ends_with(" edits of right versions 0 are known to change nothing, and 0 others pass\n"), "{said}");
    let kept = fs::read_to_string(format!("{course}/weighted-mean/certificate.json")).unwrap();
    assert!(kept.contains("\"seeds\": 2,"), "{kept}");

    teacher.does(&["start", "mean", &lab, "--course", &course], 0);
    let source = |name: &str| fs::read_to_string(tests.join("fixtures/my-labs/weighted-mean").join(name)).unwrap();
    fs::write(format!("{lab}/src/lib.rs"), source("wrong/unweighted.rs")).unwrap();
    let said = teacher.does(&["check", &lab], 1);
    assert!(said.starts_with("`weighted_mean` is not right yet: the weights are not used (unweighted).\n"), "{said}");
    let said = teacher.does(&["grade", &teacher.0.at("class"), "--course", &course], 0);
    assert!(said.starts_with("ana  weighted-mean  unweighted "), "{said}");
    fs::write(format!("{lab}/src/lib.rs"), source("solutions/loop.rs")).unwrap();
    assert_eq!(teacher.does(&["check", &lab], 0), "Passed: `weighted_mean` is right.\n");
}
