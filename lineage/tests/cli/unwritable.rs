//! Results that cannot be written. Other systems have no such devices, shells and limits.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::program::{Place, fails, lineage, sentence, steps_saved, succeeds, tiny, trained, translator};

/// Runs the program as a shell does after `setting`.
fn after(setting: &str, arguments: &[&str]) -> Output {
    let script = format!("{setting}; exec \"$0\" \"$@\"");
    let program = env!("CARGO_BIN_EXE_lineage");
    Command::new("sh").args(["-c", &script, program]).args(arguments).output().unwrap()
}

#[test]
fn results_that_have_nowhere_to_go_are_an_error() {
    let place = Place::new();
    let (run, spanish, text) = (trained(&place), translator(&place), place.text());
    let commands: &[&[&str]] = &[
        &["evaluate", "--model", &run, "--text", &text, "--quiet"],
        &["generate", "--model", &run, "--prompt", "Mr. Fogg", "--quiet"],
        &["translate", "--model", &spanish, "one two three", "--quiet"],
        &["--help"],
        &["train", "--help"],
        &["--version"],
    ];
    for command in commands {
        let closed = "the result cannot be written: standard output is closed; send it to a file or to another program";
        assert_eq!(sentence(after("exec >&-", command)), closed, "{command:?}");
        let full = File::options().write(true).open("/dev/full");
        if let Ok(full) = full {
            let said = sentence(lineage(command).stdout(full).stderr(Stdio::piped()).output().unwrap());
            let expected = "the result cannot be written to standard output: No space left on device (os error 28); \
                            make room, or send it to another place";
            assert_eq!(said, expected, "{command:?}");
        }
    }
}

#[test]
fn a_closed_standard_error_does_not_stop_a_run() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "2"], &tiny("rnn")[..]].concat();
    assert!(after("exec 2>&-", &train).status.success());
}

#[test]
fn a_closed_standard_input_is_not_an_empty_one() {
    let place = Place::new();
    let run = translator(&place);
    assert_eq!(
        sentence(after("exec <&-", &["translate", "--model", &run, "--quiet"])),
        "standard input is closed: give sentences as arguments, or a file with --file"
    );
}

/// A limit on the size of files, which ends other programs by a signal.
#[test]
fn a_checkpoint_beyond_the_limit_says_how_to_go_on() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train =
        [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "2", "--quiet"], &tiny("rnn")[..]].concat();
    let said = sentence(after("ulimit -f 1", &train));
    assert!(said.contains("File too large") && said.ends_with("or choose another folder with --out"), "{said}");
    assert!(lineage(&train).status().unwrap().success());

    let checkpoint = place.path("run/checkpoint.safetensors");
    let before = fs::read(&checkpoint).unwrap();
    let said = sentence(after("ulimit -f 1", &["train", "--resume", &run, "--quiet"]));
    assert!(
        said.ends_with(&format!("let files be larger (ulimit -f), then go on with: lineage train --resume {run}")),
        "{said}"
    );
    assert!(fs::read(&checkpoint).unwrap() == before);
}

#[test]
fn runs_without_a_name_that_begin_at_once_take_one_each() {
    let place = Place::new();
    let text = place.text();
    let train = [&["train", "rnn", "--text", &text, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat();
    let start = |_| lineage(&train).current_dir(place.path("")).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..6).map(start).collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let mut names: Vec<_> = fs::read_dir(place.path("runs")).unwrap().map(|run| run.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["rnn", "rnn-2", "rnn-3", "rnn-4", "rnn-5", "rnn-6"]);
}

#[test]
fn a_strangers_files_in_a_folder_are_left_alone() {
    let place = Place::new();
    let text = place.text();
    for (number, name) in [".lock", "notes.partial", "mine.csv"].into_iter().enumerate() {
        let run = place.at(&format!("run-{number}"));
        fs::create_dir(&run).unwrap();
        let file = place.file(&format!("run-{number}/{name}"), "mine");
        let said = fails(&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1"]);
        assert!(
            said.ends_with("is not empty and holds no run, so it was left alone: choose another folder with --out")
        );
        assert_eq!(fs::read_to_string(file).unwrap(), "mine");
    }
    let run = trained(&place);
    let lock = place.file("run/.lock", "mine");
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert_eq!(fs::read_to_string(lock).unwrap(), "mine");
}

/// A disk that is full, as far as it can be had: files may grow a little larger than the first checkpoint, to which the history adds
/// a row at every step.
#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_during_a_run() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let train = |steps: &str, out: &str| {
        let train = ["train", "rnn", "--text", &text, "--out", out, "--steps", steps, "--eval-every", "1", "--quiet"];
        lineage(&[&train, &tiny("rnn")[..]].concat())
    };
    assert!(train("1", &place.at("first")).status().unwrap().success());
    let blocks = (fs::metadata(place.path("first/checkpoint.safetensors")).unwrap().len() + 8192) / 512;

    let mut limited = Command::new("sh");
    limited.args(["-c", &format!("ulimit -f {blocks}; exec \"$0\" \"$@\"")]);
    let train = train("400", &run);
    limited.arg(train.get_program()).args(train.get_args());
    let said = sentence(limited.output().unwrap());
    assert!(
        said.starts_with(&format!("cannot write {run}/checkpoint.safetensors: File too large (os error 27); ")),
        "{said}"
    );

    let saved = steps_saved(Path::new(&run)).unwrap();
    assert!((1..400).contains(&saved), "saved {saved}");
    assert!(partial(&run).is_empty(), "what was written in part holds no room");
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert_eq!(steps_saved(Path::new(&run)), Some(400));
}

