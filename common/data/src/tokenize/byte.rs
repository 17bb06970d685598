//! One token per byte of UTF-8.

use super::{Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};

/// Takes every byte of a text's UTF-8 form as a token. It knows all texts, at the price of sequences that are longest
/// where a script needs several bytes per character.
///
/// ```
/// use data::tokenize::{ByteTokenizer, Tokenizer};
///
/// assert_eq!(ByteTokenizer.encode("año")?, [97, 195, 177, 111]);
/// assert_eq!(ByteTokenizer.decode(&[97, 195]), "a\u{FFFD}"); // half of an ñ
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByteTokenizer;

impl Tokenizer for ByteTokenizer {
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        Ok(text.bytes().map(Token::from).collect())
    }

    fn decode(&self, tokens: &[Token]) -> String {
        String::from_utf8_lossy(&self.decode_bytes(tokens)).into_owned()
    }

    fn decode_bytes(&self, tokens: &[Token]) -> Vec<u8> {
        let byte = |&token: &Token| {
            assert_in_vocabulary(token, self.vocabulary_size());
            token as u8
        };
        tokens.iter().map(byte).collect()
    }

    fn vocabulary_size(&self) -> usize {
        256
    }

    fn stored(&self) -> Stored {
        Stored::Byte
    }
}
