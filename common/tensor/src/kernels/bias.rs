//! A row added to every row of a matrix.
//!
//! - `x`: `(M, N)`, `bias`: `(N,)`
//!
//! Nothing is saved: the gradient of `x` is that of the result, the gradient of the bias is the sum of its rows,
//! [`sum_rows`](super::sum_rows).

use ndarray::{ArrayView1, ArrayViewMut2};

use super::parallel::for_each_row;
use crate::Real;

/// Adds `bias` to every row of `x`.
///
/// # Shapes
/// - `x`: `(M, N)`, `bias`: `(N,)`
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn add_bias(x: ArrayViewMut2<'_, Real>, bias: ArrayView1<'_, Real>) {
    if x.ncols() != bias.len() {
        panic!("add_bias: bias {:?} does not fit the rows of {:?}", bias.shape(), x.shape());
    }
    let bias = bias.to_vec();
    for_each_row(x, |_, row| {
        for (x, b) in row.iter_mut().zip(&bias) {
            *x += b;
        }
    });
}
