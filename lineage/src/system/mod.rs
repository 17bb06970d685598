//! What each operating system does in its own way: signals, limits, and which streams a program was given.

pub mod interrupt;
pub mod processor;

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether standard input and standard output were closed when the program began.
static CLOSED: [AtomicBool; 2] = [AtomicBool::new(false), AtomicBool::new(false)];

/// Whether the program was started without standard input, which then reads as if it were empty.
pub fn stdin_is_closed() -> bool {
    CLOSED[0].load(Ordering::Relaxed)
}

/// Whether the program was started without standard output, which then takes everything and keeps nothing.
pub fn stdout_is_closed() -> bool {
    CLOSED[1].load(Ordering::Relaxed)
}

/// Ends the program where it stands.
pub fn leave(code: u8) -> ! {
    process::exit(code.into())
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::mem::MaybeUninit;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::flag;
    use signal_hook::iterator::Signals;

    /// Before `main`, since Rust's runtime opens the null device in place of a stream that is closed.
    #[used]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    static BEFORE_MAIN: extern "C" fn() = look_for_closed_streams;

    extern "C" fn look_for_closed_streams() {
        for (stream, closed) in (0..).zip(&super::CLOSED) {
            // SAFETY: asks for the flags of a descriptor, which changes nothing, whether it is open or not.
            closed.store(unsafe { libc::fcntl(stream, libc::F_GETFD) } == -1, Ordering::Relaxed);
        }
    }

    /// From now on a file that grows beyond the limit of `ulimit -f` is an error and not the end of the program.
    pub fn report_limits() {
        // SAFETY: no handler is set; the signal is ignored from now on.
        unsafe { libc::signal(libc::SIGXFSZ, libc::SIG_IGN) };
    }

    /// Calls `answer` with the exit code at the first SIGINT, SIGTERM or SIGHUP, on a thread of its own; the second ends
    /// the program at once, even if the answer waits for a reader. Those that whoever started the program wants ignored
    /// (`nohup`, a shell's background job) stay ignored.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn on_signals(mut answer: impl FnMut(u8) + Send + 'static) -> io::Result<()> {
        let heeded: Vec<_> = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|&signal| !is_ignored(signal)).collect();
        let second = Arc::new(AtomicBool::new(false));
        for &signal in &heeded {
            // In this order: the first signal does not count as the second.
            flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&second))?;
            flag::register(signal, Arc::clone(&second))?;
        }
        let mut signals = Signals::new(heeded)?;
        thread::Builder::new().name("signals".into()).spawn(move || {
            // 128 and the signal's number, as shells report it.
            signals.forever().for_each(|signal| answer(128 + signal as u8));
        })?;
        Ok(())
    }

    fn is_ignored(signal: i32) -> bool {
        let mut action = MaybeUninit::<libc::sigaction>::uninit();
        // SAFETY: no action is set; the present one is written to where there is room for it, and read only if it was.
        unsafe {
            libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
                && action.assume_init().sa_sigaction == libc::SIG_IGN
        }
    }
}

#[cfg(unix)]
pub use unix::{on_signals, report_limits};

/// Elsewhere there are no such limits.
#[cfg(not(unix))]
pub fn report_limits() {}

/// Elsewhere there is only Ctrl-C, and the closing of the window; the second is heard when the first has been answered.
///
/// # Errors
/// If the system refuses.
#[cfg(not(unix))]
pub fn on_signals(mut answer: impl FnMut(u8) + Send + 'static) -> Result<(), ctrlc::Error> {
    let second = AtomicBool::new(false);
    ctrlc::set_handler(move || match second.swap(true, Ordering::Relaxed) {
        true => leave(130),
        false => answer(130),
    })
}
