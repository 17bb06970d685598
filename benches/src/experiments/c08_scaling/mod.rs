//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, by the width d of the head. In training: a model that is
//! little more than one head, with and without the division.

mod findings;
mod retrieval;
mod saturation;
#[cfg(test)]
mod tests;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid::{self, Cell},
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict},
};
use retrieval::{LossCurve, Retrieval};
use saturation::{Head, Saturation, Scores, WIDTHS, measure};

const TEXT: &str = include_str!("text.md");

/// Leaves out the division, and looks at what breaks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C8",
    text: TEXT,
    thresholds: &[
        ("saturated", SATURATED.number()),
        ("steady", STEADY.number()),
        ("slower", SLOWER.number()),
        ("narrow", FROM as f64),
        ("wide", TO as f64),
        ("trained", TRAINED as f64),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [10, 40, 240],
    memory: Memory { alone: [45, 45, 45], thread: [1, 1, 1] },
    run,
};

/// How much more the largest weight has to be.
const SATURATED: Bound = Bound::More(0.5);
/// How far the divided scores' largest weight may move between these widths.
const STEADY: Bound = Bound::Within(0.05);
const FROM: usize = 16;
const TO: usize = WIDTHS[WIDTHS.len() - 1];
/// The width that is trained to judge by, at every budget: that of the heads of many large models.
const TRAINED: usize = 128;
/// How many times as many steps the undivided scores have to take.
const SLOWER: Bound = Bound::Times(1.5);

fn run(session: &Session) -> anyhow::Result<Finding> {
    let heads = |widths: &[usize]| -> Vec<Head> {
        widths.iter().flat_map(|&width| Scores::ALL.map(|scores| Head { width, scores })).collect()
    };
    let of_seeds = |head| (head, session.seeds.iter().map(|&seed| measure(head, seed)).collect());
    let widths: &[usize] = session.budget.pick(&[8, TRAINED], &[8, 32, TRAINED], &[8, 32, TRAINED, 512]);
    let retrieval = Retrieval { steps: session.budget.steps(500, 3_000, 6_000) };
    let trained = grid::measure(session, "C8, with and without √d", &retrieval, &heads(widths))?;
    let untrained = heads(&WIDTHS).into_iter().map(of_seeds).collect();
    Ok(findings::conclude(&Heads { untrained, trained }))
}

struct Heads {
    /// Every seed of each, by width.
    untrained: Vec<(Head, Vec<Saturation>)>,
    trained: Vec<Cell<Head, LossCurve>>,
}

impl Heads {
    /// A number of every seed of an untrained head.
    fn untrained(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.untrained.iter().filter(|(head, _)| *head == Head { width, scores });
        found.flat_map(|(_, seeds)| seeds.iter().map(&value)).collect()
    }

    fn trained(&self, width: usize, scores: Scores) -> &Cell<Head, LossCurve> {
        grid::find(&self.trained, &Head { width, scores })
    }

    /// How many times as many steps the undivided scores take, for every seed.
    fn slower(&self, width: usize) -> Vec<f64> {
        let [with, without] = Scores::ALL.map(|scores| self.trained(width, scores).each(LossCurve::steps));
        without.iter().zip(with).map(|(without, with)| without / with).collect()
    }

    fn parts(&self) -> [Part; 3] {
        let [divided, raw] = Scores::ALL.map(|scores| self.untrained(TO, scores, |s| s.largest));
        let more = Summary::of_differences(&raw, &divided);
        let moved = Summary::of_differences(&divided, &self.untrained(FROM, Scores::Divided, |s| s.largest));
        let slower = self.slower(TRAINED);
        let logarithms: Vec<f64> = slower.iter().map(|times| times.ln()).collect();
        let reached = |scores| self.trained(TRAINED, scores).outcomes.iter().all(|curve| curve.half().is_some());
        [
            Part {
                claim: "undivided scores put nearly all weight on one key",
                found: format!("{more} more in the largest weight"),
                needed: SATURATED.to_string(),
                verdict: SATURATED.judge(&more),
            },
            Part {
                claim: "divided scores share the weight alike at every width",
                found: format!("{moved} from width {FROM} to {TO}"),
                needed: STEADY.to_string(),
                verdict: STEADY.judge(&moved),
            },
            Part {
                claim: "learning takes longer",
                found: format!("{} times the steps", Summary::of_magnitudes(&slower)),
                needed: SLOWER.to_string(),
                // A training that ends too early counts with all its steps, which are fewer than it needs.
                verdict: match SLOWER.judge(&Summary::of(&logarithms)) {
                    Verdict::Shown if reached(Scores::Divided) => Verdict::Shown,
                    verdict @ (Verdict::NotShown | Verdict::Reverse) if reached(Scores::Raw) => verdict,
                    _ => Verdict::Undecided,
                },
            },
        ]
    }
}
