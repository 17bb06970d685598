//! Every text that byte pairs are learnt from, and all bytes, come back from the tokens.
#![no_main]

use data::Tokenizer;
use data::tokenize::Bpe;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|inputs: (&str, &[u8])| {
    let (text, bytes) = inputs;
    let tokenizer = Bpe::train(text, 300, &["<|x|>"]);
    let tokens = tokenizer.encode(text).expect("every text has bytes");
    assert_eq!(tokenizer.decode(&tokens), text);
    assert_eq!(tokenizer.decode_bytes(&tokenizer.encode_bytes(bytes)), bytes);
});
