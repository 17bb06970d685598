//! The files that tokenizers were published in before there was `tokenizer.json`.

use serde_json::{Value, json};

use super::file::Vocabulary;
use super::read;
use super::write::template;
use crate::quoted;
use crate::tokenize::{Bpe, Token, TokenizeError, Tokenizer};

/// GPT-2's `vocab.json` and `merges.txt`. If `<|endoftext|>` is in the vocabulary, it is a special token.
///
/// # Errors
/// As [`read`], and if `vocab.json` is not of pieces and their numbers.
pub fn byte_level(vocab: &str, merges: &str) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let vocab: Vocabulary =
        serde_json::from_str(vocab).map_err(|error| TokenizeError::Published { reason: error.to_string() })?;
    // Its first line is a version; a merge may begin with # all the same.
    let merges = merges.lines().enumerate().filter(|(number, line)| *number > 0 || !line.starts_with("#version"));
    let merges: Vec<&str> = merges.map(|(_, line)| line).filter(|line| !line.is_empty()).collect();
    let special = added(&vocab, &[Bpe::END_OF_TEXT]);
    let file = json!({
        "added_tokens": special,
        "pre_tokenizer": { "type": "ByteLevel", "add_prefix_space": false },
        "decoder": { "type": "ByteLevel" },
        "model": { "type": "BPE", "vocab": vocab, "merges": merges },
    });
    read(&file.to_string())
}

/// BERT's `vocab.txt`, of a model whose texts are put in small letters without accents, or left as they are. `[PAD]`,
/// `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]` are special tokens.
///
/// # Errors
/// As [`read`], and if a piece is there twice.
pub fn wordpiece(vocab: &str, lowercase: bool) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let mut pieces = Vocabulary::default();
    for (piece, token) in vocab.lines().map(str::trim_end).zip(0..) {
        if pieces.insert(piece.to_owned(), token).is_some() {
            return Err(TokenizeError::Published { reason: format!("its vocabulary has {} twice", quoted(piece)) });
        }
    }
    let special = added(&pieces, &["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
    let marks = [pieces.get("[CLS]"), pieces.get("[SEP]")];
    let file = json!({
        "version": "1.0",
        "truncation": null,
        "padding": null,
        "added_tokens": special,
        "post_processor": if let [Some(&first), Some(&last)] = marks { template(first, last) } else { Value::Null },
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null,
            "lowercase": lowercase,
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
        "model": {
            "type": "WordPiece", "vocab": pieces, "unk_token": "[UNK]", "continuing_subword_prefix": "##",
            "max_input_chars_per_word": 100,
        },
    });
    read(&file.to_string())
}

/// Those of these pieces that are there, as special tokens.
fn added(vocab: &Vocabulary, special: &[&str]) -> Vec<Value> {
    special.iter().filter_map(|&text| Some(special_token(text, *vocab.get(text)?))).collect()
}

pub(super) fn special_token(text: &str, token: Token) -> Value {
    json!({
        "id": token, "content": text, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
        "special": true,
    })
}
