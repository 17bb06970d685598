//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, and what gradient reaches the queries, by the width d of the
//! head. In training: a model that is little more than one head, with and without the division.

mod findings;
mod found;
pub mod recall;
mod saturation;
#[cfg(test)]
mod tests;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict},
};
use findings::conclude;
use found::{AtFirst, Found, ratio};
use recall::{Case, Retrieval, Trained};
use saturation::{Scores, WIDTHS, measure};

const TEXT: &str = include_str!("text.md");

/// Leaves out the division, and looks at what breaks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C8",
    text: TEXT,
    thresholds: &[
        ("saturated", SATURATED.number()),
        ("steady", STEADY.number()),
        ("smaller", SMALLER.number()),
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
/// How many times smaller the gradient has to be.
const SMALLER: Bound = Bound::Times(3.0);
/// The width that is trained to judge by, at every budget: that of the heads of many large models.
const TRAINED: usize = 128;
/// How many times as many steps the undivided scores have to take.
const SLOWER: Bound = Bound::Times(1.5);

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
    Ok(conclude(&Found { at_first: at_first.collect(), trained }))
}

impl Found {
    fn parts(&self) -> [Part; 4] {
        let [divided, raw] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.largest));
        let more = Summary::of_differences(&raw, &divided);
        let moved = Summary::of_differences(&divided, &self.at(FROM, Scores::Divided, |s| s.largest));
        let [gradient, vanished] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.gradient));
        let (smaller, in_logarithms) = ratio(&gradient, &vanished);
        let (slower, slower_in_logarithms) = self.slower(TRAINED);
        let reached =
            Scores::ALL.iter().all(|scores| self.of(TRAINED, *scores).outcomes.iter().all(Trained::learned_half));
        let learning = SLOWER.judge(&slower_in_logarithms);
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
                claim: "less gradient reaches the queries",
                found: format!("{smaller} times less"),
                needed: SMALLER.to_string(),
                verdict: SMALLER.judge(&in_logarithms),
            },
            Part {
                claim: "learning takes longer",
                found: format!("{slower} times the steps"),
                needed: SLOWER.to_string(),
                // A training that ends too early counts with all its steps.
                verdict: if reached || learning == Verdict::Shown { learning } else { Verdict::Undecided },
            },
        ]
    }
}
