//! Words in two senses, and the sentences that a probe of their vectors needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use super::{Generator, Sentence};
use data::Token;

/// Words of a sentence.
const LENGTHS: RangeInclusive<usize> = 4..=9;

/// English sentences as tokens to learn from, and further ones in which words stand in one of two senses, to ask what was
/// learned. No sentence is in two places.
///
/// | tokens | what they are |
/// |---|---|
/// | 0 | padding |
/// | `1..mask` | words |
/// | `mask` | stands for a hidden word |
///
/// ```
/// use grammar::SenseCorpus;
///
/// let corpus = SenseCorpus::new([100, 2_000, 10], 5);
/// let Some(bank) = corpus.homographs.iter().find(|homograph| homograph.word == "bank") else { panic!("a bank") };
/// assert_eq!((bank.meanings.join(", "), bank.known.len()), ("money, shore".to_owned(), 10));
/// let place = &bank.known[5]; // behind five banks that are money
/// assert_eq!((place.sense, corpus.word(place.sentence[place.position])), (1, "bank"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SenseCorpus {
    words: Vec<String>,
    /// To learn from.
    pub read: Vec<Vec<Token>>,
    /// To judge by how well these are predicted.
    pub unread: Vec<Vec<Token>>,
    /// The words that stand often enough in two senses, in alphabetical order.
    pub homographs: Vec<Homograph>,
}

/// A word in two senses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Homograph {
    /// The English word.
    pub word: String,
    /// The more frequent sense first, equals in alphabetical order; such as `shore` for the bank of a river.
    pub meanings: [String; 2],
    /// For a probe to learn from: equally many of both senses, those of the first before those of the second.
    pub known: Vec<Occurrence>,
    /// To judge it by, likewise.
    pub held_out: Vec<Occurrence>,
}

/// A word in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrence {
    /// The whole sentence.
    pub sentence: Vec<Token>,
    /// Of the word, counted from 0.
    pub position: usize,
    /// 0 or 1, as in [`Homograph::meanings`].
    pub sense: usize,
}

impl SenseCorpus {
    /// So many sentences to read, to search for homographs and to leave unread, less those that occur again; and for each
    /// sense of a word `each` occurrences to know and as many to hold out, where there are as many.
    ///
    /// Of a word with more senses, the two most frequent count; of a sentence that has a word several times, the first place.
    pub fn new([read, searched, unread]: [usize; 3], each: usize) -> Self {
        let generator = Generator::default();
        let draw = |seed, count: usize| -> Vec<Sentence> {
            (0..count as u64).map(|index| generator.sentence(LENGTHS, seed, index)).collect()
        };
        let [read, searched, unread] = [(1, read), (2, searched), (3, unread)].map(|(seed, count)| draw(seed, count));
        let mut seen: BTreeSet<&[String]> = read.iter().map(|sentence| &sentence.english[..]).collect();
        let [searched, unread] = [&searched, &unread].map(|sentences| -> Vec<&Sentence> {
            sentences.iter().filter(|sentence| seen.insert(&sentence.english)).collect()
        });
        let [words, _] = generator.vocabulary();
        let words = Vec::from_iter(words);
        let encode = |sentence: &Sentence| -> Vec<Token> {
            let token = |word| words.binary_search(word).expect("the grammar knows its words") as Token + 1;
            sentence.english.iter().map(token).collect()
        };
        let homographs = two_senses(&searched, 2 * each).into_iter().map(|(word, senses)| {
            let from = |range: Range<usize>| -> Vec<Occurrence> {
                let of_sense = |(sense, (_, places)): (usize, &Meaning)| -> Vec<Occurrence> {
                    let places = places[range.clone()].iter();
                    let encode = |number: usize| encode(searched[number]);
                    places.map(|&(number, position)| Occurrence { sentence: encode(number), position, sense }).collect()
                };
                senses.iter().enumerate().flat_map(of_sense).collect()
            };
            let meanings = senses.each_ref().map(|(meaning, _)| meaning.clone());
            Homograph { word, meanings, known: from(0..each), held_out: from(each..2 * each) }
        });
        SenseCorpus {
            homographs: homographs.collect(),
            read: read.iter().map(encode).collect(),
            unread: unread.into_iter().map(encode).collect(),
            words,
        }
    }

    /// The number of different tokens, V.
    pub fn vocabulary_size(&self) -> usize {
        self.words.len() + 2
    }

    /// The token that stands for a hidden word.
    pub fn mask(&self) -> Token {
        self.words.len() as Token + 1
    }

    /// How a word is written.
    ///
    /// # Panics
    /// If the token is no word.
    #[track_caller]
    pub fn word(&self, token: Token) -> &str {
        &self.words[token as usize - 1]
    }

    /// The number of occurrences held out, of all words together.
    pub fn held_out(&self) -> usize {
        self.homographs.iter().map(|homograph| homograph.held_out.len()).sum()
    }
}

/// What a word means, and where it means that: the number of a sentence, and the position in it.
type Meaning = (String, Vec<(usize, usize)>);

/// The words that stand in two senses at least `least` times each.
fn two_senses(sentences: &[&Sentence], least: usize) -> Vec<(String, [Meaning; 2])> {
    let mut found = BTreeMap::<&str, BTreeMap<&str, Vec<(usize, usize)>>>::new();
    for (number, sentence) in sentences.iter().enumerate() {
        for sense in &sentence.senses {
            let senses = found.entry(&sentence.english[sense.position]).or_default();
            if !senses.values().filter_map(|places| places.last()).any(|last| last.0 == number) {
                senses.entry(&sense.meaning).or_default().push((number, sense.position));
            }
        }
    }
    let two = found.into_iter().filter_map(|(word, senses)| {
        let often = senses.into_iter().filter(|(_, places)| places.len() >= least);
        let mut senses: Vec<_> = often.map(|(meaning, places)| (meaning.to_owned(), places)).collect();
        senses.sort_by_key(|(_, places)| Reverse(places.len())); // stable: equals stay in alphabetical order
        senses.truncate(2);
        Some((word.to_owned(), senses.try_into().ok()?))
    });
    two.collect()
}
