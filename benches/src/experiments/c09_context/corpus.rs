//! Generated English, and the places in it where a word stands in one of two senses.

use std::{
    collections::BTreeSet,
    ops::{Range, RangeInclusive},
};

use data::{Token, pairs::Sources};
use grammar::{Generator, Homograph, Sentence};

/// Words of a sentence.
const LENGTHS: RangeInclusive<usize> = 4..=9;

/// At most so many sentences to judge the loss by.
const JUDGED: usize = 256;

/// Sentences as tokens, and words with two senses.
pub struct Corpus {
    words: Vec<String>,
    /// For the encoder to learn from.
    pub read: Vec<Vec<Token>>,
    /// To judge its loss by.
    pub unread: Vec<Vec<Token>>,
    /// The words that stand often enough in two senses.
    pub homographs: Vec<ProbedWord>,
}

/// A word, and where it stands in which sense, in sentences that the encoder does not learn from.
pub struct ProbedWord {
    pub word: String,
    pub meanings: [String; 2],
    /// For a probe to learn from, equally many of both senses.
    pub known: Vec<Occurrence>,
    /// To judge it by, likewise, in other sentences.
    pub held_out: Vec<Occurrence>,
}

/// A word in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Occurrence {
    pub sentence: Vec<Token>,
    /// Of the word, counted from 0.
    pub position: usize,
    /// 0 or 1, as in [`ProbedWord::meanings`].
    pub sense: usize,
}

impl Corpus {
    /// `read` sentences to learn from, and of each word's senses `each` occurrences to know and as many to judge by, if
    /// `searched` further sentences have them.
    pub fn new(read: usize, searched: usize, each: usize) -> Self {
        let generator = Generator::default();
        let draw = |seed, count: usize| -> Vec<Sentence> {
            (0..count as u64).map(|index| generator.sentence(LENGTHS, seed, index)).collect()
        };
        let [read, searched, unread] = [(1, read), (2, searched), (3, JUDGED)].map(|(seed, count)| draw(seed, count));
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
        let probed = |Homograph { word, senses }: Homograph| {
            let from = |range: Range<usize>| -> Vec<Occurrence> {
                let places = senses.iter().enumerate();
                let places = places.flat_map(|(sense, of)| of.places[range.clone()].iter().map(move |at| (sense, at)));
                let occurrence = |(sense, &(number, position)): (_, &(usize, _))| Occurrence {
                    sentence: encode(searched[number]),
                    position,
                    sense,
                };
                places.map(occurrence).collect()
            };
            let meanings = senses.each_ref().map(|sense| sense.meaning.clone());
            ProbedWord { word, meanings, known: from(0..each), held_out: from(each..2 * each) }
        };
        Corpus {
            homographs: Homograph::find(searched.iter().copied(), 2 * each).into_iter().map(probed).collect(),
            read: read.iter().map(encode).collect(),
            unread: unread.into_iter().map(encode).collect(),
            words,
        }
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

    /// How many occurrences judge the probes of all words.
    pub fn held_out(&self) -> usize {
        self.homographs.iter().map(|homograph| homograph.held_out.len()).sum()
    }
}

/// Sentences in a batch, (B, S).
pub fn batch<'s>(sentences: impl IntoIterator<Item = &'s Vec<Token>>) -> Sources {
    Sources::new(&sentences.into_iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_where_they_are_said_to_and_no_sentence_is_used_twice() {
        let corpus = Corpus::new(50, 2_000, 5);
        assert!(!corpus.homographs.is_empty());
        let read: BTreeSet<&Vec<Token>> = corpus.read.iter().collect();
        for ProbedWord { word, meanings, known, held_out } in &corpus.homographs {
            assert_ne!(meanings[0], meanings[1]);
            for occurrences in [known, held_out] {
                let of = |sense| occurrences.iter().filter(|o| o.sense == sense).count();
                assert_eq!([of(0), of(1)], [5, 5], "{word}");
            }
            let sentences: BTreeSet<_> = known.iter().chain(held_out).map(|occurrence| &occurrence.sentence).collect();
            assert_eq!(sentences.len(), 20, "{word}");
            assert!(sentences.is_disjoint(&read));
            for occurrence in known.iter().chain(held_out) {
                assert_eq!(corpus.word(occurrence.sentence[occurrence.position]), word);
            }
        }
    }
}
