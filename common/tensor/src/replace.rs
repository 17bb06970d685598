//! A file takes the place of another at once.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// What the names of unfinished files end with.
const SUFFIX: &str = ".partial";
/// Letters and digits between a file's name and [`SUFFIX`].
const RANDOM: usize = 6;

/// Writes a file beside its place, syncs it and renames it into place: whoever opens `path`, at any moment and after
/// any crash, finds a complete file, the old one or the new one. No other file is touched, whatever its name.
///
/// # Errors
/// [`Error::Write`]; what stood at `path` is then unchanged.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    stream_atomically(path, |file| file.write_all(bytes))
}

/// [`write_atomically`] of what `write` says bit by bit.
pub fn stream_atomically(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), Error> {
    let replace = || -> io::Result<()> {
        let folder = folder_of(path);
        // By hand, since temporary files are hidden from other users. Dropped, it is gone: a partial file helps nobody and,
        // on a full disk, holds the space that is missing.
        let create = |beside: &Path| File::options().write(true).create_new(true).open(beside);
        let prefix = prefix(path);
        let partial =
            tempfile::Builder::new().prefix(&prefix).suffix(SUFFIX).rand_bytes(RANDOM).make_in(folder, create)?;
        let mut file = BufWriter::new(partial.as_file());
        write(&mut file)?;
        file.into_inner()?.sync_all()?;
        partial.persist(path).map_err(|refused| refused.error)?;
        sync_folder(folder)
    };
    replace().map_err(Error::write(path))
}

/// What programs that were killed left of writing `path`. Only who alone writes there may remove it.
///
/// # Errors
/// If the system does not let us look.
pub fn partials(path: &Path) -> io::Result<Vec<PathBuf>> {
    let prefix = prefix(path);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder_of(path))? {
        let entry = entry?;
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
        let random = rest.and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
        let is_ours = |random: &[u8]| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric);
        if random.is_some_and(is_ours) && entry.file_type()?.is_file() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

fn prefix(path: &Path) -> OsString {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
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
        let strangers =
            ["config.json.partial", "config.json.backup.old", "config.json.a-b-c-.partial", "x.abcdef.partial"];
        for name in strangers {
            fs::write(dir.path().join(name), "mine").unwrap();
        }
        fs::create_dir(dir.path().join("config.json.abcdef.partial")).unwrap();
        write_atomically(&path, b"{}").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"{}");
        assert!(strangers.iter().all(|name| fs::read(dir.path().join(name)).unwrap() == b"mine"));
        assert!(partials(&path).unwrap().is_empty());

        let left = dir.path().join("config.json.k3x9ab.partial");
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
