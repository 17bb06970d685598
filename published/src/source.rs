//! Files that are read piece by piece, or as a whole if they are small.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::error::{Error, brief};

/// An open file of known length.
#[derive(Debug)]
pub(crate) struct Source {
    pub path: PathBuf,
    pub length: u64,
    /// What it has to be, as errors call it.
    kind: &'static str,
    file: File,
}

impl Source {
    /// # Errors
    /// [`Error::Read`], of a device or a pipe too: they could keep whoever reads them for ever.
    pub fn open(path: &Path, kind: &'static str) -> Result<Self, Error> {
        let open = || {
            if !fs::metadata(path)?.is_file() {
                return Err(io::Error::other("it is a folder, a device or a pipe"));
            }
            let file = File::open(path)?;
            Ok((file.metadata()?.len(), file))
        };
        let (length, file) = open().map_err(|source| Error::Read { path: path.into(), source })?;
        Ok(Self { path: path.into(), length, kind, file })
    }

    /// Goes to a byte of the file.
    ///
    /// # Errors
    /// [`Error::Read`].
    pub fn seek(&mut self, start: u64) -> Result<(), Error> {
        self.file.seek(SeekFrom::Start(start)).map_err(|source| Error::Read { path: self.path.clone(), source })?;
        Ok(())
    }

    /// Reads as many bytes as there is room for.
    ///
    /// # Errors
    /// [`Error::Read`], or [`Error::Damaged`] if the file ends before.
    pub fn read(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.file.read_exact(bytes).map_err(|source| match source.kind() {
            ErrorKind::UnexpectedEof => self.damaged("it ends too early"),
            _ => Error::Read { path: self.path.clone(), source },
        })
    }

    /// All of a file that is known to be small.
    ///
    /// # Errors
    /// As [`read`](Self::read), and [`Error::Damaged`] if it has more than `most` bytes.
    pub fn read_all(&mut self, most: u64) -> Result<Vec<u8>, Error> {
        if self.length > most {
            let reason = format!("it has {} bytes, and such files have at most {most}", self.length);
            return Err(self.damaged(reason));
        }
        let mut bytes = vec![0; self.length as usize];
        self.read(&mut bytes)?;
        Ok(bytes)
    }

    pub fn damaged(&self, reason: impl Into<String>) -> Error {
        damaged(&self.path, self.kind, reason)
    }
}

/// Says what is wrong with a file.
pub(crate) fn damaged(path: &Path, kind: &'static str, reason: impl Into<String>) -> Error {
    Error::Damaged { path: path.into(), kind, reason: reason.into() }
}

/// JSON of one form.
///
/// # Errors
/// [`Error::Damaged`].
pub(crate) fn from_json<'j, T: Deserialize<'j>>(path: &Path, kind: &'static str, json: &'j [u8]) -> Result<T, Error> {
    let text = std::str::from_utf8(json)
        .map_err(|error| damaged(path, kind, format!("it is not UTF-8 after {} bytes", error.valid_up_to())))?;
    serde_json::from_str(text).map_err(|error| damaged(path, kind, brief(&error.to_string())))
}
