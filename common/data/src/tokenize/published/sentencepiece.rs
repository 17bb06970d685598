//! SentencePiece's own files, `tokenizer.model` or `spiece.model`.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};

use super::older::special_token;
use super::read as read_json;
use super::write::end_template;
use crate::tokenize::{Token, TokenizeError, Tokenizer};
use crate::{quoted, sentinels};

/// The tokenizer in such a file, whose model is byte-pair encoding or Unigram. Control tokens such as `<s>` are special
/// tokens here, as in the `tokenizer.json` that is made of it elsewhere.
///
/// # Errors
/// As [`read`](super::read), and if it is not such a file.
pub fn read(bytes: &[u8]) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let file = Model::new(bytes).and_then(|model| model.into_json());
    read_json(&file.map_err(|reason| TokenizeError::Published { reason })?.to_string())
}

/// The same of T5, which has [sentinels] behind the pieces of the file.
///
/// # Errors
/// As [`read`].
pub fn read_with_sentinels(bytes: &[u8]) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let file = Model::new(bytes).and_then(|model| {
        let pieces: Vec<String> = model.pieces.iter().map(|piece| piece.text.clone()).collect();
        let mut file = model.into_json()?;
        let known = |text: &str| pieces.iter().position(|piece| piece == text).map(|place| place as Token);
        if known(&sentinels::text(0)).is_none()
            && let Some(added) = file["added_tokens"].as_array_mut()
        {
            let numbered = sentinels::all().zip(pieces.len() as Token..);
            added.extend(numbered.map(|(text, token)| special_token(&text, token)));
        }
        file["post_processor"] = known(sentinels::END).map_or(Value::Null, end_template);
        Ok(file)
    });
    read_json(&file.map_err(|reason| TokenizeError::Published { reason })?.to_string())
}

/// Byte-pair encoding of pieces and their scores, each piece at the index that is its token: all that llama2.c keeps of
/// LLaMA's tokenizer. `<unk>`, `<s>` and `</s>` are special tokens, `<0x00>` to `<0xFF>` the bytes of other characters; a
/// text gets a space before it and is otherwise left as it is.
///
/// ```
/// use data::tokenize::published::sentencepiece;
///
/// let scores = [("<unk>", 0.0), ("▁", -2.0), ("a", -3.0), ("b", -4.0), ("▁a", -1.0), ("ab", 0.0)];
/// let tokenizer = sentencepiece::bpe(scores.map(|(piece, score)| (piece.to_owned(), score)))?;
/// assert_eq!(tokenizer.encode("ab a")?, [1, 5, 4]);
/// assert_eq!(tokenizer.decode(&[1, 5, 4]), "ab a");
/// # Ok::<(), data::TokenizeError>(())
/// ```
///
/// # Errors
/// As [`read`](super::read), and if a piece is there twice.
pub fn bpe(scores: impl IntoIterator<Item = (String, f32)>) -> Result<Box<dyn Tokenizer>, TokenizeError> {
    let piece = |(text, score): (String, f32)| {
        let kind = match &*text {
            "<unk>" => UNKNOWN,
            "<s>" | "</s>" => CONTROL,
            _ => NORMAL,
        };
        Piece { text, score, kind }
    };
    let pieces = scores.into_iter().map(piece).collect();
    let model = Model { pieces, kind: 2, falls_back: true, keeps_spaces: true, ..Model::default() };
    let file = model.into_json().map_err(|reason| TokenizeError::Published { reason })?;
    read_json(&file.to_string())
}

/// What is known here of the message `ModelProto`.
#[derive(Default)]
struct Model<'f> {
    pieces: Vec<Piece>,
    kind: u64,
    falls_back: bool,
    charsmap: &'f [u8],
    /// Whether a text gets a space before it, and loses others at its ends and beside others; both unless it says no.
    keeps_start: bool,
    keeps_spaces: bool,
}

struct Piece {
    text: String,
    score: f32,
    kind: u64,
}

// Kinds of pieces.
const NORMAL: u64 = 1;
const UNKNOWN: u64 = 2;
const CONTROL: u64 = 3;
const OF_USERS: u64 = 4;

