//! C7: without positional encoding self-attention is blind to order.
//!
//! Judged is what is exact: how far the outputs are from where they should be when the inputs are put in another order, for
//! one operation and for whole encoders. Beside it, what follows: encoders trained on a question about order, and on one
//! that has nothing to do with it, with and without positions.

mod findings;
mod permutation;
mod training;

use report::statistics::largest;
use tensor::Real;
use transformer::Positions;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    verdict::{Basis, Verdict},
};
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
    seconds: [10, 40, 240],
    memory: Memory { alone: [16, 16, 16], thread: [5, 5, 5] },
    run,
};

/// How far rounding may move an output, as a share of the largest.
const IN_64_BITS: f64 = 1e-12;
const IN_MODELS: f64 = if size_of::<Real>() == size_of::<f64>() { IN_64_BITS } else { 1e-5 };
/// How far positions have to move it at least.
const MOVED: f64 = 1e-3;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let permute = |place| Ok(Permuted { place, moved: session.each_seed(|seed| moved(place, seed))? });
    let permuted = Place::ALL.into_iter().map(permute).collect::<anyhow::Result<Vec<_>>>()?;
    let trained = training::train(session)?;
    Ok(findings::conclude(&permuted, &trained, verdict(&permuted)))
}

/// How far the outputs at a place moved, for each seed.
struct Permuted {
    place: Place,
    moved: Vec<f64>,
}

/// What C7 claims of the outputs at a place, as a share of the largest.
#[derive(Clone, Copy)]
enum Claimed {
    AtMost(f64),
    MoreThan(f64),
    Nothing,
}

impl Permuted {
    fn most(&self) -> f64 {
        largest(self.moved.iter().copied())
    }

    fn claimed(&self) -> Claimed {
        match self.place {
            Place::Sorted => Claimed::AtMost(0.0),
            Place::InOrder => Claimed::AtMost(IN_64_BITS),
            Place::Attention(_) | Place::Encoder(_, Positions::None) => Claimed::AtMost(IN_MODELS),
            Place::Encoder(..) => Claimed::MoreThan(MOVED),
            Place::Causal => Claimed::Nothing,
        }
    }
}

fn verdict(permuted: &[Permuted]) -> Verdict {
    let holds = |permuted: &Permuted| match permuted.claimed() {
        Claimed::AtMost(rounding) => permuted.moved.iter().all(|moved| *moved <= rounding),
        Claimed::MoreThan(least) => permuted.moved.iter().all(|moved| *moved > least),
        Claimed::Nothing => true,
    };
    Verdict::exact(permuted.iter().all(holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_criterion_can_fail_at_every_place_but_the_causal_block() {
        let permuted = |changed: Option<Place>| {
            Place::ALL.map(|place| {
                let mut permuted = Permuted { place, moved: Vec::new() };
                let (right, wrong) = match permuted.claimed() {
                    Claimed::AtMost(rounding) => (rounding, 2.0 * rounding + 1e-15),
                    Claimed::MoreThan(least) => (2.0 * least, least),
                    Claimed::Nothing => (0.0, f64::NAN),
                };
                permuted.moved = vec![right, if changed == Some(place) { wrong } else { right }];
                permuted
            })
        };
        assert_eq!(verdict(&permuted(None)), Verdict::Shown);
        for place in Place::ALL {
            let expected = if place == Place::Causal { Verdict::Shown } else { Verdict::NotShown };
            assert_eq!(verdict(&permuted(Some(place))), expected, "{place:?}");
        }
    }

    #[test]
    fn only_positions_and_masks_tell_orders_apart() {
        let permuted = Place::ALL.map(|place| Permuted { place, moved: vec![moved(place, 1).unwrap()] });
        assert_eq!(verdict(&permuted), Verdict::Shown);
        assert!(permuted.iter().any(|permuted| permuted.place == Place::Causal && permuted.most() > MOVED));
    }
}
