//! Byte-level byte-pair encoding: a token is a run of bytes that often stands together.
//!
//! A text is [split](Split) into pieces, about words. A piece begins as its bytes, and neighbours are merged in the order
//! in which training found them worth it: the most frequent first. Since the bytes are tokens, every text can be written.

pub(crate) mod alphabet;
pub(crate) mod merge;
mod split;
pub(crate) mod train;

use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

pub use split::Split;

use super::special::{Added, Section, Special};
use super::{Stored, Token, TokenizeError, Tokenizer, assert_in_vocabulary};
use crate::quoted;
use merge::{Merges, Scratch};
use train::{Pair, Pieces};

/// Byte-level byte-pair encoding, as GPT-2 has it.
///
/// ```
/// use data::tokenize::{Bpe, Tokenizer};
///
/// let tokenizer = Bpe::train("low lower lowest", 259, &["<|end|>"]);
/// assert_eq!(tokenizer.vocabulary_size(), 259); // the bytes, "lo", "low", and the special one
/// assert_eq!(tokenizer.encode("low lot<|end|>")?, [257, 32, 256, 116, 258]);
/// assert_eq!(tokenizer.decode(&[257, 32, 256, 116, 258]), "low lot<|end|>");
/// # Ok::<(), data::TokenizeError>(())
/// ```
#[derive(Clone)]
pub struct Bpe {
    split: Split,
    /// What each token writes, the special ones their text.
    pieces: Vec<Vec<u8>>,
    /// In their order.
    pairs: Vec<Pair>,
    merges: Merges,
    /// The token of each byte.
    bytes: [Token; 256],
    /// The tokens of pieces that are a token.
    whole: FxHashMap<Vec<u8>, Token>,
    special: Special,
    /// Whether a piece that is a token becomes it even where no merges lead there, as in LLaMA 3.
    ignores_merges: bool,
}

/// The stored form of a [`Bpe`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredBpe {
    /// How a text is cut.
    split: Split,
    /// Whether a piece that is a token becomes it at once.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ignores_merges: bool,
    /// What each token writes, in GPT-2's characters for bytes; the special ones as they are.
    pieces: Vec<String>,
    /// The merges in their order.
    merges: Vec<Pair>,
    /// Which tokens are special.
    special: Vec<Token>,
    /// Which of them take the white space before them along, and which that behind them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    left: Vec<Token>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    right: Vec<Token>,
}

impl Bpe {
    /// What GPT-2 has between documents.
    pub const END_OF_TEXT: &'static str = "<|endoftext|>";

    /// The least vocabulary with so many special tokens: the bytes are in each.
    pub fn least(special: usize) -> usize {
        256 + special
    }

    /// The tokenizer for a text, with up to `vocabulary_size` tokens: first the 256 bytes, each at the index that is its
    /// value, then what merges give, in their order, then the special ones. A text that has too few pairs of neighbours
    /// occurring more than once gives fewer. The text is cut by [`Split::Gpt2`], and of the special tokens in it nothing
    /// is learnt.
    ///
    /// The most frequent pair is merged first, of equally frequent ones the pair with the smallest tokens, the left one
    /// compared first.
    ///
    /// Tiny Shakespeare's 1.12 MB to 2,048 tokens took 1.48 s on one core that other programs were using too
    /// (`cargo run -p data --example bpe -- tinyshakespeare.txt`).
    ///
    /// # Panics
    /// If `vocabulary_size` is below the [`least`](Self::least), or a special token is empty.
    #[track_caller]
    pub fn train(text: &str, vocabulary_size: usize, special: &[&str]) -> Self {
        Self::train_on([text], vocabulary_size, special)
    }

