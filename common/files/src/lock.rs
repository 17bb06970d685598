//! One program at a time in a folder.

use std::{
    fs::{self, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

use same_file::Handle;

/// The file that is locked; it stays, empty, when its lock is gone.
pub const NAME: &str = ".lock";

/// A folder that no other program works in. The lock goes when it is closed, however the program ends.
#[derive(Debug)]
pub struct Lock {
    _file: Handle,
}

/// Why a folder cannot be locked.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another program has the lock.
    #[error("another program works in this folder")]
    Held,
    /// Something that is not a file has the name of the lock.
    #[error("{} is not a file of this program", path.display())]
    Foreign {
        /// The link, folder or device.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("{} cannot be opened: {source}", path.display())]
    Refused {
        /// The lock.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
}

impl Lock {
    /// Locks a folder. A file that has the name of the lock keeps what is in it.
    ///
    /// # Errors
    /// If another program has the lock, or there cannot be one.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let path = folder.join(NAME);
        let refused = |source| LockError::Refused { path: path.clone(), source };
        loop {
            match fs::symlink_metadata(&path) {
                Ok(found) if !found.is_file() => return Err(LockError::Foreign { path }),
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(refused(error)),
                _ => {}
            }
            let file = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
            let opened = file.and_then(Handle::from_file).map_err(refused)?;
            // A file system without locks lets everybody in.
            if let Err(TryLockError::WouldBlock) = opened.as_file().try_lock() {
                return Err(LockError::Held);
            }
            // The one before may have removed the file after it was opened here, and a third may have made a new one.
            match Handle::from_path(&path) {
                Ok(there) if there == opened => return Ok(Lock { _file: opened }),
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    remove(folder);
                    return Err(refused(error));
                }
                _ => {}
            }
        }
    }
}

/// Removes the file of a lock, if nobody has written into it; for whoever has the lock.
pub fn remove(folder: &Path) {
    let path = folder.join(NAME);
    if is_ours(&path) {
        let _ = fs::remove_file(path);
    }
}

/// Whether a file may be a lock of this program: it is empty.
pub fn is_ours(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file() && found.len() == 0)
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn a_folder_is_locked_once() {
        let dir = TempDir::new().unwrap();
        let first = Lock::take(dir.path()).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Held)));
        drop(first);
        let _second = Lock::take(dir.path()).unwrap();
        remove(dir.path());
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_foreign_lock_keeps_its_content() {
        let dir = TempDir::new().unwrap();
        fs::write(dir.path().join(NAME), "pid 17").unwrap();
        let lock = Lock::take(dir.path()).unwrap();
        remove(dir.path());
        drop(lock);
        assert_eq!(fs::read_to_string(dir.path().join(NAME)).unwrap(), "pid 17");

        fs::remove_file(dir.path().join(NAME)).unwrap();
        fs::create_dir(dir.path().join(NAME)).unwrap();
        assert!(matches!(Lock::take(dir.path()), Err(LockError::Foreign { .. })));
    }
}
