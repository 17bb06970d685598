//! How a report takes the place of the one before.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{OutputError, inventory::Inventory};

/// Moves the files of a report from one folder into another, and removes what is ours of the report that was there. The
/// inventory knows the old files and the new until all is done, so that nothing counts as the reader's if the program ends
/// in between.
pub fn install(from: &Path, files: &Inventory, to: &Path, displaced: &mut Vec<PathBuf>) -> Result<(), OutputError> {
    fs::create_dir_all(to).map_err(refused(to))?;
    let old = Inventory::read(to).map_err(refused(to))?.unwrap_or_default();
    old.and(files).write(to).map_err(refused(to))?;
    for name in files.names() {
        let place = to.join(name);
        if is_there(&place)? && !old.owns(to, name).map_err(refused(&place))? {
            let aside = name_beside(&place)?;
            fs::rename(&place, &aside).map_err(refused(&aside))?;
            displaced.push(aside);
        }
        fs::rename(from.join(name), &place).map_err(refused(&place))?;
    }
    let names = files.names();
    for name in old.names().into_iter().filter(|name| !names.contains(name)) {
        let place = to.join(name);
        if old.owns(to, name).map_err(refused(&place))? {
            fs::remove_file(&place).map_err(refused(&place))?;
        }
    }
    files.write(to).map_err(refused(to))
}

/// `table.csv` becomes `table.kept.csv`, or `table.kept-2.csv`, whichever is free.
fn name_beside(path: &Path) -> Result<PathBuf, OutputError> {
    let stem = path.file_stem().unwrap_or_default().display();
    let extension = path.extension().map(|extension| format!(".{}", extension.display())).unwrap_or_default();
    let mut number = 1;
    loop {
        let kept = if number == 1 { "kept".to_owned() } else { format!("kept-{number}") };
        let aside = path.with_file_name(format!("{stem}.{kept}{extension}"));
        if !is_there(&aside)? {
            return Ok(aside);
        }
        number += 1;
    }
}

/// Whether anything has this name.
pub fn is_there(path: &Path) -> Result<bool, OutputError> {
    match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(refused(path)(error)),
    }
}

/// The error of a file or folder.
pub fn refused(path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_owned();
    move |source| OutputError::Refused { path, source }
}
