//! The folders in which a report is put together, beside the one where it will stand and named after it.
//!
//! Whoever has the lock of the report's folder is the only one to make or remove them.

use std::{fs, io, path::Path};

use tempfile::TempDir;

use super::inventory::Inventory;
use crate::{Beside, partials};

/// What each of them says of itself: the files that are to come.
const FILE: &str = ".lineage-unfinished";

/// Makes one, which is gone when dropped.
pub fn make(target: &Path, files: &Inventory) -> io::Result<TempDir> {
    let made = beside(target).folder()?;
    files.write_as(FILE, made.path())?;
    Ok(made)
}

/// Removes those that programs left which were killed. What they did not put there stays.
pub fn sweep(target: &Path) -> io::Result<()> {
    for entry in beside(target).left()? {
        if !entry.file_type()?.is_dir() {
            continue;
        }
        let folder = entry.path();
        for left in partials(&folder.join(FILE)).unwrap_or_default() {
            let _ = fs::remove_file(left);
        }
        // Without a list it was left before the first file, or is a stranger's.
        if let Ok(Some(files)) = Inventory::read_from(&folder.join(FILE)) {
            for name in files.names().into_iter().chain([FILE]) {
                let _ = fs::remove_file(folder.join(name));
            }
        }
        let _ = fs::remove_dir(&folder);
    }
    Ok(())
}

/// `.report.new-k3x9abWq0TzR5mYc1LpV7e`
fn beside(target: &Path) -> Beside {
    Beside::new(target, ".", ".new-", "")
}
