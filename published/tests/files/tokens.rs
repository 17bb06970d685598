//! llama2.c's tokenizers, made here of one of SentencePiece as its `tokenizer.py` does it.

use std::fs;
use std::path::PathBuf;

use published::llama2c::{scores, tokenizer};
use serde_json::Value;

use crate::made::{alone, said};

fn fixture(name: &str) -> Vec<u8> {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "../common/data/tests/fixtures/tokenizers", name].iter().collect();
    fs::read(path).unwrap()
}

/// The pieces and scores in a file of SentencePiece whose lengths are all below 128: field 1 of the message, and of each the
/// fields 1 and 2.
fn pieces() -> Vec<(String, f32)> {
    let file = fixture("llama.model");
    let mut rest = &file[..];
    let mut pieces = Vec::new();
    while let [0x0A, length, ..] = *rest {
        let piece;
        (piece, rest) = rest[2..].split_at(length.into());
        let [0x0A, length, ref text @ ..] = *piece else { panic!("a piece has a text first") };
        let (text, others) = text.split_at(length.into());
        let score = if let [0x15, a, b, c, d, ..] = *others { f32::from_le_bytes([a, b, c, d]) } else { 0.0 };
        pieces.push((String::from_utf8(text.to_vec()).unwrap(), score));
    }
    pieces
}

/// llama2.c's file of these pieces.
fn written(pieces: &[(String, f32)], bytes_as_characters: bool) -> Vec<u8> {
    let mut tokens = Vec::new();
    let mut longest = 0;
    for (token, (piece, score)) in pieces.iter().enumerate() {
        let text = match &**piece {
            "<s>" => "\n<s>\n".to_owned(),
            "</s>" => "\n</s>\n".to_owned(),
            _ if bytes_as_characters && (3..259).contains(&token) => char::from((token - 3) as u8).to_string(),
            piece => piece.replace('▁', " "),
        };
        longest = longest.max(text.len() as u32);
        tokens.extend(score.to_le_bytes());
        tokens.extend((text.len() as u32).to_le_bytes());
        tokens.extend(text.as_bytes());
    }
    [&longest.to_le_bytes()[..], &tokens].concat()
}

#[test]
fn they_give_the_tokens_of_sentencepiece() {
    let pieces = pieces();
    assert_eq!(pieces.len(), 700);
    let expected: Value = serde_json::from_slice(&fixture("expected.json")).unwrap();
    for bytes_as_characters in [false, true] {
        let (_dir, path) = alone("tok700.bin", &written(&pieces, bytes_as_characters));
        assert_eq!(scores(&path).unwrap(), pieces);
        let tokenizer = tokenizer(&path).unwrap();
        assert_eq!(tokenizer.vocabulary_size(), 700);
        for case in expected["llama"].as_array().unwrap() {
            let text = case[0].as_str().unwrap();
            let tokens = tokenizer.encode(text).unwrap();
            assert_eq!(serde_json::to_value(&tokens).unwrap(), case[1], "{text:?}");
            assert_eq!(tokenizer.decode(&tokens), text);
        }
        assert_eq!(tokenizer.encode("<s></s>").unwrap(), [1, 2], "special tokens are found in the text");
    }
}

#[test]
fn what_is_wrong_with_a_tokenizer_is_said() {
    let good = written(&pieces(), false);
    let reason = |file: &[u8]| {
        let (dir, path) = alone("tok.bin", file);
        let said = said(&dir, tokenizer(&path));
        let said = said.strip_prefix("DIR/tok.bin is damaged or no tokenizer of llama2.c: ").expect(&said).to_owned();
        said.strip_suffix("; get it again from where it was published").unwrap().to_owned()
    };
    assert_eq!(reason(b"123"), "it ends before the length of its longest token");
    assert_eq!(reason(&good[..good.len() - 1]), "it ends within token 699");
    assert_eq!(reason(&good[..7]), "it ends within token 0");
    assert_eq!(reason(&good[..4]), "it has 0 tokens, and those of bytes and texts alone are 259");
    let changed = |place: usize, bytes: [u8; 4]| {
        let mut file = good.clone();
        file[place..place + 4].copy_from_slice(&bytes);
        reason(&file)
    };
    assert_eq!(changed(0, [2, 0, 0, 0]), "token 0 has 5 bytes, and the longest is said to have 2");
    assert_eq!(changed(8, [0xFF; 4]), "token 0 has 4294967295 bytes, and the longest is said to have 13");
    assert_eq!(changed(4, f32::NAN.to_le_bytes()), "the score of token 0 is NaN");
    assert_eq!(changed(12, [0xFF; 4]), "token 0 is not UTF-8");

    let mut pieces = pieces();
    pieces[300].0 = pieces[301].0.clone();
    let (dir, path) = alone("tok.bin", &written(&pieces, false));
    let twice = data::quoted(&pieces[300].0);
    assert_eq!(
        said(&dir, tokenizer(&path)),
        format!(
            "DIR/tok.bin: the tokenizer cannot be read: its pieces have {twice} twice; give the file that the model was published with"
        )
    );
}
