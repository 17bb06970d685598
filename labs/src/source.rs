//! The one file that is taken of what a learner hands in.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;

/// Its name in the learner's package.
pub const SOURCE: &str = "src/lib.rs";

/// A source of more bytes than this is no solution of a lab.
const MOST: u64 = 1 << 20;

/// What stands in it.
///
/// # Errors
/// If it is missing, or no text.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let path = path.to_owned();
    match fs::metadata(&path) {
        Ok(found) if found.len() > MOST => return Err(Error::TooLarge(path)),
        Ok(found) if !found.is_file() => return Err(Error::read(&path)(io::Error::other("it is not a file"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(Error::NoSource { found: other(&path), path });
        }
        _ => {}
    }
    let bytes = fs::read(&path).map_err(Error::read(&path))?;
    String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count();
        Error::NotText { path, line }
    })
}

/// Whether a file is what `lineage lab reset` has kept.
pub(crate) fn is_kept(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("before-reset-"))
}

/// Whether a file has the name of a Rust file.
pub(crate) fn is_rust(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "rs")
}

/// The only other Rust file beside a path.
fn other(path: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(path.parent()?).ok()?.flatten().map(|entry| entry.path());
    let mut others: Vec<_> = entries.filter(|path| is_rust(path) && !is_kept(path)).collect();
    others.pop().filter(|_| others.is_empty())
}
