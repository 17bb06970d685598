//! Flags that are given and cannot act.

use anyhow::bail;

/// A flag, whether it is given and would change nothing, and the reason with the way out.
pub type Flag<'a> = (&'a str, bool, &'a str);

/// Refuses the first of these flags that would change nothing.
///
/// # Errors
/// A sentence that names it.
pub fn refuse(flags: &[Flag<'_>]) -> anyhow::Result<()> {
    match flags.iter().find(|(_, idle, _)| *idle) {
        Some((flag, _, reason)) => bail!("--{flag} cannot act, since {reason}"),
        None => Ok(()),
    }
}
