//! C4: looking back instead of remembering.

mod aligners;
mod findings;

use report::statistics::Summary;

use crate::{
    experiments::c03_bottleneck::{BETTER, LONG, SHORT, translators::Translators},
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::parts::{Bound, Part},
    verdict::Basis,
};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the heat maps show where the translators look.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C4",
    text: TEXT,
    thresholds: &[
        ("better", 100.0 * BETTER.number()),
        ("from", *LONG.start() as f64),
        ("to", *LONG.end() as f64),
        ("short from", *SHORT.start() as f64),
        ("short to", *SHORT.end() as f64),
        ("flatter", FLATTER),
        ("aligned", ALIGNED),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [Some(1), Some(3), Some(8)],
    memory: Memory { alone: [110, 280, 612], thread: [11, 14, 20] },
    run,
};

/// How many times the encoder-decoder's rise attention may lose.
const FLATTER: f64 = 0.5;
/// How many times the diagonal's alignment error attention may make.
const ALIGNED: f64 = 0.5;
/// Each of the two is one number less a part of another, which has to be left over.
const ANY: Bound = Bound::More(0.0);

fn run(session: &Session) -> anyhow::Result<Finding> {
    Ok(findings::conclude(&*Translators::of(session)?))
}

/// What each seed of a translator gives: the part of the long sentences that is right, and how many more bits a word are
/// lost of them than of short ones.
struct OnLong {
    right: Vec<f64>,
    rise: Vec<f64>,
}

/// How many more of so many long sentences a translator gets right than another.
fn ahead(by: &OnLong, of: &OnLong, items: usize) -> Summary {
    Summary::of_differences_right(&by.right, &of.right, items)
}

/// The criterion: the encoder-decoder, attention, and attention that reads forwards only, on so many long sentences; and the
/// alignment errors of attention and of the diagonal where the word order is inverted.
fn parts([plain, attention, forwards]: &[OnLong; 3], items: usize, errors: &[f64], diagonal: f64) -> [Part; 6] {
    let ahead = |by| ahead(by, plain, items);
    let flatter = |by: &OnLong| {
        Summary::of_differences(&plain.rise.iter().map(|rise| FLATTER * rise).collect::<Vec<_>>(), &by.rise)
    };
    let aligned: Vec<f64> = errors.iter().map(|error| ALIGNED * diagonal - error).collect();
    [
        Part::of("the encoder-decoder's missing bits a word rise with length", &Summary::of(&plain.rise), ANY),
        Part::of("attention gets more of the long sentences right than the encoder-decoder", &ahead(attention), BETTER),
        Part::of("attention that reads forwards only gets more of the long sentences right", &ahead(forwards), BETTER),
        Part::of("attention's missing bits a word rise less than half as much", &flatter(attention), ANY),
        Part::of(
            "missing bits a word rise less than half as much with attention that reads forwards only",
            &flatter(forwards),
            ANY,
        ),
        Part::of("attention's alignment error is less than half of the diagonal's", &Summary::of(&aligned), ANY),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::Verdict::{self, NotShown, Reverse, Shown};

    /// Encoder-decoder, attention, attention that reads forwards: right, and rise; then attention's error.
    fn judged(right: [f64; 3], rise: [f64; 3], error: f64) -> [Verdict; 6] {
        let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
        let of_each = std::array::from_fn(|i| OnLong { right: three(right[i]), rise: three(rise[i]) });
        parts(&of_each, 300, &three(error), 0.6).map(|part| part.verdict)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        assert_eq!(judged([0.3, 0.9, 0.8], [0.8, 0.1, 0.2], 0.2), [Shown; 6]);
        assert_eq!(judged([0.3, 0.9, 0.1], [0.8, 0.1, 0.9], 0.2), [Shown, Shown, Reverse, Shown, Reverse, Shown]);
        assert_eq!(judged([0.9, 0.3, 0.9], [0.8, 0.5, 0.3], 0.4), [Shown, Reverse, NotShown, Reverse, Shown, Reverse]);
        assert_eq!(judged([0.01, 0.01, 0.01], [-0.2, 0.0, 0.0], 0.3)[..3], [Reverse, NotShown, NotShown]);
    }
}
