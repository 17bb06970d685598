//! `tokenizer.json` is read or refused, and what was read can be used.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| {
    if let Ok(tokenizer) = data::tokenize::published::read(json) {
        let tokens = tokenizer.encode("The café 12 <s>\n ﬁ☃").unwrap_or_default();
        tokenizer.decode(&tokens);
    }
});
