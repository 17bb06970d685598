//! Whether a disk is full. Programs tell that in many ways, or not at all: a linker dies of a bus error.

use std::io::{self, ErrorKind, Write};
use std::path::Path;

use crate::Error;

/// What a program has to find when it has failed, for its disk not to be called full.
const ROOM: usize = 16 << 20;

/// How Unix and Windows say it; by then the program that could not go on may have made room.
const SAID: [&str; 2] = ["No space left on device", "(os error 112)"];

/// Whether a program says that its disk is full.
pub(crate) fn is_said(words: &str) -> bool {
    SAID.iter().any(|said| words.contains(said))
}

/// That the disk of a folder is full, if it is.
pub(crate) fn full(folder: &Path) -> Option<Error> {
    let write = || -> io::Result<()> {
        let mut file = tempfile::tempfile_in(folder)?;
        let some = vec![1; 1 << 20];
        (0..ROOM / some.len()).try_for_each(|_| file.write_all(&some))
    };
    let is_full = |error: &io::Error| matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    write().err().filter(is_full).map(|_| Error::NoRoom(folder.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_disk_is_called_full() {
        assert!(full(Path::new("/there/is/no/such/folder")).is_none());
        assert!(full(&std::env::temp_dir()).is_none());
        assert!(!is_said("error: could not compile `lab`"));
        assert!(is_said("error: failed to build archive at `libndarray.rlib`: No space left on device (os error 28)"));
    }
}
