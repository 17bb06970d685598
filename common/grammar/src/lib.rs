//! English sentences with their Spanish translations, as many as one wants, of which everything is known.
//!
//! No corpus says which word translates which, in which of its senses a word stands, or how well a translator could
//! possibly do. Sentences that a grammar makes do. The [`Grammar`] is a text: rules that make a phrase in both languages
//! at once, and a lexicon; its notation is described there. Read, in this order, `grammar/noun_phrases.txt`,
//! `predicates.txt`, `clauses.txt`, `numbers.txt`, `dates.txt` and `lexicon.txt`; `lexicon.rs` and `verbs.rs` inflect.
//!
//! ```
//! use grammar::Generator;
//!
//! let generator = Generator::default();
//! let sentence = generator.sentence(10..=12, 1, 0); // of 10 to 12 words; seed 1, number 0
//! assert_eq!(sentence.english.join(" "), "it is a quarter past one but you all are cold");
//! assert_eq!(sentence.spanish.join(" "), "es la una y cuarto pero tenéis frío");
//! assert!((sentence.log2_probability - -18.275621).abs() < 1e-6);
//!
//! let [read] = &generator.read("the boy 's white dogs are old")[..] else { panic!("it has one derivation") };
//! assert_eq!(read.spanish.join(" "), "los perros blancos del niño son viejos");
//! assert_eq!(read.alignment, [(0, 3), (1, 4), (2, 0), (2, 3), (3, 2), (4, 1), (5, 5), (6, 6)]);
//! ```
//!
//! # How many, and how much they say
//! From 2 to 14 words, in 300 English and 498 Spanish words. In the mean a sentence of n words holds b bits, so that
//! one of 12 words is like a row of 33 coins (`cargo run --release -p grammar --example sentences`; a test counts):
//!
//! | words | sentences | bits |
//! |---|---|---|
//! | 2 | 42 | 5.2 |
//! | 3 | 4,061 | 8.0 |
//! | 4 | 138,651 | 11.5 |
//! | 5 | 4,341,178 | 14.2 |
//! | 6 | 75,468,601 | 16.9 |
//! | 7 | 949,496,941 | 20.1 |
//! | 8 | 11,414,395,277 | 21.4 |
//! | 9 | 139,520,974,020 | 24.7 |
//! | 10 | 1,773,371,826,713 | 27.3 |
//! | 11 | 23,346,130,940,688 | 30.0 |
//! | 12 | 302,897,586,589,913 | 32.6 |
//! | 13 | 3,802,075,576,713,100 | 35.6 |
//! | 14 | 46,094,335,370,456,960 | 38.1 |
//!
//! There are 40 Spanish verbs, with gustar, costar and haber, which rules name. Of the other 37, 17 have a present in all
//! six persons, 6 a preterite and 9 a gerund, and all have the infinitive (after can, want to, going to): 40 verbs with
//! six persons in two tenses would be 480 words, nearly all of the Spanish ones (a test counts the verbs).
//!
//! # One reference
//! Every English sentence has one derivation, and so one reference. Where English does not say what Spanish must:
//!
//! - you is tú, and you all is vosotros;
//! - I, we, you and they are masculine, as are friends, teachers, and what `it` and `them` stand for;
//! - a subject pronoun is not said;
//! - object pronouns come before the first verb (lo quiero ver), and after the verb in commands (dámelo);
//! - know is conocer with persons and places, and saber else; the English word says no more.
//!
//! [`Generator::references`] gives, besides the reference, what other dialects say: with usted, with subject pronouns, as
//! in Latin America.
//!
//! # As it is written
//! A word is what stands between spaces. There are no capitals at the beginning and no full stops; question marks are
//! words. The possessive `'s` is a word, and doesn't and can't are words. Numbers have neither hyphens nor an English
//! `and`: two hundred twenty one. Days of the month are words too, March third, so that they share the words of other
//! numbers.
//!
//! # Ready to train with
//! [`pairs`] are for translators, with what is known of each; [`tasks`] are four tasks on the same sentences, and what can be
//! learnt from sentences alone before them.

mod grammar;
mod labels;
mod lexicon;
mod notation;
pub mod pairs;
mod parse;
mod questions;
mod reading;
mod sampling;
mod senses;
mod sentence;
mod splits;
mod summary;
mod surface;
pub mod tasks;
mod verbs;

