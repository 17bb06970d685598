//! llama2.c's files of models and tokenizers are read or refused.
#![no_main]

use std::fs;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use published::llama2c;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|file: &[u8]| {
    let path = FOLDER.path().join("model.bin");
    fs::write(&path, file).expect("a file");
    if let Ok((_, mut weights)) = llama2c::open(&path) {
        let names: Vec<_> = weights.tensors().map(|(name, _)| name.to_owned()).collect();
        names.iter().for_each(|name| drop(weights.read(name)));
    }
    if let Ok(tokenizer) = llama2c::tokenizer(&path) {
        let tokens = tokenizer.encode("The café 12\n").unwrap_or_default();
        tokenizer.decode(&tokens);
    }
});
