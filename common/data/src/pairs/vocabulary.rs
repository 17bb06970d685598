//! The words, or the characters, of one side of some pairs.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{END, PAD, START};
use crate::Token;
use crate::tokenize::word_length;

/// Stands for everything outside the vocabulary.
pub const UNKNOWN: Token = 3;

/// How the tokens that no sentence has are written, each at the index that is its token.
const SPECIAL: [&str; 4] = ["<pad>", "<start>", "<end>", "<unk>"];

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// A word or a symbol between words. A word is a run of letters and digits, with apostrophes inside it, as
    /// [`WordTokenizer`](crate::WordTokenizer) has it. Spaces are no tokens: a symbol keeps those beside it (`", "`,
    /// `" ¿"`, and `":"` in 10:30), where the ends of a sentence count as spaces, and between two words stands one. So
    /// a sentence whose words and symbols all stand apart has one token for each, and links between its words are links
    /// between its tokens.
    Word,
    /// A character.
    Character,
}

impl Level {
    /// The pieces of a sentence that become tokens. Several spaces count as one, and those around the sentence as none.
    ///
    /// ```
    /// use data::pairs::Level;
    /// assert_eq!(Level::Word.pieces("Hola, ¿a las 10:30?"), ["Hola", ", ", " ¿", "a", "las", "10", ":", "30", "? "]);
    /// assert_eq!(Level::Character.pieces(" a  la "), ["a", " ", "l", "a"]);
    /// ```
    pub fn pieces(self, sentence: &str) -> Vec<String> {
        let chunks: Vec<&str> = sentence.split_whitespace().collect();
        match self {
            Level::Word => chunks.into_iter().flat_map(words_and_symbols).collect(),
            Level::Character => chunks.join(" ").chars().map(String::from).collect(),
        }
    }
}

/// The pieces of what stands between two spaces.
fn words_and_symbols(chunk: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = chunk;
    while let Some(first) = rest.chars().next() {
        let is_first = rest.len() == chunk.len();
        let length = if first.is_alphanumeric() { word_length(rest) } else { first.len_utf8() };
        let (piece, after) = rest.split_at(length);
        pieces.push(if first.is_alphanumeric() {
            piece.to_owned()
        } else {
            let space = |is_there| if is_there { " " } else { "" };
            format!("{}{piece}{}", space(is_first), space(after.is_empty()))
        });
        rest = after;
    }
    pieces
}

/// Why a sentence cannot be translated, or a stored vocabulary was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// The sentence has no letter and no digit.
    #[error("there is no word in {request:?}; write a sentence to translate")]
    NoWord {
        /// The sentence.
        request: String,
    },
    /// The sentence has words, and the vocabulary none of them.
    #[error(
        "none of the {unit} of the request, from {first:?} on, is among the {known} of this vocabulary; \
         write it in other words, or use a model that was trained on pairs with these"
    )]
    NothingKnown {
        /// Words or characters.
        unit: &'static str,
        /// How many of them are known.
        known: usize,
        /// The first that is unknown.
        first: String,
    },
    /// A stored vocabulary is no JSON object that [`Vocabulary::to_json`] writes.
    #[error("the stored vocabulary cannot be read: {reason}; restore the file or train the model again")]
    Stored {
        /// What is wrong with it, and where.
        reason: String,
    },
}

/// The most frequent words, or characters, of one side of some pairs, numbered from 4 behind [`PAD`], [`START`],
/// [`END`] and [`UNKNOWN`]. All others are [`UNKNOWN`].
///
/// A sentence without unknown pieces decodes to itself, whatever its punctuation, with single spaces.
///
/// ```
/// use data::pairs::{Level, UNKNOWN, Vocabulary};
///
/// let english = Vocabulary::new(Level::Word, true, 10, ["The cat.", "No, the dog."]);
/// let pieces: Vec<_> = (4..english.size() as u32).map(|token| english.piece(token)).collect();
/// assert_eq!(pieces, [". ", "the", ", ", "cat", "dog", "no"]);
/// assert_eq!(english.encode("No, the bird."), [9, 6, 5, UNKNOWN, 4]);
/// assert_eq!(english.decode(&[9, 6, 5, UNKNOWN, 4]), "no, the <unk>.");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    level: Level,
    lowercase: bool,
    /// Each at the index that is its token, the special ones first.
    pieces: Vec<String>,
    tokens: BTreeMap<String, Token>,
}

