//! Running a program that cannot be trusted: with limits, and ended with all that it has started.
//!
//! Linux limits time, memory and the size of files; other systems limit time alone. What it may touch is in `isolation`.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// What a program may use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub time: Duration,
    /// Of its address space, in bytes.
    pub memory: Option<u64>,
    /// Of every file that it writes, standard output and standard error among them, in bytes.
    pub file: Option<u64>,
}

/// How it ended.
pub(crate) enum End {
    By(ExitStatus),
    OutOfTime,
    Interrupted,
}

/// How long a look whether it has ended lies behind the last.
const PAUSE: Duration = Duration::from_millis(4);

/// Runs a program without standard input; what it prints goes into the files.
pub(crate) fn run(
    command: &mut Command,
    [stdout, stderr]: [PathBuf; 2],
    limits: Limits,
    stop: &dyn Fn() -> bool,
) -> io::Result<End> {
    command.stdin(Stdio::null()).stdout(File::create(stdout)?).stderr(File::create(stderr)?);
    system::alone(command);
    let mut child = command.spawn()?;
    let began = Instant::now();
    let end = system::limit(&child, limits).and_then(|()| wait(&mut child, began + limits.time, stop));
    // It may have left others behind.
    system::end(&child);
    let _ = child.kill();
    let _ = child.wait();
    end
}

fn wait(child: &mut Child, until: Instant, stop: &dyn Fn() -> bool) -> io::Result<End> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(End::By(status));
        }
        if stop() {
            return Ok(End::Interrupted);
        }
        if Instant::now() >= until {
            return Ok(End::OutOfTime);
        }
        thread::sleep(PAUSE);
    }
}

#[cfg(target_os = "linux")]
mod system {
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};

    use super::Limits;

    pub fn alone(command: &mut Command) {
        command.process_group(0);
    }

    /// From outside, a moment after the program has begun: what it allocates in that moment counts later.
    pub fn limit(child: &Child, limits: Limits) -> io::Result<()> {
        for (what, most) in [(Resource::As, limits.memory), (Resource::Fsize, limits.file), (Resource::Core, Some(0))] {
            let Some(most) = most else { continue };
            let both = Rlimit { current: Some(most), maximum: Some(most) };
            match prlimit(Some(Pid::from_child(child)), what, both) {
                // It has ended already.
                Err(rustix::io::Errno::SRCH) | Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    pub fn end(child: &Child) {
        let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::process::{Child, Command};

    use super::Limits;

    pub fn alone(_: &mut Command) {}

    pub fn limit(_: &Child, _: Limits) -> io::Result<()> {
        Ok(())
    }

    pub fn end(_: &Child) {}
}
