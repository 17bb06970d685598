//! A report is a folder that appears whole or not at all.
//!
//! Its files are written into a folder beside the target, which then takes the target's place by renaming; the report
//! that stood there becomes `report.previous`. Whatever fails, and whenever, a finished report remains at one of the
//! two names. A folder that is not a report of ours is never moved or deleted.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

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
    /// The operating system refused.
    #[error("the report cannot be written to {}: {source}; choose a folder that you may write to with --out", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: io::Error,
    },
}

/// The place where a report will stand.
#[derive(Debug)]
pub struct Destination {
    parent: PathBuf,
    target: PathBuf,
    previous: PathBuf,
}

impl Destination {
    /// Makes sure, before hours are spent, that a report can be written to `out`: parents are created, the folder is
    /// new, empty or a report of ours, and its neighbourhood is writable.
    ///
    /// # Errors
    /// If any of that fails.
    pub fn prepare(out: &Path) -> Result<Self, OutputError> {
        // A link or "." is followed to the folder that it means, so that this folder is what gets renamed.
        let target = out.canonicalize().unwrap_or_else(|_| out.to_owned());
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
        let destination = Self { previous: parent.join(previous), target, parent };
        destination.check_foreign()?;
        destination.beside()?;
        Ok(destination)
    }

    /// Where the report will stand.
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// Writes `files` (name and content) and puts them in place. The report that stood there is kept as `.previous`.
    ///
    /// # Errors
    /// If a file cannot be written or a folder cannot be renamed; what stood at the target is then there still.
    pub fn publish(&self, files: &[(String, Vec<u8>)]) -> Result<(), OutputError> {
        // Time has passed since `prepare`.
        self.check_foreign()?;
        let fresh = self.beside()?;
        for (name, content) in files {
            let path = fresh.path().join(name);
            fs::write(&path, content).map_err(refused(&self.target.join(name)))?;
        }
        // The one before the last goes to where it is deleted in the end, so that it can be brought back until then.
        let old = self.beside()?;
        let oldest = old.path().join("report");
        let mut moves = Moves::default();
        moves.rename(&self.previous, &oldest)?;
        moves.rename(&self.target, &self.previous)?;
        moves.rename(fresh.path(), &self.target)?;
        moves.keep();
        // The folder has a new name and must not be looked for under its old one.
        let _ = fresh.keep();
        make_readable(&self.target).map_err(refused(&self.target))
    }

    fn check_foreign(&self) -> Result<(), OutputError> {
        for path in [&self.target, &self.previous] {
            if path.symlink_metadata().is_ok() && !is_replaceable(path).map_err(refused(path))? {
                return Err(OutputError::Foreign { path: path.clone() });
            }
        }
        Ok(())
    }

    /// An empty folder beside the target, on the same file system, gone when dropped.
    fn beside(&self) -> Result<TempDir, OutputError> {
        let made = tempfile::Builder::new().prefix(".report-").tempdir_in(&self.parent);
        // Its error names the temporary folder, which means nothing to the user.
        made.map_err(|e| refused(&self.target)(e.kind().into()))
    }
}

/// Renames that are undone, last first, unless they are kept.
#[derive(Default)]
struct Moves {
    done: Vec<(PathBuf, PathBuf)>,
}

impl Moves {
    /// Renames `from` to `to`, if there is a `from`.
    fn rename(&mut self, from: &Path, to: &Path) -> Result<(), OutputError> {
        if from.symlink_metadata().is_ok() {
            fs::rename(from, to).map_err(refused(to))?;
            self.done.push((from.to_owned(), to.to_owned()));
        }
        Ok(())
    }

    fn keep(mut self) {
        self.done.clear();
    }
}

impl Drop for Moves {
    fn drop(&mut self) {
        for (from, to) in self.done.iter().rev() {
            let _ = fs::rename(to, from);
        }
    }
}

/// Whether `path` is an empty folder or a report of ours with nothing else in it.
fn is_replaceable(path: &Path) -> io::Result<bool> {
    if !path.is_dir() {
        return Ok(false);
    }
    let entries = fs::read_dir(path)?.collect::<io::Result<Vec<_>>>()?;
    if entries.is_empty() {
        return Ok(true);
    }
    let is_ours = |entry: &fs::DirEntry| {
        entry.file_name() == PAGE || entry.path().extension().is_some_and(|extension| extension == "csv")
    };
    if !entries.iter().all(is_ours) {
        return Ok(false);
    }
    match fs::read(path.join(PAGE)) {
        Ok(page) => Ok(page.windows(MARK.len()).take(4096).any(|w| w == MARK.as_bytes())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(e) => Err(e),
    }
}

/// Temporary folders are private to their owner; a report is as readable as any other new folder.
#[cfg(unix)]
fn make_readable(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Elsewhere permissions are inherited from the parent folder.
#[cfg(not(unix))]
fn make_readable(_: &Path) -> io::Result<()> {
    Ok(())
}

fn refused(path: &Path) -> impl FnOnce(io::Error) -> OutputError {
    let path = path.to_owned();
    move |source| OutputError::Refused { path, source }
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
    fn step_05_renames_are_undone_in_reverse() {
        let dir = TempDir::new().unwrap();
        let [a, b, missing] = ["a", "b", "no/such"].map(|name| dir.path().join(name));
        fs::write(&a, "a").unwrap();
        let mut moves = Moves::default();
        moves.rename(&a, &b).unwrap();
        assert!(moves.rename(&b, &missing).is_err());
        drop(moves);
        assert_eq!(names(dir.path()), ["a"]);
    }
}