    /// The same for several texts, of which no pair reaches from one into the next.
    ///
    /// # Panics
    /// As [`train`](Self::train).
    #[track_caller]
    pub fn train_on<'t>(texts: impl IntoIterator<Item = &'t str>, vocabulary_size: usize, special: &[&str]) -> Self {
        let least = Self::least(special.len());
        assert!(vocabulary_size >= least, "Bpe: a vocabulary of {vocabulary_size} has no place for {least} tokens");
        let split = Split::Gpt2;
        let added = special.iter().map(|text| Added::plain(text, 0)).collect();
        let markers = Special::new(added).unwrap_or_else(|mistake| panic!("Bpe: {mistake}"));
        let texts = texts.into_iter().flat_map(|text| markers.sections(text)).filter_map(|section| match section {
            Section::Text(text) => Some(text),
            Section::Special(_) => None,
        });
        let pairs = train::merges(texts.flat_map(|text| split.pieces(text)), vocabulary_size - special.len());
        let mut pieces = Pieces::of_bytes();
        for &pair in &pairs {
            pieces.merged(pair);
        }
        let (pieces, special) = with_special(pieces.into_bytes(), special);
        Self::new(split, pieces, pairs, special, false).unwrap_or_else(|mistake| panic!("Bpe: {mistake}"))
    }

    /// The tokenizer of a file of ranks, as `tiktoken` has them: each piece at the index that is its token, and any two
    /// neighbours that together are a piece become it, that of the lowest token first; the special tokens follow.
    ///
    /// # Errors
    /// If a byte is no piece, or a piece is there twice.
    pub fn from_ranks(split: Split, pieces: Vec<Vec<u8>>, special: &[&str]) -> Result<Self, TokenizeError> {
        let tokens: FxHashMap<&[u8], Token> = pieces.iter().map(Vec::as_slice).zip(0..).collect();
        let mut pairs = Vec::new();
        for piece in &pieces {
            let halves = (1..piece.len()).map(|cut| piece.split_at(cut));
            let begin = pairs.len();
            pairs.extend(halves.filter_map(|(left, right)| Some((*tokens.get(left)?, *tokens.get(right)?))));
            pairs[begin..].sort_unstable();
        }
        let (pieces, special) = with_special(pieces, special);
        Self::new(split, pieces, pairs, special, true).map_err(|reason| TokenizeError::Stored { reason })
    }

    /// From what each token writes and the merges in their order.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn new(
        split: Split,
        pieces: Vec<Vec<u8>>,
        pairs: Vec<Pair>,
        special: Vec<Added>,
        ignores_merges: bool,
    ) -> Result<Self, String> {
        let mut whole = FxHashMap::default();
        for (piece, token) in pieces.iter().zip(0..) {
            if let Some(other) = whole.insert(piece.clone(), token) {
                return Err(format!("its tokens {other} and {token} are both {}", shown(piece)));
            }
        }
        let mut bytes = [0; 256];
        for (byte, token) in (0..=u8::MAX).zip(&mut bytes) {
            *token = *whole.get(&[byte][..]).ok_or_else(|| format!("none of its tokens is the byte {byte}"))?;
        }
        let mut merges = Merges::default();
        for &(left, right) in &pairs {
            let piece = |token: Token| {
                let piece = pieces.get(token as usize);
                piece.ok_or_else(|| format!("a merge names token {token}, and it has {}", pieces.len()))
            };
            let both = [&piece(left)?[..], piece(right)?].concat();
            let becomes = whole
                .get(&both)
                .ok_or_else(|| format!("a merge gives {}, which none of its tokens is", shown(&both)))?;
            merges.push((left, right), *becomes);
        }
        for Added { text, token, .. } in &special {
            if pieces.get(*token as usize).is_none_or(|piece| piece != text.as_bytes()) {
                return Err(format!("its special token {token} is not {}", quoted(text)));
            }
        }
        let special = Special::new(special)?;
        let mut scratch = Scratch::default();
        let mut found = Vec::new();
        whole.retain(|piece, token| {
            found.clear();
            merges.apply(piece.iter().map(|&byte| bytes[usize::from(byte)]), &mut scratch, &mut found);
            found == [*token] || (ignores_merges && special.tokens().iter().all(|added| added.token != *token))
        });
        Ok(Self { split, pieces, pairs, merges, bytes, whole, special, ignores_merges })
    }

    pub(crate) fn from_stored(stored: StoredBpe) -> Result<Self, TokenizeError> {
        let StoredBpe { split, ignores_merges, pieces, merges, special, left, right } = stored;
        let read = || {
            let added = special.iter().map(|&token| {
                let text = pieces.get(token as usize);
                let text = text.ok_or_else(|| format!("token {token} is special, and it has {}", pieces.len()))?;
                let [left, right] = [&left, &right].map(|takes| takes.contains(&token));
                Ok(Added { left, right, ..Added::plain(text, token) })
            });
            let special = added.collect::<Result<Vec<Added>, String>>()?;
            let piece = |(text, token): (&String, Token)| match special.iter().any(|added| added.token == token) {
                true => Ok(text.clone().into_bytes()),
                false => {
                    alphabet::read(text).ok_or_else(|| format!("its token {token}, {}, is not of bytes", quoted(text)))
                }
            };
            let pieces = pieces.iter().zip(0..).map(piece).collect::<Result<_, _>>()?;
            Self::new(split, pieces, merges, special, ignores_merges)
        };
        read().map_err(|reason| TokenizeError::Stored { reason })
    }

    /// The rule by which a text is cut into pieces.
    pub fn split(&self) -> Split {
        self.split
    }

    /// Whether a piece that is a token becomes it even where no merges lead there.
    pub fn ignores_merges(&self) -> bool {
        self.ignores_merges
    }

    /// The merges in their order.
    pub fn merges(&self) -> &[(Token, Token)] {
        &self.pairs
    }

    /// The special tokens and their texts.
    pub fn special(&self) -> impl Iterator<Item = (&str, Token)> {
        self.special.tokens().iter().map(|added| (&*added.text, added.token))
    }

    /// The same tokenizer, where a special token takes the white space before it along, as one does that stands for a piece:
    /// pieces begin with their space.
    ///
    /// ```
    /// use data::tokenize::{Bpe, Tokenizer};
    ///
    /// let tokenizer = Bpe::train("low lower lowest", 259, &["[MASK]"]).taking_space_before("[MASK]");
    /// assert_eq!(tokenizer.encode("low [MASK] low")?, tokenizer.encode("low[MASK] low")?);
    /// # Ok::<(), data::TokenizeError>(())
    /// ```
    #[must_use]
    pub fn taking_space_before(self, special: &str) -> Self {
        let taking = |added: &Added| Added { left: added.left || added.text == special, ..added.clone() };
        let all = self.special.tokens().iter().map(taking).collect();
        Bpe { special: Special::new(all).expect("the same tokens"), ..self }
    }

    /// Whether a special token takes the white space before it along, and that behind it.
    pub fn takes_space(&self, special: Token) -> [bool; 2] {
        let found = self.special.tokens().iter().find(|added| added.token == special);
        found.map_or([false; 2], |added| [added.left, added.right])
    }

    /// The tokens of a text in which what looks like a special token is a text as any other: for texts of people who are
    /// not to end a document, or to speak for the model, by writing its name.
    pub fn encode_ordinary(&self, text: &str) -> Vec<Token> {
        let mut tokens = Vec::new();
        self.write(text, &mut Scratch::default(), &mut tokens);
        tokens
    }

    /// The tokens of any bytes, without special ones. What is no UTF-8 among them makes pieces of its own.
    pub fn encode_bytes(&self, bytes: &[u8]) -> Vec<Token> {
        let (mut scratch, mut tokens) = (Scratch::default(), Vec::new());
        for chunk in bytes.utf8_chunks() {
            self.write(chunk.valid(), &mut scratch, &mut tokens);
            self.write_piece(chunk.invalid(), &mut scratch, &mut tokens);
        }
        tokens
    }

    fn write(&self, text: &str, scratch: &mut Scratch, tokens: &mut Vec<Token>) {
        for piece in self.split.pieces(text) {
            self.write_piece(piece.as_bytes(), scratch, tokens);
        }
    }

    fn write_piece(&self, piece: &[u8], scratch: &mut Scratch, tokens: &mut Vec<Token>) {
        match self.whole.get(piece) {
            Some(&token) => tokens.push(token),
            None => self.merges.apply(piece.iter().map(|&byte| self.bytes[usize::from(byte)]), scratch, tokens),
        }
    }
}

