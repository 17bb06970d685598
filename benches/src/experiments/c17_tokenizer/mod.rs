//! C17: a trained tokenizer keeps frequent words whole and splits rare ones into pieces.
//!
//! Byte-pair encoding is trained on the text that is learned from, with vocabularies of several sizes. Judged is what is
//! counted: what becomes of the words of the held-out text. Beside it, what a vocabulary buys: small GPTs trained with
//! about equal arithmetic, compared by the bits that they need for a byte.

mod findings;
#[cfg(test)]
mod tests;
mod training;
mod words;

use data::divide;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{counted::Counted, grid},
    verdict::Basis,
};
use training::{BitsPerByte, Reading};
use words::{Vocabulary, Word, held_out_words};

const TEXT: &str = include_str!("text.md");

/// Trains tokenizers, and looks at the words of a text that they have not seen.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C17",
    text: TEXT,
    thresholds: &[("split", SPLIT)],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [None, Some(38), Some(202)],
    memory: Memory { alone: [40, 40, 60], thread: [20, 20, 30] },
    run,
};

/// The share of rare words that has to be split.
const SPLIT: f64 = 0.8;

/// The vocabulary of the bytes alone, which splits all.
const BYTES: usize = 256;

/// The models that read one vocabulary, by its size.
type Cell = grid::Cell<usize, BitsPerByte>;

/// What was counted, and what was trained beside it.
struct Measurements {
    /// Of the held-out text, in alphabetical order.
    words: Vec<Word>,
    /// The smallest first, which is that of the bytes.
    vocabularies: Vec<Vocabulary>,
    cells: Vec<Cell>,
    reading: Reading,
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let sizes: &[usize] =
        session.budget.pick(&[BYTES, 512], &[BYTES, 512, 1_024, 2_048], &[BYTES, 512, 1_024, 2_048, 4_096]);
    let (learned_from, held_out) = divide(session.text.as_str(), data::HELD_OUT);
    let vocabularies: Vec<Vocabulary> = sizes.iter().map(|&size| Vocabulary::train(learned_from, size)).collect();
    let reading = Reading::new(session, &vocabularies, learned_from, held_out)?;
    let cells = grid::measure(session, "C17, vocabularies", &reading, sizes)?;
    let words = held_out_words(learned_from, held_out);
    Ok(findings::conclude(&Measurements { words, vocabularies, cells, reading }))
}

/// Of every vocabulary but that of the bytes, whether it keeps frequent words and splits rare ones.
fn judge(words: &[Word], vocabularies: &[Vocabulary]) -> Counted {
    let trained = vocabularies.iter().filter(|vocabulary| vocabulary.size > BYTES);
    let both = trained.flat_map(|vocabulary| {
        let [frequent, rare] = vocabulary.shares(words);
        let named = |what: &str| format!("{what} with {} tokens", report::format::count(vocabulary.size as u64));
        [
            (named("frequent words whole"), frequent.whole == frequent.all),
            (named("rare words split"), (rare.all - rare.whole) as f64 > SPLIT * rare.all as f64),
        ]
    });
    both.collect()
}
