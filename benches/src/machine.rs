//! The machine that a report was made on, as far as the standard library tells.

use std::env::consts;

/// What the report says about its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The processor's own name, where the system gives it away.
    pub processor: Option<String>,
    /// Threads that the system can run at once.
    pub cores: usize,
    /// Operating system and instruction set: `linux, x86_64`.
    pub platform: String,
}

impl Machine {
    /// This machine.
    pub fn this() -> Self {
        Self {
            processor: processor(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            platform: format!("{}, {}", consts::OS, consts::ARCH),
        }
    }
}

/// Linux lists its processors in a file; other systems answer only through libraries of their own.
fn processor() -> Option<String> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let list = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let name = list.lines().find_map(|line| line.strip_prefix("model name"))?;
    Some(name.trim_start_matches([' ', '\t', ':']).trim().to_owned())
}

/// The most memory in bytes that the system counted for this process so far. Linux writes it to a file; other systems answer
/// only through libraries of their own.
pub fn peak_memory() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix("kB")?;
    kilobytes.trim().parse::<u64>().ok().map(|kilobytes| kilobytes * 1024)
}