impl Tokenizer for Bpe {
    // ANCHOR: encode
    /// Never fails: every text has bytes. The special tokens in it are found.
    fn encode(&self, text: &str) -> Result<Vec<Token>, TokenizeError> {
        let (mut scratch, mut tokens) = (Scratch::default(), Vec::new());
        for section in self.special.sections(text) {
            match section {
                Section::Text(text) => self.write(text, &mut scratch, &mut tokens),
                Section::Special(token) => tokens.push(token),
            }
        }
        Ok(tokens)
    }
    // ANCHOR_END: encode

    fn decode(&self, tokens: &[Token]) -> String {
        String::from_utf8_lossy(&self.decode_bytes(tokens)).into_owned()
    }

    fn decode_bytes(&self, tokens: &[Token]) -> Vec<u8> {
        let piece = |&token: &Token| {
            assert_in_vocabulary(token, self.pieces.len());
            &self.pieces[token as usize][..]
        };
        tokens.iter().flat_map(piece).copied().collect()
    }

    fn special_tokens(&self) -> Vec<(String, Token)> {
        self.special().map(|(text, token)| (text.to_owned(), token)).collect()
    }

    fn vocabulary_size(&self) -> usize {
        self.pieces.len()
    }

    fn stored(&self) -> Stored {
        Stored::Bpe(self.to_stored())
    }
}

