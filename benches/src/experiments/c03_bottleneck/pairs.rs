//! The sentences of C3 and C4: generated pairs, of which length, bits and word order are known.

use std::{cmp::Reverse, collections::BTreeSet};

use data::{
    Token,
    pairs::{Level, PairBatch, TokenPair, Vocabulary},
    score::{Link, crossings},
};
use grammar::{Generator, Sentence};

/// How many English words the sentences have; a question mark counts as one.
pub const LENGTHS: std::ops::RangeInclusive<usize> = 3..=12;

/// Those that count as short.
pub const SHORT: std::ops::RangeInclusive<usize> = 3..=5;

/// Those that count as long.
pub const LONG: std::ops::RangeInclusive<usize> = 10..=12;

/// Lengths of the sentences whose alignments are drawn.
pub const DRAWN: [usize; 3] = [6, 7, 8];

/// Pairs to learn from and pairs to judge by, none of them in both.
pub struct Pairs {
    /// Of the English words that are learnt from.
    pub english: Vocabulary,
    pub spanish: Vocabulary,
    /// As many of each of the [`LENGTHS`], but for those that are judged by and are left out.
    pub training: Vec<TokenPair>,
    /// To choose learning rates by.
    pub validation: Vec<PairBatch>,
    pub held_out: Vec<Group>,
}

/// Sentences with the same number of English words.
pub struct Group {
    pub length: usize,
    pub sentences: Vec<Known>,
}

/// A pair and what is known of it.
pub struct Known {
    pub pair: TokenPair,
    /// Which English word says what which Spanish word says.
    pub alignment: Vec<Link>,
    /// What the sentence tells who knows nothing of it, its length included: -log2 p, all [`LENGTHS`] being as likely.
    pub bits: f64,
}

impl Known {
    fn new(sentence: &Sentence, english: &Vocabulary, spanish: &Vocabulary) -> Self {
        let pair = (english.encode(&text(&sentence.english)), spanish.encode(&text(&sentence.spanish)));
        // The generator's probability is that among the sentences of its length.
        let bits = (LENGTHS.count() as f64).log2() - sentence.log2_probability;
        Self { pair, alignment: sentence.alignment.clone(), bits }
    }

    /// How often two words stand in one order in English and in the other in Spanish.
    pub fn crossings(&self) -> usize {
        crossings(&self.alignment)
    }

    /// Whether the word order is inverted somewhere.
    pub fn inverted(&self) -> bool {
        self.crossings() > 0
    }
}

impl Group {
    pub fn batch(&self) -> PairBatch {
        batch_of(self.sentences.iter().map(|known| &known.pair))
    }

    /// The mean of what a sentence holds, in bits.
    pub fn bits(&self) -> f64 {
        self.sentences.iter().map(|known| known.bits).sum::<f64>() / self.sentences.len() as f64
    }
}

/// The possessive, which a vocabulary would take for two tokens, and what stands for it there.
const POSSESSIVE: [&str; 2] = ["'s", "s"];

/// The words as a vocabulary takes each for one token.
fn text(words: &[String]) -> String {
    let [written, token] = POSSESSIVE;
    words.iter().map(|word| if word == written { token } else { word }).collect::<Vec<_>>().join(" ")
}

/// A word as it is written.
pub fn written(vocabulary: &Vocabulary, token: Token) -> String {
    let [written, possessive] = POSSESSIVE;
    let word = vocabulary.piece(token);
    let word = word.trim();
    if word == possessive { written.into() } else { word.into() }
}

fn batch_of<'p>(pairs: impl Iterator<Item = &'p TokenPair>) -> PairBatch {
    let pairs: Vec<(&[Token], &[Token])> = pairs.map(|(source, target)| (&source[..], &target[..])).collect();
    PairBatch::new(&pairs)
}

#[derive(Clone, Copy)]
enum Part {
    HeldOut = 1,
    Validation = 2,
    Training = 3,
}

/// Sentences that were not drawn before, one after another.
struct Draw<'g> {
    generator: &'g Generator,
    drawn: BTreeSet<String>,
}

impl Draw<'_> {
    /// New sentences of a length. Of lengths with few sentences at most a tenth of all.
    fn different(&mut self, part: Part, length: usize, count: usize) -> Vec<Sentence> {
        let most = (self.generator.count(length) / 10).min(count as u128) as usize;
        let sentences = (0..).map(|index| self.generator.sentence(length..=length, part as u64, index));
        sentences.filter(|sentence| self.drawn.insert(sentence.english.join(" "))).take(most).collect()
    }
}

