//! A row added to every row of a matrix, and the way back: the sum of the rows.
//!
//! - `x`: `(M, N)`, `bias`: `(N,)`
//!
//! Nothing is saved: the gradient of `x` is that of the result, the gradient of the bias is the sum of its rows.

use ndarray::{Array1, ArrayView1, ArrayView2, ArrayViewMut2, s};
use rayon::prelude::*;

use super::parallel::{for_each_row, grain};
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

/// Rows that are summed before their sum is added to the total.
const ROWS: usize = 64;

/// The sum of the rows of `x`: the gradient of a bias that was added to every row.
///
/// # Shapes
/// - `x`: `(M, N)`
/// - returns `(N,)`
pub fn sum_rows(x: ArrayView2<'_, Real>) -> Array1<Real> {
    let blocks = (0..x.nrows().div_ceil(ROWS)).into_par_iter().with_min_len(grain(ROWS * x.ncols()));
    let sums: Vec<Array1<Real>> = blocks
        .map(|block| {
            let rows = x.slice(s![block * ROWS..x.nrows().min((block + 1) * ROWS), ..]);
            let mut sum = Array1::zeros(rows.ncols());
            rows.outer_iter().for_each(|row| sum += &row);
            sum
        })
        .collect();
    sums.into_iter().fold(Array1::zeros(x.ncols()), |total, sum| total + sum)
}
