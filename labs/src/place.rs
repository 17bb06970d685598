//! A folder for one run of a program.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::Error;
use crate::room;

/// What is shown of what a program prints, in bytes.
const SHOWN: u64 = 2_000;

/// A folder that is gone when it is dropped.
pub(crate) struct Place(TempDir);

impl Place {
    pub fn new() -> Result<Self, Error> {
        Ok(Place(TempDir::with_prefix("lineage-lab-").map_err(Error::make(&std::env::temp_dir()))?))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Where standard output and standard error go.
    pub fn output(&self) -> [PathBuf; 2] {
        ["stdout", "stderr"].map(|name| self.file(name))
    }

    /// The beginning of what was printed.
    pub fn printed(&self) -> String {
        let beginning = |path: PathBuf| {
            let mut bytes = Vec::new();
            let _ = File::open(path).and_then(|file| file.take(SHOWN).read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        self.output().map(beginning).concat()
    }

    /// That its disk is full, if it is; what was written into it still counts.
    pub fn full(&self) -> Option<Error> {
        room::full(&std::env::temp_dir())
    }

    /// That a program has filled the disk with what it wrote here: in a few words, and as a sentence without its end.
    ///
    /// # Errors
    /// If the disk is full without it too.
    pub fn filled(self) -> Result<(&'static str, String), Error> {
        drop(self);
        match room::full(&std::env::temp_dir()) {
            Some(full) => Err(full),
            None => Ok(("fills the disk", "your program fills the disk with what it writes".to_owned())),
        }
    }

    /// Whether as much was printed as a file may hold.
    pub fn is_full(&self, most: u64) -> bool {
        self.output().iter().any(|path| fs::metadata(path).is_ok_and(|found| found.len() >= most))
    }
}
