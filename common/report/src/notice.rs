//! Lines on standard error, which nobody may be reading.
//!
//! A line waits for its reader, unless a signal has come: who wants the program to end is not kept waiting by a line.

use std::io::{self, IsTerminal, StderrLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static HURRIED: AtomicBool = AtomicBool::new(false);
static ENDED: AtomicBool = AtomicBool::new(false);

/// What a pipe takes at once on every system, if it takes anything.
const PART: usize = 512;

/// Says a line. If standard error is closed nobody is left to read it, which is no reason to stop.
pub fn say(line: &str) {
    let mut stream = io::stderr().lock();
    if !ENDED.load(Ordering::Relaxed) {
        put(&mut stream, &format!("{}\n", data::one_line(line)));
    }
}

/// Answers a signal, in place of a progress bar, which draws itself anew. From now on no line waits for its reader longer
/// than a moment.
pub fn answer(sentence: &str) {
    HURRIED.store(true, Ordering::Relaxed);
    answer_in(&mut io::stderr().lock(), sentence);
}

/// [Answers](answer) a signal for good: nothing is said after it.
pub fn end(sentence: &str) {
    HURRIED.store(true, Ordering::Relaxed);
    let mut stream = io::stderr().lock();
    answer_in(&mut stream, sentence);
    ENDED.store(true, Ordering::Relaxed);
}

fn answer_in(stream: &mut StderrLock<'_>, sentence: &str) {
    let clear = if stream.is_terminal() { "\r\x1b[2K" } else { "" };
    put(stream, &format!("{clear}{}\n", data::one_line(sentence)));
}

fn put(stream: &mut StderrLock<'_>, text: &str) {
    for part in text.as_bytes().chunks(PART) {
        if !takes_more(stream) || stream.write_all(part).is_err() {
            return;
        }
    }
}

/// Waits until a write would not, and a moment at most once a signal has come.
#[cfg(unix)]
fn takes_more(stream: &StderrLock<'_>) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let moment = Timespec { tv_sec: 0, tv_nsec: 250_000_000 };
    loop {
        let hurried = HURRIED.load(Ordering::Relaxed);
        match poll(&mut [PollFd::new(stream, PollFlags::OUT)], Some(&moment)) {
            Err(rustix::io::Errno::INTR) => {}
            Ok(0) if hurried => return false,
            Ok(0) => {}
            // What is wrong with the stream is told by writing to it.
            _ => return true,
        }
    }
}

/// Elsewhere nobody can tell.
#[cfg(not(unix))]
fn takes_more(_: &StderrLock<'_>) -> bool {
    true
}
