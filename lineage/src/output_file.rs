//! A file that a command writes where the user asks for it.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{anyhow, bail};
use files::write_atomically;

/// Refuses a name that promises something else, so that nobody's file is lost and no file has a misleading name.
///
/// # Errors
/// If the name is refused, or the system does not let us look.
pub fn check(path: &Path, flag: &str, ending: &str) -> anyhow::Result<()> {
    let shown = path.display();
    let promised = path.extension().is_some_and(|found| found.eq_ignore_ascii_case(ending));
    let is_file = match fs::metadata(path) {
        Ok(found) if found.is_dir() => bail!("--{flag} {shown} is a folder: give a file that ends in .{ending}"),
        Ok(found) => found.is_file(),
        // What is above it may be a file.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => true,
        Err(error) => bail!("--{flag} {shown} cannot be looked at: {error}; choose another"),
    };
    if is_file && !promised {
        let kind = ending.to_uppercase();
        bail!("--{flag} {shown} does not end in .{ending}, and it writes {kind}: give a name that does");
    }
    Ok(())
}

/// Writes the file, whole or not at all.
///
/// # Errors
/// If it cannot be written.
pub fn write(path: &Path, flag: &str, content: &str) -> anyhow::Result<()> {
    // What is no file, such as a device or a link, must not be replaced by one.
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(path, content)
            .map_err(|error| anyhow!("{} cannot be written: {error}; choose another --{flag}", path.display()));
    }
    Ok(write_atomically(path, content.as_bytes())?)
}
