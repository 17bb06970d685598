//! Keeping a program that cannot be trusted from what is not its own.
//!
//! On Linux a program may read what programs are made of and its own folder, and write one file (Landlock), so that it cannot fill a
//! disk; it may open no connection, start no program, send no signals, and make no memory that counts for nobody (seccomp). Other systems offer nothing that a program may ask
//! for without rights of its own; what is missing is [`missing`].

use std::io;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

/// What this system does not keep a learner's program from, in words.
pub fn missing() -> &'static [&'static str] {
    static MISSING: OnceLock<Vec<&'static str>> = OnceLock::new();
    MISSING.get_or_init(|| {
        let offered = system::offered();
        let kinds = [
            (offered.files, "reading and writing your files"),
            (offered.network, "using the network"),
            (offered.programs, "starting other programs"),
        ];
        kinds.iter().filter(|(is_offered, _)| !is_offered).map(|&(_, what)| what).collect()
    })
}

/// What the system can keep a program from.
#[derive(Clone, Copy, Debug, Default)]
struct Offered {
    files: bool,
    network: bool,
    programs: bool,
}

/// Keeps a program that is yet to be started from all that the system offers to keep it from; `own` is the folder that it may
/// read, and `written` the file that it may write, which is there.
///
/// # Errors
/// If that was offered, and is refused.
pub(crate) fn isolate(command: &mut Command, own: &Path, written: &Path) -> io::Result<()> {
    system::isolate(command, own, written)
}

#[cfg(target_os = "linux")]
mod system {
    use std::collections::BTreeMap;
    use std::env::consts::ARCH;
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;
    use std::thread;

    use landlock::{
        ABI, Access, AccessFs, AccessNet, LandlockStatus, Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr,
        RulesetError, Scope, path_beneath_rules,
    };
    use seccompiler::{
        BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
        SeccompRule, apply_filter,
    };

    use super::Offered;

    /// What is asked for; an older kernel does as much of it as it can.
    const LANDLOCK: ABI = ABI::V6;
    /// Before it, files could be shortened that could not be written.
    const FILES: ABI = ABI::V3;
    /// What programs are made of, and what they ask about the machine. Nothing that a person wrote.
    const READABLE: [&str; 12] = [
        "/usr",
        "/lib",
        "/lib32",
        "/lib64",
        "/nix/store",
        "/gnu/store",
        "/etc/ld.so.cache",
        "/etc/localtime",
        "/dev/urandom",
        "/dev/zero",
        "/proc",
        "/sys",
    ];

    /// Tried in a thread, which ends with its restrictions.
    pub fn offered() -> Offered {
        let tried = thread::spawn(|| {
            let nothing = Path::new("/dev/null");
            let status = ruleset([nothing; 2], nothing).and_then(RulesetCreated::restrict_self);
            let files = status.is_ok_and(|status| match status.landlock {
                LandlockStatus::Available { effective_abi, .. } => effective_abi >= FILES,
                _ => false,
            });
            let calls = filters().is_ok_and(|filters| filters.iter().all(|filter| apply_filter(filter).is_ok()));
            Offered { files, network: calls, programs: calls }
        });
        tried.join().unwrap_or_default()
    }

    pub fn isolate(command: &mut Command, own: &Path, written: &Path) -> io::Result<()> {
        let filters = match super::missing().contains(&"using the network") {
            true => Vec::new(),
            false => filters().map_err(io::Error::other)?.into(),
        };
        let program = Path::new(command.get_program()).to_owned();
        let mut files = Some(ruleset([own, &program], written).map_err(io::Error::other)?);
        let restrict = move || {
            if let Some(files) = files.take() {
                files.restrict_self().map_err(io::Error::other)?;
            }
            filters.iter().try_for_each(|filter| apply_filter(filter).map_err(io::Error::other))
        };
        // SAFETY: between fork and exec this only makes system calls with what was made before; it takes no lock, and
        // allocates nothing unless the system refuses.
        unsafe { command.pre_exec(restrict) };
        Ok(())
    }

    fn ruleset(readable: [&Path; 2], written: &Path) -> Result<RulesetCreated, RulesetError> {
        let all = AccessFs::from_all(LANDLOCK);
        let read = AccessFs::from_read(LANDLOCK);
        Ruleset::default()
            .handle_access(all)?
            .handle_access(AccessNet::from_all(LANDLOCK))?
            .scope(Scope::from_all(LANDLOCK))?
            .create()?
            .add_rules(path_beneath_rules(READABLE, read))?
            .add_rules(path_beneath_rules(readable, read))?
            .add_rules(path_beneath_rules([written, Path::new("/dev/null")], all))
    }

    /// Calls that are refused: of connections, of processes, of memory that no limit counts, and of what would go around them.
    fn filters() -> Result<[BpfProgram; 2], BackendError> {
        let every_time = Vec::new;
        let mut refused: BTreeMap<i64, Vec<SeccompRule>> = [
            libc::SYS_socket,
            libc::SYS_io_uring_setup,
            libc::SYS_kill,
            libc::SYS_pidfd_open,
            libc::SYS_ptrace,
            libc::SYS_memfd_create,
            libc::SYS_shmget,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_fork,
            #[cfg(target_arch = "x86_64")]
            libc::SYS_vfork,
        ]
        .map(|call| (call, every_time()))
        .into();
        // Threads are no processes.
        let thread = libc::CLONE_THREAD as u64;
        let no_thread = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), 0)?;
        refused.insert(libc::SYS_clone, vec![SeccompRule::new(vec![no_thread])?]);
        // Its flags cannot be seen; who is told that there is no such call makes threads with the older one.
        let unknown = [(libc::SYS_clone3, every_time())].into();
        Ok([filter(refused, libc::EPERM)?, filter(unknown, libc::ENOSYS)?])
    }

    fn filter(calls: BTreeMap<i64, Vec<SeccompRule>>, error: i32) -> Result<BpfProgram, BackendError> {
        let refusal = SeccompAction::Errno(error as u32);
        SeccompFilter::new(calls, SeccompAction::Allow, refusal, ARCH.try_into()?)?.try_into()
    }
}

#[cfg(not(target_os = "linux"))]
mod system {
    use std::io;
    use std::path::Path;
    use std::process::Command;

    use super::Offered;

    pub fn offered() -> Offered {
        Offered::default()
    }

    pub fn isolate(_: &mut Command, _: &Path, _: &Path) -> io::Result<()> {
        Ok(())
    }
}
