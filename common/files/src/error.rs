//! What can go wrong when a file is written, and what helps.

use std::{
    io::{self, ErrorKind},
    path::PathBuf,
};

/// A file cannot be written; what stood there before is untouched.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {source}; what was there before is unchanged: {}, or choose another folder", path.display(), way_out(source))]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// What the operating system said.
    pub source: io::Error,
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
pub fn is_out_of_files(error: &io::Error) -> bool {
    cfg!(unix) && matches!(error.raw_os_error(), Some(23 | 24))
}
