//! How C8 is judged.

use report::statistics::Summary;

use super::{
    Heads,
    saturation::{Scores, WIDTHS},
};
use crate::{
    study::parts::{Bound, Part},
    verdict::Verdict,
};

/// How much more the largest weight has to be.
pub const SATURATED: Bound = Bound::More(0.5);
/// How far the divided scores' largest weight may move between these widths.
pub const STEADY: Bound = Bound::Within(0.05);
pub const FROM: usize = 16;
pub const TO: usize = WIDTHS[WIDTHS.len() - 1];
/// The width that is trained to judge by, at every budget: that of the heads of many large models.
pub const TRAINED: usize = 128;
/// How many times as many steps the undivided scores have to take.
pub const SLOWER: Bound = Bound::Times(1.5);

impl Heads {
    pub fn parts(&self) -> [Part; 3] {
        let [divided, raw] = Scores::ALL.map(|scores| self.untrained(TO, scores, |s| s.largest));
        let more = Summary::of_differences(&raw, &divided);
        let moved = Summary::of_differences(&divided, &self.untrained(FROM, Scores::Divided, |s| s.largest));
        let reached = |scores| self.trained(TRAINED, scores).outcomes.iter().all(|curve| curve.half().is_some());
        [
            Part {
                unit: "more in the largest weight".to_owned(),
                ..Part::of("without the scale nearly all weight is on one key", &more, SATURATED)
            },
            Part {
                unit: format!("from width {FROM} to {TO}"),
                ..Part::of("with the scale the weights are the same at every width", &moved, STEADY)
            },
            Part {
                claim: "without the scale learning takes longer",
                found: Summary::of_magnitudes(&self.slower(TRAINED)).into(),
                unit: "times the steps".to_owned(),
                needed: SLOWER.to_string(),
                // A training that ends too early counts with all its steps, which are fewer than it needs.
                verdict: match SLOWER.judge(&self.slow_down()) {
                    Verdict::Shown if reached(Scores::Divided) => Verdict::Shown,
                    verdict @ (Verdict::NotShown | Verdict::Reverse) if reached(Scores::Raw) => verdict,
                    _ => Verdict::Undecided,
                },
            },
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        experiments::c08_scaling::{
            retrieval::LossCurve,
            saturation::{Head, Saturation},
        },
        study::{
            grid::{Cell, Score},
            parts,
        },
    };

    /// Largest weights with the division at widths 16 and 1024 and without it at 1024, and after how many steps each way has
    /// learned half, or that it never has.
    fn parts([from, divided, raw]: [f64; 3], steps: [Option<u64>; 2]) -> [Part; 3] {
        let untrained = |width, scores, largest: f64| {
            let seed = |x| Saturation {
                scores: 1.0,
                largest: x * largest,
                entropy: 1.0,
                median_gradient: 1.0,
                mean_gradient: 1.0,
            };
            (Head { width, scores }, [0.99, 1.0, 1.01].map(seed).into())
        };
        let trained = Scores::ALL.into_iter().zip(steps).map(|(scores, steps)| {
            let learned = |seed| steps.map(|steps| (steps + seed, 1.0));
            Cell {
                case: Head { width: TRAINED, scores },
                learning_rate: 1.0,
                score: Score(0.0, 0.0),
                outcomes: [1, 2, 3]
                    .map(|seed| LossCurve(learned(seed).into_iter().chain([(1_000, 2.0)]).collect()))
                    .into(),
            }
        });
        Heads {
            untrained: vec![
                untrained(FROM, Scores::Divided, from),
                untrained(TO, Scores::Divided, divided),
                untrained(TO, Scores::Raw, raw),
            ],
            trained: trained.collect(),
        }
        .parts()
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let verdict = |weights, steps| parts::verdict(&parts(weights, steps));
        let (weights, steps) = ([0.1, 0.1, 0.95], [Some(100), Some(300)]);
        assert_eq!(verdict(weights, steps), Verdict::Shown);
        assert_eq!(verdict([0.1, 0.1, 0.4], steps), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.3, 0.95], steps), Verdict::NotShown);
        assert_eq!(verdict(weights, [Some(100), Some(120)]), Verdict::NotShown);
        assert_eq!(verdict(weights, [Some(300), Some(100)]), Verdict::NotShown);
    }

    #[test]
    fn a_training_that_ends_too_early_decides_only_what_more_steps_cannot_change() {
        let learning = |steps| parts([0.1, 0.1, 0.95], steps)[2].verdict;
        assert_eq!(learning([Some(100), None]), Verdict::Shown);
        assert_eq!(learning([None, Some(100)]), Verdict::Reverse);
        assert_eq!(learning([None, Some(900)]), Verdict::NotShown);
        assert_eq!([[None, None], [Some(900), None]].map(learning), [Verdict::Undecided; 2]);
    }
}
