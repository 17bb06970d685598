//! The folder of a report, and the report before the last beside it, in `.previous`.
//!
//! All files are written into a folder beside the target first, and the report that stood there is copied to `.previous`
//! before the new one takes its place, file by file and the page last. Whatever fails, and whenever, a finished report
//! remains at one of the two names. What the reader put there, or changed, is never deleted: an `Inventory` tells which
//! files are ours.

mod diff;
mod install;
mod inventory;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use crate::lock::{self, Lock, LockError};
pub use diff::{Diff, DiffError, MEASURED};
use install::{install, is_there, make, refused};
use inventory::Inventory;
pub use inventory::sha256;

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
    #[error("the report cannot be written to {}: {source}; choose a folder that you may write to with --out", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
}

/// The place where a report will stand; no other comparison can have it too.
#[derive(Debug)]
pub struct Destination {
    parent: PathBuf,
    target: PathBuf,
    previous: PathBuf,
    lock: Option<Lock>,
    /// Whether the folder was made here and holds nothing yet.
    new: bool,
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
        fs::create_dir_all(&parent).map_err(refused(&parent))?;
        let previous = parent.join(previous);
        for path in [&target, &previous] {
            check_foreign(path)?;
        }
        let mut destination = Self { previous, target, parent, lock: None, new: false };
        destination.beside()?;
        if destination.previous.is_dir() {
            tempfile::tempfile_in(&destination.previous).map_err(refused(&destination.previous))?;
        }
        destination.new = make(&destination.target)?;
        destination.lock = Some(Lock::take(&destination.target).map_err(|error| match error {
            LockError::Held => OutputError::Busy { path: destination.target.clone() },
            LockError::Foreign { path } => OutputError::Foreign { path },
            LockError::Refused { path, source } => OutputError::Refused { path, source },
        })?);
        Ok(destination)
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
    pub fn publish(mut self, files: &[(String, Vec<u8>)]) -> Result<Vec<PathBuf>, OutputError> {
        // Time has passed since `prepare`.
        for path in [&self.target, &self.previous] {
            check_foreign(path)?;
        }
        let fresh = self.beside()?;
        for (name, content) in files {
            let path = fresh.path().join(name);
            fs::write(&path, content).map_err(refused(&self.target.join(name)))?;
        }
        let mut displaced = Vec::new();
        let (last, last_files) = self.last_report()?;
        if let Some(last) = last {
            install(last.path(), &last_files, &self.previous, &mut displaced)?;
        }
        install(fresh.path(), &Inventory::of(files), &self.target, &mut displaced)?;
        self.new = false;
        Ok(displaced)
    }

    /// A copy of what is ours at the target, if there is anything.
    fn last_report(&self) -> Result<(Option<TempDir>, Inventory), OutputError> {
        let inventory = Inventory::read(&self.target).map_err(refused(&self.target))?.unwrap_or_default();
        let copy = self.beside()?;
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

    /// An empty folder beside the target, on the same file system, gone when dropped.
    fn beside(&self) -> Result<TempDir, OutputError> {
        let made = tempfile::Builder::new().prefix(".report-").tempdir_in(&self.parent);
        // Its error names the temporary folder, which means nothing to the user.
        made.map_err(|e| refused(&self.target)(e.kind().into()))
    }
}

/// A folder that was made for nothing goes.
impl Drop for Destination {
    fn drop(&mut self) {
        if let Some(lock) = self.lock.take().filter(|_| self.new) {
            lock.remove();
            let _ = fs::remove_dir(&self.target);
        }
    }
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
    let report = || Inventory::read(path).map_err(refused(path));
    if empty || report()?.is_some() { Ok(()) } else { Err(foreign()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> Vec<(String, Vec<u8>)> {
        vec![(PAGE.into(), format!("<!DOCTYPE html><html><head>{MARK}</head>{text}").into_bytes())]
    }

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    fn text(folder: &Path) -> String {
        fs::read_to_string(folder.join(PAGE)).unwrap()
    }

    #[test]
    fn step_01_the_last_two_reports_are_kept_and_nothing_else() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("deep/report");
        for round in ["first", "second", "third"] {
            Destination::prepare(&out).unwrap().publish(&page(round)).unwrap();
        }
        assert!(text(&out).ends_with("third"));
        assert!(text(&out.with_file_name("report.previous")).ends_with("second"));
        assert_eq!(names(&dir.path().join("deep")), ["report", "report.previous"]);
    }

    #[test]
    fn step_02_what_is_not_a_report_is_left_alone() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("thesis");
        fs::create_dir(&out).unwrap();
        fs::write(out.join(PAGE), "my own page").unwrap();
        let error = Destination::prepare(&out).unwrap_err();
        assert!(error.to_string().ends_with(
            "thesis exists and is not a report of this program, so it was left alone: choose another folder with --out"
        ));
        assert_eq!(text(&out), "my own page");

        let file = dir.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(matches!(Destination::prepare(&file), Err(OutputError::Foreign { .. })));
        assert!(matches!(Destination::prepare(Path::new("/")), Err(OutputError::Nameless { .. })));
        assert_eq!(names(dir.path()), ["file", "thesis"]);
    }

