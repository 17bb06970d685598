//! The words, or the characters, of one side of some pairs.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::fit::Habits;
use super::writer::Writer;
use super::{END, Level, PAD, START, subwords};
use crate::tokenize::Bpe;
use crate::words::{Part, WordRule};
use crate::{NormalForm, Token, quoted};

/// Stands for everything outside the vocabulary.
pub const UNKNOWN: Token = 3;

/// How the tokens that no sentence has are written, each at the index that is its token.
pub(super) const SPECIAL: [&str; 4] = ["<pad>", "<start>", "<end>", "<unk>"];

/// Why a sentence cannot be translated, or a stored vocabulary was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// The sentence has no letter and no digit.
    #[error("there is no word in {}; write a sentence to translate", quoted(.request))]
    NoWord {
        /// The sentence.
        request: String,
    },
    /// The sentence has words, and the vocabulary none of them.
    #[error(
        "none of the {unit} of the request, from {} on, is among the {known} of this vocabulary; \
         write it in other words, or use a model that was trained on pairs with these",
        quoted(.first)
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
/// [`END`] and [`UNKNOWN`]. All others are [`UNKNOWN`]; of byte pairs there are no others.
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
    pub(super) level: Level,
    pub(super) rule: WordRule,
    pub(super) form: NormalForm,
    pub(super) habits: Habits,
    pub(super) lowercase: bool,
    /// Each at the index that is its token, the special ones first.
    pub(super) pieces: Vec<String>,
    tokens: BTreeMap<String, Token>,
    /// If they are byte pairs.
    pub(super) subwords: Option<Bpe>,
}

