//! Ctrl-C, SIGTERM and SIGHUP. Other systems have no way to send them from outside a terminal.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::program::{Place, lineage, steps_saved, succeeds, tiny, trained, translator};

const FINISHING: &str =
    "interrupted: the batch is being finished and the state saved; interrupt once more to end at once\n";

fn send(signal: &str, child: &Child) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn wait_for(steps: u64, run: &str, child: &mut Child) {
    while steps_saved(Path::new(run)).is_none_or(|saved| saved < steps) && child.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(1));
    }
}

/// The arguments of a training that would take hours.
fn endless<'a>(text: &'a str, run: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let train = ["train", "lstm", "--text", text, "--out", run, "--quiet", "--steps", "1000000", "--save-every", "1"];
    [&train, &tiny("lstm")[..], more].concat()
}

/// Whoever runs the tests may have the other signals ignored.
#[test]
fn a_signal_saves_the_last_step_and_says_how_to_go_on() {
    let place = Place::new();
    let text = place.text();
    let run = place.at("run");
    let mut child = lineage(&endless(&text, &run, &[])).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(5, &run, &mut child);
    send("TERM", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    let step = steps_saved(Path::new(&run)).unwrap();
    let on =
        format!("interrupted after step {step} of 1000000, which is saved; go on with: lineage train --resume {run}\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), FINISHING.to_owned() + &on);
    assert!(succeeds(&["evaluate", "--model", &run, "--text", &text, "--quiet"]).contains("nats per token"));
}

/// The step would take hours: it is given up, and what the last one left is saved.
#[test]
fn an_accumulation_is_given_up_between_two_batches() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let mut child =
        lineage(&endless(&text, &run, &["--accumulate", "1000000"])).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(0, &run, &mut child);
    send("TERM", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(steps_saved(Path::new(&run)), Some(0));
}

/// The evaluation would take minutes: it is given up, and has no row.
#[test]
fn an_evaluation_of_a_training_is_given_up_between_two_batches() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let held_out = place.file("held-out.txt", data::corpus::BOOK.repeat(40));
    let train = ["train", "lstm", "--text", &text, "--validation", &held_out, "--out", &run, "--steps", "1", "--quiet"];
    let mut child = lineage(&[&train, &tiny("lstm")[..]].concat()).stderr(Stdio::piped()).spawn().unwrap();
    wait_for(0, &run, &mut child);
    send("TERM", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143), "{}", String::from_utf8_lossy(&output.stderr));
    let saved = nn::SavedRun::load(&Path::new(&run).join("checkpoint.safetensors")).unwrap();
    assert!(saved.progress.best_loss.is_none(), "it was evaluated to the end");
}

#[test]
fn a_model_that_is_asked_is_not_changed_by_a_kill() {
    let place = Place::new();
    let mut child = begin(&place, "translate", Stdio::null());
    child.kill().unwrap();
    child.wait().unwrap();
    let generate = ["generate", "--model", &place.at("run"), "--prompt", "Mr. Fogg", "--tokens", "100000000"];
    let mut child = lineage(&generate).stdout(Stdio::piped()).spawn().unwrap();
    child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let fresh = Place::new();
    for (name, model) in [("run", trained(&fresh)), ("translator", translator(&fresh))] {
        let files = |folder: &Path| {
            let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            let mut files: Vec<_> = files.map(|path| (path.file_name().unwrap().to_owned(), fs::read(path))).collect();
            files.sort_by(|one, other| one.0.cmp(&other.0));
            files.into_iter().map(|(name, content)| (name, content.unwrap())).collect::<Vec<_>>()
        };
        assert!(files(&place.path(name)) == files(Path::new(&model)), "{name}");
    }
}

/// As `nohup` does, and a shell with `&`.
#[test]
fn a_signal_that_was_ignored_stays_ignored() {
    let place = Place::new();
    let text = place.text();
    for signal in ["HUP", "INT"] {
        let run = place.at(signal);
        let script = format!("trap '' {signal}; exec \"$0\" \"$@\"");
        let mut child = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_lineage")])
            .args(endless(&text, &run, &[]))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        wait_for(2, &run, &mut child);
        send(signal, &child);
        let then = steps_saved(Path::new(&run)).unwrap();
        wait_for(then + 20, &run, &mut child);
        assert!(child.try_wait().unwrap().is_none(), "{signal} ended it");
        send("TERM", &child);
        assert_eq!(child.wait().unwrap().code(), Some(143));
    }
}

#[test]
fn a_generation_that_is_interrupted_has_printed_what_it_had() {
    let place = Place::new();
    let run = trained(&place);
    let generate = ["generate", "--model", &run, "--prompt", "Mr. Fogg", "--tokens", "100000000"];
    let mut child = lineage(&generate).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut first = [0; 8];
    out.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"Mr. Fogg", "it is written before all is generated");
    send("TERM", &child);
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "interrupted: what was printed so far is valid\n");
}

