//! A file of weights is read or refused, and so is every tensor in it.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use published::weights::Weights;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|file: &[u8]| {
    let folder = FOLDER.path();
    fs::write(folder.join("model.safetensors"), file).expect("a file");
    let Ok(mut weights) = Weights::open(folder) else { return };
    let all: Vec<_> = weights.tensors().map(|(name, shape)| (name.to_owned(), shape.to_vec())).collect();
    for (name, shape) in &all {
        weights.expect(name, shape);
    }
    if weights.check().is_ok() {
        for (name, shape) in &all {
            if let Ok(read) = weights.read(name) {
                assert_eq!(read.shape(), shape);
            }
        }
    }
});
