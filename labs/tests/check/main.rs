//! The engine as a learner meets it: every test compiles a source and runs it.

mod answers;
#[cfg(target_os = "linux")]
mod hostile;
mod program;
