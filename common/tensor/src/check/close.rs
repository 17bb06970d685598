//! Comparison of arrays that reports the worst element.

use ndarray::{ArrayBase, Data, Dimension};

use crate::Real;

/// The element at which two arrays differ most, as (index, left, right); `None` if they are equal in every element.
/// A NaN on either side is the worst of all.
pub fn worst<S, R, D>(left: &ArrayBase<S, D>, right: &ArrayBase<R, D>) -> Option<(Vec<usize>, Real, Real)>
where
    S: Data<Elem = Real>,
    R: Data<Elem = Real>,
    D: Dimension,
{
    let mut worst = None;
    let mut largest = 0.0;
    for ((index, &l), &r) in left.view().into_dyn().indexed_iter().zip(right) {
        let difference = if l == r { 0.0 } else { (l - r).abs() };
        if difference > largest || difference.is_nan() {
            worst = Some((index.as_array_view().to_vec(), l, r));
            largest = if difference.is_nan() { Real::INFINITY } else { difference };
        }
    }
    worst
}

/// Asserts that two arrays differ nowhere by more than `tolerance` times the largest finite absolute value of `expected`
/// (or 1e-30, if there is none but zero). An infinity is close to the same one alone, and NaN to nothing. `what` names the comparison in the message.
///
/// # Panics
/// If they do, with the worst element's index and both values; or if the shapes differ.
#[track_caller]
pub fn assert_close<S, R, D>(what: &str, actual: &ArrayBase<S, D>, expected: &ArrayBase<R, D>, tolerance: f64)
where
    S: Data<Elem = Real>,
    R: Data<Elem = Real>,
    D: Dimension,
{
    assert_eq!(actual.shape(), expected.shape(), "{what}: shapes differ");
    let finite = expected.iter().filter(|x| x.is_finite());
    let scale = finite.fold(1e-30_f64, |scale, x| scale.max(x.abs() as f64));
    if let Some((index, a, e)) = worst(actual, expected) {
        let error = (a as f64 - e as f64).abs() / scale;
        assert!(
            error <= tolerance,
            "{what}: {a} instead of {e} at {index:?}, {error:.1e} of the largest value {scale:.3e} (allowed {tolerance:.1e})"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn the_worst_element_is_named() {
        let (a, b) = (array![[1.0, 2.0], [3.0, 4.5]], array![[1.0, 2.1], [3.0, 4.0]]);
        assert_eq!(worst(&a, &b), Some((vec![1, 1], 4.5, 4.0)));
        assert_eq!(worst(&a, &a), None);
    }

    #[test]
    #[should_panic(expected = "states: 2 instead of 4 at [1], 5.0e-1 of the largest value 4.000e0 (allowed 1.0e-3)")]
    fn a_difference_is_reported_with_its_place() {
        assert_close("states", &array![1.0, 2.0], &array![1.0, 4.0], 1e-3);
    }

    #[test]
    #[should_panic(expected = "NaN instead of 1")]
    fn nan_is_never_close() {
        assert_close("states", &array![Real::NAN], &array![1.0], 1e9);
    }

    #[test]
    fn an_infinity_hides_no_other_difference() {
        let inf = Real::INFINITY;
        let close = |actual: [Real; 2], expected: [Real; 2]| {
            std::panic::catch_unwind(|| {
                assert_close("states", &array![actual[0], actual[1]], &array![expected[0], expected[1]], 1e-3)
            })
            .is_ok()
        };
        assert!(close([inf, 1.0], [inf, 1.0]) && close([-inf, 1.0005], [-inf, 1.0]));
        assert!(!close([inf, 5.0], [inf, 1.0]) && !close([inf, 1.0], [-inf, 1.0]) && !close([1.0, 1.0], [inf, 1.0]));
        assert!(!close([Real::NAN, 1.0], [Real::NAN, 1.0]) && !close([inf, Real::NAN], [inf, 1.0]));
    }
}
