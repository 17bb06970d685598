//! `lineage lab grade`: what a class has handed in.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::labs::{Learner, course};

/// A class in the folder `class`; each learner with files by their paths.
fn class(files: &[(&str, &[u8])]) -> Learner {
    let teacher = Learner::new();
    for (path, content) in files {
        let path = teacher.0.path("class").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    teacher
}

/// Columns of a table on the terminal, without times.
fn rows(said: &str) -> Vec<Vec<&str>> {
    let lines = said.split("\n\n").next().unwrap().lines();
    lines.map(|line| line.split("  ").map(str::trim).filter(|column| !column.is_empty()).take(3).collect()).collect()
}

/// Everything in a folder with what stands in it.
fn all(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .flat_map(|path| match path.is_dir() {
            true => all(&path),
            false => vec![(path.display().to_string(), fs::read(&path).unwrap())],
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_class_is_graded_and_what_is_broken_stops_no_other() {
    let [right, wrong] = ["solutions/loops.rs", "wrong/one-future-token.rs"].map(course);
    let teacher = class(&[
        ("ana/causal_mask.rs", right.replace('\n', "\r\n").as_bytes()),
        ("ben/13-causal-mask/src/lib.rs", wrong.as_bytes()),
        ("carla/13.rs", wrong.as_bytes()),
        ("dora/causal-mask.rs", b"fn"),
        ("emil/causal-mask.rs", b"// \xe9\n"),
        ("finn/essay.rs", b""),
        ("gina/note.txt", b"I could not do it"),
        ("hugo.rs", right.as_bytes()),
    ]);
    let [class, out] = ["class", "out"].map(|name| teacher.0.at(name));
    let started = format!("{class}/ivo/mask");
    teacher.does(&["start", "causal-mask", &started], 0);
    fs::write(format!("{started}/src/before-reset-1.rs"), &right).unwrap();
    let old = format!("{class}/jana/mask");
    teacher.does(&["start", "causal-mask", &old], 0);
    let about = format!("{old}/.lineage/lab.json");
    fs::write(&about, fs::read_to_string(&about).unwrap().replace("\"version\": 1", "\"version\": 0")).unwrap();
    let before = all(&teacher.0.path("class"));

    let said = teacher.does(&["grade", &class, "--out", &out], 0);
    let mask = "13-causal-mask";
    assert_eq!(
        rows(&said),
        [
            ["ana", mask, "passed"],
            ["ben", mask, "one-future-token"],
            ["carla", mask, "one-future-token"],
            ["dora", mask, "does not compile"],
            ["emil", "-", "not graded: emil/causal-mask.rs: it is not UTF-8 text (line 1)"],
            ["finn", "-", "not graded: finn/essay.rs: there is no lab \"essay\": `lineage lab list` shows all"],
            [
                "gina",
                "-",
                "not graded: gina: nothing was handed in: there is neither a folder of a lab nor a Rust file"
            ],
            ["hugo", "-", "not graded: hugo.rs: its name does not say to which lab it is: say so with --lab NAME"],
            ["ivo", mask, "not yet"],
            [
                "jana",
                "-",
                "not graded: jana/mask: it was started as version 0 of the lab, and the course has version 1"
            ],
        ]
    );
    let statistics = said.split_once("\n\n").unwrap().1;
    assert_eq!(
        statistics,
        "13-causal-mask: 1 of 5 submissions passed\n   2  one-future-token: the mask lets one later token through\n   1  does \
         not compile\n   1  not yet\n"
    );

    let read = |name: &str| fs::read_to_string(teacher.0.path("out").join(name)).unwrap();
    let grades = read("grades.csv");
    assert!(
        grades
            .starts_with("learner,lab,result,mistake,function,seconds,submission,about\nana,13-causal-mask,passed,,,")
    );
    assert!(grades.contains("\nben,13-causal-mask,known mistake,one-future-token,causal_attention,"), "{grades}");
    assert_eq!(grades.lines().count(), 11);
    assert!(read("mistakes.csv").starts_with("lab,result,count,graded,about\n13-causal-mask,passed,1,5,\n"));
    let json: Value = serde_json::from_str(&read("grades.json")).unwrap();
    assert_eq!(json["seed"], 1);
    assert_eq!(json["grades"][1]["mistake"], "one-future-token");
    assert_eq!(json["labs"][0]["others"][0]["count"], 2);
    let told = read("told/ben/13-causal-mask/src/lib.rs.txt");
    assert!(told.starts_with("`causal_attention` is not right yet: the mask lets one later token through"), "{told}");
    assert_eq!(all(&teacher.0.path("class")), before, "nothing of the learners' is changed");

    // Files without a name that says their lab, and nothing that is to another.
    let said = teacher.does(&["grade", &class, "--lab", "causal-mask"], 0);
    assert!(said.contains("hugo   13-causal-mask  passed"), "{said}");
    let said = teacher.does(&["grade", &class, "--lab", "05"], 0);
    assert!(!said.contains("ivo"), "{said}");
}

#[test]
fn folders_that_cannot_be_graded() {
    let teacher = class(&[("ana/causal-mask.rs", b"")]);
    let [class, empty, mask] = ["class", "empty", "mask"].map(|name| teacher.0.at(name));
    fs::create_dir(&empty).unwrap();
    let said = teacher.fails(&["grade", &empty]);
    assert!(said.contains("/empty holds no submissions: make a folder in it for each learner, "), "{said}");
    let said = teacher.fails(&["grade", &teacher.0.at("nowhere")]);
    assert!(said.contains("/nowhere cannot be read: "), "{said}");
    teacher.does(&["start", "causal-mask", &mask], 0);
    assert_eq!(
        teacher.fails(&["grade", &mask]),
        format!(
            "{mask} is one submission: give the folder that holds a folder for each learner, or use `lineage lab check`"
        )
    );
    let said = teacher.fails(&["grade", &class, "--lab", "nonsense"]);
    assert_eq!(said, "there is no lab \"nonsense\": `lineage lab list` shows all");
    let inside = format!("{class}/grades");
    assert_eq!(
        teacher.fails(&["grade", &class, "--out", &inside]),
        format!("{inside} is among the submissions: give another folder for the grades with --out")
    );
    assert!(!Path::new(&inside).exists());
    assert_eq!(
        teacher.fails(&["grade", &class, "--out", &mask]),
        format!("{mask} is not empty and holds no grades: give another folder with --out")
    );
}

#[cfg(unix)]
mod unix {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    #[test]
    fn ctrl_c_keeps_what_was_graded() {
        let endless = course("skeleton.rs").replace("todo!()", "loop {}");
        let teacher =
            class(&[("ana/13.rs", course("solutions/loops.rs").as_bytes()), ("ben/13.rs", endless.as_bytes())]);
        let [class, out] = ["class", "out"].map(|name| teacher.0.at(name));
        let mut command = teacher.lab(&["grade", &class, "--out", &out, "--quiet"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while !teacher.0.path("out/grades.json").exists() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        assert_eq!(String::from_utf8(output.stderr).unwrap(), "interrupted: what was graded so far is kept\n");
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(
            said.contains("ana      13-causal-mask  passed") || said.contains("ana  13-causal-mask  passed"),
            "{said}"
        );
        assert!(said.ends_with("\n13-causal-mask: 1 of 1 submission passed\n"), "{said}");
        assert_eq!(fs::read_to_string(teacher.0.path("out/grades.csv")).unwrap().lines().count(), 2);
    }

    #[test]
    fn links_out_of_the_folder_are_not_followed() {
        let teacher = class(&[("ana/13/src/note.txt", b"")]);
        fs::write(teacher.0.path("solution.rs"), course("solutions/loops.rs")).unwrap();
        let link = teacher.0.path("class/ben.rs");
        std::os::unix::fs::symlink(teacher.0.path("solution.rs"), link).unwrap();
        let said = teacher.does(&["grade", &teacher.0.at("class"), "--lab", "13"], 0);
        assert!(said.contains("not graded: ben.rs: it is a link to another place\n"), "{said}");
    }
}
