//! C7: without positional encoding self-attention is blind to order.
//!
//! Two measurements. Exact: how far the outputs are from where they should be when the inputs are put in another order, for
//! one operation and for whole encoders. Consequences: encoders trained on a question about order, and on one that has
//! nothing to do with it, with and without positions.

mod findings;
mod permutation;
mod questions;
#[cfg(test)]
mod tests;

use report::statistics::{Summary, largest};
use tensor::Real;
use transformer::Positions;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict, exceeds},
};
use findings::conclude;
use permutation::{IN_64_BITS, IN_MODELS, Place, moved};
use questions::{POSITIONS, Question, Trained, train};

const TEXT: &str = include_str!("text.md");

/// Puts tokens in another order, and asks about their order.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C7",
    text: TEXT,
    thresholds: &[
        ("in 64 bits", IN_64_BITS),
        ("in models", IN_MODELS),
        ("bits", (8 * size_of::<Real>()) as f64),
        ("moved", MOVED),
        ("advantage", ADVANTAGE),
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [10, 40, 240],
    memory: Memory { alone: [16, 16, 16], thread: [5, 5, 5] },
    run,
};

/// What positions have to move at least, as a part of the largest output.
const MOVED: f64 = 1e-3;
/// What an advantage has to be at least, as a part of the sentences.
const ADVANTAGE: f64 = 0.3;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let mut permuted = Vec::new();
    for place in Place::ALL {
        permuted.push(Permuted { place, moved: session.each_seed(|seed| moved(place, seed))? });
    }
    let trained = train(session, session.budget.steps(220, 2_200, 10_000))?;
    let found = Found { permuted, trained };
    Ok(conclude(&found, found.verdict()))
}

struct Found {
    permuted: Vec<Permuted>,
    trained: Vec<Trained>,
}

/// How far the outputs at a place moved, for each seed.
struct Permuted {
    place: Place,
    moved: Vec<f64>,
}

impl Permuted {
    fn most(&self) -> f64 {
        largest(self.moved.iter().copied())
    }

    /// Whether what is blind stayed within rounding, and what has positions did not. The causal block is no part of the claim.
    fn as_claimed(&self) -> bool {
        match (self.place, self.place.allowed()) {
            (_, Some(rounding)) => self.most() <= rounding,
            (Place::Causal, None) => true,
            (_, None) => self.moved.iter().all(|moved| *moved > MOVED),
        }
    }
}

impl Found {
    fn verdict(&self) -> Verdict {
        let [(blind, _), (sinusoidal, _), (learned, _)] = POSITIONS;
        let none = self.accuracies_of(Question::First, blind);
        let more = |question, positions| {
            let ahead = Summary::of_differences(&self.accuracies_of(question, positions), &none);
            exceeds(&ahead, ADVANTAGE)
        };
        Verdict::all(&[
            Verdict::exact(self.permuted.iter().all(Permuted::as_claimed)),
            more(Question::First, sinusoidal),
            more(Question::First, learned),
            more(Question::More, blind),
        ])
    }

    fn of(&self, question: Question, positions: Positions) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |t| (t.job.question, t.job.positions) == (question, positions))
    }

    fn accuracies_of(&self, question: Question, positions: Positions) -> Vec<f64> {
        self.of(question, positions).map(Trained::accuracy).collect()
    }
}
