//! What is learnt from and what is judged by, divided so that each division asks something else.

use std::ops::RangeInclusive;

use ndarray_rand::rand::Rng;

use super::{Bond, Generator, Sentence};
use data::random::stream;

/// A way to divide all sentences in two halves. No sentence is in both, and which one it is in depends on its English
/// side alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// One sentence in ten is for the test, chosen by chance. Asks for sentences like those that were learnt.
    Random,
    /// Up to 8 words to learn from, 9 to 14 for the test. Asks for longer sentences than were ever seen.
    Length,
    /// Every eighth pair of an adjective and a noun that it describes, or of a verb and a noun that is its object, is
    /// in no sentence to learn from, and in all of the test there is one. Asks to combine what was seen apart (as SCAN
    /// does: Lake & Baroni 2018, *Generalization without systematicity*, experiment 3).
    Composition,
    /// Every eighth number of two words or more is in no sentence to learn from, and in all of the test there is one.
    /// Whatever the number tells counts: how many, a price, an age, a year, the minutes of a time, and the day of a
    /// month, where thirty first is thirty one as it is in Spanish. A number is all its words: where thirty one is held
    /// out, thirty one thousand need not be.
    Numbers,
}

/// A half of a [`Split`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// To learn from.
    Train,
    /// To judge by.
    Test,
}

impl Split {
    /// The longest sentence to learn from in [`Split::Length`].
    pub const LONGEST_TO_LEARN: usize = 8;

    /// Where the sentence belongs.
    pub fn half(self, sentence: &Sentence) -> Half {
        let test = match self {
            Self::Random => by_chance("random", &sentence.english.join(" "), 0.1),
            Self::Length => sentence.english.len() > Self::LONGEST_TO_LEARN,
            Self::Composition => sentence.bonds.iter().any(Self::holds_out),
            Self::Numbers => numbers(sentence).iter().any(|number| by_chance("number", number, 0.125)),
        };
        if test { Half::Test } else { Half::Train }
    }

    /// Whether [`Split::Composition`] keeps this combination for the test.
    pub fn holds_out(bond: &Bond) -> bool {
        let [one, other] = [&bond.one, &bond.other].map(|lemma| lemma.join(" "));
        by_chance("composition", &format!("{one} {other}"), 0.125)
    }
}

/// The numbers of two words or more. Spans keep those apart that follow each other: on March third two hundred boys.
fn numbers(sentence: &Sentence) -> Vec<String> {
    let told = sentence.spans.iter().filter(|span| NUMBERED.contains(&span.label.as_str()));
    let runs = told.flat_map(|span| sentence.english[span.words.clone()].split(|word| BESIDE.contains(&word.as_str())));
    let cardinal = |word: &String| {
        let unit = ORDINALS.iter().find(|[ordinal, _]| word == ordinal);
        unit.map_or(word.clone(), |[_, cardinal]| (*cardinal).to_owned())
    };
    let numbers = runs.filter(|run| run.len() > 1).map(|run| run.iter().map(cardinal).collect::<Vec<_>>().join(" "));
    numbers.collect()
}

/// The spans that tell numbers.
const NUMBERED: [&str; 5] = ["number", "age", "year", "date", "time"];

/// The words that stand beside the numbers in these spans.
const BESIDE: [&str; 18] = [
    "a",
    "half",
    "quarter",
    "past",
    "to",
    "o'clock",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The ordinals that end a number of two words, with what they count.
const ORDINALS: [[&str; 2]; 9] = [
    ["first", "one"],
    ["second", "two"],
    ["third", "three"],
    ["fourth", "four"],
    ["fifth", "five"],
    ["sixth", "six"],
    ["seventh", "seven"],
    ["eighth", "eight"],
    ["ninth", "nine"],
];

/// True for this share of all texts, and always the same for a text.
fn by_chance(split: &str, text: &str, share: f64) -> bool {
    stream(0, 0, &format!("{split}: {text}")).random::<f64>() < share
}

impl Generator {
    /// The sentence number `index` of a seed in a half of a split: as [`sentence`](Self::sentence), but sentences of the
    /// length drawn are drawn until one is in the half. So within a length the shares of two sentences of the half are
    /// as their probabilities; the sum of these over the half is not 1, and its share of the length's is known only by
    /// counting.
    ///
    /// # Panics
    /// As [`sentence`](Self::sentence), and if 100,000 draws give no sentence of the half.
    #[track_caller]
    pub fn example(&self, split: Split, half: Half, lengths: RangeInclusive<usize>, seed: u64, index: u64) -> Sentence {
        let mut rng = stream(seed, index, "sentence");
        let length = self.draw_length(lengths, &mut rng);
        let drawn = (0..100_000).map(|_| self.draw(length, &mut rng)).find(|sentence| split.half(sentence) == half);
        let Some(sentence) = drawn else {
            panic!("generator: hardly any sentence of {length} words is in the {half:?} half of {split:?}")
        };
        sentence
    }
}
