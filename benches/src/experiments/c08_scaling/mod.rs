//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, and what gradient reaches the queries, by the width d of the
//! head. In training: a model that is little more than one head, with and without the division.

mod findings;
pub mod recall;
mod saturation;

use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    session::Session,
    study::{
        grid::{self, Cell},
        parts::Part,
    },
    verdict::{Verdict, exceeds},
};
use findings::conclude;
use recall::{Case, Retrieval, Trained};
use saturation::{Saturation, Scores, WIDTHS, measure};

const TEXT: &str = include_str!("text.md");

/// Leaves out the division, and looks at what breaks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C8",
    text: TEXT,
    thresholds: &[
        ("saturated", SATURATED),
        ("steady", STEADY),
        ("smaller", SMALLER),
        ("slower", SLOWER),
        ("narrow", FROM as f64),
        ("wide", TO as f64),
        ("trained", TRAINED as f64),
    ],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [45, 45, 45], thread: [1, 1, 1] },
    run,
};

/// How much more the largest weight has to be.
const SATURATED: f64 = 0.5;
/// How far the divided scores' largest weight may move between these widths.
const STEADY: f64 = 0.05;
const FROM: usize = 16;
pub const TO: usize = WIDTHS[WIDTHS.len() - 1];
/// How many times smaller the gradient has to be.
const SMALLER: f64 = 3.0;
/// The width that is trained to judge by, at every budget: that of the heads of many large models.
pub const TRAINED: usize = 128;
/// How many times as many steps the undivided scores have to take.
const SLOWER: f64 = 1.5;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let at_first = WIDTHS.into_iter().flat_map(|width| {
        Scores::ALL.map(|scores| AtFirst {
            width,
            scores,
            seeds: session.seeds.iter().map(|&seed| measure(width, scores, seed)).collect(),
        })
    });
    let widths: &[usize] = session.budget.pick(&[8, TRAINED], &[8, 32, TRAINED], &[8, 32, TRAINED, 512]);
    let cases = widths.iter().flat_map(|&width| Scores::ALL.map(|scores| Case { width, scores }));
    let retrieval = Retrieval { steps: session.budget.steps(500, 3_000, 6_000) };
    let trained = grid::measure(session, "C8, with and without √d", &retrieval, &cases.collect::<Vec<_>>())?;
    Ok(conclude(&Found { at_first: at_first.collect(), trained }, session.budget))
}

/// What was measured.
pub struct Found {
    /// By width, then by way.
    pub at_first: Vec<AtFirst>,
    /// Every training.
    pub trained: Vec<Cell<Case, Trained>>,
}

/// One width and way, every seed.
pub struct AtFirst {
    /// d.
    pub width: usize,
    /// Which way.
    pub scores: Scores,
    /// One for each seed.
    pub seeds: Vec<Saturation>,
}

impl Found {
    fn parts(&self, budget: Budget) -> [Part; 4] {
        let [divided, raw] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.largest));
        let more = Summary::of_differences(&raw, &divided);
        let moved = Summary::of_differences(&divided, &self.at(FROM, Scores::Divided, |s| s.largest));
        let [gradient, vanished] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.gradient));
        let (smaller, in_logarithms) = ratio(&gradient, &vanished);
        let (slower, slower_in_logarithms) = self.slower(TRAINED);
        let reached =
            Scores::ALL.iter().all(|scores| self.of(TRAINED, *scores).outcomes.iter().all(Trained::learned_half));
        let learning = exceeds(&slower_in_logarithms, SLOWER.ln(), budget);
        [
            Part {
                claim: "undivided scores put nearly all weight on one key",
                found: format!("{more} more in the largest weight"),
                needed: format!("more than {SATURATED}"),
                verdict: exceeds(&more, SATURATED, budget),
            },
            Part {
                claim: "divided scores share the weight alike at every width",
                found: format!("{moved} from width {FROM} to {TO}"),
                needed: format!("at most {STEADY}, either way"),
                verdict: match exceeds(&moved, STEADY, budget) {
                    // Here the claim is that nothing happens.
                    Verdict::NotShown if moved.low() >= -STEADY && moved.high() <= STEADY => Verdict::Shown,
                    Verdict::Shown | Verdict::Reverse => Verdict::NotShown,
                    open => open,
                },
            },
            Part {
                claim: "less gradient reaches the queries",
                found: format!("{smaller} times less"),
                needed: format!("more than {SMALLER} times"),
                verdict: exceeds(&in_logarithms, SMALLER.ln(), budget),
            },
            Part {
                claim: "learning takes longer",
                found: format!("{slower} times the steps"),
                needed: format!("more than {SLOWER} times"),
                // A training that ends too early counts with all its steps.
                verdict: if reached { learning } else { learning.after_training(budget) },
            },
        ]
    }

    /// How many times as many steps the undivided scores take at a width, and the logarithm of that.
    pub fn slower(&self, width: usize) -> (Summary, Summary) {
        let [with, without] = Scores::ALL.map(|scores| self.steps_of(width, scores));
        ratio(&without, &with)
    }

    /// Of every seed, until half is learned.
    pub fn steps_of(&self, width: usize, scores: Scores) -> Vec<f64> {
        self.of(width, scores).each(|trained| trained.steps() as f64)
    }

    /// A number of every seed.
    pub fn at(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.at_first.iter().filter(|a| (a.width, a.scores) == (width, scores));
        found.flat_map(|a| a.seeds.iter().map(&value)).collect()
    }

    /// The trainings at a width.
    pub fn of(&self, width: usize, scores: Scores) -> &Cell<Case, Trained> {
        grid::find(&self.trained, &Case { width, scores })
    }
}

