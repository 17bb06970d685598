//! Layer normalisation (Ba, Kiros & Hinton 2016, section 3): every row brought to mean 0 and variance 1, then scaled
//! and shifted.
//!
//! - `x`, `y`, `dx`, `dy`: `(M, N)`; `weight`, `bias`, `dweight`, `dbias`: `(N,)`; `mean`, `rstd`: `(M,)`
//!
//! `y = weight · (x - mean)·rstd + bias` with `rstd = 1/√(variance + eps)`, the variance divided by N. Saved: `mean`
//! and `rstd`; the normalised row is recomputed from them. A [`Mean`] is kept in two parts: rounded to one number, that of
//! large numbers that lie close together can miss them by more than they differ.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::elementwise::fma;
use super::parallel::grain;
use super::reduce::{BLOCK, fold, sum_of, total, total_of_blocks};
use super::{slice, slice_mut};
use crate::Real;

/// Independent running sums over a row. Measured on rows of 64: with the 64 lanes of a long sum the forward and backward
/// passes take 1.7 times as long.
const LANES: usize = 32;

/// A mean as `rounded + rest`, the two kept apart: added up, the small one would be rounded to the digits that the large
/// one leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// The nearest number that could be found.
    pub rounded: Real,
    /// The mean of the differences from it.
    pub rest: Real,
}

impl Mean {
    #[inline(always)]
    fn of(x: &[Real]) -> Self {
        let n = x.len() as Real;
        let rounded = sum_of::<LANES>(x, |x| x) / n;
        Self { rounded, rest: sum_of::<LANES>(x, |x| x - rounded) / n }
    }

    /// How far `x` lies above the mean.
    #[inline(always)]
    fn deviation(self, x: Real) -> Real {
        (x - self.rounded) - self.rest
    }
}

/// What [`layer_norm`] returns.
#[derive(Clone, Debug)]
pub struct Normalized {
    /// The result, `(M, N)`.
    pub y: Array2<Real>,
    /// The mean of every row, `(M,)`.
    pub mean: Array1<Mean>,
    /// One over the standard deviation of every row, `(M,)`.
    pub rstd: Array1<Real>,
}

/// Normalises the rows of `x`.
///
/// # Shapes
/// - `x`: `(M, N)`, `weight`, `bias`: `(N,)`
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// let x = array![[1.0, 2.0, 3.0]];
/// let n = tensor::kernels::layer_norm(x.view(), array![1.0, 1.0, 2.0].view(), None, 0.0);
/// assert_eq!(n.mean[0].rounded, 2.0);
/// assert!((n.y[[0, 2]] - 2.0 * 1.5f32.sqrt() as tensor::Real).abs() < 1e-6);
/// ```
#[track_caller]
pub fn layer_norm(
    x: ArrayView2<'_, Real>,
    weight: ArrayView1<'_, Real>,
    bias: Option<ArrayView1<'_, Real>>,
    eps: Real,
) -> Normalized {
    let (m, n) = x.dim();
    if weight.len() != n || bias.is_some_and(|b| b.len() != n) {
        panic!(
            "layer_norm: weight {:?} and bias {:?} do not fit the rows of x {:?}",
            weight.shape(),
            bias.as_ref().map(|b| b.shape()),
            x.shape()
        );
    }
    let mut result = Normalized { y: Array2::zeros((m, n)), mean: Array1::default(m), rstd: Array1::zeros(m) };
    if n == 0 {
        return result;
    }
    let (x, weight) = (x.as_standard_layout(), weight.to_vec());
    let bias = bias.map(|b| b.to_vec());

    let rows = slice_mut(&mut result.y).par_chunks_mut(n).zip(slice(&x).par_chunks(n));
    let statistics = slice_mut(&mut result.mean).par_iter_mut().zip(slice_mut(&mut result.rstd));
    rows.zip(statistics).with_min_len(grain(n)).for_each(|((y, x), (mean, rstd))| {
        (*mean, *rstd) = layer_norm_row(y, x, &weight, bias.as_deref(), eps);
    });
    result
}

/// [`layer_norm`] of one row that is not empty; the slices have its length. Returns its mean, and one over its standard
/// deviation.
#[inline(always)]
pub fn layer_norm_row(y: &mut [Real], x: &[Real], weight: &[Real], bias: Option<&[Real]>, eps: Real) -> (Mean, Real) {
    let mean = Mean::of(x);
    let square = |x| mean.deviation(x) * mean.deviation(x);
    let variance = sum_of::<LANES>(x, square) / x.len() as Real;
    let rstd = 1.0 / (variance + eps).sqrt();
    let rows = y.iter_mut().zip(x).zip(weight);
    match bias {
        Some(bias) => rows.zip(bias).for_each(|(((y, x), w), b)| *y = fma(mean.deviation(*x) * rstd, *w, *b)),
        None => rows.for_each(|((y, x), w)| *y = mean.deviation(*x) * rstd * *w),
    }
    (mean, rstd)
}

/// Rows whose contributions to `dweight` and `dbias` are summed before they are added to the total.
const ROWS: usize = 32;

