//! Folders that are made for something to come, and removed if it never comes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::lock;

/// The folders that were not there before, the deepest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Made(Vec<PathBuf>);

impl Made {
    /// Makes a folder and those above it that are missing.
    ///
    /// # Errors
    /// That of the system; no folder is left then.
    pub fn make(path: &Path) -> io::Result<Self> {
        let is_missing = |path: &&Path| {
            let is_named = !path.as_os_str().is_empty();
            is_named && path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound)
        };
        let made = Self(path.ancestors().take_while(is_missing).map(Path::to_owned).collect());
        fs::create_dir_all(path).inspect_err(|_| made.undo())?;
        Ok(made)
    }

    /// A folder that the caller has just made, and those made before it.
    pub fn and(mut self, path: &Path) -> Self {
        self.0.insert(0, path.to_owned());
        self
    }

    /// Whether there was nothing to make.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Removes them again, but for those in which somebody has put something.
    pub fn undo(&self) {
        for folder in &self.0 {
            let _ = fs::remove_dir(folder);
        }
    }

    /// The same for whoever has the lock of the deepest.
    pub fn discard(&self) {
        if let Some(folder) = self.0.first() {
            lock::remove(folder);
        }
        self.undo();
    }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn only_what_was_made_and_is_empty_is_removed() {
        let dir = TempDir::new().unwrap();
        fs::create_dir(dir.path().join("old")).unwrap();
        let deep = dir.path().join("old/a/b");
        Made::make(&deep).unwrap().undo();
        assert_eq!(fs::read_dir(dir.path().join("old")).unwrap().count(), 0);

        let made = Made::make(&deep).unwrap();
        assert!(Made::make(&deep).unwrap().is_empty());
        fs::write(dir.path().join("old/a/mine"), "").unwrap();
        made.undo();
        assert!(!deep.exists() && dir.path().join("old/a/mine").exists());

        fs::write(dir.path().join("file"), "").unwrap();
        assert!(Made::make(&dir.path().join("file/a/b")).is_err());
    }
}
