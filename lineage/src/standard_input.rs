//! What is sent to a command that is given no text.

use std::io::{self, Read};

use anyhow::{anyhow, bail};

use crate::system;

/// Its bytes, at most so many; `way_out` says what to give instead.
///
/// # Errors
/// If it is closed or cannot be read.
pub fn read(most: u64, way_out: &str) -> anyhow::Result<Vec<u8>> {
    if system::stdin_is_closed() {
        bail!("standard input is closed: {way_out}");
    }
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(most).read_to_end(&mut bytes);
    read.map_err(|error| anyhow!("standard input cannot be read: {error}; {way_out}"))?;
    Ok(bytes)
}