impl<'f> Model<'f> {
    fn new(bytes: &'f [u8]) -> Result<Self, String> {
        let mut model = Model { kind: 1, ..Model::default() };
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(piece)) => model.pieces.push(Piece::new(piece)?),
                (2, Field::Bytes(trainer)) => {
                    for field in Fields(trainer) {
                        match field? {
                            (3, Field::Number(kind)) => model.kind = kind,
                            (35, Field::Number(falls_back)) => model.falls_back = falls_back != 0,
                            _ => {}
                        }
                    }
                }
                (3, Field::Bytes(normalizer)) => {
                    for field in Fields(normalizer) {
                        match field? {
                            (2, Field::Bytes(charsmap)) => model.charsmap = charsmap,
                            (3, Field::Number(prefix)) => model.keeps_start = prefix == 0,
                            (4, Field::Number(removes)) => model.keeps_spaces = removes == 0,
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        if model.pieces.is_empty() {
            return Err("it holds no pieces of SentencePiece".to_owned());
        }
        Ok(model)
    }

    /// The same as a `tokenizer.json`.
    fn into_json(self) -> Result<Value, String> {
        let unknown = self.pieces.iter().position(|piece| piece.kind == UNKNOWN);
        let model = match self.kind {
            1 => {
                let vocab: Vec<(&str, f32)> = self.pieces.iter().map(|piece| (&*piece.text, piece.score)).collect();
                json!({ "type": "Unigram", "vocab": vocab, "unk_id": unknown, "byte_fallback": self.falls_back })
            }
            2 => self.bpe(unknown)?,
            other => return Err(format!("its model is of kind {other}, which is neither Unigram (1) nor BPE (2)")),
        };
        let special =
            self.pieces.iter().zip(0..).filter(|(piece, _)| matches!(piece.kind, UNKNOWN | CONTROL | OF_USERS));
        let mut normalizers = Vec::new();
        if !self.charsmap.is_empty() {
            let map = BASE64_STANDARD.encode(self.charsmap);
            normalizers.push(json!({ "type": "Precompiled", "precompiled_charsmap": map }));
        }
        if !self.keeps_spaces {
            normalizers.push(json!({ "type": "Strip", "strip_left": true, "strip_right": true }));
            normalizers.push(json!({ "type": "Replace", "pattern": { "Regex": " {2,}" }, "content": " " }));
        }
        if !self.keeps_start {
            normalizers.push(json!({ "type": "Prepend", "prepend": "▁" }));
        }
        normalizers.push(json!({ "type": "Replace", "pattern": { "String": " " }, "content": "▁" }));
        let start = usize::from(!self.keeps_start);
        Ok(json!({
            "added_tokens": special.map(|(piece, token)| special_token(&piece.text, token)).collect::<Vec<_>>(),
            "normalizer": { "type": "Sequence", "normalizers": normalizers },
            "pre_tokenizer": null,
            "decoder": { "type": "Sequence", "decoders": [
                { "type": "Replace", "pattern": { "String": "▁" }, "content": " " },
                { "type": "ByteFallback" },
                { "type": "Fuse" },
                { "type": "Strip", "content": " ", "start": start, "stop": 0 },
            ] },
            "model": model,
        }))
    }

    /// Its merges are not written down: any two pieces that together are one merge, that of the highest score first.
    fn bpe(&self, unknown: Option<usize>) -> Result<Value, String> {
        let tokens: FxHashMap<&str, Token> = self.pieces.iter().map(|piece| &*piece.text).zip(0..).collect();
        if let Some((piece, _)) = self.pieces.iter().zip(0..).find(|&(piece, token)| tokens[&*piece.text] != token) {
            return Err(format!("its pieces have {} twice", quoted(&piece.text)));
        }
        let mut merges = Vec::new();
        for Piece { text, score, .. } in self.pieces.iter().filter(|piece| matches!(piece.kind, NORMAL | OF_USERS)) {
            let first = merges.len();
            let halves = text.char_indices().skip(1).map(|(cut, _)| text.split_at(cut));
            let known =
                halves.filter_map(|(left, right)| Some((score, *tokens.get(left)?, *tokens.get(right)?, left, right)));
            merges.extend(known);
            merges[first..].sort_unstable_by_key(|&(_, left, right, ..)| (left, right));
        }
        merges.sort_by(|one, other| other.0.total_cmp(one.0)); // stable
        let merges: Vec<(&str, &str)> = merges.into_iter().map(|(.., left, right)| (left, right)).collect();
        let unknown = unknown.map(|unknown| &*self.pieces[unknown].text);
        Ok(json!({
            "type": "BPE", "vocab": tokens, "merges": merges, "unk_token": unknown, "fuse_unk": true,
            "byte_fallback": self.falls_back,
        }))
    }
}

impl Piece {
    fn new(bytes: &[u8]) -> Result<Self, String> {
        let mut piece = Piece { text: String::new(), score: 0.0, kind: NORMAL };
        for field in Fields(bytes) {
            match field? {
                (1, Field::Bytes(text)) => {
                    let text = std::str::from_utf8(text).map_err(|_| "one of its pieces is not UTF-8".to_owned())?;
                    piece.text = text.to_owned();
                }
                (2, Field::Four(score)) => piece.score = f32::from_le_bytes(score),
                (3, Field::Number(kind)) => piece.kind = kind,
                _ => {}
            }
        }
        Ok(piece)
    }
}

/// The fields of a message of Protocol Buffers, each with its number.
struct Fields<'f>(&'f [u8]);

enum Field<'f> {
    Number(u64),
    Four([u8; 4]),
    Eight,
    Bytes(&'f [u8]),
}

impl<'f> Iterator for Fields<'f> {
    type Item = Result<(u64, Field<'f>), String>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field().ok_or_else(|| "it is damaged, or no file of SentencePiece".to_owned());
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}

impl<'f> Fields<'f> {
    fn field(&mut self) -> Option<(u64, Field<'f>)> {
        let key = self.number()?;
        let value = match key & 7 {
            0 => Field::Number(self.number()?),
            1 => self.take(8).map(|_| Field::Eight)?,
            2 => {
                let length = usize::try_from(self.number()?).ok()?;
                Field::Bytes(self.take(length)?)
            }
            5 => Field::Four(self.take(4)?.try_into().ok()?),
            _ => return None,
        };
        Some((key >> 3, value))
    }

    /// Seven bits a byte, the lowest first, as long as the eighth is set.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.take(1)?[0];
            number |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn take(&mut self, length: usize) -> Option<&'f [u8]> {
        let taken;
        (taken, self.0) = self.0.split_at_checked(length)?;
        Some(taken)
    }
}
