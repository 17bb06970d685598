//! How C10 is judged.

use report::{
    format::{count, number},
    statistics::{Summary, largest, range},
    table::digits,
};

use super::jacobian::Jacobian;
use crate::{
    study::parts::{Bound, Part},
    verdict::Verdict,
};

/// How far two losses of a model that hides the future may lie apart, in nats: they differ by rounding only.
pub const SAME: Bound = Bound::Within(1e-3);
/// By how much a leak has to raise the loss to count, in nats.
pub const LEAK: Bound = Bound::More(0.1);

/// Judges derivatives where the future is hidden and where it can be seen, the longest chain of dependent operations at all
/// lengths, and each seed's loss token by token, less that in parallel, under the right mask and where each position sees
/// the next one.
pub fn parts(hiding: &[&Jacobian], seeing: &[&Jacobian], chains: &[u64], right: &[f64], leaking: &[f64]) -> [Part; 4] {
    let numbers = hiding.iter().chain(seeing).all(|jacobian| jacobian.is_of_numbers());
    let hidden = hiding.iter().all(|jacobian| jacobian.future_not_zero == 0 && jacobian.past_not_zero > 0);
    let seen = seeing.iter().all(|jacobian| jacobian.future_not_zero > 0);
    let [future, not_zero] = of_all(hiding.iter().copied());
    let difference = largest(right.iter().map(|difference| difference.abs()));
    [
        Part {
            claim: "no output depends on a later input, and every leak on purpose is found",
            found: not_zero.into(),
            unit: format!("of {} derivatives not zero", count(future)),
            needed: "0".to_owned(),
            verdict: Verdict::exact(numbers && hidden && seen),
        },
        Part {
            claim: "more positions take no more operations in a row",
            found: chains.iter().copied().max().into(),
            unit: "operations at most".to_owned(),
            needed: "the same for every number of positions".to_owned(),
            verdict: Verdict::exact(chains.windows(2).all(|pair| pair[0] == pair[1])),
        },
        Part {
            claim: "the loss is the same at once and one after another",
            found: digits(difference, 2),
            unit: "nats apart at most".to_owned(),
            needed: SAME.to_string(),
            verdict: Verdict::exact(difference <= SAME.number()),
        },
        Part::of("a leak makes the loss one after another worse", &Summary::of(leaking), LEAK),
    ]
}

/// How many derivatives there are by later inputs, and how many of them are not exactly zero.
pub fn of_all<'j>(jacobians: impl Iterator<Item = &'j Jacobian>) -> [u64; 2] {
    jacobians.fold([0, 0], |[future, not_zero], jacobian| {
        [future + jacobian.future as u64, not_zero + jacobian.future_not_zero as u64]
    })
}

/// The longest chain, or from which to which if lengths differ.
pub fn chain(chains: &[u64]) -> String {
    let [least, most] = range(chains.iter().map(|&chain| chain as f64)).map(|chain| number(chain, 9));
    if least == most { least } else { format!("{least} to {most}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::parts::verdict;

    fn jacobian(norm: f64, future_not_zero: usize, past_not_zero: usize) -> Jacobian {
        Jacobian { norms: vec![vec![norm]], future: 9, future_not_zero, past_not_zero }
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let (hiding, seeing) = (jacobian(1.0, 0, 9), jacobian(1.0, 4, 9));
        let (chains, right, leaking) = ([40, 40], [1e-6, -2e-6, 0.0], [2.0, 2.1, 1.9]);
        let of_one = |hides: &Jacobian, sees: &Jacobian| {
            verdict(&parts(&[&hiding, hides], &[&seeing, sees], &chains, &right, &leaking))
        };
        assert_eq!(of_one(&hiding, &seeing), Verdict::Shown);
        for broken in [jacobian(f64::NAN, 0, 9), jacobian(1.0, 1, 9), jacobian(1.0, 0, 0)] {
            assert_eq!(of_one(&broken, &seeing), Verdict::NotShown, "{broken:?}");
        }
        for broken in [jacobian(f64::NAN, 4, 9), jacobian(1.0, 0, 9)] {
            assert_eq!(of_one(&hiding, &broken), Verdict::NotShown, "{broken:?}");
        }
        let rest = |chains: [u64; 2], right: [f64; 3], leaking: [f64; 3]| {
            verdict(&parts(&[&hiding], &[&seeing], &chains, &right, &leaking))
        };
        assert_eq!(rest([40, 80], right, leaking), Verdict::NotShown);
        assert_eq!(rest(chains, [0.0, 0.1, 0.0], leaking), Verdict::NotShown);
        assert_eq!(rest(chains, [f64::NAN, 0.0, 0.0], leaking), Verdict::NotShown);
        assert_eq!(rest(chains, right, [0.01, 0.02, 0.0]), Verdict::NotShown);
        assert_eq!(rest(chains, right, [0.1, 2.0, 0.2]), Verdict::Undecided);
    }
}
