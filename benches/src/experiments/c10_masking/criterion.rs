//! How C10 is judged.

use report::statistics::Summary;

use super::jacobian::Jacobian;
use crate::verdict::{Verdict, exceeds};

/// How far two losses of a model that hides the future may lie apart, in nats: they differ by rounding only.
pub const SAME: f64 = 1e-3;
/// By how much a leak has to raise the loss to count, in nats.
pub const LEAK: f64 = 0.1;

/// C10 is shown if outputs that hide the future depend on no later input and on some earlier ones, and the same measurement
/// finds the future wherever it can be seen; if the longest chain of dependent operations is the same at all lengths; if
/// under the right mask the loss token by token, less that in parallel, is nothing in any seed; and if it is something
/// where each position sees the next one.
pub fn verdict(hiding: &[&Jacobian], seeing: &[&Jacobian], chains: &[u64], right: &[f64], leaking: &[f64]) -> Verdict {
    let numbers = hiding.iter().chain(seeing).all(|jacobian| jacobian.is_of_numbers());
    let hidden = hiding.iter().all(|jacobian| jacobian.future_not_zero == 0 && jacobian.past_not_zero > 0);
    let seen = seeing.iter().all(|jacobian| jacobian.future_not_zero > 0);
    Verdict::all(&[
        Verdict::exact(numbers && hidden && seen),
        Verdict::exact(chains.windows(2).all(|pair| pair[0] == pair[1])),
        Verdict::exact(right.iter().all(|difference| difference.abs() <= SAME)),
        exceeds(&Summary::of(leaking), LEAK),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jacobian(norm: f64, future_not_zero: usize, past_not_zero: usize) -> Jacobian {
        Jacobian { norms: vec![vec![norm]], future: 9, future_not_zero, past_not_zero }
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let (hiding, seeing) = (jacobian(1.0, 0, 9), jacobian(1.0, 4, 9));
        let (chains, right, leaking) = ([40, 40], [1e-6, -2e-6, 0.0], [2.0, 2.1, 1.9]);
        let of_one =
            |hides: &Jacobian, sees: &Jacobian| verdict(&[&hiding, hides], &[&seeing, sees], &chains, &right, &leaking);
        assert_eq!(of_one(&hiding, &seeing), Verdict::Shown);
        for broken in [jacobian(f64::NAN, 0, 9), jacobian(1.0, 1, 9), jacobian(1.0, 0, 0)] {
            assert_eq!(of_one(&broken, &seeing), Verdict::NotShown, "{broken:?}");
        }
        for broken in [jacobian(f64::NAN, 4, 9), jacobian(1.0, 0, 9)] {
            assert_eq!(of_one(&hiding, &broken), Verdict::NotShown, "{broken:?}");
        }
        let rest = |chains: [u64; 2], right: [f64; 3], leaking: [f64; 3]| {
            verdict(&[&hiding], &[&seeing], &chains, &right, &leaking)
        };
        assert_eq!(rest([40, 80], right, leaking), Verdict::NotShown);
        assert_eq!(rest(chains, [0.0, 0.1, 0.0], leaking), Verdict::NotShown);
        assert_eq!(rest(chains, [f64::NAN, 0.0, 0.0], leaking), Verdict::NotShown);
        assert_eq!(rest(chains, right, [0.01, 0.02, 0.0]), Verdict::NotShown);
        assert_eq!(rest(chains, right, [0.1, 2.0, 0.2]), Verdict::Undecided);
    }
}
