//! The folder of a report, and the report before the last beside it, in `.previous`.
//!
//! All files are written into a folder beside the target first, and the report that stood there is copied to `.previous`
//! before the new one takes its place, file by file and the page last. Whatever fails, and whenever, a finished report
//! remains at one of the two names. What the reader put there, or changed, is never deleted: an `Inventory` tells which
//! files are ours.

mod install;
pub mod inventory;
#[cfg(test)]
mod tests;
mod unfinished;

use std::{
    collections::BTreeSet,
    fs, io, mem,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use tempfile::TempDir;

use crate::{
    Beside, Made,
    lock::{self, Lock, LockError},
    way_out,
};
use install::{install, is_there, refused};
use inventory::Inventory;

/// The page of a report.
pub const PAGE: &str = "index.html";

/// Stands near the top of every page that is written here; by it a report is known for one.
pub const MARK: &str = r#"<meta name="generator" content="lineage compare">"#;

/// Why a report cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The path has no name of its own: a root, or `..`.
    #[error("the report cannot be written to {}: name a folder, for example --out report", path.display())]
    Nameless {
        /// As asked for.
        path: PathBuf,
    },
    /// Something else already stands there.
    #[error("{} exists and is not a report of this program, so it was left alone: choose another folder with --out", path.display())]
    Foreign {
        /// The file or folder.
        path: PathBuf,
    },
    /// Another comparison is to be written there.
    #[error("another lineage writes its report to {}: wait until it has ended, or choose another folder with --out", path.display())]
    Busy {
        /// The folder.
        path: PathBuf,
    },
    /// The operating system refused.
    #[error("the report cannot be written to {}: {source}; {}, or choose another folder with --out", path.display(), way_out(source))]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
}

/// The folders that this program made for reports which do not stand there yet.
static AWAITING: Mutex<BTreeSet<Made>> = Mutex::new(BTreeSet::new());

fn awaiting() -> MutexGuard<'static, BTreeSet<Made>> {
    AWAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// For a program that is about to end: removes the folders of reports that will not come. One that is being put in place
/// is waited for.
pub fn abandon() {
    mem::take(&mut *awaiting()).iter().for_each(Made::discard);
}

/// The place where a report will stand; no other comparison can have it too.
#[derive(Debug)]
pub struct Destination {
    target: PathBuf,
    previous: PathBuf,
    made: Made,
    _lock: Lock,
}

impl Destination {
    /// Makes sure, before hours are spent, that a report can be written to `out`: the folder, which is made if it is not
    /// there, is empty or has a report of ours, it and its neighbourhood are writable, and it is locked.
    ///
    /// # Errors
    /// If any of that fails.
    pub fn prepare(out: &Path) -> Result<Self, OutputError> {
        // A link or "." is followed to the folder that it means.
        let target = match out.canonicalize() {
            Ok(target) => target,
            Err(error) if error.kind() == io::ErrorKind::NotFound => out.to_owned(),
            Err(error) => return Err(refused(out)(error)),
        };
        let Some(name) = target.file_name() else {
            return Err(OutputError::Nameless { path: out.to_owned() });
        };
        let mut previous = name.to_owned();
        previous.push(".previous");
        let parent = match target.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
            _ => PathBuf::from("."),
        };
        let previous = parent.join(previous);
        for path in [&target, &previous] {
            check_foreign(path)?;
        }
        let made = Made::make(&target).map_err(refused(&target))?;
        let locked = || {
            writable(&parent).map_err(refused(&target))?;
            if previous.is_dir() {
                writable(&previous).map_err(refused(&previous))?;
            }
            Lock::take(&target).map_err(|error| match error {
                LockError::Held => OutputError::Busy { path: target.clone() },
                LockError::Foreign { path } => OutputError::Foreign { path },
                LockError::Refused { path, source } => OutputError::Refused { path, source },
            })
        };
        let lock = locked().inspect_err(|_| made.undo())?;
        if !made.is_empty() {
            awaiting().insert(made.clone());
        }
        // What cannot be removed does no harm.
        let _ = unfinished::sweep(&target);
        Ok(Self { previous, target, made, _lock: lock })
    }

    /// Where the report will stand.
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// Writes `files` (name and content) and puts them in place. The report that stood there is kept in `.previous`.
    ///
    /// Returns where the reader's own files are now that had the name of one of these.
    ///
    /// # Errors
    /// If a file cannot be written or renamed; the report that stood there is then complete there or in `.previous`.
    pub fn publish(self, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, OutputError> {
        // Whoever is about to end waits for this.
        let mut awaiting = awaiting();
        // Time has passed since `prepare`.
        for path in [&self.target, &self.previous] {
            check_foreign(path)?;
        }
        let inventory = Inventory::of(files);
        let fresh = self.beside(&inventory)?;
        for (name, content) in files {
            let path = fresh.path().join(name);
            fs::write(&path, content).map_err(refused(&self.target.join(name)))?;
        }
        let mut displaced = Vec::new();
        let (last, last_files) = self.last_report()?;
        if let Some(last) = last {
            install(last.path(), &last_files, &self.previous, &mut displaced)?;
        }
        install(fresh.path(), &inventory, &self.target, &mut displaced)?;
        awaiting.remove(&self.made);
        Ok(displaced)
    }

    /// A copy of what is ours at the target, if there is anything.
    fn last_report(&self) -> Result<(Option<TempDir>, Inventory), OutputError> {
        let Some(inventory) = Inventory::read(&self.target).map_err(refused(&self.target))? else {
            return Ok((None, Inventory::default()));
        };
        let copy = self.beside(&inventory)?;
        let mut copied = Vec::new();
        for name in inventory.names() {
            let path = self.target.join(name);
            if inventory.owns(&self.target, name).map_err(refused(&path))? {
                let content = fs::read(&path).map_err(refused(&path))?;
                fs::write(copy.path().join(name), &content).map_err(refused(&self.previous.join(name)))?;
                copied.push((name.to_owned(), content));
            }
        }
        Ok(((!copied.is_empty()).then_some(copy), Inventory::of(&copied)))
    }

    /// A folder for these files beside the target, on the same file system, gone when dropped.
    fn beside(&self, files: &Inventory) -> Result<TempDir, OutputError> {
        let made = unfinished::make(&self.target, files);
        made.map_err(refused(&self.target))
    }
}

impl Drop for Destination {
    fn drop(&mut self) {
        if awaiting().remove(&self.made) {
            self.made.discard();
        }
    }
}

/// Whether a file can be made in a folder; none stays.
fn writable(folder: &Path) -> io::Result<()> {
    Beside::new(&folder.join(PAGE), ".", ".", ".partial").file().map(drop)
}

/// Refuses what is neither a report of ours nor an empty folder nor nothing.
fn check_foreign(path: &Path) -> Result<(), OutputError> {
    let foreign = || OutputError::Foreign { path: path.to_owned() };
    if !is_there(path)? {
        return Ok(());
    }
    if !fs::metadata(path).map_err(refused(path))?.is_dir() {
        return Err(foreign());
    }
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>).map_err(refused(path))?;
    let empty = entries.iter().all(|entry| entry.file_name() == lock::NAME && lock::is_ours(&entry.path()));
    if empty {
        return Ok(());
    }
    match Inventory::read(path) {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(foreign()),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(OutputError::Foreign { path: path.join(inventory::FILE) })
        }
        Err(error) => Err(refused(path)(error)),
    }
}
