//! The tokenizers in a run's folder, of language models and of translators, are read or refused.
#![no_main]

use data::pairs::Vocabulary;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|json: &str| {
    if let Ok(tokenizer) = data::tokenize::from_json(json) {
        let tokens = tokenizer.encode("The café 12\n").unwrap_or_default();
        tokenizer.decode(&tokens);
    }
    if let Ok(vocabulary) = Vocabulary::from_json(json) {
        vocabulary.decode(&vocabulary.encode("The café 12\n"));
    }
});
