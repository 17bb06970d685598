//! `lineage lab`, from the list to the first lab that is passed, and what goes wrong on the way.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::program::{Place, lineage, sentence};

/// Somebody who learns: the program remembers nothing of others.
pub struct Learner(pub Place);

impl Learner {
    pub fn new() -> Self {
        Learner(Place::new())
    }

    /// With the lab of the causal mask in the folder `mask`.
    fn of_the_mask() -> Self {
        let learner = Self::new();
        learner.does(&["start", "causal-mask", &learner.0.at("mask")], 0);
        learner
    }

    pub fn lab(&self, arguments: &[&str]) -> Command {
        let mut command = lineage(&[&["lab"], arguments].concat());
        command.env("LINEAGE_HOME", self.0.path("home"));
        command
    }

    /// What the program prints if it ends with this code.
    #[track_caller]
    pub fn does(&self, arguments: &[&str], code: i32) -> String {
        let Output { status, stdout, stderr } = self.lab(arguments).output().unwrap();
        assert_eq!(status.code(), Some(code), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    /// The sentence with which it fails.
    #[track_caller]
    pub fn fails(&self, arguments: &[&str]) -> String {
        sentence(self.lab(arguments).arg("--quiet").output().unwrap())
    }

    fn check(&self, code: i32) -> String {
        self.does(&["check", &self.0.at("mask")], code)
    }

    fn write(&self, source: impl AsRef<[u8]>) {
        fs::write(self.0.path("mask/src/lib.rs"), source).unwrap();
    }
}

pub fn course(file: &str) -> String {
    let course = Path::new(env!("CARGO_MANIFEST_DIR")).join("../labs/course/13-causal-mask");
    fs::read_to_string(course.join(file)).unwrap()
}

#[test]
fn from_the_list_to_the_first_lab_that_is_passed() {
    let learner = Learner::new();
    let list = learner.does(&["list"], 0);
    assert!(list.contains("13-causal-mask               15 min          The causal mask\n"), "{list}");

    let mask = learner.0.at("mask");
    let said = learner.does(&["start", "causal-mask", &mask], 0);
    assert!(said.contains(&format!("Edit {mask}/src/lib.rs")), "{said}");
    let not_yet = "`causal_attention` is not written yet: it still has its `todo!`.\n";
    assert_eq!(learner.check(1), not_yet);

    learner.write(course("wrong/one-future-token.rs"));
    let said = learner.check(1);
    assert!(said.starts_with("`causal_attention` is not right yet: the mask lets one later token through"), "{said}");

    let first = learner.does(&["hint", &mask], 0);
    assert!(first.starts_with("1 of 4: ") && first.lines().count() == 1, "{first}");
    let second = learner.does(&["hint", &mask], 0);
    assert!(second.starts_with(&first) && second.contains("\n2 of 4: "), "{second}");
    assert_eq!(learner.does(&["hint", "--seen", &mask], 0), second);
    assert_eq!(
        learner.fails(&["solution", &mask]),
        "you have not passed this lab yet: `lineage lab hint` helps, and --anyway shows the solution nevertheless"
    );

    learner.write(course("solutions/loops.rs"));
    assert_eq!(learner.check(0), "Passed: `causal_attention` is right.\n");
    assert_eq!(learner.does(&["solution", &mask], 0), course("solutions/whole_arrays.rs"));
    let progress = learner.does(&["progress"], 0);
    assert!(progress.contains("13-causal-mask               passed, 3 checks, 2 hints\n"), "{progress}");
    assert!(learner.does(&["list"], 0).contains("13-causal-mask               15 min  passed  The causal mask\n"));

    let said = learner.does(&["reset", &mask], 0);
    let kept = learner.0.path("mask/src/before-reset-1.rs");
    assert!(said.contains("what you had written is in ") && said.contains("before-reset-1.rs"), "{said}");
    assert_eq!(fs::read_to_string(kept).unwrap(), course("solutions/loops.rs"));
    assert_eq!(learner.check(1), not_yet);
}

/// The learner's manifest and build script are for the learner's editor.
#[test]
fn only_the_source_of_the_learner_is_taken() {
    let learner = Learner::of_the_mask();
    let trace = learner.0.at("trace");
    let script = format!("fn main() {{ std::fs::write({trace:?}, \"was here\").unwrap() }}");
    fs::write(learner.0.path("mask/build.rs"), script).unwrap();
    fs::write(learner.0.path("mask/Cargo.toml"), "[package]\nname = \"lab\"\nbuild = \"build.rs\"\n").unwrap();
    learner.write(course("solutions/loops.rs"));
    assert_eq!(learner.check(0), "Passed: `causal_attention` is right.\n");
    assert!(!learner.0.path("trace").exists());
}

#[test]
fn a_file_with_windows_line_ends_is_checked_like_any_other() {
    let learner = Learner::of_the_mask();
    learner.write(course("solutions/loops.rs").replace('\n', "\r\n"));
    assert_eq!(learner.check(0), "Passed: `causal_attention` is right.\n");
}

#[test]
fn a_syntax_error_is_shown_as_the_compiler_shows_it() {
    let learner = Learner::of_the_mask();
    learner.write(course("solutions/loops.rs").replacen("{", "", 1));
    let said = learner.check(1);
    assert!(said.starts_with("error: ") && said.contains("--> src/lib.rs:"), "{said}");
}

#[test]
fn folders_that_are_no_lab() {
    let learner = Learner::of_the_mask();
    let mask = learner.0.at("mask");
    let nothing = learner.0.at("nothing");
    assert_eq!(
        learner.fails(&["check", &nothing]),
        format!(
            "{nothing} is not the folder of a lab: start one with `lineage lab start NAME`, and run this in its folder"
        )
    );
    assert_eq!(learner.fails(&["start", "nonsense"]), "there is no lab \"nonsense\": `lineage lab list` shows all");
    assert_eq!(
        learner.fails(&["start", "causal-mask", &mask]),
        format!("{mask} is not empty: give another folder, as in `lineage lab start NAME DIR`")
    );

    let about = format!("{mask}/.lineage/lab.json");
    fs::write(&about, "{").unwrap();
    let said = learner.fails(&["check", &mask]);
    assert!(said.starts_with(&format!("{about} is damaged: ")), "{said}");
}

#[test]
fn a_lab_of_another_version() {
    let learner = Learner::of_the_mask();
    let about = learner.0.path("mask/.lineage/lab.json");
    let text = fs::read_to_string(&about).unwrap();
    fs::write(&about, text.replace("\"version\": 1", "\"version\": 0")).unwrap();
    let mask = learner.0.at("mask");
    assert_eq!(
        learner.fails(&["check", &mask]),
        "this is version 0 of the lab 13-causal-mask, and the course now has version 1: `lineage lab reset` gives you the new \
         skeleton and keeps a copy of your file"
    );
    learner.does(&["reset", &mask], 0);
    learner.check(1);
}

#[test]
fn a_source_that_cannot_be_taken() {
    let learner = Learner::of_the_mask();
    let mask = learner.0.at("mask");
    let [source, other] = ["mask/src/lib.rs", "mask/src/mask.rs"].map(|name| dunce::canonicalize(learner.0.path(name)));
    let (source, other) =
        (source.unwrap(), other.unwrap_or(dunce::canonicalize(learner.0.path("mask")).unwrap().join("src/mask.rs")));
    learner.write(b"// \xe9\n");
    let shown = source.display();
    assert_eq!(
        learner.fails(&["check", &mask]),
        format!("{shown} is not UTF-8 text (line 1): save it as UTF-8 in your editor")
    );
    learner.write(vec![b' '; 1 + (1 << 20)]);
    assert_eq!(
        learner.fails(&["check", &mask]),
        format!("{shown} is larger than 1 MiB: a lab takes some ten lines of code")
    );
    fs::rename(&source, &other).unwrap();
    assert_eq!(
        learner.fails(&["check", &mask]),
        format!("{shown} is missing: if {} is your solution, give it that name again", other.display())
    );
    fs::remove_file(&other).unwrap();
    assert_eq!(
        learner.fails(&["check", &mask]),
        format!("{shown} is missing; `lineage lab reset` writes the skeleton again")
    );
}

#[test]
fn two_checks_at_once() {
    let learner = Learner::of_the_mask();
    let mask = dunce::canonicalize(learner.0.path("mask")).unwrap();
    let _first = files::lock::Lock::take(&mask.join(".lineage")).unwrap();
    assert_eq!(
        learner.fails(&["check", &learner.0.at("mask")]),
        format!("another check is running in {}: wait until it has ended", mask.display())
    );
}

#[test]
fn sources_that_are_not_there() {
    let learner = Learner::new();
    let nowhere = learner.0.path("nowhere");
    fs::create_dir(&nowhere).unwrap();
    assert_eq!(
        learner.fails(&["list", "--sources", &learner.0.at("nowhere")]),
        format!(
            "{} does not hold Lineage's sources: it has no labs/course; give the folder of the clone",
            nowhere.display()
        )
    );
}

#[cfg(unix)]
mod unix {
    use std::process::{Command, Stdio};
    use std::thread::sleep;
    use std::time::Duration;

    use super::*;

    #[test]
    fn ctrl_c_ends_a_check() {
        let learner = Learner::of_the_mask();
        // What its program prints is kept somewhere in here.
        let temporary = learner.0.path("temporary");
        fs::create_dir(&temporary).unwrap();
        let begun = || {
            let mut printed = fs::read_dir(&temporary).unwrap().map(|place| place.unwrap().path().join("stdout"));
            printed.any(|printed| fs::read_to_string(printed).is_ok_and(|printed| printed.contains("begun")))
        };
        let body = "println!(\"begun\");\n    loop {}";
        learner.write(course("skeleton.rs").replace("todo!()", body));
        let mask = learner.0.at("mask");
        let mut command = learner.lab(&["check", "--quiet", &mask]);
        let mut child = command.env("TMPDIR", &temporary).stderr(Stdio::piped()).spawn().unwrap();
        while !begun() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_millis(1));
        }
        assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, "interrupted: the check is ended, and your file is as it was\n");
    }

    #[test]
    fn no_room_while_a_lab_is_started() {
        let learner = Learner::new();
        let mask = learner.0.at("mask");
        let script = "ulimit -f 0; exec \"$0\" \"$@\"";
        let mut command = Command::new("sh");
        command.args(["-c", script, env!("CARGO_BIN_EXE_lineage"), "lab", "start", "causal-mask", &mask, "--quiet"]);
        let said = sentence(command.env("LINEAGE_HOME", learner.0.path("home")).output().unwrap());
        assert!(said.starts_with(&format!("cannot write {mask}/")), "{said}");
        assert!(said.ends_with("let files be larger (ulimit -f), or choose another folder"), "{said}");
        assert!(!learner.0.path("mask").exists());
    }
}