impl Vocabulary {
    /// The vocabulary of up to `size` tokens, the four special ones included: the most frequent pieces of the
    /// sentences, equals in the order of their code points. With `lowercase`, sentences are put in small letters before
    /// anything else, which unites "The" with "the" and costs the translation its capitals.
    ///
    /// # Panics
    /// If it is below the [least](Self::least) size, or the sentences have no pieces.
    #[track_caller]
    pub fn new<'s>(level: Level, lowercase: bool, size: usize, sentences: impl IntoIterator<Item = &'s str>) -> Self {
        Self::in_form(NormalForm::None, level, lowercase, size, sentences)
    }

    /// The same of sentences in a normal form, into which all that it reads is put.
    ///
    /// # Panics
    /// As [`new`](Self::new).
    #[track_caller]
    pub fn in_form<'s>(
        form: NormalForm,
        level: Level,
        lowercase: bool,
        size: usize,
        sentences: impl IntoIterator<Item = &'s str>,
    ) -> Self {
        let special = SPECIAL.len();
        assert!(
            size >= Self::least(level),
            "Vocabulary: a size of {size} has no place beside the {special} special tokens"
        );
        let sentences: Vec<String> =
            sentences.into_iter().map(|sentence| cased(&form.apply(sentence), lowercase)).collect();
        let (rule, habits) = (WordRule::Unicode, Habits::of(&sentences));
        if level == Level::Bpe {
            let sentences: Vec<String> = sentences.iter().map(|sentence| single_spaced(sentence)).collect();
            let pairs = Bpe::train_on(sentences.iter().map(String::as_str), size - special, &[]);
            return Self::empty(level, rule, form, habits, lowercase).with_subwords(pairs);
        }
        let mut counts = BTreeMap::<String, usize>::new();
        for sentence in sentences {
            for piece in level.pieces_by(rule, &sentence) {
                *counts.entry(piece).or_default() += 1;
            }
        }
        assert!(!counts.is_empty(), "Vocabulary: there is nothing in the sentences");
        let mut by_frequency: Vec<(String, usize)> = counts.into_iter().collect();
        by_frequency.sort_by_key(|&(_, count)| Reverse(count)); // stable: equals stay in code point order
        let pieces = by_frequency.into_iter().take(size - special).map(|(piece, _)| piece).collect();
        Self::empty(level, rule, form, habits, lowercase).with_pieces(pieces)
    }

    /// Without pieces, to which they are given next.
    pub(super) fn empty(level: Level, rule: WordRule, form: NormalForm, habits: Habits, lowercase: bool) -> Self {
        Self { level, rule, form, habits, lowercase, pieces: Vec::new(), tokens: BTreeMap::new(), subwords: None }
    }

    /// The least size: of byte pairs all bytes have a place beside the special tokens, else one piece.
    pub fn least(level: Level) -> usize {
        SPECIAL.len() + if level == Level::Bpe { Bpe::least(0) } else { 1 }
    }

    /// The same of these byte pairs.
    pub(super) fn with_subwords(self, pairs: Bpe) -> Self {
        let pieces = SPECIAL.into_iter().map(str::to_owned).chain(subwords::pieces(&pairs)).collect();
        Self { pieces, subwords: Some(pairs), ..self }
    }

    /// The same with these pieces.
    pub(super) fn with_pieces(self, pieces: Vec<String>) -> Self {
        let pieces: Vec<String> = SPECIAL.into_iter().map(str::to_owned).chain(pieces).collect();
        let tokens = (0..).zip(&pieces).skip(SPECIAL.len()).map(|(token, piece)| (piece.clone(), token)).collect();
        Self { pieces, tokens, ..self }
    }

    /// The number of tokens, V, the special ones included.
    pub fn size(&self) -> usize {
        self.pieces.len()
    }

    /// What a token is.
    pub fn level(&self) -> Level {
        self.level
    }

    /// How words are told apart.
    pub fn word_rule(&self) -> WordRule {
        self.rule
    }

    /// The form into which a sentence is put before it is read.
    pub fn normal_form(&self) -> NormalForm {
        self.form
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

    /// The bytes of one token by itself: what [`piece`](Self::piece) is of, of a byte pair perhaps a part of a character.
    ///
    /// # Panics
    /// If the vocabulary has no such token.
    #[track_caller]
    pub fn decode_bytes(&self, token: Token) -> Vec<u8> {
        match &self.subwords {
            Some(pairs) if token as usize >= SPECIAL.len() => subwords::bytes(pairs, token),
            _ => self.piece(token).as_bytes().to_vec(),
        }
    }

    /// The tokens of a sentence, one for each of its [pieces](Level::pieces).
    pub fn encode(&self, sentence: &str) -> Vec<Token> {
        match &self.subwords {
            Some(pairs) => subwords::encode(pairs, &single_spaced(&self.prepared(sentence))),
            None => self.units_of(sentence).iter().map(|piece| self.token(piece)).collect(),
        }
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
        let pieces = self.units_of(request);
        let mut words = pieces.iter().filter(|piece| is_word(piece)).peekable();
        let Some(first) = words.peek().map(|word| word.to_string()) else {
            return Err(VocabularyError::NoWord { request: request.to_owned() });
        };
        if self.subwords.is_some() {
            return Ok(self.encode(request));
        }
        if words.all(|word| self.token(word) == UNKNOWN) {
            let unit = match self.level {
                Level::Word => "words",
                Level::Character | Level::Bpe => "letters",
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
        self.write(tokens, |_| SPECIAL[UNKNOWN as usize].to_owned()).0
    }

    /// The same with something else for each [`UNKNOWN`], given its place among the tokens.
    ///
    /// # Panics
    /// If the vocabulary lacks a token.
    #[track_caller]
    pub fn decode_with(&self, tokens: &[Token], unknown: impl Fn(usize) -> String) -> String {
        self.write(tokens, unknown).0
    }

    /// The sentence of some tokens, and where in it each of them stands.
    #[track_caller]
    pub(super) fn write(&self, tokens: &[Token], unknown: impl Fn(usize) -> String) -> (String, Vec<Range<usize>>) {
        if let Some(pairs) = &self.subwords {
            return subwords::write(pairs, tokens, unknown);
        }
        let mut writer = Writer::new(self.level);
        let mut places = Vec::with_capacity(tokens.len());
        for (number, &token) in tokens.iter().enumerate() {
            let piece = self.piece(token);
            places.push(match token {
                PAD | START | END => writer.sentence.len()..writer.sentence.len(),
                UNKNOWN => writer.push(&unknown(number), true),
                _ => writer.push(piece, self.part(piece) == Part::Word),
            });
        }
        (writer.sentence, places)
    }

    /// The sentence of some pieces, known or not.
    pub(super) fn join(&self, pieces: &[String]) -> String {
        let mut writer = Writer::new(self.level);
        for piece in pieces {
            writer.push(piece, self.part(piece) == Part::Word);
        }
        writer.sentence
    }

    /// The pieces of a sentence, one for each of its tokens, known or not.
    pub fn pieces_of(&self, sentence: &str) -> Vec<String> {
        match self.subwords {
            Some(_) => self.encode(sentence).into_iter().map(|token| self.piece(token).to_owned()).collect(),
            None => self.units_of(sentence),
        }
    }

    /// The words, or the characters, of a sentence.
    pub(super) fn units_of(&self, sentence: &str) -> Vec<String> {
        self.level.pieces_by(self.rule, &self.prepared(sentence))
    }

    /// A sentence in its normal form, in small letters if it is to be.
    fn prepared(&self, sentence: &str) -> String {
        cased(&self.form.apply(sentence), self.lowercase)
    }

    pub(super) fn part(&self, piece: &str) -> Part {
        self.rule.part(piece.trim())
    }

    pub(super) fn token(&self, piece: &str) -> Token {
        self.tokens.get(piece).copied().unwrap_or(UNKNOWN)
    }
}

fn single_spaced(sentence: &str) -> String {
    sentence.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(super) fn cased(sentence: &str, lowercase: bool) -> String {
    if lowercase { sentence.to_lowercase() } else { sentence.to_owned() }
}

/// Whether a piece says something: it is a word, a letter, a digit or a picture, and no punctuation.
fn is_word(piece: &str) -> bool {
    piece.contains(|character: char| character.is_alphanumeric() || is_picture(character))
}

/// Whether a character is in one of the blocks of arrows, symbols and emoji.
fn is_picture(character: char) -> bool {
    matches!(character, '\u{2190}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}