/// The geometric mean of a[i] / b[i], and the mean of the logarithms.
fn ratio(a: &[f64], b: &[f64]) -> (Summary, Summary) {
    let ratios: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / b).collect();
    let logarithms: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
    (Summary::of_magnitudes(&ratios), Summary::of(&logarithms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::{grid::Score, parts};

    /// Largest weights with the division at widths 16 and 1024 and without it at 1024, how many times smaller the gradient
    /// is without it, and after how many steps each way has learned half, or that it never has.
    fn parts([from, divided, raw]: [f64; 3], smaller: f64, steps: [Option<u64>; 2]) -> [Part; 4] {
        let at = |width, scores, largest: f64, gradient: f64| AtFirst {
            width,
            scores,
            seeds: [0.99, 1.0, 1.01]
                .map(|x| Saturation {
                    scores: 1.0,
                    largest: x * largest,
                    entropy: 1.0,
                    gradient: x * gradient,
                    mean_gradient: 1.0,
                })
                .into(),
        };
        let trained = Scores::ALL.into_iter().zip(steps).map(|(scores, steps)| Cell {
            case: Case { width: TRAINED, scores },
            learning_rate: 1.0,
            score: Score(0.0, 0.0),
            outcomes: [1, 2, 3]
                .map(|seed| Trained {
                    curve: steps.map(|steps| (steps + seed, 1.0)).into_iter().chain([(1_000, 2.0)]).collect(),
                })
                .into(),
        });
        Found {
            at_first: vec![
                at(FROM, Scores::Divided, from, 1.0),
                at(TO, Scores::Divided, divided, 1.0),
                at(TO, Scores::Raw, raw, 1.0 / smaller),
            ],
            trained: trained.collect(),
        }
        .parts(Budget::Quick)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let verdict = |weights, smaller, steps| parts::verdict(&parts(weights, smaller, steps));
        let (weights, steps) = ([0.1, 0.1, 0.95], [Some(100), Some(300)]);
        assert_eq!(verdict(weights, 30.0, steps), Verdict::Shown);
        assert_eq!(verdict([0.1, 0.1, 0.4], 30.0, steps), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.3, 0.95], 30.0, steps), Verdict::NotShown);
        assert_eq!(verdict(weights, 2.0, steps), Verdict::NotShown);
        assert_eq!(verdict(weights, 30.0, [Some(100), Some(120)]), Verdict::NotShown);
        assert_eq!(verdict(weights, 30.0, [Some(300), Some(100)]), Verdict::NotShown);
    }

    #[test]
    fn a_training_that_ends_too_early_shows_or_leaves_open() {
        let learning = |steps| parts([0.1, 0.1, 0.95], 30.0, steps)[3].verdict;
        assert_eq!(learning([Some(100), None]), Verdict::Shown);
        assert_eq!(learning([None, None]), Verdict::open(Budget::Quick));
        assert_eq!(learning([Some(900), None]), Verdict::open(Budget::Quick));
    }

    #[test]
    fn ratios_by_hand() {
        let (ratio, logarithm) = ratio(&[2.0, 8.0], &[1.0, 1.0]);
        assert!((ratio.mean - 4.0).abs() < 1e-12 && (logarithm.mean - 4f64.ln()).abs() < 1e-12);
    }
}
