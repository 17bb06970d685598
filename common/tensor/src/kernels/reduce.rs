//! Sums and maxima in a fixed order.
//!
//! A sum over a slice is cut into chunks of a fixed size; within a chunk, `LANES` running sums take every `LANES`-th
//! element (so the loop becomes vector instructions) and are then added pairwise; the chunks' sums are added from
//! first to last. That order depends on the length alone, and its error grows like that of a sum of `n / LANES` terms
//! inside a chunk.

use ndarray::{Array1, ArrayView2, s};
use rayon::prelude::*;

use super::parallel::{CHUNK, grain};
use crate::Real;

/// Independent running values of a reduction: four vectors of 16, enough to hide the latency of an addition.
const LANES: usize = 64;

/// The sum of the elements.
pub fn sum(x: &[Real]) -> Real {
    chunked(x, |x| lanes(x, 0.0, |sum, x| sum + x, |a, b| a + b)).into_iter().sum()
}

/// The sum of the squared elements, in double precision: what the norm of a whole model's gradient needs.
pub fn sum_of_squares(x: &[Real]) -> f64 {
    chunked(x, |x| lanes(x, 0.0f64, |sum, x| sum + f64::from(x) * f64::from(x), |a, b| a + b)).into_iter().sum()
}

/// The inner product.
///
/// # Panics
/// If the lengths differ.
#[track_caller]
pub fn dot(x: &[Real], y: &[Real]) -> Real {
    if x.len() != y.len() {
        panic!("dot: {} elements with {}", x.len(), y.len());
    }
    let mut sums = [0.0; LANES];
    let (xs, x_rest) = x.as_chunks::<LANES>();
    let (ys, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in xs.iter().zip(ys) {
        for i in 0..LANES {
            sums[i] = super::elementwise::fma(x[i], y[i], sums[i]);
        }
    }
    for ((sum, x), y) in sums.iter_mut().zip(x_rest).zip(y_rest) {
        *sum = super::elementwise::fma(*x, *y, *sum);
    }
    fold(sums, |a, b| a + b)
}

/// The largest element; minus infinity if there is none, NaN if there is one.
pub fn max(x: &[Real]) -> Real {
    let larger = |a: Real, b: Real| if a > b || a.is_nan() { a } else { b };
    chunked(x, |x| lanes(x, Real::NEG_INFINITY, larger, larger)).into_iter().fold(Real::NEG_INFINITY, larger)
}

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

/// Rows that are summed before the sum is added to the total.
const ROWS: usize = 64;

/// The reduction of each chunk.
fn chunked<T: Send>(x: &[Real], reduce: impl Fn(&[Real]) -> T + Sync + Send) -> Vec<T> {
    x.par_chunks(CHUNK).with_min_len(grain(CHUNK)).map(reduce).collect()
}

/// `LANES` running values, each over every `LANES`-th element, then folded into one.
#[inline(always)]
fn lanes<T: Copy>(x: &[Real], start: T, step: impl Fn(T, Real) -> T, join: impl Fn(T, T) -> T) -> T {
    let mut running = [start; LANES];
    let (blocks, rest) = x.as_chunks::<LANES>();
    for block in blocks {
        for (running, x) in running.iter_mut().zip(block) {
            *running = step(*running, *x);
        }
    }
    for (running, x) in running.iter_mut().zip(rest) {
        *running = step(*running, *x);
    }
    fold(running, join)
}

/// The lanes joined pairwise, the upper half onto the lower until one is left.
#[inline(always)]
fn fold<T: Copy>(mut lanes: [T; LANES], join: impl Fn(T, T) -> T) -> T {
    let mut width = LANES / 2;
    while width > 0 {
        for i in 0..width {
            lanes[i] = join(lanes[i], lanes[i + width]);
        }
        width /= 2;
    }
    lanes[0]
}
