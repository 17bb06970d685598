//! Every number, word and null of a configuration and of a checkpoint's metadata, changed: one sentence or success.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use tensor::Checkpoint;

use crate::program::{Place, lineage, trained, translator};

/// All values that differ from `value` in one place, with what was changed.
fn mutations(value: &Value) -> Vec<(String, Value)> {
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(all) => all.iter().for_each(|(name, value)| places(value, &format!("{at}/{name}"), found)),
            Value::Array(all) => {
                all.iter().take(2).enumerate().for_each(|(i, value)| places(value, &format!("{at}/{i}"), found))
            }
            _ => found.push(at.to_owned()),
        }
    }
    let mut found = Vec::new();
    places(value, "", &mut found);
    let mut all = Vec::new();
    for place in found {
        let old = value.pointer(&place).unwrap().clone();
        let new = match &old {
            Value::Number(_) => {
                vec![json!(0), json!(-1), json!(17), json!(1e300), json!(1_u64 << 31), json!(u64::MAX), Value::Null]
            }
            Value::Null => vec![json!(0), json!(2), json!(1_u64 << 40), json!("off")],
            Value::Bool(old) => vec![json!(!old), Value::Null],
            _ => vec![json!(""), json!("additive"), Value::Null, json!(7)],
        };
        for new in new
            .into_iter()
            .filter(|new| *new != old && (new.is_null() || new.as_f64() != old.as_f64() || !old.is_number()))
        {
            let mut changed = value.clone();
            *changed.pointer_mut(&place).unwrap() = new.clone();
            all.push((format!("{place} = {new}"), changed));
        }
    }
    all
}

/// Runs the program in 4 GB; it must succeed, or fail with one sentence.
#[track_caller]
fn survives(arguments: &[&str], what: &str) -> bool {
    let program = lineage(arguments);
    let mut limited = std::process::Command::new("sh");
    limited.args(["-c", "ulimit -v 4000000 2>/dev/null; exec \"$0\" \"$@\""]);
    let mut command = if cfg!(target_os = "linux") {
        limited.arg(program.get_program()).args(program.get_args());
        limited
    } else {
        program
    };
    let Output { status, stderr, .. } = command.args(["--quiet", "--threads", "1"]).output().unwrap();
    let said = String::from_utf8_lossy(&stderr);
    if !status.success() {
        assert_eq!(status.code(), Some(1), "{what}: {status}, {said}");
        assert!(said.starts_with("error: ") && said.lines().count() == 1, "{what}: {said}");
        assert!(!said.contains("a mistake in lineage itself"), "{what}: {said}");
    }
    status.success()
}

/// With a binding that fits, so that the numbers themselves are judged.
#[track_caller]
fn configurations(run: &str, ask: &[&str]) {
    let path = Path::new(run).join("config.json");
    let config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mut accepted = Vec::new();
    for (what, changed) in mutations(&config) {
        fs::write(&path, changed.to_string()).unwrap();
        if survives(&["adopt", run], &what) && survives(ask, &what) {
            accepted.push(what);
        }
    }
    // What is left describes the training, or is a limit that the vocabularies do not reach.
    for what in &accepted {
        let settled = what.starts_with("/model/") || what.starts_with("/settings/");
        assert!(!settled || what.starts_with("/settings/vocabulary"), "{what} was accepted");
        let is_name = what.starts_with("/text/") || what.starts_with("/version");
        assert!(is_name || !(what.ends_with("= -1") || what.ends_with("e300")), "{what} was accepted");
    }
}

#[track_caller]
fn checkpoints(run: &str) {
    let path = Path::new(run).join("checkpoint.safetensors");
    let whole = Checkpoint::load(&path).unwrap();
    let metadata: Value = serde_json::from_str(&whole.metadata).unwrap();
    let before = fs::read(&path).unwrap();
    let _ = fs::remove_file(Path::new(run).join("model.safetensors"));
    for (what, changed) in mutations(&metadata) {
        // Sealed again, so that the numbers themselves are judged.
        Checkpoint { metadata: changed.to_string(), ..whole.clone() }.save(&path).unwrap();
        let accepted = survives(&["train", "--resume", run], &what);
        let settled = ["/config/", "/description/config/model/", "/progress/step", "/progress/best", "/progress/since"];
        assert!(!(accepted && settled.iter().any(|place| what.starts_with(place))), "{what} was accepted");
        let _ = fs::remove_file(Path::new(run).join("model.safetensors"));
    }
    fs::write(&path, before).unwrap();
}

#[test]
fn configurations_of_a_language_model() {
    let place = Place::new();
    let run = trained(&place);
    configurations(&run, &["generate", "--model", &run, "--prompt", "a", "--tokens", "20"]);
}

#[test]
fn configurations_of_a_translator() {
    let place = Place::new();
    let run = translator(&place);
    configurations(&run, &["translate", "--model", &run, "one two"]);
}

#[test]
fn checkpoints_of_a_language_model() {
    let place = Place::new();
    checkpoints(&trained(&place));
}

#[test]
fn checkpoints_of_a_translator() {
    let place = Place::new();
    checkpoints(&translator(&place));
}
