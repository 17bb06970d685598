//! Byte-pair encoding as Hugging Face's `tokenizer.json`.

use serde_json::{Map, Value, json};

use crate::NormalForm;
use crate::marks::Marks;
use crate::sentinels;
use crate::tokenize::bpe::{Bpe, Split, alphabet};
use crate::tokenize::{Stored, Token, Tokenizer};

/// A [`Bpe`], by itself or [`Normalized`](crate::tokenize::Normalized), as Hugging Face's `tokenizer.json`, which the
/// library `tokenizers` loads and [`read`](super::read) too; a tokenizer that was read from such a file, as that file; of another
/// there is none. If it has [`Marks`], the library puts them around each text; if it has [sentinels], T5's end behind it.
///
/// ```
/// use data::tokenize::{Bpe, Tokenizer, published};
///
/// let tokenizer = Bpe::train("low lower lowest", 259, &["<|end|>"]);
/// let json = published::to_hugging_face(&tokenizer).unwrap();
/// assert_eq!(published::read(&json)?.encode("low lot<|end|>")?, tokenizer.encode("low lot<|end|>")?);
/// # Ok::<(), data::TokenizeError>(())
/// ```
pub fn to_hugging_face(tokenizer: &dyn Tokenizer) -> Option<String> {
    let mut stored = tokenizer.stored();
    if let Stored::Normalized { of, .. } = stored {
        stored = *of;
    }
    let stored = match stored {
        Stored::Bpe(stored) => stored,
        Stored::Published { file } => return Some(file),
        _ => return None,
    };
    let bpe = Bpe::from_stored(stored).expect("what was stored of a tokenizer makes it again");
    let normalizer = match tokenizer.normal_form() {
        NormalForm::None => Value::Null,
        NormalForm::Nfc => json!({ "type": "NFC" }),
        NormalForm::Nfkc => json!({ "type": "NFKC" }),
    };
    let special: Vec<(&str, Token)> = bpe.special().collect();
    let piece = |token: Token| alphabet::written(&bpe.decode_bytes(&[token]));
    let vocab: Map<String, Value> = (0..bpe.vocabulary_size() as Token)
        .filter(|&token| special.iter().all(|&(_, other)| other != token))
        .map(|token| (piece(token), token.into()))
        .collect();
    let added = special.iter().map(|&(text, token)| {
        let [left, right] = bpe.takes_space(token);
        json!({
            "id": token, "content": text, "single_word": false, "lstrip": left, "rstrip": right,
            "normalized": false, "special": true,
        })
    });
    let byte_level = |use_regex: bool| json!({ "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": use_regex });
    let file = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": added.collect::<Vec<_>>(),
        "normalizer": normalizer,
        "pre_tokenizer": match bpe.split() {
            Split::Gpt2 => byte_level(true),
            Split::Llama3 => json!({ "type": "Sequence", "pretokenizers": [
                {
                    "type": "Split", "pattern": { "Regex": Split::Llama3.pattern() }, "behavior": "Isolated", "invert": false,
                },
                byte_level(false),
            ] }),
        },
        "post_processor": match Marks::of(tokenizer) {
            Ok(marks) => Some(template(marks.first, marks.last)),
            Err(_) => end_of_sentinels(&special).map(end_template),
        },
        "decoder": byte_level(true),
        "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
            "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false,
            "ignore_merges": bpe.ignores_merges(),
            "vocab": vocab,
            "merges": bpe.merges().iter().map(|&(left, right)| [piece(left), piece(right)]).collect::<Vec<_>>(),
        },
    });
    Some(file.to_string())
}

/// The end of texts of a tokenizer that has sentinels.
fn end_of_sentinels(special: &[(&str, Token)]) -> Option<Token> {
    let find = |wanted: &str| special.iter().find(|(text, _)| *text == wanted).map(|&(_, token)| token);
    find(&sentinels::text(0)).and_then(|_| find(sentinels::END))
}

/// What puts T5's end behind each text.
pub(super) fn end_template(end: Token) -> Value {
    let text = sentinels::END;
    let end_of = |kind: u8| json!({ "SpecialToken": { "id": text, "type_id": kind } });
    let read = |name: &str, kind: u8| json!({ "Sequence": { "id": name, "type_id": kind } });
    json!({
        "type": "TemplateProcessing",
        "single": [read("A", 0), end_of(0)],
        "pair": [read("A", 0), end_of(0), read("B", 0), end_of(0)],
        "special_tokens": { text: { "id": text, "ids": [end], "tokens": [text] } },
    })
}

/// What puts marks around each text, and between two.
pub(super) fn template(first: Token, last: Token) -> Value {
    let [cls, sep, _] = Marks::TEXTS;
    let special = |text: &str, kind: u8| json!({ "SpecialToken": { "id": text, "type_id": kind } });
    let text = |name: &str, kind: u8| json!({ "Sequence": { "id": name, "type_id": kind } });
    let known = |text: &str, token: Token| json!({ "id": text, "ids": [token], "tokens": [text] });
    json!({
        "type": "TemplateProcessing",
        "single": [special(cls, 0), text("A", 0), special(sep, 0)],
        "pair": [special(cls, 0), text("A", 0), special(sep, 0), text("B", 1), special(sep, 1)],
        "special_tokens": { cls: known(cls, first), sep: known(sep, last) },
    })
}
