//! Sums and maxima in a fixed order.
//!
//! A sum over a slice is cut into chunks of a fixed size; within a chunk, `LANES` running sums take every `LANES`-th
//! element (so the loop becomes vector instructions) and are then added pairwise; the chunks' sums are added from
//! first to last. That order depends on the length alone, and its error grows like that of a sum of `n / LANES` terms
//! inside a chunk.

use rayon::prelude::*;

use super::elementwise::fma;
use super::parallel::{CHUNK, grain};
use crate::Real;

/// Independent running values of a reduction: four vectors of 16, enough to hide the latency of an addition.
pub(super) const LANES: usize = 64;

/// The sum of the elements.
pub fn sum(x: &[Real]) -> Real {
    chunked(x, |x| sum_of_chunk::<LANES>(x, |x| x)).into_iter().sum()
}

/// The sum of the squared elements, in double precision: what the norm of a whole model's gradient needs.
pub fn sum_of_squares(x: &[Real]) -> f64 {
    chunked(x, |x| lanes::<_, LANES>(x, 0.0f64, |sum, x| sum + f64::from(x) * f64::from(x), |a, b| a + b))
        .into_iter()
        .sum()
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
    sum_of_pairs(x, y, |sum, x, y| fma(x, y, sum))
}

/// The sum that `step` builds over the pairs of two slices of one length.
#[inline(always)]
pub(super) fn sum_of_pairs(x: &[Real], y: &[Real], step: impl Fn(Real, Real, Real) -> Real) -> Real {
    let mut sums = [0.0; LANES];
    let (xs, x_rest) = x.as_chunks::<LANES>();
    let (ys, y_rest) = y.as_chunks::<LANES>();
    for (x, y) in xs.iter().zip(ys) {
        for i in 0..LANES {
            sums[i] = step(sums[i], x[i], y[i]);
        }
    }
    let rest = x_rest.iter().zip(y_rest).fold(0.0, |sum, (x, y)| step(sum, *x, *y));
    fold(sums, |a, b| a + b) + rest
}

/// The largest element; minus infinity if there is none, NaN if there is one.
pub fn max(x: &[Real]) -> Real {
    chunked(x, |x| lanes::<_, LANES>(x, Real::NEG_INFINITY, larger, larger))
        .into_iter()
        .fold(Real::NEG_INFINITY, larger)
}

/// The larger one; NaN if one is.
#[inline(always)]
fn larger(a: Real, b: Real) -> Real {
    if a > b || a.is_nan() { a } else { b }
}

/// [`sum`] of `f(x)` over a slice that one thread should take.
#[inline(always)]
pub(super) fn sum_of_chunk<const W: usize>(x: &[Real], f: impl Fn(Real) -> Real) -> Real {
    lanes::<_, W>(x, 0.0, |sum, x| sum + f(x), |a, b| a + b)
}

/// The reduction of each chunk.
fn chunked<T: Send>(x: &[Real], reduce: impl Fn(&[Real]) -> T + Sync + Send) -> Vec<T> {
    x.par_chunks(CHUNK).with_min_len(grain(CHUNK)).map(reduce).collect()
}

/// `W` running values, each over every `W`-th element, then folded into one. The elements left over get a
/// running value of their own: adding them to some of the lanes would keep all of these in memory.
#[inline(always)]
pub(super) fn lanes<T: Copy, const W: usize>(
    x: &[Real],
    start: T,
    step: impl Fn(T, Real) -> T,
    join: impl Fn(T, T) -> T,
) -> T {
    let mut running = [start; W];
    let (blocks, rest) = x.as_chunks::<W>();
    for block in blocks {
        for (running, x) in running.iter_mut().zip(block) {
            *running = step(*running, *x);
        }
    }
    let rest = rest.iter().fold(start, |running, x| step(running, *x));
    join(fold(running, &join), rest)
}

/// The lanes joined to 16, and these pairwise, the upper half onto the lower, until one is left.
#[inline(always)]
pub(super) fn fold<T: Copy, const W: usize>(lanes: [T; W], join: impl Fn(T, T) -> T) -> T {
    let mut first = [lanes[0]; 16];
    for i in 0..16 {
        first[i] = lanes[i];
        for block in 1..W / 16 {
            first[i] = join(first[i], lanes[block * 16 + i]);
        }
    }
    let lanes: [T; 8] = halve(first, &join);
    let lanes: [T; 4] = halve(lanes, &join);
    let [a, b]: [T; 2] = halve(lanes, &join);
    join(a, b)
}

#[inline(always)]
fn halve<T: Copy, const N: usize, const HALF: usize>(lanes: [T; N], join: impl Fn(T, T) -> T) -> [T; HALF] {
    const { assert!(N == 2 * HALF) }
    let mut half = [lanes[0]; HALF];
    for i in 0..HALF {
        half[i] = join(lanes[i], lanes[i + HALF]);
    }
    half
}