pub use grammar::Grammar;
pub use labels::{Kind, Sentiment};
pub use questions::Asked;
pub use senses::{Homograph, Occurrence, SenseCorpus};
pub use sentence::{Bond, Sense, Sentence, Span};
pub use splits::{Half, Split};

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use grammar::{Item, What};
use ndarray_rand::rand::Rng;
use sampling::{Derivation, Lengths};

use data::random::stream;

/// Makes the sentences of a [`Grammar`].
///
/// ```
/// use grammar::{Generator, Grammar};
///
/// let grammar = Grammar::new("
///     Sentence   : the:1 Quality Thing = el:1 Thing Quality
///     Sentence 2 : the:1 Thing = el:1 Thing
///     Thing      : dog:1 = perro:1
///     Thing      : cat:1 = gato:1
///     Quality    : black:1 = negro:1
/// ");
/// let generator = Generator::new(grammar, "Sentence", 3);
/// assert_eq!(generator.count(2), 2); // the dog, the cat
/// assert_eq!(generator.count(3), 2);
///
/// let sentence = generator.sentence(3..=3, 1, 0); // of 3 words; seed 1, number 0
/// assert_eq!(sentence.english.join(" "), "the black dog");
/// assert_eq!(sentence.spanish.join(" "), "el perro negro");
/// assert_eq!(sentence.alignment, [(0, 0), (1, 2), (2, 1)]);
/// assert!((sentence.log2_probability - -1.0).abs() < 1e-12); // one of two, equally likely
/// assert_eq!(generator.read("the black dog"), [sentence]);
/// ```
#[derive(Debug)]
pub struct Generator {
    grammar: Arc<Grammar>,
    start: usize,
    lengths: Lengths,
}

impl Grammar {
    /// The grammar of English and Spanish, whose sentences are the phrase `Sentence`.
    pub fn english_spanish() -> Self {
        let rules = [
            include_str!("grammar/numbers.txt"),
            include_str!("grammar/dates.txt"),
            include_str!("grammar/noun_phrases.txt"),
            include_str!("grammar/predicates.txt"),
            include_str!("grammar/clauses.txt"),
            &lexicon::rules(),
        ];
        Self::new(&rules.join("\n"))
    }
}

impl Default for Generator {
    /// The sentences of [`Grammar::english_spanish`] up to 14 words.
    fn default() -> Self {
        Self::new(Grammar::english_spanish(), "Sentence", 14)
    }
}

impl Generator {
    /// The sentences that are a phrase `start` of the grammar and have up to `longest` English words. Several generators
    /// can share a grammar in an [`Arc`].
    ///
    /// # Panics
    /// If the grammar makes no such phrase, or makes one from itself alone.
    #[track_caller]
    pub fn new(grammar: impl Into<Arc<Grammar>>, start: &str, longest: usize) -> Self {
        let grammar = grammar.into();
        let lengths = Lengths::new(&grammar, longest);
        Self { start: grammar.phrase(start), lengths, grammar }
    }

    /// The number of English words of the longest sentences.
    pub fn longest(&self) -> usize {
        self.lengths.longest()
    }

    /// The exact number of derivations with `length` English words. Where no English sentence has two, as in the
    /// grammar of this module, it is the number of different sentences, and of pairs.
    pub fn count(&self, length: usize) -> u128 {
        self.lengths.count(self.start, length)
    }

    /// The probability that a sentence of the grammar has `length` English words.
    pub fn probability_of_length(&self, length: usize) -> f64 {
        self.lengths.probability(self.start, length)
    }

    /// The sentence number `index` of a seed: its number of English words is drawn from `lengths`, each equally likely,
    /// and then the sentence with its probability among those of this length.
    ///
    /// # Panics
    /// If there is no length, or one that no sentence has.
    #[track_caller]
    pub fn sentence(&self, lengths: RangeInclusive<usize>, seed: u64, index: u64) -> Sentence {
        let mut rng = stream(seed, index, "sentence");
        let length = self.draw_length(lengths, &mut rng);
        self.draw(length, &mut rng)
    }

