//! Softmax over the rows of a matrix: `y_j = e^{x_j} / Σ_i e^{x_i}`.
//!
//! - `x`, `y`, `dx`, `dy`: `(M, N)`, one distribution a row
//!
//! The largest element is subtracted first, so no exponential overflows. The backward pass needs `y` alone:
//! `dx = y · (dy - Σ_j y_j·dy_j)`.
//!
//! One rule for what is not finite, here and wherever a softmax, its logarithm or a cross-entropy is formed: an entry of
//! minus infinity beside finite ones has probability 0, its logarithm is minus infinity, and its loss infinity. A row
//! that holds infinity or NaN, or minus infinity alone, has no distribution: all its probabilities, their logarithms and
//! its losses are NaN. What the mask of an attention hides is no entry of its row. Where a token is drawn, such a row is
//! an error, and a search that comes to one says nothing more and has a log-probability of NaN.

use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::elementwise::exp;
use super::parallel::{for_each_row, grain};
use super::reduce::{LANES, dot, lanes, sum_of};
use super::row;
use crate::Real;

/// Replaces every row by its softmax.
///
/// ```
/// let mut x = ndarray::array![[0.0, 1.0986123], [7.0, 7.0]]; // ln 3 = 1.0986123
/// tensor::kernels::softmax(x.view_mut());
/// assert!((x[[0, 1]] - 0.75).abs() < 1e-6);
/// assert_eq!(x.row(1).to_vec(), [0.5, 0.5]);
/// ```
pub fn softmax(x: ArrayViewMut2<'_, Real>) {
    for_each_row(x, |_, row| {
        softmax_row(row);
    });
}

/// `ln Σ_j e^{x_j}` as `max + ln_sum`, the two kept apart: added up, the small one would be rounded to the digits that
/// the large one leaves, and every log-probability with it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LogSumExp {
    /// The largest x.
    pub max: Real,
    /// `ln Σ_j e^{x_j - max}`.
    pub ln_sum: Real,
}

impl LogSumExp {
    /// The logarithm of the probability of a score among those of the sum.
    #[inline(always)]
    pub fn log_probability(self, x: Real) -> Real {
        (x - self.max) - self.ln_sum
    }
}

/// [`softmax`] of one row. Returns that from which, given the scores, it can be computed again.
#[inline]
pub fn softmax_row(x: &mut [Real]) -> LogSumExp {
    let max = largest(x);
    let sum = exponentials(x, max);
    let scale = 1.0 / sum;
    for x in x {
        *x *= scale;
    }
    LogSumExp { max, ln_sum: sum.ln() }
}

/// The largest element, in one instruction a vector since a NaN need not be kept: it comes back with `e^{x - max}`.
#[inline]
pub(super) fn largest(x: &[Real]) -> Real {
    let larger = |a: Real, b: Real| if a > b { a } else { b };
    lanes::<_, LANES>(x, Real::NEG_INFINITY, larger, larger)
}

/// Replaces `x` by `e^{x - max}`; returns the sum of the exponentials.
#[inline]
pub(super) fn exponentials(x: &mut [Real], max: Real) -> Real {
    for x in x.iter_mut() {
        *x = exp(*x - max);
    }
    sum_of::<LANES>(x, |x| x)
}

/// `ln Σ_j e^{x_j}` of every row.
///
/// # Shapes
/// - `x`: `(M, N)`
/// - returns `(M,)`
///
/// ```
/// let x = ndarray::array![[1e4, 1e4]];
/// let sums = tensor::kernels::log_sum_exp(x.view());
/// assert_eq!(sums[0].log_probability(1e4), -(2.0 as tensor::Real).ln());
/// ```
pub fn log_sum_exp(x: ArrayView2<'_, Real>) -> Array1<LogSumExp> {
    let x = x.as_standard_layout();
    let rows = (0..x.nrows()).into_par_iter().with_min_len(grain(x.ncols()));
    let of_row = |i| {
        let row = row(&x, i);
        let max = largest(row);
        LogSumExp { max, ln_sum: sum_of::<LANES>(row, |x| exp(x - max)).ln() }
    };
    rows.map(of_row).collect::<Vec<_>>().into()
}

/// Turns `dy` into `dx`, given the softmax `y` itself.
///
/// # Shapes
/// - `y`, `dy`: `(M, N)`
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax_backward(dy: ArrayViewMut2<'_, Real>, y: ArrayView2<'_, Real>) {
    if dy.dim() != y.dim() {
        panic!("softmax_backward: dy {:?} is not shaped like y {:?}", dy.shape(), y.shape());
    }
    let y = y.as_standard_layout();
    for_each_row(dy, |i, dy| softmax_backward_row(dy, row(&y, i)));
}

/// [`softmax_backward`] of one row.
///
/// # Panics
/// If the lengths differ.
#[inline]
#[track_caller]
pub fn softmax_backward_row(dy: &mut [Real], y: &[Real]) {
    let mean = dot(dy, y);
    for (dy, y) in dy.iter_mut().zip(y) {
        *dy = y * (*dy - mean);
    }
}
