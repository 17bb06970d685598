//! Byte-pair encoding of characters, as SentencePiece has it (Kudo and Richardson 2018).

use super::file::{Merged, Vocabulary};
use crate::quoted;
use crate::tokenize::Token;
use crate::tokenize::bpe::merge::{Merges, Scratch};

/// A piece begins as its characters. One that the vocabulary lacks is written as its bytes, `<0x00>` to `<0xFF>`, or
/// becomes the unknown token.
pub(super) struct CharacterBpe {
    vocab: Vocabulary,
    merges: Merges,
    unknown: Option<Token>,
    /// Whether neighbouring unknown characters become one token.
    fuses: bool,
    /// The tokens of bytes.
    bytes: Vec<Option<Token>>,
    ignores_merges: bool,
}

impl CharacterBpe {
    pub fn new(
        vocab: Vocabulary,
        pairs: Vec<Merged>,
        unknown: Option<String>,
        [fuses, falls_back, ignores_merges]: [bool; 3],
    ) -> Result<Self, String> {
        let mut merges = Merges::default();
        for (pair, becomes) in pairs {
            merges.push(pair, becomes);
        }
        let unknown = unknown.map(|piece| {
            let token = vocab.get(&piece).copied();
            token.ok_or_else(|| format!("its unknown token {} is not in the vocabulary", quoted(&piece)))
        });
        let byte = |byte: u8| vocab.get(&byte_piece(byte)).copied().filter(|_| falls_back);
        let bytes = (0..=u8::MAX).map(byte).collect();
        Ok(Self { unknown: unknown.transpose()?, merges, fuses, bytes, ignores_merges, vocab })
    }

    pub fn unknown(&self) -> Option<Token> {
        self.unknown
    }

    pub fn write(&self, piece: &str, tokens: &mut Vec<Token>) {
        if self.ignores_merges
            && let Some(&token) = self.vocab.get(piece)
        {
            return tokens.push(token);
        }
        let mut parts = Vec::with_capacity(piece.len());
        let mut after_unknown = false;
        let mut buffer = [0; 4];
        for character in piece.chars() {
            let written: &str = character.encode_utf8(&mut buffer);
            let known = self.vocab.get(written).copied();
            let in_bytes = || written.bytes().map(|byte| self.bytes[usize::from(byte)]).collect::<Option<Vec<Token>>>();
            match known {
                Some(token) => parts.push(token),
                None => match in_bytes() {
                    Some(bytes) => {
                        parts.extend(bytes);
                        continue;
                    }
                    None if self.fuses && after_unknown => {}
                    None => parts.extend(self.unknown),
                },
            }
            after_unknown = known.is_none();
        }
        self.merges.apply(parts.into_iter(), &mut Scratch::default(), tokens);
    }
}

/// How the token of a byte is written.
pub(super) fn byte_piece(byte: u8) -> String {
    format!("<0x{byte:02X}>")
}
