//! A file takes the place of another at once.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::{Beside, WriteError};

/// Writes a file beside its place, syncs it and renames it into place: whoever opens `path`, at any moment and after
/// any crash, finds a complete file, the old one or the new one. No other file is touched, whatever its name.
///
/// # Errors
/// If that fails; what stood at `path` is then unchanged.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    stream_atomically(path, |file| file.write_all(bytes))
}

/// [`write_atomically`] of what `write` says bit by bit.
pub fn stream_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), WriteError> {
    let replace = || -> io::Result<()> {
        // Dropped, it is gone: a partial file helps nobody and, on a full disk, holds the space that is missing.
        let beside = beside(path);
        let partial = beside.file()?;
        let mut file = BufWriter::new(partial.as_file());
        write(&mut file)?;
        file.into_inner()?.sync_all()?;
        partial.persist(path).map_err(|refused| refused.error)?;
        sync_folder(beside.parent())
    };
    replace().map_err(|source| WriteError { path: path.to_owned(), source })
}

/// What programs that were killed left of writing `path`. Only who alone writes there may remove it.
///
/// # Errors
/// If the system does not let us look.
pub fn partials(path: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in beside(path).left()? {
        if entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn beside(path: &Path) -> Beside {
    Beside::new(path, "", ".", ".partial")
}

/// Makes the rename itself survive a power cut. Only Unix lets a program sync a folder; elsewhere the file system does.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::{partials, write_atomically};

    #[test]
    fn files_of_like_names_are_left_alone() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("config.json");
        let strangers = [
            "config.json.partial",
            "config.json.backup.old",
            "config.json.backup.partial",
            "config.json.myfile.partial",
            "config.json.old123.partial",
            "config.json.k3x9ab-0TzR5mYc1LpV7e8.partial",
            "x.k3x9abWq0TzR5mYc1LpV7e.partial",
        ];
        for name in strangers {
            fs::write(dir.path().join(name), "mine").unwrap();
        }
        fs::create_dir(dir.path().join("config.json.abcdefghijklmnopqrstuv.partial")).unwrap();
        write_atomically(&path, b"{}").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}");
        assert!(strangers.iter().all(|name| fs::read(dir.path().join(name)).unwrap() == b"mine"));
        assert!(partials(&path).unwrap().is_empty());

        let left = dir.path().join("config.json.k3x9abWq0TzR5mYc1LpV7e.partial");
        fs::write(&left, "{").unwrap();
        assert_eq!(partials(&path).unwrap(), [left]);
    }

    /// Others may read what they may read of any file of this user.
    #[cfg(unix)]
    #[test]
    fn permissions_are_those_of_new_files() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::new().unwrap();
        let [plain, ours] = ["plain", "ours"].map(|name| dir.path().join(name));
        fs::write(&plain, "").unwrap();
        write_atomically(&ours, b"").unwrap();
        let [plain, ours] = [plain, ours].map(|path| fs::metadata(path).unwrap().permissions().mode());
        assert_eq!(plain, ours);
    }
}
