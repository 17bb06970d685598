//! `vocab.txt`, and `vocab.json` with `merges.txt`, are read or refused.
#![no_main]

use data::tokenize::published::older;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|files: (&str, &str)| {
    let (vocabulary, merges) = files;
    let found = [older::wordpiece(vocabulary, true), older::byte_level(vocabulary, merges)];
    for tokenizer in found.into_iter().flatten() {
        let tokens = tokenizer.encode("The café 12\n").unwrap_or_default();
        tokenizer.decode(&tokens);
    }
});
