//! How much memory the system still has for this process. Limits of Linux are told in files; other systems have none.

use std::fs;
use std::path::Path;

use sysinfo::System;

/// Bytes that this process can still get.
pub fn free() -> u64 {
    let mut system = System::new();
    system.refresh_memory();
    // Where the system tells nothing, such as without a file to open for it, nothing is known.
    let told = (system.total_memory() > 0).then_some(&system);
    let machine = told.map(System::available_memory);
    // Of a container, which sees its own group as the only one.
    let container = told.and_then(System::cgroup_limits).map(|group| group.total_memory.saturating_sub(group.rss));
    let group = fs::read_to_string("/proc/self/cgroup").ok();
    let group = group.and_then(|groups| group_limit(&groups, Path::new("/sys/fs/cgroup")));
    [machine, container, group, address_space()].into_iter().flatten().min().unwrap_or(u64::MAX)
}

/// What the control groups (version 2) that the process is in leave, each within another: their limit without what is in
/// use and is no file that can be read again.
fn group_limit(groups: &str, root: &Path) -> Option<u64> {
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/"))?;
    let number = |path: &Path, name| fs::read_to_string(path.join(name)).ok()?.trim().parse::<u64>().ok();
    let left = |path: &Path| {
        let stat = fs::read_to_string(path.join("memory.stat")).ok()?;
        let anonymous: u64 = stat.lines().find_map(|line| line.strip_prefix("anon "))?.parse().ok()?;
        Some(number(path, "memory.max")?.saturating_sub(anonymous))
    };
    let own = root.join(own);
    own.ancestors().take_while(|path| path.starts_with(root)).filter_map(left).min()
}

/// Address space that glibc reserves for what a thread allocates, whatever that is.
const ARENA: u64 = 64 << 20;

/// What `ulimit -v` leaves, once every thread beside the first has reserved its own.
fn address_space() -> Option<u64> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let limit = limits.lines().find_map(|line| line.strip_prefix("Max address space"))?;
    let limit: u64 = limit.split_whitespace().next()?.parse().ok()?;
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let used = status.lines().find_map(|line| line.strip_prefix("VmSize:"))?;
    let used: u64 = used.split_whitespace().next()?.parse().ok()?;
    let arenas = ARENA * (rayon::current_num_threads() as u64).saturating_sub(1);
    Some(limit.saturating_sub(1024 * used + arenas))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::group_limit;

    #[test]
    fn the_narrowest_group_above_counts() {
        let root = tempfile::TempDir::new().unwrap();
        let group = |name: &str, max: &str, anonymous: u64| {
            let path = root.path().join(name);
            fs::create_dir_all(&path).unwrap();
            fs::write(path.join("memory.max"), format!("{max}\n")).unwrap();
            fs::write(path.join("memory.stat"), format!("anon {anonymous}\nfile 7\n")).unwrap();
        };
        group("user", "1000", 400);
        group("user/session", "900", 50);
        group("user/session/run", "max", 50);
        assert_eq!(group_limit("1:name=systemd:/x\n0::/user/session/run\n", root.path()), Some(600));
        assert_eq!(group_limit("0::/elsewhere\n", root.path()), None);
        assert_eq!(group_limit("4:memory:/x\n", root.path()), None);
    }
}
