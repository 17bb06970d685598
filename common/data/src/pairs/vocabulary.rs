//! The words, or the characters, of one side of some pairs.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::fit::Habits;
use super::{END, Level, PAD, START};
use crate::words::{Part, WordRule};
use crate::{NormalForm, Token, quoted};

/// Stands for everything outside the vocabulary.
pub const UNKNOWN: Token = 3;

/// How the tokens that no sentence has are written, each at the index that is its token.
const SPECIAL: [&str; 4] = ["<pad>", "<start>", "<end>", "<unk>"];

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
    rule: WordRule,
    form: NormalForm,
    pub(super) habits: Habits,
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
    // Vocabularies of earlier versions do not say these three.
    #[serde(default)]
    rule: WordRule,
    #[serde(default)]
    form: NormalForm,
    #[serde(default)]
    habits: Habits,
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
        assert!(size > special, "Vocabulary: a size of {size} has no place beside the {special} special tokens");
        let sentences: Vec<String> =
            sentences.into_iter().map(|sentence| cased(&form.apply(sentence), lowercase)).collect();
        let (rule, habits) = (WordRule::Unicode, Habits::of(&sentences));
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
        Self { level, rule, form, habits, lowercase, pieces: Vec::new(), tokens: BTreeMap::new() }.with_pieces(pieces)
    }

    /// The same with these pieces.
    fn with_pieces(self, pieces: Vec<String>) -> Self {
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
    fn write(&self, tokens: &[Token], unknown: impl Fn(usize) -> String) -> (String, Vec<Range<usize>>) {
        let mut writer = Writer::new(self);
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
        let mut writer = Writer::new(self);
        for piece in pieces {
            writer.push(piece, self.part(piece) == Part::Word);
        }
        writer.sentence
    }

    /// How many words a sentence has: pieces with a letter or a digit, by the rule of this vocabulary.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let any = Vocabulary::new(Level::Word, false, 10, ["any"]);
    /// assert_eq!(any.count_words("ice-cream—now, ok ?"), 4);
    /// assert_eq!(any.count_words("ሰላም፡ለዓለም፡ሁሉ"), 3);
    /// assert_eq!(any.count_words("我用 AI，你呢？"), 5);
    /// ```
    pub fn count_words(&self, sentence: &str) -> usize {
        let pieces = Level::Word.pieces_by(self.rule, &self.form.apply(sentence));
        pieces.iter().filter(|piece| self.part(piece) != Part::Sign).count()
    }

    /// The words of a sentence in its normal form, each with the signs beside it, and a sign between spaces as a word.
    pub fn words(&self, sentence: &str) -> Vec<String> {
        let sentence = self.form.apply(sentence);
        self.rule.ranges(&sentence).into_iter().map(|word| sentence[word].to_owned()).collect()
    }

    /// Of every token of a sentence that is [encoded](Self::encode) the number of the word that it belongs to. A space
    /// between characters belongs to none.
    pub fn words_read(&self, sentence: &str) -> Vec<Option<usize>> {
        let sentence = self.form.apply(sentence);
        let (mut words, mut number) = (Vec::new(), 0);
        for chunk in sentence.split_whitespace() {
            if number > 0 && self.level == Level::Character {
                words.push(None);
            }
            for word in self.rule.ranges(chunk) {
                let tokens = self.level.pieces_by(self.rule, &cased(&chunk[word], self.lowercase)).len();
                words.extend(std::iter::repeat_n(Some(number), tokens));
                number += 1;
            }
        }
        words
    }

    /// The same of every token of a sentence that was said. An unknown token is a letter, so what touches it belongs to
    /// its word.
    pub fn words_said(&self, tokens: &[Token]) -> Vec<Option<usize>> {
        let (sentence, places) = self.write(tokens, |_| "x".to_owned());
        let words = self.rule.ranges(&sentence);
        let word =
            |place: &Range<usize>| words.iter().position(|word| !place.is_empty() && word.contains(&place.start));
        places.iter().map(word).collect()
    }

    /// The words of a translation that was said, as [`words_said`](Self::words_said) counts them, with `unknown` for
    /// each unknown token, given its place.
    pub fn said_words(&self, tokens: &[Token], unknown: impl Fn(usize) -> String) -> Vec<String> {
        let (sentence, places) = self.write(tokens, unknown);
        let mut words = Vec::<String>::new();
        for (word, place) in self.words_said(tokens).into_iter().zip(places) {
            let Some(word) = word else { continue };
            words.resize(words.len().max(word + 1), String::new());
            words[word].push_str(&sentence[place]);
        }
        words
    }

    /// This vocabulary as one JSON object, the same text for equal vocabularies.
    pub fn to_json(&self) -> String {
        let pieces = self.pieces[SPECIAL.len()..].to_vec();
        let stored = Stored {
            vocabulary: self.level,
            rule: self.rule,
            form: self.form,
            habits: self.habits,
            lowercase: self.lowercase,
            pieces,
        };
        serde_json::to_string(&stored).expect("lists of strings always have a JSON form")
    }

    /// The vocabulary that [`to_json`](Self::to_json) wrote.
    ///
    /// ```
    /// use data::pairs::{Level, Vocabulary};
    ///
    /// let json = Vocabulary::new(Level::Word, false, 10, ["¡Hola!"]).to_json();
    /// let about = r#""rule":"unicode","form":"none","habits":{"capital":true,"closing":"!"},"lowercase":false"#;
    /// assert_eq!(json, format!(r#"{{"vocabulary":"word",{about},"pieces":[" ¡","! ","Hola"]}}"#));
    /// assert_eq!(Vocabulary::from_json(&json)?.encode("¡Hola!"), [4, 6, 5]);
    /// # Ok::<(), data::pairs::VocabularyError>(())
    /// ```
    ///
    /// # Errors
    /// [`VocabularyError::Stored`] if `json` is not such an object, or its pieces are none or repeat themselves.
    pub fn from_json(json: &str) -> Result<Self, VocabularyError> {
        let refuse = |reason: String| VocabularyError::Stored { reason };
        let Stored { vocabulary: level, rule, form, habits, lowercase, pieces } =
            serde_json::from_str(json).map_err(|error| refuse(error.to_string()))?;
        if pieces.is_empty() {
            return Err(refuse("its list of pieces is empty".to_owned()));
        }
        let is_piece = |piece: &str| match level {
            Level::Word => level.pieces_by(rule, piece).len() == 1,
            Level::Character => piece.chars().count() == 1,
        };
        if let Some(piece) = pieces.iter().find(|piece| !is_piece(piece)) {
            return Err(refuse(format!("{} in its list of pieces is not one piece", quoted(piece))));
        }
        let vocabulary = Self { level, rule, form, habits, lowercase, pieces: Vec::new(), tokens: BTreeMap::new() };
        let vocabulary = vocabulary.with_pieces(pieces);
        let pieces = vocabulary.pieces.iter().zip(0..).skip(SPECIAL.len());
        match pieces.into_iter().find(|&(piece, token)| vocabulary.token(piece) != token) {
            Some((piece, _)) => Err(refuse(format!("its list of pieces has {} twice", quoted(piece)))),
            None => Ok(vocabulary),
        }
    }

    /// The pieces of a sentence, one for each of its tokens, known or not.
    pub fn pieces_of(&self, sentence: &str) -> Vec<String> {
        self.level.pieces_by(self.rule, &cased(&self.form.apply(sentence), self.lowercase))
    }

    fn part(&self, piece: &str) -> Part {
        self.rule.part(piece.trim())
    }

    pub(super) fn token(&self, piece: &str) -> Token {
        self.tokens.get(piece).copied().unwrap_or(UNKNOWN)
    }
}

/// Writes pieces with the spaces between them.
struct Writer {
    level: Level,
    sentence: String,
    after_space: bool,
    after_word: bool,
}

impl Writer {
    fn new(vocabulary: &Vocabulary) -> Self {
        Self { level: vocabulary.level, sentence: String::new(), after_space: false, after_word: false }
    }

    /// Writes one more; where it stands.
    fn push(&mut self, piece: &str, is_word: bool) -> Range<usize> {
        let mut written = piece;
        if self.level == Level::Word {
            let apart = self.after_space || piece.starts_with(' ') || (self.after_word && is_word);
            if apart && !self.sentence.is_empty() {
                self.sentence.push(' ');
            }
            (self.after_space, self.after_word) = (piece.ends_with(' '), is_word);
            written = piece.trim();
        }
        let start = self.sentence.len();
        self.sentence.push_str(written);
        start..self.sentence.len()
    }
}

fn cased(sentence: &str, lowercase: bool) -> String {
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
