//! By what a file is known to be the same.

use sha2::{Digest, Sha256};

/// The SHA-256 in hexadecimal digits.
pub fn sha256(content: impl AsRef<[u8]>) -> String {
    format!("{:x}", Sha256::digest(content))
}
