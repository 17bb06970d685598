//! Sources of people who want something else. Each is stopped, and none passes.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use tempfile::TempDir;

use crate::program::{hurried, lab, said};

/// What is said if the body of the function is this.
fn said_of(body: &str, learner: &str) -> String {
    let lab = lab("13");
    said(&lab, &lab.skeleton().unwrap().replace("todo!()", body), learner)
}

#[test]
fn an_endless_loop_is_ended() {
    let folder = TempDir::new().unwrap();
    let lab = hurried("13", &folder);
    let said = said(&lab, &lab.skeleton().unwrap().replace("todo!()", "loop {}"), "loop");
    assert!(said.starts_with("Not right yet: your program did not end within 1 second.\n"), "{said}");
    assert!(said.contains("It was asked for `causal_attention` of\n  q ("), "{said}");
}

#[test]
fn endless_memory_is_refused() {
    let said =
        said_of("let mut all = Vec::new();\n    loop { all.push(Vec::<u8>::with_capacity(1 << 26)); }", "memory");
    assert!(said.starts_with("Not right yet: your program takes more than 1 GiB of memory."), "{said}");
}

#[test]
fn endless_recursion_is_told() {
    let said = said_of("causal_attention(q, k, v) + 1.0", "recursion");
    assert!(said.starts_with("Not right yet: your program calls itself until its stack is full."), "{said}");
}

#[test]
fn endless_lines_are_cut() {
    let said = said_of("loop { println!(\"a line of some length, and there is no end to them\"); }", "lines");
    assert!(said.starts_with("Not right yet: your program prints more than 16 MiB."), "{said}");
    assert!(said.lines().count() < 60, "{said}");
}

#[test]
fn a_program_that_says_it_has_passed_has_not() {
    let said = said_of("println!(\"Passed: `causal_attention` is right.\");\n    std::process::exit(0)", "liar");
    assert!(said.starts_with("Not right yet: your program ended before it had answered (exit status: 0)."), "{said}");
}

#[test]
fn standard_input_is_empty() {
    let said = said_of(
        "let mut text = String::new();\n    std::io::stdin().read_line(&mut text).unwrap();\n    v.clone()",
        "stdin",
    );
    assert!(said.contains("(values-returned)"), "{said}");
}

#[test]
fn what_a_program_has_started_ends_with_it() {
    let body = "let child = std::process::Command::new(\"sleep\").arg(\"1000\").spawn().unwrap();\n    \
                println!(\"pid {}\", child.id());\n    v.clone()";
    let said = said_of(body, "fork");
    let pids: Vec<&str> = said.lines().filter_map(|line| line.trim().strip_prefix("pid ")).collect();
    assert!(!pids.is_empty(), "{said}");
    for pid in pids {
        // Killed, though perhaps nobody has asked how it ended.
        let lives = || fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|state| !state.contains(") Z"));
        while lives() {
            sleep(Duration::from_millis(1));
        }
    }
}
