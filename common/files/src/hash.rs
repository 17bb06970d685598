//! By what a file is known to be the same.

use std::{fs::File, io, path::Path};

use sha2::{Digest, Sha256};

/// The SHA-256 in hexadecimal digits.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    format!("{:x}", Sha256::digest(content))
}

/// The same of a file's content, however large it is.
///
/// # Errors
/// If it cannot be read.
pub fn sha256_of_file(path: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    io::copy(&mut File::open(path)?, &mut hash)?;
    Ok(format!("{:x}", hash.finalize()))
}
