//! Labs on a disk that is full. Mounting one takes a namespace, which not every Linux gives to everybody.

use std::fs;
use std::process::{Command, Output};

use crate::program::{Place, sentence};

/// Runs a script with the program as `$0` in a namespace in which `disk` is a disk of 64 KiB; `None` if there are no namespaces.
fn with_a_small_disk(place: &Place, script: &str) -> Option<Output> {
    let script = format!("mount -t tmpfs -o size=64k none disk || exit 99\n{script}");
    fs::create_dir(place.path("disk")).unwrap();
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", &script, env!("CARGO_BIN_EXE_lineage")]);
    command.current_dir(place.path("")).env("LINEAGE_HOME", place.path("home"));
    let is_there = Command::new("unshare").args(["--user", "--map-root-user", "--mount", "true"]).status();
    let output = is_there.is_ok_and(|status| status.success()).then(|| command.output().unwrap());
    output.filter(|output| output.status.code() != Some(99))
}

#[test]
fn a_lab_that_does_not_fit_on_the_disk_leaves_nothing_behind() {
    let place = Place::new();
    let script = "\"$0\" lab start causal-mask disk/mask; ended=$?; ls disk; exit $ended";
    let Some(output) = with_a_small_disk(&place, script) else { return };
    let said = sentence(output);
    assert!(said.starts_with("cannot write disk/mask/Cargo.lock: No space left on device (os error 28); "), "{said}");
}

#[test]
fn a_check_on_a_full_disk_blames_neither_the_lab_nor_the_learner() {
    let place = Place::new();
    let script =
        "\"$0\" lab start causal-mask mask >started || exit 98; TMPDIR=\"$PWD/disk\" \"$0\" lab check mask --quiet";
    let Some(output) = with_a_small_disk(&place, script) else { return };
    let said = sentence(output);
    let disk = place.at("disk");
    let expected = "is full, so that nothing can be compiled or run: make room; no file of yours was changed";
    assert_eq!(said, format!("the disk of {disk} {expected}"));
}
