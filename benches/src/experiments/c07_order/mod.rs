//! C7: without positional encoding self-attention is blind to order.
//!
//! Judged is what is exact: how far the outputs are from where they should be when the inputs are put in another order, for
//! one operation and for whole encoders. Beside it, what follows: encoders trained on a question about order, and on one
//! that has nothing to do with it, with and without positions.

mod criterion;
mod findings;
mod permutation;
mod training;

use tensor::Real;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::Basis,
};
use criterion::{IN_64_BITS, IN_MODELS, MOVED, Permuted, judge};
use permutation::{Place, moved};

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
    ],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Counted,
    seeds: Seeds::COUNT,
    seconds: [Some(2), Some(32), Some(149)],
    memory: Memory { alone: [16, 16, 16], thread: [5, 5, 5] },
    run,
};

fn run(session: &Session) -> anyhow::Result<Finding> {
    let permute = |place| Ok(Permuted { place, moved: session.each_seed(|seed| moved(place, seed))? });
    let permuted = Place::ALL.into_iter().map(permute).collect::<anyhow::Result<Vec<_>>>()?;
    let trained = training::train(session)?;
    Ok(findings::conclude(&permuted, &trained, &judge(&permuted)))
}
