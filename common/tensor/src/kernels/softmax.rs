//! Softmax over the rows of a matrix: `y_j = e^{x_j} / Σ_i e^{x_i}`.
//!
//! - `x`, `y`, `dx`, `dy`: `(M, N)`, one distribution a row
//!
//! The largest element is subtracted first, so no exponential overflows. The backward pass needs `y` alone:
//! `dx = y · (dy - Σ_j y_j·dy_j)`. An entry of minus infinity gets probability zero; a row of nothing else has no
//! distribution and becomes NaN.

use ndarray::{Array1, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::elementwise::exp;
use super::parallel::{for_each_row, grain};
use super::reduce::{LANES, dot, lanes, sum_of_chunk};
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

/// [`softmax`] of one row. Returns `ln Σ_j e^{x_j}`, from which, given the scores, it can be computed again.
#[inline]
pub fn softmax_row(x: &mut [Real]) -> Real {
    let (max, sum) = exponentials(x);
    let scale = 1.0 / sum;
    for x in x {
        *x *= scale;
    }
    max + sum.ln()
}

/// The largest element, in one instruction a vector since a NaN need not be kept: it comes back with `e^{x - max}`.
#[inline]
fn largest(x: &[Real]) -> Real {
    let larger = |a: Real, b: Real| if a > b { a } else { b };
    lanes::<_, LANES>(x, Real::NEG_INFINITY, larger, larger)
}

/// Replaces `x` by `e^{x - max}`; returns the maximum and the sum of the exponentials.
#[inline]
pub(super) fn exponentials(x: &mut [Real]) -> (Real, Real) {
    let max = largest(x);
    for x in x.iter_mut() {
        *x = exp(*x - max);
    }
    (max, sum_of_chunk::<LANES>(x, |x| x))
}

/// `ln Σ_j e^{x_j}` of every row.
///
/// # Shapes
/// - `x`: `(M, N)`
/// - returns `(M,)`
pub fn log_sum_exp(x: ArrayView2<'_, Real>) -> Array1<Real> {
    let x = x.as_standard_layout();
    let rows = (0..x.nrows()).into_par_iter().with_min_len(grain(x.ncols()));
    let of_row = |i| {
        let row = row(&x, i);
        let max = largest(row);
        max + sum_of_chunk::<LANES>(row, |x| exp(x - max)).ln()
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
