//! Sources of people who want something else. Each is stopped, and none passes.

use std::fs;
use std::net::TcpListener;

use labs::not_isolated;
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

/// Standard output of a program that prints what came of an expression, and returns the values.
fn tried(expression: &str, learner: &str) -> String {
    let said = said_of(&format!("println!(\"it was {{:?}}\", {expression});\n    v.clone()"), learner);
    assert!(said.contains("(values-returned)"), "{said}");
    let line = said.lines().find_map(|line| line.trim().strip_prefix("it was "));
    line.unwrap_or_else(|| panic!("nothing was printed in\n{said}")).to_owned()
}

/// What the kernel says itself, so that no test below is left out where it could be run.
#[test]
fn only_what_the_kernel_lacks_is_missing() {
    // SAFETY: it asks for a number, and no memory is read.
    let landlock = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, std::ptr::null::<u8>(), 0, 1) };
    assert_eq!(landlock < 3, not_isolated().contains(&FILES), "Landlock {landlock}: {:?}", not_isolated());
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let is_known = cfg!(any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64"));
    let seccomp = is_known && status.contains("\nSeccomp:");
    for what in [NETWORK, PROGRAMS] {
        assert_eq!(!seccomp, not_isolated().contains(&what), "{:?}", not_isolated());
    }
}

const FILES: &str = "reading and writing your files";
const NETWORK: &str = "using the network";
const PROGRAMS: &str = "starting other programs";

fn is_offered(what: &str) -> bool {
    !not_isolated().contains(&what)
}

/// However many files it would write, wherever: each could be as long as a file may be, and all of them fill a disk.
#[test]
fn no_file_is_written_but_the_answers() {
    let folder = TempDir::new().unwrap();
    let trace = folder.path().join("trace");
    let is_written = |path: &str| format!("std::fs::write({path}, \"x\").is_ok()");
    let [outside, own, temporary] =
        [&format!("{trace:?}"), "\"own\"", "std::env::temp_dir().join(\"lineage-hostile\")"].map(is_written);
    let said = tried(&format!("({outside}, {own}, {temporary}, std::fs::create_dir(\"folder\").is_ok())"), "write");
    let may = !is_offered(FILES);
    assert_eq!(said, format!("({may}, {may}, {may}, {may})"));
    assert_eq!(trace.exists(), may);
}

#[test]
fn endless_files_are_refused() {
    if !is_offered(FILES) {
        return;
    }
    let body = "for number in 0.. {\n        std::fs::write(format!(\"{number}\"), vec![1; 1 << 24]).expect(\"a file\");\n    }\n    v.clone()";
    let said = said_of(body, "files");
    assert!(said.contains("src/lib.rs panics: a file: Os { code: 13,"), "{said}");
}

/// Files that are in no folder lie in memory, and no limit of a program's memory counts them.
#[test]
fn no_file_is_made_in_memory() {
    if !is_offered(PROGRAMS) {
        return;
    }
    let lab = lab("13");
    let calls = "unsafe extern \"C\" { safe fn memfd_create(name: *const i8, flags: u32) -> i32; safe fn shmget(key: i32, size: usize, flags: i32) -> i32; }\n";
    let body =
        "println!(\"it was {:?}\", (memfd_create(c\"x\".as_ptr().cast(), 0), shmget(0, 4096, 0o1600)));\n    v.clone()";
    let said = said(&lab, &(lab.skeleton().unwrap().replace("todo!()", body) + calls), "memfd");
    assert!(said.contains("it was (-1, -1)"), "{said}");
}

/// What is compiled fills the disk as well.
#[test]
fn a_program_of_any_size_is_not_built() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let large = "\npub static LARGE: [u8; 1 << 28] = [1; 1 << 28];\n";
    let said = said(&lab("13"), &(lab("13").skeleton().unwrap() + large), "large");
    assert_eq!(said, "error: src/lib.rs is compiled into more than 128 MiB\n");
}

#[test]
fn the_cases_of_the_lab_cannot_be_read() {
    let cases = lab("13").file("cases");
    let said = tried(&format!("std::fs::read_to_string({cases:?}).is_ok()"), "read");
    assert_eq!(said, (!is_offered(FILES)).to_string());
}

#[test]
fn no_connection_is_opened() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let to = listener.local_addr().unwrap();
    let stream = format!("std::net::TcpStream::connect(\"{to}\").is_ok()");
    let said = tried(&format!("({stream}, std::net::UdpSocket::bind(\"127.0.0.1:0\").is_ok())"), "network");
    assert_eq!(said, if is_offered(NETWORK) { "(false, false)" } else { "(true, true)" });
    assert_eq!(listener.accept().is_ok(), !is_offered(NETWORK));
}

#[test]
fn threads_are_no_programs() {
    assert_eq!(tried("std::thread::spawn(|| 5).join().unwrap()", "thread"), "5");
}

/// It leaves its group of processes, so that ending the group does not end what it starts.
#[test]
fn a_fork_bomb_does_not_go_off() {
    if !is_offered(PROGRAMS) {
        return;
    }
    let lab = lab("13");
    let calls = "unsafe extern \"C\" { safe fn fork() -> i32; safe fn setsid() -> i32; }\n";
    let body = "setsid();\n    println!(\"it was {:?}\", (fork(), std::process::Command::new(\"sleep\").arg(\"9\").spawn().is_ok()));\n    v.clone()";
    let said = said(&lab, &(lab.skeleton().unwrap().replace("todo!()", body) + calls), "fork");
    assert!(said.contains("it was (-1, false)"), "{said}");
}

/// Whoever knows where the solutions are could take one in while compiling.
#[test]
fn a_source_that_takes_in_a_solution_is_refused() {
    let lab = lab("13");
    for (number, taken) in ["include!({});", "#[path = {}]\nmod solution;\npub use solution::*;"].iter().enumerate() {
        let path = format!("{:?}", lab.file("solutions/loops"));
        let said = said(&lab, &taken.replace("{}", &path), &format!("include-{number}"));
        assert!(said.starts_with("error: src/lib.rs takes in the file "), "{said}");
        assert!(said.contains("solutions/loops.rs: write all that you need into src/lib.rs\n"), "{said}");
    }
}
