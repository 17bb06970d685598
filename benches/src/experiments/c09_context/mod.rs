//! C9: the same word gets a different vector in a different context.
//!
//! Encoders learn to fill gaps in generated English, in which it is known in which sense an ambiguous word stands. Nobody
//! tells them. Then the vectors of such words are compared before the first layer and after each, with those of the same
//! encoders before training: any encoder mixes context into its vectors, and what counts is what training adds.

mod encoder;
mod findings;
mod separation;

use grammar::SenseCorpus;
use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid::{self, Cell},
        parts::{Bound, Part},
    },
    verdict::Basis,
};
use encoder::{Depth, Encoders, FillingGaps, LAYERS, Vectors};

const TEXT: &str = include_str!("text.md");

/// Compares the vectors of ambiguous words.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C9",
    text: TEXT,
    thresholds: &[("apart", APART.number()), ("better", BETTER.number())],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [Some(8), Some(48), Some(215)],
    memory: Memory { alone: [70, 185, 600], thread: [6, 10, 20] },
    run,
};

/// How much more often two occurrences in different senses have to be farther apart than two in the same sense.
const APART: Bound = Bound::More(0.1);
/// How much higher the probe's accuracy has to be.
const BETTER: Bound = Bound::More(0.1);

/// Shown as an example: the word of the claim if it is found often enough, otherwise the next.
const EXAMPLES: [&str; 3] = ["novel", "bank", "light"];

fn run(session: &Session) -> anyhow::Result<Finding> {
    let budget = session.budget;
    let each = budget.pick(40, 60, 100);
    let [read, searched] = budget.pick([5_000, 20_000], [20_000, 60_000], [60_000, 200_000]);
    let corpus = SenseCorpus::new([read, searched, 256], each);
    anyhow::ensure!(!corpus.homographs.is_empty(), "the generated sentences have no word in two senses {each} times");
    let place = |word| corpus.homographs.iter().position(|homograph| homograph.word == word);
    let example = EXAMPLES.into_iter().find_map(place).unwrap_or(0);
    let study = FillingGaps { corpus: &corpus, example, steps: budget.steps(1_200, 6_000, 30_000) };
    let cells = grid::measure(session, "C9, filling gaps", &study, &[()])?;
    Ok(findings::conclude(&study, each, &cells[0]))
}

/// A number of every trained and of every untrained encoder after the last layer.
fn after_the_last(encoders: &Cell<(), Encoders>, value: fn(&Depth) -> f64) -> [Vec<f64>; 2] {
    let last = |vectors: &Vectors| value(&vectors.depths[LAYERS]);
    [encoders.each(|e| last(&e.trained)), encoders.each(|e| last(&e.untrained))]
}

/// What training adds to the probe's accuracy, which `held_out` occurrences judge.
fn better(encoders: &Cell<(), Encoders>, held_out: usize) -> Summary {
    let [trained, untrained] = after_the_last(encoders, Depth::accuracy);
    Summary::of_differences_right(&trained, &untrained, held_out)
}

fn parts(encoders: &Cell<(), Encoders>, held_out: usize) -> [Part; 2] {
    let [trained, untrained] = after_the_last(encoders, Depth::area);
    let (apart, better) = (Summary::of_differences(&trained, &untrained), better(encoders, held_out));
    [
        Part {
            unit: "more area under the curve".to_owned(),
            ..Part::of("training moves different senses apart", &apart, APART)
        },
        Part {
            unit: "more accuracy".to_owned(),
            ..Part::of("training makes the senses easier to tell for a linear classifier", &better, BETTER)
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::{encoder::Looks, *};
    use crate::{
        study::{grid::Score, parts},
        verdict::Verdict,
    };

    const EMPTY: Looks = Looks { sentence: Vec::new(), weights: Vec::new() };

    /// Areas and accuracies after the last layer, of untrained and of trained encoders.
    fn judged(areas: [f64; 2], accuracies: [f64; 2]) -> Verdict {
        let encoders = |noise: f64| {
            let [untrained, trained] = [0, 1].map(|i| {
                let depth = Depth { probes: vec![accuracies[i] + noise, accuracies[i]], areas: vec![areas[i] - noise] };
                Vectors { loss: 1.0, depths: vec![depth; LAYERS + 1] }
            });
            Encoders { untrained, trained, looks: [EMPTY, EMPTY] }
        };
        let outcomes = [0.001, 0.002, 0.004].map(encoders).into();
        let cell = Cell { case: (), learning_rate: 1.0, score: Score(0.0, 0.0), outcomes };
        parts::verdict(&super::parts(&cell, 2_000))
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        assert_eq!(judged([0.6, 0.9], [0.7, 0.95]), Verdict::Shown);
        assert_eq!(judged([0.6, 0.65], [0.7, 0.95]), Verdict::NotShown);
        assert_eq!(judged([0.6, 0.9], [0.9, 0.95]), Verdict::NotShown);
        assert_eq!(judged([0.9, 0.6], [0.95, 0.7]), Verdict::Reverse);
    }
}
