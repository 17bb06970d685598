//! What the tests share: running the program, a text, a trained model.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use tempfile::TempDir;

/// The stages that translate.
pub const TRANSLATORS: [&str; 3] = ["seq2seq", "attention", "transformer"];

/// Sizes of a stage with which a step takes about a millisecond.
pub fn tiny(stage: &str) -> Vec<&str> {
    let own: &[&str] = match stage {
        "rnn" | "lstm" | "gru" => &["--embedding", "8", "--context", "16"],
        "gpt" | "bert" | "t5" => &["--heads", "2", "--context", "16"],
        "transformer" => &["--heads", "2"],
        _ => &["--embedding", "8"],
    };
    [&["--layers", "1", "--width", "16", "--batch", "4"], own].concat()
}

/// The program with these words as its arguments.
pub fn lineage(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lineage"));
    command.args(arguments);
    command
}

/// Runs the program, which must succeed; what it printed on standard output.
#[track_caller]
pub fn succeeds(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = lineage(arguments).output().unwrap();
    assert!(status.success(), "{arguments:?} ended with {status}:\n{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// Runs the program with `--quiet`, which must fail: the sentence it printed.
#[track_caller]
pub fn fails(arguments: &[&str]) -> String {
    sentence(lineage(arguments).arg("--quiet").output().unwrap())
}

/// The one sentence with which the program failed.
#[track_caller]
pub fn sentence(Output { status, stdout, stderr }: Output) -> String {
    let stderr = String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(1), "{stderr}");
    assert_eq!(String::from_utf8(stdout).unwrap(), "", "a failure prints no result");
    let said = stderr.strip_prefix("error: ").and_then(|said| said.strip_suffix('\n'));
    let said = said.unwrap_or_else(|| panic!("not one line of error: {stderr:?}"));
    assert!(!said.contains('\n'), "not one line: {stderr:?}");
    said.to_owned()
}

/// A folder that is gone when dropped, and paths in it.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Place(TempDir::new().unwrap())
    }

    /// The path of `name` here.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The same as an argument.
    pub fn at(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Writes a file here; its path as an argument.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        fs::write(self.path(name), content).unwrap();
        self.at(name)
    }

    /// A text of 6,000 characters.
    pub fn text(&self) -> String {
        self.file("text.txt", &data::corpus::BOOK[..6000])
    }

    /// Pairs of all sentences of three English digits, translated from the last to the first.
    pub fn pairs(&self) -> String {
        let digits =
            ["one", "two", "three", "four", "five", "six"].into_iter().zip(["I", "II", "III", "IV", "V", "VI"]);
        let digits: Vec<_> = digits.collect();
        let mut pairs = String::new();
        for (a, x) in &digits {
            for (b, y) in &digits {
                for (c, z) in &digits {
                    pairs += &format!("{a} {b} {c}\t{z} {y} {x}\tfrom nobody\n");
                }
            }
        }
        self.file("pairs.tsv", pairs)
    }
}

/// A copy of the folder of a tiny gpt that was trained once for all tests, named `run` in `place`.
pub fn trained(place: &Place) -> String {
    static TRAINED: OnceLock<Place> = OnceLock::new();
    let original = TRAINED.get_or_init(|| {
        let place = Place::new();
        let (text, run) = (place.text(), place.at("run"));
        succeeds(
            &[&["train", "gpt", "--text", &text, "--out", &run, "--steps", "8", "--quiet"], &tiny("gpt")[..]].concat(),
        );
        place
    });
    copy(&original.path("run"), &place.path("run"));
    place.at("run")
}

/// The same of a tiny translator that looks back, on [`Place::pairs`]; the folder is named `translator`.
pub fn translator(place: &Place) -> String {
    static TRAINED: OnceLock<Place> = OnceLock::new();
    let original = TRAINED.get_or_init(|| {
        let place = Place::new();
        let (pairs, run) = (place.pairs(), place.at("translator"));
        let train = ["train", "attention", "--pairs", &pairs, "--out", &run, "--steps", "8", "--quiet"];
        succeeds(&[&train, &tiny("attention")[..]].concat());
        place
    });
    copy(&original.path("translator"), &place.path("translator"));
    place.at("translator")
}

/// The same of a tiny encoder, on [`Place::text`]; the folder is named `encoder`.
pub fn encoder(place: &Place) -> String {
    static TRAINED: OnceLock<Place> = OnceLock::new();
    let original = TRAINED.get_or_init(|| {
        let place = Place::new();
        let (text, run) = (place.text(), place.at("encoder"));
        let train = ["train", "bert", "--text", &text, "--out", &run, "--steps", "8", "--vocab-size", "400", "--quiet"];
        succeeds(&[&train, &tiny("bert")[..]].concat());
        place
    });
    copy(&original.path("encoder"), &place.path("encoder"));
    place.at("encoder")
}

/// The same of a tiny model of text in and text out, which fills gaps of [`Place::text`]; the folder is named `gaps`.
pub fn text_to_text(place: &Place) -> String {
    static TRAINED: OnceLock<Place> = OnceLock::new();
    let original = TRAINED.get_or_init(|| {
        let place = Place::new();
        let (text, run) = (place.text(), place.at("gaps"));
        let train = ["train", "t5", "--text", &text, "--out", &run, "--steps", "8", "--vocab-size", "400", "--quiet"];
        succeeds(&[&train, &tiny("t5")[..]].concat());
        place
    });
    copy(&original.path("gaps"), &place.path("gaps"));
    place.at("gaps")
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// How many steps the checkpoint in a run's folder has behind it; none if there is no complete one.
pub fn steps_saved(run: &Path) -> Option<u64> {
    nn::SavedRun::load(&run.join("checkpoint.safetensors")).ok().map(|saved| saved.progress.step)
}
