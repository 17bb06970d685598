//! An index and the files that it names agree or are refused.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use published::weights::{INDEX, Weights};
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|files: (&[u8], &[u8], &[u8])| {
    let folder = FOLDER.path();
    for (name, file) in [INDEX, "1.safetensors", "2.safetensors"].into_iter().zip([files.0, files.1, files.2]) {
        fs::write(folder.join(name), file).expect("a file");
    }
    let said = Weights::open(folder).err().map(|error| error.to_string());
    assert!(said.is_none_or(|said| !said.contains('\n')));
});