/// Turns `dy` into `dx`; returns `(dweight, dbias)`.
///
/// With `x̂ = (x - mean)·rstd` and `g = weight · dy`: `dx = rstd · (g - mean(g) - x̂·mean(g·x̂))`, `dweight = Σ_m dy·x̂`,
/// `dbias = Σ_m dy`.
///
/// # Shapes
/// - `dy`, `x`: `(M, N)`, `weight`: `(N,)`, `mean`, `rstd`: `(M,)`
/// - returns `(N,)`, `(N,)`
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn layer_norm_backward(
    mut dy: ArrayViewMut2<'_, Real>,
    x: ArrayView2<'_, Real>,
    weight: ArrayView1<'_, Real>,
    mean: ArrayView1<'_, Mean>,
    rstd: ArrayView1<'_, Real>,
) -> (Array1<Real>, Array1<Real>) {
    let (m, n) = x.dim();
    if dy.dim() != (m, n) || weight.len() != n || mean.len() != m || rstd.len() != m {
        panic!(
            "layer_norm_backward: dy {:?}, weight {:?}, mean {:?} and rstd {:?} do not fit x {:?}",
            dy.shape(),
            weight.shape(),
            mean.shape(),
            rstd.shape(),
            x.shape()
        );
    }
    if x.is_empty() {
        return (Array1::zeros(n), Array1::zeros(n));
    }
    if dy.as_slice().is_none() {
        let mut copy = dy.as_standard_layout().into_owned();
        let gradients = layer_norm_backward(copy.view_mut(), x, weight, mean, rstd);
        dy.assign(&copy);
        return gradients;
    }
    let (x, weight) = (x.as_standard_layout(), weight.to_vec());
    let dy = dy.as_slice_mut().expect("the layout was just checked");
    let blocks = dy.par_chunks_mut(ROWS * n).zip(slice(&x).par_chunks(ROWS * n)).enumerate();
    let partial = blocks.with_min_len(grain(ROWS * n)).map(|(block, (dy, x))| {
        let mut partial = (Array1::zeros(n), Array1::zeros(n));
        for (i, (dy, x)) in dy.chunks_exact_mut(n).zip(x.chunks_exact(n)).enumerate() {
            let (mean, rstd) = (mean[block * ROWS + i], rstd[block * ROWS + i]);
            backward_row(dy, x, &weight, mean, rstd, slice_mut(&mut partial.0), slice_mut(&mut partial.1));
        }
        partial
    });
    let (dweights, dbiases) = partial.unzip();
    (total_of_blocks(n, dweights), total_of_blocks(n, dbiases))
}

/// [`layer_norm_backward`] of one row, adding to `dweight` and `dbias`.
fn backward_row(
    dy: &mut [Real],
    x: &[Real],
    weight: &[Real],
    mean: Mean,
    rstd: Real,
    dweight: &mut [Real],
    dbias: &mut [Real],
) {
    for ((dw, dy), x) in dweight.iter_mut().zip(&*dy).zip(x) {
        *dw = fma(*dy, mean.deviation(*x) * rstd, *dw);
    }
    for (db, dy) in dbias.iter_mut().zip(&*dy) {
        *db += dy;
    }
    let n = x.len() as Real;
    let (sum_g, sum_gx) = sums(dy, weight, x, mean);
    let (mean_g, mean_gx) = (sum_g / n, rstd * sum_gx / n);
    for ((dy, w), x) in dy.iter_mut().zip(weight).zip(x) {
        *dy = rstd * (*dy * w - mean_g - mean.deviation(*x) * rstd * mean_gx);
    }
}

/// `Σ g` and `Σ g·(x - mean)` with `g = weight · dy`.
fn sums(dy: &[Real], weight: &[Real], x: &[Real], mean: Mean) -> (Real, Real) {
    let chunk = LANES * BLOCK;
    if x.len() <= chunk {
        return sums_of_chunk(dy, weight, x, mean);
    }
    let chunks = dy.chunks(chunk).zip(weight.chunks(chunk)).zip(x.chunks(chunk));
    let (g, gx): (Vec<_>, Vec<_>) = chunks.map(|((dy, weight), x)| sums_of_chunk(dy, weight, x, mean)).unzip();
    (total(g), total(gx))
}

#[inline(always)]
fn sums_of_chunk(dy: &[Real], weight: &[Real], x: &[Real], mean: Mean) -> (Real, Real) {
    let (mut g_sums, mut gx_sums) = ([0.0; LANES], [0.0; LANES]);
    let (dys, dy_rest) = dy.as_chunks::<LANES>();
    let (weights, weight_rest) = weight.as_chunks::<LANES>();
    let (xs, x_rest) = x.as_chunks::<LANES>();
    for ((dy, weight), x) in dys.iter().zip(weights).zip(xs) {
        for i in 0..LANES {
            let g = dy[i] * weight[i];
            g_sums[i] += g;
            gx_sums[i] = fma(g, mean.deviation(x[i]), gx_sums[i]);
        }
    }
    let (mut g_sum, mut gx_sum) = (0.0, 0.0);
    for ((dy, weight), x) in dy_rest.iter().zip(weight_rest).zip(x_rest) {
        let g = dy * weight;
        g_sum += g;
        gx_sum = fma(g, mean.deviation(*x), gx_sum);
    }
    (g_sum + fold(g_sums, |a, b| a + b), gx_sum + fold(gx_sums, |a, b| a + b))
}