impl Pairs {
    /// So many pairs to learn from, and up to `per_length` of each length to judge by.
    pub fn new(training: usize, per_length: usize) -> Self {
        let generator = Generator::default();
        let mut draw = Draw { generator: &generator, drawn: BTreeSet::new() };
        let held_out = LENGTHS.map(|length| (length, draw.different(Part::HeldOut, length, per_length)));
        let held_out: Vec<(usize, Vec<Sentence>)> = held_out.collect();
        let validation = LENGTHS.map(|length| draw.different(Part::Validation, length, per_length.div_ceil(4)));
        let validation: Vec<Vec<Sentence>> = validation.collect();

        // A sentence may come twice in training, as in any text, but none that is judged by.
        let lengths = LENGTHS.cycle().zip(0..);
        let sentences =
            lengths.map(|(length, index)| generator.sentence(length..=length, Part::Training as u64, index));
        let new = |sentence: &Sentence| !draw.drawn.contains(&sentence.english.join(" "));
        let training: Vec<Sentence> = sentences.filter(new).take(training).collect();

        let vocabulary = |side: fn(&Sentence) -> &[String]| {
            let texts: Vec<String> = training.iter().map(|sentence| text(side(sentence))).collect();
            Vocabulary::new(Level::Word, false, usize::MAX, texts.iter().map(String::as_str))
        };
        let (english, spanish) = (vocabulary(|sentence| &sentence.english), vocabulary(|sentence| &sentence.spanish));
        let known = |sentence: &Sentence| Known::new(sentence, &english, &spanish);
        Self {
            training: training.iter().map(|sentence| known(sentence).pair).collect(),
            validation: validation
                .iter()
                .map(|sentences| {
                    batch_of(sentences.iter().map(known).map(|known| known.pair).collect::<Vec<_>>().iter())
                })
                .collect(),
            held_out: held_out
                .iter()
                .map(|(length, sentences)| Group { length: *length, sentences: sentences.iter().map(known).collect() })
                .collect(),
            english,
            spanish,
        }
    }

    /// All sentences to judge by.
    pub fn judged(&self) -> impl Iterator<Item = &Known> {
        self.held_out.iter().flat_map(|group| &group.sentences)
    }

    /// The sentences whose alignments are drawn, of each middle length the one with the most inversions, and where they
    /// stand among those to judge by.
    pub fn drawn(&self) -> [(usize, &Known); DRAWN.len()] {
        DRAWN.map(|length| {
            let judged = self.judged().enumerate().filter(|(_, known)| known.pair.0.len() == length);
            let most = judged.max_by_key(|(at, known)| (known.crossings(), Reverse(*at)));
            most.expect("there are sentences of every middle length")
        })
    }
}

#[cfg(test)]
mod tests {
    use data::pairs::UNKNOWN;

    use super::*;

    #[test]
    fn step_01_nothing_is_learnt_from_that_is_judged_by() {
        let pairs = Pairs::new(2_000, 20);
        let text = |pair: &TokenPair| pairs.english.decode(&pair.0);
        let judged: BTreeSet<String> = pairs.judged().map(|known| text(&known.pair)).collect();
        assert!(pairs.training.iter().all(|pair| !judged.contains(&text(pair))));
        assert_eq!(pairs.training.len(), 2_000);
        assert_eq!(pairs.held_out.len(), LENGTHS.count());
        for group in &pairs.held_out {
            let fits = |known: &Known| {
                let ends = known.alignment.iter().all(|&(s, t)| s < known.pair.0.len() && t < known.pair.1.len());
                known.pair.0.len() == group.length && ends
            };
            assert!(group.sentences.iter().all(fits), "{}", group.length);
        }
        assert!(pairs.held_out.is_sorted_by(|a, b| a.bits() < b.bits()), "longer sentences hold more");
        let known = pairs.judged().filter(|known| !known.pair.1.contains(&UNKNOWN)).count();
        assert!(2 * known > pairs.judged().count(), "most words are learnt");
    }

    #[test]
    fn step_02_the_bits_tell_the_length_too() {
        let generator = Generator::default();
        let any = || Vocabulary::new(Level::Word, true, usize::MAX, ["word"]);
        let (english, spanish) = (any(), any());
        for length in LENGTHS {
            let sentence = generator.sentence(length..=length, Part::HeldOut as u64, 0);
            let probability = (-Known::new(&sentence, &english, &spanish).bits).exp2();
            // One of ten lengths, then one of its sentences.
            assert!((probability / (sentence.log2_probability.exp2() / 10.0) - 1.0).abs() < 1e-9, "{length}");
        }
    }
}
