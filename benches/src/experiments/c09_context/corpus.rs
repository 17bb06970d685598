//! Generated English, and the places in it where a word stands in one of its senses.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use data::{Token, pairs::Sources};
use grammar::{Generator, Sense, Sentence};

/// Words of a sentence: at least, at most.
const LENGTHS: [usize; 2] = [4, 9];

/// Of the sentences: what is read to learn from, and what is searched for words in one sense or the other.
const READ: u64 = 1;
const SEARCHED: u64 = 2;

/// Sentences as tokens, and words with two senses.
pub struct Corpus {
    words: Vec<String>,
    /// For the encoder to learn from.
    pub read: Vec<Vec<Token>>,
    /// The words that stand often enough in two senses.
    pub homographs: Vec<Homograph>,
}

/// A word, and where it stands in which sense, in sentences that the encoder does not learn from.
pub struct Homograph {
    pub word: String,
    pub senses: [String; 2],
    /// For a probe to learn from, equally many of both senses.
    pub known: Vec<Occurrence>,
    /// To judge it by, likewise. A sentence that has the word twice can be in both, with another place.
    pub held_out: Vec<Occurrence>,
}

/// A word in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub sentence: Vec<Token>,
    /// Of the word, counted from 0.
    pub position: usize,
    /// 0 or 1, as in [`Homograph::senses`].
    pub sense: usize,
}

impl Homograph {
    /// How many of the held-out occurrences stand in a sentence that the probe knows.
    pub fn in_known_sentences(&self) -> usize {
        let known: BTreeSet<&[Token]> = self.known.iter().map(|occurrence| &occurrence.sentence[..]).collect();
        self.held_out.iter().filter(|occurrence| known.contains(&occurrence.sentence[..])).count()
    }
}

impl Corpus {
    /// `read` sentences to learn from, and of each word's senses `each` occurrences to know and as many to judge by, if
    /// `searched` further sentences have them.
    pub fn new(read: usize, searched: usize, each: usize) -> Self {
        let generator = Generator::default();
        let [shortest, longest] = LENGTHS;
        let draw = |seed, count: usize| -> Vec<Sentence> {
            (0..count as u64).map(|index| generator.sentence(shortest..=longest, seed, index)).collect()
        };
        let (read, searched) = (draw(READ, read), draw(SEARCHED, searched));
        let all: BTreeSet<&String> = read.iter().chain(&searched).flat_map(|sentence| &sentence.english).collect();
        let words: Vec<String> = all.into_iter().cloned().collect();
        let tokens: BTreeMap<&str, Token> = (1..).zip(&words).map(|(token, word)| (word.as_str(), token)).collect();
        let encode =
            |sentence: &Sentence| -> Vec<Token> { sentence.english.iter().map(|word| tokens[word.as_str()]).collect() };
        let read: Vec<Vec<Token>> = read.iter().map(encode).collect();
        let homographs = homographs(&searched, &read, each, encode);
        Corpus { read, homographs, words }
    }

    /// V: padding, the words, and the token that stands for a hidden one.
    pub fn vocabulary(&self) -> usize {
        self.words.len() + 2
    }

    pub fn word_tokens(&self) -> Range<Token> {
        1..self.mask()
    }

    /// The token that stands for a hidden word.
    pub fn mask(&self) -> Token {
        self.words.len() as Token + 1
    }

    /// How a token is written.
    ///
    /// # Panics
    /// If it is no word.
    pub fn word(&self, token: Token) -> &str {
        &self.words[token as usize - 1]
    }
}

/// The sentences of some occurrences, (B, S).
pub fn sentences(occurrences: &[Occurrence]) -> Sources {
    let rows: Vec<&[Token]> = occurrences.iter().map(|occurrence| &occurrence.sentence[..]).collect();
    Sources::new(&rows)
}

fn homographs(
    searched: &[Sentence],
    read: &[Vec<Token>],
    each: usize,
    encode: impl Fn(&Sentence) -> Vec<Token>,
) -> Vec<Homograph> {
    let mut seen: BTreeSet<Vec<Token>> = read.iter().cloned().collect();
    let mut found = BTreeMap::<&str, BTreeMap<&str, Vec<Occurrence>>>::new();
    for sentence in searched {
        let tokens = encode(sentence);
        if !seen.insert(tokens.clone()) {
            continue;
        }
        for Sense { position, meaning } in &sentence.senses {
            let senses = found.entry(&sentence.english[*position]).or_default();
            let occurrence = Occurrence { sentence: tokens.clone(), position: *position, sense: 0 };
            senses.entry(meaning).or_default().push(occurrence);
        }
    }
    let two_senses = found.into_iter().filter_map(|(word, senses)| {
        let mut senses: Vec<(&str, Vec<Occurrence>)> = senses.into_iter().collect();
        senses.sort_by_key(|(_, places)| std::cmp::Reverse(places.len())); // stable: equals stay in alphabetical order
        let [first, second, ..] = &senses[..] else { return None };
        if second.1.len() < 2 * each {
            return None;
        }
        let from = |range: Range<usize>| {
            let of_sense = |(sense, places): (usize, &Vec<Occurrence>)| -> Vec<Occurrence> {
                places[range.clone()].iter().map(|place| Occurrence { sense, ..place.clone() }).collect()
            };
            [&first.1, &second.1].into_iter().enumerate().flat_map(of_sense).collect()
        };
        Some(Homograph {
            word: word.to_owned(),
            senses: [first.0.to_owned(), second.0.to_owned()],
            known: from(0..each),
            held_out: from(each..2 * each),
        })
    });
    two_senses.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_where_they_are_said_to_and_no_place_is_used_twice() {
        let corpus = Corpus::new(50, 2_000, 5);
        assert!(!corpus.homographs.is_empty());
        let read: BTreeSet<&Vec<Token>> = corpus.read.iter().collect();
        for Homograph { word, senses, known, held_out } in &corpus.homographs {
            assert_ne!(senses[0], senses[1]);
            for occurrences in [known, held_out] {
                let of = |sense| occurrences.iter().filter(|o| o.sense == sense).count();
                assert_eq!([of(0), of(1)], [5, 5], "{word}");
            }
            for occurrence in known.iter().chain(held_out) {
                assert_eq!(corpus.word(occurrence.sentence[occurrence.position]), word);
                assert!(!read.contains(&occurrence.sentence));
            }
            assert!(known.iter().all(|occurrence| !held_out.contains(occurrence)), "{word}");
        }
    }
}
