//! The folders in which a report is put together, beside the one where it will stand and named after it.
//!
//! Whoever has the lock of the report's folder is the only one to make or remove them.

use std::{ffi::OsString, fs, io, path::Path};

use tempfile::TempDir;

use super::inventory::Inventory;

/// What each of them says of itself: the files that are to come.
const FILE: &str = ".lineage-unfinished";
/// Letters and digits at the end of their names.
const RANDOM: usize = 6;

/// Makes one, which is gone when dropped.
pub fn make(target: &Path, files: &Inventory) -> io::Result<TempDir> {
    let made = tempfile::Builder::new().prefix(&prefix(target)).rand_bytes(RANDOM).tempdir_in(parent(target))?;
    files.write_as(FILE, made.path())?;
    Ok(made)
}

/// Removes those that programs left which were killed. What they did not put there stays.
pub fn sweep(target: &Path) -> io::Result<()> {
    let prefix = prefix(target);
    for entry in fs::read_dir(parent(target))? {
        let entry = entry?;
        let name = entry.file_name();
        let random = name.as_encoded_bytes().strip_prefix(prefix.as_encoded_bytes());
        let is_random = |random: &[u8]| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric);
        if !random.is_some_and(is_random) || !entry.file_type()?.is_dir() {
            continue;
        }
        let folder = entry.path();
        // Without a list it was left before the first file, or is a stranger's.
        if let Some(files) = Inventory::read_from(&folder.join(FILE))? {
            for name in files.names().into_iter().chain([FILE]) {
                let _ = fs::remove_file(folder.join(name));
            }
        }
        let _ = fs::remove_dir(&folder);
    }
    Ok(())
}

/// `.report.new-`
fn prefix(target: &Path) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(target.file_name().unwrap_or_default());
    prefix.push(".new-");
    prefix
}

fn parent(target: &Path) -> &Path {
    target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
