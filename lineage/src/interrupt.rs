//! Ctrl-C: once to finish the step and save, twice to stop at once.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C sets the flag that is returned; a second one ends the program where it stands, which no
/// checkpoint minds.
///
/// # Errors
/// If the system refuses the handler.
pub fn flag() -> anyhow::Result<&'static AtomicBool> {
    ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::Relaxed) {
            process::exit(130);
        }
    })?;
    Ok(&STOP)
}