    #[test]
    fn step_03_a_foreign_previous_is_left_alone_too() {
        let dir = TempDir::new().unwrap();
        let previous = dir.path().join("report.previous");
        fs::create_dir(&previous).unwrap();
        fs::write(previous.join("notes"), "mine").unwrap();
        let error = Destination::prepare(&dir.path().join("report")).unwrap_err();
        assert!(matches!(error, OutputError::Foreign { path } if path.ends_with("report.previous")));
    }

    #[test]
    fn step_04_a_failure_leaves_the_old_report_in_place() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("report");
        Destination::prepare(&out).unwrap().publish(&page("old")).unwrap();
        // A name that no file can have stands for a full disk.
        let broken = [page("new"), vec![("no/such/folder".into(), Vec::new())]].concat();
        let error = Destination::prepare(&out).unwrap().publish(&broken).unwrap_err();
        assert!(matches!(error, OutputError::Refused { .. }), "{error}");
        assert!(text(&out).ends_with("old"));
        assert_eq!(names(dir.path()), ["report"]);
    }

    #[test]
    fn step_05_what_the_reader_put_there_stays() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("report");
        let report = |round: &str| [page(round), vec![("table.csv".into(), round.as_bytes().to_vec())]].concat();
        let publish = |round: &str| Destination::prepare(&out).unwrap().publish(&report(round)).unwrap();
        publish("first");
        fs::write(out.join("mine.csv"), "mine").unwrap();
        fs::create_dir(out.join("notes.csv")).unwrap();
        fs::write(out.join("notes.csv/note"), "mine too").unwrap();
        for round in ["second", "third", "fourth"] {
            assert!(publish(round).is_empty());
        }
        assert_eq!(fs::read_to_string(out.join("mine.csv")).unwrap(), "mine");
        assert_eq!(fs::read_to_string(out.join("notes.csv/note")).unwrap(), "mine too");
        let ours = [inventory::FILE, lock::NAME, PAGE];
        assert_eq!(names(&out), [&ours[..], &["mine.csv", "notes.csv", "table.csv"]].concat());
        assert_eq!(names(&out.with_file_name("report.previous")), [inventory::FILE, PAGE, "table.csv"]);

        // Files of ours that the reader changed, and a name that a later report wants.
        fs::write(out.join("table.csv"), "changed").unwrap();
        assert_eq!(publish("fifth"), [out.join("table.kept.csv")]);
        let more = [report("sixth"), vec![("mine.csv".into(), b"ours".to_vec())]].concat();
        let displaced = Destination::prepare(&out).unwrap().publish(&more).unwrap();
        assert_eq!(displaced, [out.join("mine.kept.csv")]);
        publish("seventh");
        assert_eq!(fs::read_to_string(out.join("table.kept.csv")).unwrap(), "changed");
        assert_eq!(fs::read_to_string(out.join("mine.kept.csv")).unwrap(), "mine");
        let kept = ["mine.kept.csv", "notes.csv", "table.csv", "table.kept.csv"];
        assert_eq!(names(&out), [&ours[..], &kept].concat());
    }

    #[test]
    fn step_06_of_a_report_without_an_inventory_ours_is_what_its_page_links() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("report");
        fs::create_dir(&out).unwrap();
        let linked = format!("<html><head>{MARK}</head><a href=\"table.csv\">Data (CSV)</a><a href=\"x.csv\">x</a>");
        fs::write(out.join(PAGE), linked).unwrap();
        for name in ["table.csv", "x.csv"] {
            fs::write(out.join(name), name).unwrap();
        }
        for round in ["first", "second"] {
            Destination::prepare(&out).unwrap().publish(&page(round)).unwrap();
        }
        assert_eq!(names(&out), [inventory::FILE, lock::NAME, PAGE, "x.csv"]);
    }

    #[test]
    fn step_07_two_comparisons_do_not_share_a_folder() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("report");
        let first = Destination::prepare(&out).unwrap();
        let error = Destination::prepare(&out).unwrap_err().to_string();
        let expected = "report: wait until it has ended, or choose another folder with --out";
        assert!(error.starts_with("another lineage writes its report to ") && error.ends_with(expected), "{error}");
        drop(first);
        assert_eq!(names(dir.path()), [""; 0]);
        Destination::prepare(&out).unwrap().publish(&page("second")).unwrap();
        assert!(text(&out).ends_with("second"));
    }

    /// Killed after some of the files were moved: they are ours still.
    #[test]
    fn step_08_a_report_that_was_killed_half_way_leaves_nothing_that_counts_as_the_readers() {
        let dir = TempDir::new().unwrap();
        let out = dir.path().join("report");
        let report = |round: &str| [page(round), vec![("table.csv".into(), round.as_bytes().to_vec())]].concat();
        Destination::prepare(&out).unwrap().publish(&report("first")).unwrap();
        let old = Inventory::read(&out).unwrap().unwrap();
        old.and(&Inventory::of(&report("second"))).write(&out).unwrap();
        fs::write(out.join("table.csv"), "second").unwrap();
        assert!(Destination::prepare(&out).unwrap().publish(&report("third")).unwrap().is_empty());
        assert_eq!(names(&out), [inventory::FILE, lock::NAME, PAGE, "table.csv"]);
    }
}
