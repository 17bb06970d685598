//! Sentence pairs to train translators with, of which length, bits and word order are known.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::{Generator, Sentence};
use data::Token;
use data::pairs::{Level, PairBatch, TokenPair, Vocabulary};
use data::score::{Link, crossings};

/// Pairs to learn from and pairs to judge by, none of them in both.
///
/// ```
/// use grammar::pairs::KnownPairs;
///
/// let pairs = KnownPairs::new(3..=5, 500, 4);
/// assert_eq!((pairs.training.len(), pairs.held_out.len()), (500, 3)); // a group for each length
/// let (_, known) = pairs.most_inverted(5);
/// assert_eq!(pairs.english_words(known).join(" "), "where are the cans ?");
/// ```
pub struct KnownPairs {
    lengths: RangeInclusive<usize>,
    /// Of the English words that are learnt from.
    pub english: Vocabulary,
    /// Of the Spanish ones.
    pub spanish: Vocabulary,
    /// As many of each length, but for those that are judged by and are left out.
    pub training: Vec<TokenPair>,
    /// To choose settings by: a batch for each length.
    pub validation: Vec<PairBatch>,
    /// To judge by: a group for each length, the shortest first.
    pub held_out: Vec<SameLength>,
}

/// Sentences with the same number of English words.
pub struct SameLength {
    /// How many words; a question mark counts as one.
    pub length: usize,
    /// At least one.
    pub sentences: Vec<KnownPair>,
}

/// A pair and what is known of it.
pub struct KnownPair {
    /// English and Spanish.
    pub pair: TokenPair,
    /// Which English word says what which Spanish word says.
    pub alignment: Vec<Link>,
    /// What the sentence tells who knows nothing of it, its length included: -log2 p, all lengths being as likely.
    pub bits: f64,
}

impl KnownPair {
    /// How often two words stand in one order in English and in the other in Spanish.
    pub fn crossings(&self) -> usize {
        crossings(&self.alignment)
    }

    /// Whether the word order is inverted somewhere.
    pub fn inverted(&self) -> bool {
        self.crossings() > 0
    }
}

impl SameLength {
    /// All of them, in their order.
    pub fn batch(&self) -> PairBatch {
        batch_of(self.sentences.iter().map(|known| &known.pair))
    }

    /// The mean of what a sentence holds, in bits.
    pub fn bits(&self) -> f64 {
        self.sentences.iter().map(|known| known.bits).sum::<f64>() / self.sentences.len() as f64
    }
}

impl KnownPairs {
    /// So many pairs to learn from, and up to `per_length` of each length to judge by: of lengths with few sentences a
    /// tenth of all. To choose by there are a quarter as many.
    ///
    /// # Panics
    /// If there is a length that no sentence of [`Generator::default`] has.
    #[track_caller]
    pub fn new(lengths: RangeInclusive<usize>, training: usize, per_length: usize) -> Self {
        let generator = Generator::default();
        let mut draw = Draw { generator: &generator, drawn: BTreeSet::new() };
        let mut of_each = |part, count| -> Vec<(usize, Vec<Sentence>)> {
            lengths.clone().map(|length| (length, draw.different(part, length, count))).collect()
        };
        let held_out = of_each(Part::HeldOut, per_length);
        let validation = of_each(Part::Validation, per_length.div_ceil(4));

        // A sentence may come twice in training, as in any text, but none that is judged by.
        let sentences = lengths
            .clone()
            .cycle()
            .zip(0..)
            .map(|(length, index)| generator.sentence(length..=length, Part::Training as u64, index));
        let new = |sentence: &Sentence| !draw.drawn.contains(&sentence.english.join(" "));
        let training: Vec<Sentence> = sentences.filter(new).take(training).collect();

        let vocabulary = |side: fn(&Sentence) -> &[String]| {
            let texts: Vec<String> = training.iter().map(|sentence| text(side(sentence))).collect();
            Vocabulary::new(Level::Word, false, usize::MAX, texts.iter().map(String::as_str))
        };
        let (english, spanish) = (vocabulary(|sentence| &sentence.english), vocabulary(|sentence| &sentence.spanish));
        let pair = |sentence: &Sentence| -> TokenPair {
            (english.encode(&text(&sentence.english)), spanish.encode(&text(&sentence.spanish)))
        };
        let known = |sentence: &Sentence| KnownPair {
            pair: pair(sentence),
            alignment: sentence.alignment.clone(),
            // The generator's probability is that among the sentences of its length.
            bits: (lengths.clone().count() as f64).log2() - sentence.log2_probability,
        };
        let batch = |sentences: &[Sentence]| batch_of(sentences.iter().map(pair).collect::<Vec<_>>().iter());
        let group = |(length, sentences): &(usize, Vec<Sentence>)| SameLength {
            length: *length,
            sentences: sentences.iter().map(known).collect(),
        };
        Self {
            training: training.iter().map(pair).collect(),
            validation: validation.iter().map(|(_, sentences)| batch(sentences)).collect(),
            held_out: held_out.iter().map(group).collect(),
            english,
            spanish,
            lengths,
        }
    }

    /// All sentences to judge by.
    pub fn judged(&self) -> impl Iterator<Item = &KnownPair> {
        self.held_out.iter().flat_map(|group| &group.sentences)
    }

    /// Of the sentences to judge by that have this length, the one with the most inversions, and which of
    /// [`judged`](Self::judged) it is.
    ///
    /// # Panics
    /// If there is none of this length.
    #[track_caller]
    pub fn most_inverted(&self, length: usize) -> (usize, &KnownPair) {
        assert!(self.lengths.contains(&length), "KnownPairs: no sentence of {:?} has {length} words", self.lengths);
        let judged = self.judged().enumerate().filter(|(_, known)| known.pair.0.len() == length);
        let most = judged.max_by_key(|(at, known)| (known.crossings(), Reverse(*at)));
        most.expect("there are sentences of every length")
    }

    /// The English words as they are written.
    pub fn english_words(&self, known: &KnownPair) -> Vec<String> {
        known.pair.0.iter().map(|&token| written(&self.english, token)).collect()
    }

    /// The Spanish ones.
    pub fn spanish_words(&self, known: &KnownPair) -> Vec<String> {
        known.pair.1.iter().map(|&token| written(&self.spanish, token)).collect()
    }
}

/// The possessive, which a vocabulary would take for two tokens, and what stands for it there.
const POSSESSIVE: [&str; 2] = ["'s", "s"];

/// The words as a vocabulary takes each for one token.
fn text(words: &[String]) -> String {
    let [written, token] = POSSESSIVE;
    words.iter().map(|word| if word == written { token } else { word }).collect::<Vec<_>>().join(" ")
}

fn written(vocabulary: &Vocabulary, token: Token) -> String {
    let [written, possessive] = POSSESSIVE;
    let word = vocabulary.piece(token);
    let word = word.trim();
    if word == possessive { written.into() } else { word.into() }
}

fn batch_of<'p>(pairs: impl Iterator<Item = &'p TokenPair>) -> PairBatch {
    let pairs: Vec<(&[Token], &[Token])> = pairs.map(|(source, target)| (&source[..], &target[..])).collect();
    PairBatch::new(&pairs)
}

/// The streams of the generator.
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
    fn different(&mut self, part: Part, length: usize, count: usize) -> Vec<Sentence> {
        let most = (self.generator.count(length) / 10).min(count as u128) as usize;
        let sentences = (0..).map(|index| self.generator.sentence(length..=length, part as u64, index));
        sentences.filter(|sentence| self.drawn.insert(sentence.english.join(" "))).take(most).collect()
    }
}