#[test]
fn an_interrupted_comparison_leaves_the_old_report() {
    let place = Place::new();
    let report = place.at("report");
    let compare = |claim| ["compare", "--only", claim, "--out", &report].map(str::to_owned);
    succeeds(&compare("C12").each_ref().map(String::as_str));
    let page = fs::read(place.path("report/index.html")).unwrap();
    let mut child = lineage(&compare("C2").each_ref().map(String::as_str)).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("[1/1] C2") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it ended before it began");
    }
    send("TERM", &child);
    assert_eq!(child.wait().unwrap().code(), Some(143));
    assert!(fs::read(place.path("report/index.html")).unwrap() == page);
}

/// Its folder was made for nothing.
#[test]
fn an_interrupted_first_comparison_leaves_nothing() {
    let place = Place::new();
    let mut child = begin(&place, "compare", Stdio::piped());
    send("TERM", &child);
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(143));
    let expected = "interrupted: the report before stays; trainings that finished are kept, so the same command goes on from there\n";
    assert_eq!(said, expected);
    assert!(!place.path("report").exists());
}

#[test]
fn a_killed_comparison_does_not_stand_in_the_way_of_the_next() {
    let place = Place::new();
    let mut child = begin(&place, "compare", Stdio::null());
    child.kill().unwrap();
    child.wait().unwrap();
    succeeds(&["compare", "--only", "C12", "--out", &place.at("report"), "--quiet"]);
    assert!(place.path("report/index.html").exists());
}

/// While a large model is made and tried.
#[cfg(target_os = "linux")]
#[test]
fn a_training_that_has_not_begun_has_changed_nothing() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let sizes = ["--width", "1024", "--layers", "6", "--context", "64", "--batch", "64", "--threads", "1"];
    let train = [&["train", "gpt", "--text", &text, "--out", &run, "--quiet"], &sizes[..]].concat();
    let mut child = lineage(&train).stderr(Stdio::piped()).spawn().unwrap();
    let tasks = format!("/proc/{}/task", child.id());
    let name = |task: fs::DirEntry| fs::read_to_string(task.path().join("comm")).unwrap_or_default();
    while !fs::read_dir(&tasks).unwrap().flatten().any(|task| name(task) == "signals\n") {
        assert!(child.try_wait().unwrap().is_none());
    }
    send("TERM", &child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(143));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "interrupted before the training began: nothing was changed\n");
    assert!(!Path::new(&run).exists());
}

/// Nobody reads the answer: standard error is a pipe that is full.
#[cfg(target_os = "linux")]
#[test]
fn one_signal_is_obeyed_even_if_nobody_reads_the_answer() {
    for command in ["translate", "compare", "train"] {
        let place = Place::new();
        let (_reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[b' '; 65_536]).unwrap();
        let mut child = begin(&place, command, writer.into());
        send("TERM", &child);
        assert_eq!(child.wait().unwrap().code(), Some(143), "{command}");
    }
}

/// Nobody reads the answer to the first, which therefore is never given: standard error is a pipe that is full.
#[cfg(target_os = "linux")]
#[test]
fn a_second_signal_ends_the_program_at_once_and_breaks_nothing() {
    for command in ["train", "evaluate", "translate", "compare"] {
        let place = Place::new();
        let (_reader, mut writer) = std::io::pipe().unwrap();
        writer.write_all(&[b' '; 65_536]).unwrap();
        let mut child = begin(&place, command, writer.into());
        send("TERM", &child);
        sleep(Duration::from_millis(20));
        send("TERM", &child);
        assert_eq!(child.wait().unwrap().code(), Some(143), "{command}");
        let model = place.at("run");
        succeeds(&["evaluate", "--model", &model, "--text", &place.at("text.txt"), "--quiet"]);
        if command == "train" {
            assert_eq!(steps_saved(&place.path("new")), Some(0));
        }
    }
}

/// A command that has begun what takes long, and says nothing on standard error before it is interrupted.
fn begin(place: &Place, command: &str, stderr: Stdio) -> Child {
    let (text, book) = (place.text(), place.file("book.txt", data::corpus::BOOK));
    let (model, run, report) = (trained(place), place.at("new"), place.at("report"));
    let (translator, lines) = (translator(place), place.file("lines.txt", "one two three\n".repeat(500_000)));
    let arguments = match command {
        "train" => endless(&text, &run, &["--accumulate", "1000000"]),
        "evaluate" => vec!["evaluate", "--model", &model, "--text", &book, "--quiet"],
        "translate" => vec!["translate", "--model", &translator, "--file", &lines, "--quiet"],
        _ => vec!["compare", "--only", "C2", "--seeds", "1", "--out", &report, "--quiet"],
    };
    let mut child = lineage(&arguments).stdout(Stdio::piped()).stderr(stderr).spawn().unwrap();
    match command {
        "train" => wait_for(0, &run, &mut child),
        "translate" => child.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap(),
        "compare" => {
            while !place.path("report/.lock").exists() {
                sleep(Duration::from_millis(1));
            }
            // It is locked, and will be removed.
            sleep(Duration::from_millis(20));
        }
        _ => sleep(Duration::from_millis(20)),
    }
    child
}
