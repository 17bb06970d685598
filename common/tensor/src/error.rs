//! What can go wrong with files of numbers.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file of parameters that cannot be read, written or used. Each is one sentence that names the file, what is wrong
/// and the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("cannot read {}: {source}; {}", path.display(), readable(source))]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file cannot be written; what stood there before is untouched.
    #[error("cannot write {}: {source}; what was there before is unchanged: {}, or choose another folder", path.display(), way_out(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not a complete safetensors file.
    #[error("{} is not a complete safetensors file ({reason}): it was cut short or is something else; use another checkpoint", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// The file is complete, but not what was saved.
    #[error("{} is not what was written: its SHA-256 is another, so it was changed or damaged; restore a copy of it", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The file's tensors are not those of the model.
    #[error("{} holds another model: {reason}; use the checkpoint with the configuration it was trained with", path.display())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// The first tensors that are missing, unexpected or of another shape.
        reason: String,
    },
}

/// What helps if a file cannot be read.
fn readable(error: &io::Error) -> &'static str {
    if is_out_of_files(error) { way_out(error) } else { "check the path and its permissions" }
}

/// What helps if a file cannot be written, whichever it is.
pub fn way_out(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room",
        ErrorKind::FileTooLarge => "let files be larger (ulimit -f)",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "make its folder writable",
        ErrorKind::IsADirectory => "move the folder of that name away",
        _ if is_out_of_files(error) => "let more files be open (ulimit -n)",
        _ => "mend that",
    }
}

/// Whether no more files can be opened, by this process or by all. Only Unix counts them: these are ENFILE and EMFILE of
/// every one.
fn is_out_of_files(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Read { path: path.into(), source }
    }

    pub(crate) fn write(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Write { path: path.into(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Error {
        Error::Damaged { path: path.into(), reason: reason.to_string() }
    }
}