/// What is left of files that were being written.
fn partial(folder: &str) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".partial")).collect()
}

/// Runs the program as one who may not write everywhere; none if this machine has no way to.
fn without_privileges(place: &Place, arguments: &[&str]) -> Option<Output> {
    let mut command = lineage(arguments);
    let is_root = fs::metadata(place.path("")).unwrap().uid() == 0;
    if is_root {
        command.uid(65_534).gid(65_534);
    }
    match command.arg("--quiet").output() {
        Ok(output) => Some(output),
        // The program stands where only root may go.
        Err(error) if is_root => {
            println!("not tried, since nobody else may start the program: {error}");
            None
        }
        Err(error) => panic!("{error}"),
    }
}

/// Permissions stand for a disk that is read-only.
#[test]
fn a_folder_that_cannot_be_written_is_told_with_a_way_out() {
    let place = Place::new();
    let (run, text) = (trained(&place), place.text());
    let out = place.at("closed/run");
    fs::create_dir(place.path("closed")).unwrap();
    let mode = |path: &str, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    mode(&place.at(""), 0o755);
    mode(&place.at("closed"), 0o555);
    mode(&run, 0o555);
    let before = fs::read(Path::new(&run).join("checkpoint.safetensors")).unwrap();
    let report = place.at("closed/report");
    let commands: [(&[&str], String); 4] = [
        (
            &["train", "rnn", "--text", &text, "--out", &out, "--steps", "1"],
            format!("{out} cannot be made a folder: Permission denied (os error 13); choose another with --out"),
        ),
        (
            &["train", "--resume", &run],
            format!(
                "cannot write {run}/.lock: Permission denied (os error 13); make its folder writable, or copy the folder to \
                 where you may write"
            ),
        ),
        (
            &["adopt", &run],
            format!(
                "cannot write {run}/.lock: Permission denied (os error 13); make its folder writable, or copy the folder \
                 to where you may write"
            ),
        ),
        (
            &["compare", "--only", "C12", "--out", &report],
            format!(
                "the report cannot be written to {report}: Permission denied (os error 13); make its folder writable, or \
                 choose another folder with --out"
            ),
        ),
    ];
    for (command, expected) in commands {
        let Some(output) = without_privileges(&place, command) else { return };
        assert_eq!(sentence(output), expected);
    }
    mode(&place.at("closed"), 0o755);
    mode(&run, 0o755);
    assert!(fs::read(Path::new(&run).join("checkpoint.safetensors")).unwrap() == before);
    assert_eq!(fs::read_dir(place.path("closed")).unwrap().count(), 0);
}

/// From the fewest files with which the program begins at all to enough; none of it hangs.
#[cfg(target_os = "linux")]
#[test]
fn too_few_open_files_are_told_with_a_way_out() {
    let place = Place::new();
    let (text, run, model) = (place.text(), place.at("new"), trained(&place));
    let train =
        [&["train", "rnn", "--text", &text, "--out", &run, "--steps", "1", "--quiet"], &tiny("rnn")[..]].concat();
    let generate = ["generate", "--model", &model, "--prompt", "Mr. Fogg", "--tokens", "2", "--quiet"];
    let compare = ["compare", "--only", "C1", "--out", &run, "--quiet"];
    let resume = ["train", "--resume", &model, "--quiet"];
    for command in [&train[..], &compare, &generate, &resume, &["adopt", &model, "--quiet"]] {
        let mut succeeded = false;
        for files in 4..20 {
            let _ = fs::remove_dir_all(&run);
            let output = after(&format!("ulimit -n {files}"), command);
            let said = String::from_utf8(output.stderr).unwrap();
            succeeded = output.status.success();
            // Below, the system cannot even load the program.
            if succeeded || output.status.code() == Some(127) {
                continue;
            }
            assert_eq!(output.status.code(), Some(1), "{files}: {said}");
            assert!(said.starts_with("error: ") && said.lines().count() == 1, "{files}: {said}");
            assert!(said.contains("Too many open files (os error 24); "), "{files}: {said}");
            let ways_out = ["let more files be open (ulimit -n)", "raise the limit on open files"];
            assert!(ways_out.iter().any(|way_out| said.contains(way_out)), "{files}: {said}");
            assert!(!said.contains("standard output"), "{files}: {said}");
            assert!(!Path::new(&run).exists(), "{files}: a folder was left in which nothing is");
        }
        assert!(succeeded, "{command:?}");
    }
}