impl Bpe {
    pub(crate) fn to_stored(&self) -> StoredBpe {
        let all = self.special.tokens();
        let those = |of: fn(&&Added) -> bool| all.iter().filter(of).map(|added| added.token).collect::<Vec<_>>();
        let special = those(|_| true);
        let written = |(piece, token): (&Vec<u8>, Token)| match special.contains(&token) {
            true => String::from_utf8_lossy(piece).into_owned(),
            false => alphabet::written(piece),
        };
        StoredBpe {
            split: self.split,
            ignores_merges: self.ignores_merges,
            pieces: self.pieces.iter().zip(0..).map(written).collect(),
            merges: self.pairs.clone(),
            special,
            left: those(|added| added.left),
            right: those(|added| added.right),
        }
    }
}

impl PartialEq for Bpe {
    fn eq(&self, other: &Self) -> bool {
        let parts = |bpe: &Bpe| (bpe.split, bpe.ignores_merges);
        parts(self) == parts(other)
            && self.pieces == other.pieces
            && self.pairs == other.pairs
            && self.special.tokens() == other.special.tokens()
    }
}

impl Eq for Bpe {}

impl fmt::Debug for Bpe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let special: Vec<_> = self.special().collect();
        f.debug_struct("Bpe")
            .field("split", &self.split)
            .field("tokens", &self.pieces.len())
            .field("merges", &self.pairs.len())
            .field("special", &special)
            .finish()
    }
}

/// Special tokens with the numbers behind these pieces.
fn with_special(mut pieces: Vec<Vec<u8>>, special: &[&str]) -> (Vec<Vec<u8>>, Vec<Added>) {
    let first = pieces.len() as Token;
    pieces.extend(special.iter().map(|text| text.as_bytes().to_vec()));
    (pieces, special.iter().zip(first..).map(|(text, token)| Added::plain(text, token)).collect())
}

fn shown(bytes: &[u8]) -> String {
    quoted(&String::from_utf8_lossy(bytes))
}
