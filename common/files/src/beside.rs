//! Names beside a place that are nobody else's. What is not finished has one until it takes its place.

use std::ffi::OsString;
use std::fs::{self, DirEntry, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempDir};

/// Letters and digits that make a name one's own: as many bits as in a UUID, so that no reader's name is of this form.
const RANDOM: usize = 22;

/// What is beside a place and has its name within its own, as in `config.json.k3x9abWq0TzR5mYc1LpV7e.partial`.
#[derive(Clone, Debug)]
pub struct Beside {
    folder: PathBuf,
    prefix: OsString,
    suffix: &'static str,
}

impl Beside {
    /// Beside `path`: names that begin with `before` and the name of it, followed by `after`, and end with `suffix`.
    pub fn new(path: &Path, before: &str, after: &str, suffix: &'static str) -> Self {
        let mut prefix = OsString::from(before);
        prefix.push(path.file_name().unwrap_or_default());
        prefix.push(after);
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Beside { folder: folder.to_owned(), prefix, suffix }
    }

    /// Where they are.
    pub fn parent(&self) -> &Path {
        &self.folder
    }

    /// A new file with the permissions of any other, gone when dropped.
    ///
    /// # Errors
    /// That of the system.
    pub fn file(&self) -> io::Result<NamedTempFile> {
        // By hand, since temporary files are hidden from other users. And the library's errors hide what the system said
        // behind a name that means nothing to anybody.
        let mut said = None;
        let create = |name: &Path| {
            let made = File::options().read(true).write(true).create_new(true).open(name);
            made.inspect_err(|error| said = error.raw_os_error())
        };
        let made = self.builder().make_in(&self.folder, create);
        made.map_err(|error| said.map_or(error.kind().into(), io::Error::from_raw_os_error))
    }

    /// A new folder, gone when dropped.
    ///
    /// # Errors
    /// That of the system.
    pub fn folder(&self) -> io::Result<TempDir> {
        self.builder().tempdir_in(&self.folder).map_err(|error| error.kind().into())
    }

    /// What has such a name: programs that were killed may have left it. Only who alone writes there may remove it.
    ///
    /// # Errors
    /// If the system does not let us look.
    pub fn left(&self) -> io::Result<Vec<DirEntry>> {
        let entries = fs::read_dir(&self.folder)?.collect::<io::Result<Vec<_>>>()?;
        Ok(entries.into_iter().filter(|entry| self.names(entry)).collect())
    }

    fn names(&self, entry: &DirEntry) -> bool {
        let name = entry.file_name();
        let rest = name.as_encoded_bytes().strip_prefix(self.prefix.as_encoded_bytes());
        let random = rest.and_then(|rest| rest.strip_suffix(self.suffix.as_bytes()));
        random.is_some_and(|random| random.len() == RANDOM && random.iter().all(u8::is_ascii_alphanumeric))
    }

    fn builder(&self) -> Builder<'_, '_> {
        let mut builder = Builder::new();
        builder.prefix(&self.prefix).suffix(self.suffix).rand_bytes(RANDOM);
        builder
    }
}