/// The stored form.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    vocabulary: Level,
    lowercase: bool,
    /// Without the special ones.
    pieces: Vec<String>,
}

impl Vocabulary {
    /// The vocabulary of up to `size` tokens, the four special ones included: the most frequent pieces of the
    /// sentences, equals in the order of their code points. With `lowercase`, sentences are put in small letters before
    /// anything else, which unites "The" with "the" and costs the translation its capitals.
    ///
    /// # Panics
    /// If `size` leaves no place for a piece, or the sentences have none.
    #[track_caller]
    pub fn new<'s>(level: Level, lowercase: bool, size: usize, sentences: impl IntoIterator<Item = &'s str>) -> Self {
        let special = SPECIAL.len();
        assert!(size > special, "Vocabulary: a size of {size} has no place beside the {special} special tokens");
        let mut counts = BTreeMap::<String, usize>::new();
        for sentence in sentences {
            for piece in level.pieces(&cased(sentence, lowercase)) {
                *counts.entry(piece).or_default() += 1;
            }
        }
        assert!(!counts.is_empty(), "Vocabulary: there is nothing in the sentences");
        let mut by_frequency: Vec<(String, usize)> = counts.into_iter().collect();
        by_frequency.sort_by_key(|&(_, count)| Reverse(count)); // stable: equals stay in code point order
        let pieces = by_frequency.into_iter().take(size - special).map(|(piece, _)| piece).collect();
        Self::from_pieces(level, lowercase, pieces)
    }

    fn from_pieces(level: Level, lowercase: bool, pieces: Vec<String>) -> Self {
        let pieces: Vec<String> = SPECIAL.into_iter().map(str::to_owned).chain(pieces).collect();
        let tokens = (0..).zip(&pieces).skip(SPECIAL.len()).map(|(token, piece)| (piece.clone(), token)).collect();
        Self { level, lowercase, pieces, tokens }
    }

    /// The number of tokens, V, the special ones included.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// What a token is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// The written form of one token, for tables: as [`Level::pieces`] has it, and `<pad>`, `<start>`, `<end>`,
    /// `<unk>`.
    ///
    /// # Panics
    /// If the vocabulary has no such token.
    #[track_caller]
    pub fn piece(&self, token: Token) -> &str {
        let size = self.size();
        assert!((token as usize) < size, "token {token} is not below the vocabulary size {size}");
        &self.pieces[token as usize]
    }

    /// The tokens of a sentence, one for each of its [pieces](Level::pieces).
    pub fn encode(&self, sentence: &str) -> Vec<Token> {
        self.pieces_of(sentence).iter().map(|piece| self.token(piece)).collect()
    }

    /// The tokens of a sentence that someone wants translated.
    ///
    /// # Errors
    /// If none of its words, or of its letters and digits, is known: whatever the model would say then, it would not be
    /// about the request.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let english = Vocabulary::new(Level::Word, false, 10, ["The cat.", "The dog."]);
    /// assert_eq!(english.encode_request("The bird!")?, [5, 3, 3]);
    /// assert_eq!(
    ///     english.encode_request("Der Vogel.").unwrap_err().to_string(),
    ///     "none of the words of the request, from \"Der\" on, is among the 3 of this vocabulary; \
    ///      write it in other words, or use a model that was trained on pairs with these"
    /// );
    /// # Ok::<(), data::pairs::VocabularyError>(())
    /// ```
    pub fn encode_request(&self, request: &str) -> Result<Vec<Token>, VocabularyError> {
        let pieces = self.pieces_of(request);
        let mut words = pieces.iter().filter(|piece| is_word(piece)).peekable();
        let Some(first) = words.peek().map(|word| word.to_string()) else {
            return Err(VocabularyError::NoWord { request: request.to_owned() });
        };
        if words.all(|word| self.token(word) == UNKNOWN) {
            let unit = match self.level {
                Level::Word => "words",
                Level::Character => "letters",
            };
            let known = self.pieces[SPECIAL.len()..].iter().filter(|piece| is_word(piece)).count();
            return Err(VocabularyError::NothingKnown { unit, known, first });
        }
        Ok(pieces.iter().map(|piece| self.token(piece)).collect())
    }

    /// The sentence of some tokens. [`PAD`], [`START`] and [`END`] are left out, and [`UNKNOWN`] becomes `<unk>`. Where
    /// only one of two neighbours has a space between them, there is one.
    ///
    /// # Panics
    /// If the vocabulary lacks a token.
    #[track_caller]
    pub fn decode(&self, tokens: &[Token]) -> String {
        let mut sentence = String::new();
        let (mut after_space, mut after_word) = (false, false);
        for &token in tokens {
            let piece = self.piece(token);
            if matches!(token, PAD | START | END) {
                continue;
            }
            if self.level == Level::Character {
                sentence.push_str(piece);
                continue;
            }
            let is_word = token == UNKNOWN || is_word(piece);
            if !sentence.is_empty() && (after_space || piece.starts_with(' ') || (after_word && is_word)) {
                sentence.push(' ');
            }
            sentence.push_str(piece.trim());
            (after_space, after_word) = (piece.ends_with(' '), is_word);
        }
        sentence
    }

    /// This vocabulary as one JSON object, the same text for equal vocabularies.
    pub fn to_json(&self) -> String {
        let pieces = self.pieces[SPECIAL.len()..].to_vec();
        let stored = Stored { vocabulary: self.level, lowercase: self.lowercase, pieces };
        serde_json::to_string(&stored).expect("lists of strings always have a JSON form")
    }

    /// The vocabulary that [`to_json`](Self::to_json) wrote.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let json = Vocabulary::new(Level::Word, false, 10, ["¡Hola!"]).to_json();
    /// assert_eq!(json, r#"{"vocabulary":"word","lowercase":false,"pieces":[" ¡","! ","Hola"]}"#);
    /// assert_eq!(Vocabulary::from_json(&json)?.encode("¡Hola!"), [4, 6, 5]);
    /// # Ok::<(), data::pairs::VocabularyError>(())
    /// ```
    ///
    /// # Errors
    /// [`VocabularyError::Stored`] if `json` is not such an object, or its pieces are none or repeat themselves.
    pub fn from_json(json: &str) -> Result<Self, VocabularyError> {
        let refuse = |reason: String| VocabularyError::Stored { reason };
        let Stored { vocabulary: level, lowercase, pieces } =
            serde_json::from_str(json).map_err(|error| refuse(error.to_string()))?;
        if pieces.is_empty() {
            return Err(refuse("its list of pieces is empty".to_owned()));
        }
        let is_piece = |piece: &str| match level {
            Level::Word => level.pieces(piece).len() == 1,
            Level::Character => piece.chars().count() == 1,
        };
        if let Some(piece) = pieces.iter().find(|piece| !is_piece(piece)) {
            return Err(refuse(format!("{piece:?} in its list of pieces is not one piece")));
        }
        let vocabulary = Self::from_pieces(level, lowercase, pieces);
        let pieces = vocabulary.pieces.iter().zip(0..).skip(SPECIAL.len());
        match pieces.into_iter().find(|&(piece, token)| vocabulary.token(piece) != token) {
            Some((piece, _)) => Err(refuse(format!("its list of pieces has {piece:?} twice"))),
            None => Ok(vocabulary),
        }
    }

    fn pieces_of(&self, sentence: &str) -> Vec<String> {
        self.level.pieces(&cased(sentence, self.lowercase))
    }

    fn token(&self, piece: &str) -> Token {
        self.tokens.get(piece).copied().unwrap_or(UNKNOWN)
    }
}

fn cased(sentence: &str, lowercase: bool) -> String {
    if lowercase { sentence.to_lowercase() } else { sentence.to_owned() }
}

/// Whether a piece is a word or, among characters, a letter or digit.
fn is_word(piece: &str) -> bool {
    piece.starts_with(char::is_alphanumeric)
}
