//! The tokenizer of llama2.c: SentencePiece's pieces and scores, and no more.
//!
//! The file begins with the length of the longest piece; then comes for each token its score as F32, the length of its piece
//! and its bytes. llama2.c's `tokenizer.py` writes `<s>` and `</s>` between line breaks and spaces as spaces; in its first
//! weeks it wrote the token of a byte as the character of that number.

use std::path::Path;

use data::{Tokenizer, tokenize::published::sentencepiece};

use crate::error::Error;
use crate::source::Source;

/// The kind of the file, as errors call it.
const KIND: &str = "tokenizer of llama2.c";

/// The largest in bytes: some million tokens.
const LARGEST: u64 = 1 << 26;

/// Where the tokens of bytes are.
const BYTES: std::ops::Range<usize> = 3..3 + 256;

/// The tokenizer in such a file.
///
/// # Errors
/// As [`scores`], or [`Error::Tokenizer`].
pub fn tokenizer(path: &Path) -> Result<Box<dyn Tokenizer>, Error> {
    sentencepiece::bpe(scores(path)?).map_err(|source| Error::Tokenizer { path: path.into(), source })
}

/// The pieces as SentencePiece writes them, each with its score, each at the index that is its token.
///
/// # Errors
/// [`Error::Read`], or [`Error::Damaged`] with the first token that is not as it must be.
pub fn scores(path: &Path) -> Result<Vec<(String, f32)>, Error> {
    let mut file = Source::open(path, KIND)?;
    let bytes = file.read_all(LARGEST)?;
    read(&bytes).map_err(|reason| file.damaged(reason))
}

fn read(bytes: &[u8]) -> Result<Vec<(String, f32)>, String> {
    let (longest, mut rest) = bytes.split_first_chunk().ok_or("it ends before the length of its longest token")?;
    let longest = u32::from_le_bytes(*longest);
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let token = tokens.len();
        let mut take = |length: usize| {
            let taken;
            (taken, rest) = rest.split_at_checked(length).ok_or_else(|| format!("it ends within token {token}"))?;
            Ok::<_, String>(taken)
        };
        let mut word = || take(4).map(|word| word.try_into().expect("four bytes"));
        let (score, length) = (f32::from_le_bytes(word()?), u32::from_le_bytes(word()?));
        if !score.is_finite() {
            return Err(format!("the score of token {token} is {score}"));
        }
        if length > longest {
            return Err(format!("token {token} has {length} bytes, and the longest is said to have {longest}"));
        }
        let piece = std::str::from_utf8(take(length as usize)?).map_err(|_| format!("token {token} is not UTF-8"))?;
        tokens.push((piece.to_owned(), score));
    }
    if tokens.len() < BYTES.end {
        return Err(format!("it has {} tokens, and those of bytes and texts alone are {}", tokens.len(), BYTES.end));
    }
    let of_byte = |(byte, (piece, _)): (u8, &(String, f32))| piece.chars().eq([char::from(byte)]);
    if (0..=u8::MAX).zip(&tokens[BYTES]).all(of_byte) {
        for (byte, (piece, _)) in (0..=u8::MAX).zip(&mut tokens[BYTES]) {
            *piece = format!("<0x{byte:02X}>");
        }
    }
    for (piece, _) in &mut tokens {
        *piece = match &**piece {
            "\n<s>\n" => "<s>".to_owned(),
            "\n</s>\n" => "</s>".to_owned(),
            piece => piece.replace(' ', "▁"),
        };
    }
    Ok(tokens)
}
