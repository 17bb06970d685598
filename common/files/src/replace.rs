//! A file takes the place of another at once.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

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
    Staged::write(path, write)?.replace()
}

/// A file that is complete and on the disk, but not yet in its place: several can be written before the first of them
/// takes the place of another. Dropped, it is gone: a partial file helps nobody and, on a full disk, holds the space that
/// is missing.
#[derive(Debug)]
pub struct Staged {
    path: PathBuf,
    partial: NamedTempFile,
}

impl Staged {
    /// Writes a file beside its place and syncs it.
    ///
    /// # Errors
    /// If that fails.
    pub fn write(path: &Path, write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>) -> Result<Self, WriteError> {
        let stage = || -> io::Result<NamedTempFile> {
            let partial = beside(path).file()?;
            let mut file = BufWriter::new(partial.as_file());
            write(&mut file)?;
            file.into_inner()?.sync_all()?;
            Ok(partial)
        };
        let partial = stage().map_err(|source| WriteError { path: path.to_owned(), source })?;
        Ok(Self { path: path.to_owned(), partial })
    }

    /// Takes the place of whatever file is there.
    ///
    /// # Errors
    /// If that fails; what stood there is then unchanged.
    pub fn replace(self) -> Result<(), WriteError> {
        self.persist(|partial, path| partial.persist(path))
    }

    /// Takes its place if nothing is there.
    ///
    /// # Errors
    /// If something is, or the system refuses.
    pub fn place(self) -> Result<(), WriteError> {
        self.persist(|partial, path| partial.persist_noclobber(path))
    }

    fn persist(
        self,
        rename: impl FnOnce(NamedTempFile, &Path) -> Result<File, tempfile::PersistError>,
    ) -> Result<(), WriteError> {
        let Staged { path, partial } = self;
        // Closed before the folder is opened: where few files may be open, that is one too many.
        let renamed = rename(partial, &path).map(drop).map_err(|refused| refused.error);
        renamed.and_then(|()| sync_folder(beside(&path).parent())).map_err(|source| WriteError { path, source })
    }
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
    use std::io::Write;

    use tempfile::TempDir;

    use super::{Staged, partials, write_atomically};

    #[test]
    fn a_staged_file_takes_its_place_or_leaves_no_trace() {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("config.json");
        let stage = |text: &str| Staged::write(&path, |file| file.write_all(text.as_bytes())).unwrap();
        drop(stage("never"));
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);

        stage("first").place().unwrap();
        let refused = stage("second").place().unwrap_err();
        assert_eq!(refused.source.kind(), std::io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read_to_string(&path).unwrap(), "first");
        stage("third").replace().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "third");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
    }

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
