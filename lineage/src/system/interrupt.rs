//! Ctrl-C, SIGTERM and SIGHUP: a training finishes its batch and saves, a lab's check ends what it has started, everything
//! else ends between two lines of its results, or between two reports. The second ends the program where it stands, which no file minds.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::anyhow;
use files::report_folder;
use report::notice;

use crate::system;

static STOP: AtomicBool = AtomicBool::new(false);
static FLAG: OnceLock<&str> = OnceLock::new();
static CODE: AtomicU8 = AtomicU8::new(130);

/// How long a line that is being written may take; a reader who does not read holds it up for ever.
const PATIENCE: Duration = Duration::from_millis(500);

/// From now on a signal is answered with this sentence and ends the program, until [`flag`] is asked for.
///
/// # Errors
/// If the system refuses.
pub fn listen(answer: &'static str) -> anyhow::Result<()> {
    let listening = system::on_signals(move |code| {
        CODE.store(code, Ordering::Relaxed);
        STOP.store(true, Ordering::Relaxed);
        if let Some(answer) = FLAG.get() {
            notice::answer(answer);
            return;
        }
        notice::end(answer);
        wait_for_the_line();
        report_folder::abandon();
        system::leave(code);
    });
    listening
        .map_err(|error| anyhow!("signals cannot be answered: {error}; raise the limit on open files or on threads"))
}

/// From now on a signal is answered with this sentence, unless another was given before, and sets the flag that is returned;
/// the program must see it and end.
pub fn flag(answer: &'static str) -> &'static AtomicBool {
    FLAG.get_or_init(|| answer);
    &STOP
}

/// Whether a signal has come.
pub fn asked() -> bool {
    STOP.load(Ordering::Relaxed)
}

/// The exit code that belongs to the signal.
pub fn code() -> u8 {
    CODE.load(Ordering::Relaxed)
}

/// Takes standard output and keeps it, so that no line is half written.
fn wait_for_the_line() {
    let (sender, taken) = mpsc::channel();
    thread::spawn(move || {
        let _held = io::stdout().lock();
        let _ = sender.send(());
        loop {
            thread::park();
        }
    });
    let _ = taken.recv_timeout(PATIENCE);
}
