//! C3: what goes through one vector, and what is lost there.

pub mod aligned;
pub mod figures;
mod findings;
pub mod models;
#[cfg(test)]
mod tests;
pub mod training;
pub mod translators;

use std::ops::RangeInclusive;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::Basis,
};
use translators::Translators;

/// How many English words the sentences have; a question mark counts as one.
pub const LENGTHS: RangeInclusive<usize> = 3..=12;

/// Those that count as short.
pub const SHORT: RangeInclusive<usize> = 3..=5;

/// Those that count as long.
pub const LONG: RangeInclusive<usize> = 10..=12;

const TEXT: &str = include_str!("text.md");

/// See the criterion.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C3",
    text: TEXT,
    thresholds: &[
        ("better", 100.0 * BETTER.number()),
        ("bits", BITS.number()),
        ("enough", 100.0 * ENOUGH),
        ("from", *LONG.start() as f64),
        ("to", *LONG.end() as f64),
        ("short from", *SHORT.start() as f64),
        ("short to", *SHORT.end() as f64),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [Some(21), Some(141), Some(440)],
    memory: Memory { alone: [108, 280, 610], thread: [13, 15, 20] },
    run,
};

/// What counts as better, as a part of the sentences.
pub const BETTER: Bound = Bound::More(0.05);

/// What counts as a loss, in bits a word.
const BITS: Bound = Bound::More(0.1);

/// The part of the short sentences that both have to get right for a fall to say anything.
const ENOUGH: f64 = 0.5;

fn run(session: &Session) -> anyhow::Result<Finding> {
    Ok(findings::conclude(&*Translators::of(session)?))
}

/// Exact match of encoder-decoder and attention on short and on long sentences, of each seed.
type Exact = [[Vec<f64>; 2]; 2];

/// How much exact match falls from short sentences to long ones, so many of each: the encoder-decoder's, and by how much
/// more than attention's.
fn falls([short, long]: &Exact, items: usize) -> [Summary; 2] {
    let lead = |[plain, attention]: &[Vec<f64>; 2]| Summary::of_differences_right(attention, plain, items);
    [Summary::of_differences_right(&short[0], &long[0], items), lead(long).minus(&lead(short))]
}

/// The criterion: from exact match; how many more bits a word are lost where reading begins than where it ends; and how many
/// more behind the narrowest vector than behind one of [`WIDER`](models::TranslatorKind::WIDER).
fn parts(exact: &Exact, items: usize, first: &Summary, narrow: &Summary) -> [Part; 4] {
    let [fall, more] = falls(exact, items);
    let tells = exact[0].iter().all(|right| Summary::of(right).mean >= ENOUGH);
    [
        Part::of("the encoder-decoder's exact match falls with length", &fall, BETTER).only_if(tells),
        Part::of("the encoder-decoder's exact match falls more than attention's", &more, BETTER).only_if(tells),
        Part::of("more bits a word are missing about words read first than about words read last", first, BITS),
        Part::of("more bits a word are missing behind a narrow vector than behind a wider one", narrow, BITS),
    ]
}