    #[track_caller]
    fn draw_length(&self, lengths: RangeInclusive<usize>, rng: &mut impl Rng) -> usize {
        assert!(!lengths.is_empty(), "generator: no length lies in {lengths:?}");
        let missing = lengths.clone().find(|&length| self.count(length) == 0);
        assert!(missing.is_none(), "generator: of the lengths {lengths:?}, no sentence has {}", missing.unwrap_or(0));
        rng.random_range(lengths)
    }

    fn draw(&self, length: usize, rng: &mut impl Rng) -> Sentence {
        let derivation = self.lengths.draw(&self.grammar, self.start, length, rng);
        self.speak(derivation, length, None)
    }

    /// All sentences with `length` English words; [`count`](Self::count) says how many.
    pub fn all(&self, length: usize) -> Vec<Sentence> {
        let derivations = sampling::all(&self.grammar, &self.lengths, self.start, length);
        derivations.into_iter().map(|derivation| self.speak(derivation, length, None)).collect()
    }

    /// The English and the Spanish words of all sentences and their references, in alphabetical order.
    pub fn vocabulary(&self) -> [BTreeSet<String>; 2] {
        let rules = self.grammar.reachable(self.start);
        let words = |items: &[Item]| -> Vec<String> {
            let words = items.iter().filter_map(|item| match &item.what {
                What::Word { word, .. } => Some(word.clone()),
                What::Child(_) => None,
            });
            words.collect()
        };
        let english = rules.iter().flat_map(|rule| words(&rule.english));
        let spanish = rules.iter().flat_map(|rule| words(&rule.spanish));
        let [mut english, mut spanish] = [english.collect::<BTreeSet<_>>(), spanish.collect()];
        let spoken = |words: &mut BTreeSet<String>, from: &[&str], to: &str| {
            if from.iter().all(|&word| words.contains(word)) {
                words.insert(to.to_owned());
            }
        };
        spoken(&mut english, &["a"], "an");
        spoken(&mut spanish, &["a", "el"], "al");
        spoken(&mut spanish, &["de", "el"], "del");
        spoken(&mut spanish, &["y"], "e");
        [english, spanish]
    }

    /// The English words that stand in several senses, with their senses, in alphabetical order.
    pub fn homographs(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut senses = BTreeMap::<String, BTreeSet<String>>::new();
        for item in self.grammar.reachable(self.start).iter().flat_map(|rule| &rule.english) {
            if let What::Word { word, sense: Some(sense) } = &item.what {
                senses.entry(word.clone()).or_default().insert(sense.clone());
            }
        }
        senses.retain(|_, senses| senses.len() > 1);
        senses
    }

    /// The sentences that an English text can be: none if the grammar does not make it, and several if it makes it in
    /// several ways. Words are separated by spaces, question marks too.
    pub fn read(&self, english: &str) -> Vec<Sentence> {
        let sentences = self.derivations(english).into_iter();
        sentences.map(|(derivation, length)| self.speak(derivation, length, None)).collect()
    }

    /// All translations of an English text that the grammar's dialects give: the reference first, each once.
    pub fn references(&self, english: &str) -> Vec<Vec<String>> {
        let derivations = self.derivations(english);
        let dialects = std::iter::once(None).chain((0..self.grammar.dialects.len()).map(Some));
        let mut references = Vec::new();
        for dialect in dialects {
            for (derivation, length) in &derivations {
                let spanish = self.speak(derivation.clone(), *length, dialect).spanish;
                if !references.contains(&spanish) {
                    references.push(spanish);
                }
            }
        }
        references
    }

    fn derivations(&self, english: &str) -> Vec<(Derivation, usize)> {
        let words: Vec<&str> = english.split_whitespace().collect();
        let spelled: Vec<&str> = words.iter().map(|&word| if word == "an" { "a" } else { word }).collect();
        let found = reading::derivations(&self.grammar, &self.lengths, self.start, &spelled);
        let mut found: Vec<_> = found.into_iter().map(|derivation| (derivation, words.len())).collect();
        found.retain(|(derivation, length)| self.speak(derivation.clone(), *length, None).english == words);
        found
    }

    fn speak(&self, derivation: Derivation, length: usize, dialect: Option<usize>) -> Sentence {
        let log2 = derivation.log2_probability(&self.grammar) - self.probability_of_length(length).log2();
        Sentence::of(&self.grammar, derivation, dialect, log2)
    }
}
