//! Where the drawing of an alignment goes.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{anyhow, bail};
use files::write_atomically;
use report::figure::Size;

use crate::alignment::Aligned;

/// Refuses a name that promises no drawing, so that nobody's file is lost and no picture has a misleading name.
///
/// # Errors
/// If the name is refused, or the system does not let us look.
pub fn check_name(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let promised = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("svg"));
    let is_file = match fs::metadata(path) {
        Ok(found) if found.is_dir() => bail!("--heat-map {shown} is a folder: give a file that ends in .svg"),
        Ok(found) => found.is_file(),
        // What is above it may be a file.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => true,
        Err(error) => bail!("--heat-map {shown} cannot be looked at: {error}; choose another"),
    };
    if is_file && !promised {
        bail!("--heat-map {shown} does not end in .svg, and it draws SVG: give a name that does");
    }
    Ok(())
}

/// Draws an alignment.
///
/// # Errors
/// If the file cannot be written.
pub fn draw(aligned: &Aligned, path: &Path) -> anyhow::Result<()> {
    let svg = aligned.figure().document(Size::Wide)?;
    // What is no file, such as a device or a link, must not be replaced by one.
    if fs::symlink_metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir()) {
        return fs::write(path, svg)
            .map_err(|error| anyhow!("{} cannot be written: {error}; choose another --heat-map", path.display()));
    }
    Ok(write_atomically(path, svg.as_bytes())?)
}
