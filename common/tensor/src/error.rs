//! What can go wrong with files of numbers.

use std::io;
use std::path::{Path, PathBuf};

use files::{is_out_of_files, way_out};

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
    #[error(transparent)]
    Write(#[from] files::WriteError),
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

impl Error {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Error + '_ {
        move |source| Error::Read { path: path.into(), source }
    }

    pub(crate) fn damaged(path: &Path, reason: impl ToString) -> Error {
        Error::Damaged { path: path.into(), reason: reason.to_string() }
    }
}
