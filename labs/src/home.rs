//! What the program remembers about its user: where the sources are, and how far the labs have come.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::Error;

/// The user's configuration folder of this program.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

/// How far a lab has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Checks that were run.
    pub checks: u32,
    /// Whether one was passed.
    pub passed: bool,
    /// Hints that were seen.
    pub hints: usize,
    /// Whether the solution was seen before it was passed.
    pub solution: bool,
}

impl Home {
    /// In this folder, which is made when something is remembered.
    pub fn at(folder: PathBuf) -> Self {
        Home(folder)
    }

    /// The folder that the system has for it, or `LINEAGE_HOME`; `None` if the system has none.
    pub fn of_user() -> Option<Self> {
        let given = std::env::var_os("LINEAGE_HOME").filter(|folder| !folder.is_empty()).map(PathBuf::from);
        given.or_else(|| Some(dirs::config_dir()?.join("lineage"))).map(Home)
    }

    /// The folder of the clone that was given before, if any.
    pub(crate) fn sources(&self) -> Option<PathBuf> {
        fs::read_to_string(self.0.join("sources")).ok().map(|path| PathBuf::from(path.trim_end()))
    }

    /// Remembers the folder of the clone.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn remember_sources(&self, root: &Path) -> Result<(), Error> {
        self.write("sources", format!("{}\n", root.display()).as_bytes())
    }

    /// How far every lab has come that was begun, by name.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn progress(&self) -> Result<BTreeMap<String, Progress>, Error> {
        let path = self.0.join("labs.json");
        match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| Error::Manifest {
                path,
                what: format!(
                    "what stands there is not the progress of the labs ({error}): mend the file or move it away"
                ),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
            Err(error) => Err(Error::read(&path)(error)),
        }
    }

    /// Changes what is remembered of a lab.
    ///
    /// # Errors
    /// If the file cannot be read or written.
    pub fn note(&self, lab: &str, change: impl FnOnce(&mut Progress)) -> Result<(), Error> {
        let mut all = self.progress()?;
        let before = all.get(lab).cloned();
        let progress = all.entry(lab.to_owned()).or_default();
        change(progress);
        if before.as_ref() == Some(progress) {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(&all).expect("numbers by name are JSON");
        self.write("labs.json", text.as_bytes())
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        fs::create_dir_all(&self.0).map_err(Error::make(&self.0))?;
        Ok(files::write_atomically(&Path::new(&self.0).join(name), bytes)?)
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn progress_is_kept_and_a_damaged_file_is_not_overwritten() {
        let dir = TempDir::new().unwrap();
        let home = Home::at(dir.path().join("config"));
        assert_eq!(home.progress().unwrap(), BTreeMap::new());
        home.note("05-lstm", |progress| progress.checks += 1).unwrap();
        home.note("05-lstm", |progress| progress.passed = true).unwrap();
        let expected = Progress { checks: 1, passed: true, ..Progress::default() };
        assert_eq!(home.progress().unwrap()["05-lstm"], expected);

        let path = dir.path().join("config/labs.json");
        fs::write(&path, "{").unwrap();
        assert!(home.note("05-lstm", |progress| progress.checks += 1).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "{");
    }
}
