//! How C7 is judged.

use report::statistics::largest;
use tensor::Real;
use transformer::Positions;

use super::permutation::Place;
use crate::study::counted::Counted;

/// How far rounding may move an output, as a share of the largest.
pub const IN_64_BITS: f64 = 1e-12;
pub const IN_MODELS: f64 = if size_of::<Real>() == size_of::<f64>() { IN_64_BITS } else { 1e-5 };
/// How far positions have to move it at least.
pub const MOVED: f64 = 1e-3;

/// How far the outputs at a place moved, for each seed.
pub struct Permuted {
    pub place: Place,
    pub moved: Vec<f64>,
}

/// What C7 claims of the outputs at a place, as a share of the largest.
#[derive(Clone, Copy)]
pub enum Claimed {
    AtMost(f64),
    MoreThan(f64),
    Nothing,
}

impl Permuted {
    pub fn most(&self) -> f64 {
        largest(self.moved.iter().copied())
    }

    pub fn claimed(&self) -> Claimed {
        match self.place {
            Place::Sorted => Claimed::AtMost(0.0),
            Place::InOrder => Claimed::AtMost(IN_64_BITS),
            Place::Attention(_) | Place::Encoder(_, Positions::None) => Claimed::AtMost(IN_MODELS),
            Place::Encoder(..) => Claimed::MoreThan(MOVED),
            Place::Causal => Claimed::Nothing,
        }
    }
}

pub fn judge(permuted: &[Permuted]) -> Counted {
    let holds = |permuted: &Permuted| match permuted.claimed() {
        Claimed::AtMost(rounding) => Some(permuted.moved.iter().all(|moved| *moved <= rounding)),
        Claimed::MoreThan(least) => Some(permuted.moved.iter().all(|moved| *moved > least)),
        Claimed::Nothing => None,
    };
    permuted.iter().filter_map(|permuted| Some((permuted.place.name(), holds(permuted)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{experiments::c07_order::permutation::moved, verdict::Verdict};

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
        let verdict = |permuted: &[Permuted]| judge(permuted).verdict();
        assert_eq!(verdict(&permuted(None)), Verdict::Shown);
        for place in Place::ALL {
            let expected = if place == Place::Causal { Verdict::Shown } else { Verdict::NotShown };
            assert_eq!(verdict(&permuted(Some(place))), expected, "{place:?}");
        }
    }

    #[test]
    fn only_positions_and_masks_tell_orders_apart() {
        let permuted = Place::ALL.map(|place| Permuted { place, moved: vec![moved(place, 1).unwrap()] });
        assert_eq!(judge(&permuted).verdict(), Verdict::Shown);
        assert!(permuted.iter().any(|permuted| permuted.place == Place::Causal && permuted.most() > MOVED));
    }
}
