//! Root mean square normalisation (Zhang & Sennrich 2019, equation 4): every row brought to a mean square of 1, then
//! scaled.
//!
//! - `x`, `y`, `dx`, `dy`: `(M, N)`; `weight`, `dweight`: `(N,)`; `rstd`: `(M,)`
//!
//! `y = weight · x·rstd` with `rstd = 1/√(mean(x²) + eps)`. Saved: `rstd`.

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut2};
use rayon::prelude::*;

use super::elementwise::fma;
use super::parallel::grain;
use super::reduce::{sum_of, total_of_blocks};
use super::{slice, slice_mut};
use crate::Real;

/// Independent running sums over a row, as in layer normalisation.
const LANES: usize = 32;

/// Rows whose contributions to `dweight` are summed before they are added to the total.
const ROWS: usize = 32;

/// Normalises the rows of `x`; returns `y` and `rstd`.
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// let (y, rstd) = tensor::kernels::rms_norm(array![[1.0, 7.0]].view(), array![1.0, 2.0].view(), 0.0);
/// assert!((rstd[0] - 0.2).abs() < 1e-6 && (y[[0, 1]] - 2.8).abs() < 1e-6);
/// ```
#[track_caller]
pub fn rms_norm(x: ArrayView2<'_, Real>, weight: ArrayView1<'_, Real>, eps: Real) -> (Array2<Real>, Array1<Real>) {
    let (m, n) = x.dim();
    if weight.len() != n {
        panic!("rms_norm: weight {:?} does not fit the rows of x {:?}", weight.shape(), x.shape());
    }
    let (mut y, mut rstd) = (Array2::zeros((m, n)), Array1::zeros(m));
    if n > 0 {
        let (x, weight) = (x.as_standard_layout(), weight.to_vec());
        let rows = slice_mut(&mut y).par_chunks_mut(n).zip(slice(&x).par_chunks(n)).zip(slice_mut(&mut rstd));
        rows.with_min_len(grain(n)).for_each(|((y, x), rstd)| *rstd = rms_norm_row(y, x, &weight, eps));
    }
    (y, rstd)
}

/// [`rms_norm`] of one row that is not empty; the slices have its length. Returns its `rstd`.
#[inline(always)]
pub fn rms_norm_row(y: &mut [Real], x: &[Real], weight: &[Real], eps: Real) -> Real {
    let rstd = 1.0 / (sum_of::<LANES>(x, |x| x * x) / x.len() as Real + eps).sqrt();
    for ((y, x), w) in y.iter_mut().zip(x).zip(weight) {
        *y = *x * rstd * *w;
    }
    rstd
}

/// Turns `dy` into `dx`; returns `dweight`.
///
/// With `x̂ = x·rstd` and `g = weight · dy`: `dx = rstd · (g - x̂·mean(g·x̂))`, `dweight = Σ_m dy·x̂`.
///
/// # Panics
/// If the shapes do not fit, or `dy` is not in standard layout.
#[track_caller]
pub fn rms_norm_backward(
    mut dy: ArrayViewMut2<'_, Real>,
    x: ArrayView2<'_, Real>,
    weight: ArrayView1<'_, Real>,
    rstd: ArrayView1<'_, Real>,
) -> Array1<Real> {
    let (m, n) = x.dim();
    if dy.dim() != (m, n) || weight.len() != n || rstd.len() != m {
        panic!(
            "rms_norm_backward: dy {:?}, weight {:?} and rstd {:?} do not fit x {:?}",
            dy.shape(),
            weight.shape(),
            rstd.shape(),
            x.shape()
        );
    }
    if x.is_empty() {
        return Array1::zeros(n);
    }
    let (x, weight) = (x.as_standard_layout(), weight.to_vec());
    let dy = dy.as_slice_mut().expect("gradients are in standard layout");
    let blocks = dy.par_chunks_mut(ROWS * n).zip(slice(&x).par_chunks(ROWS * n)).enumerate();
    let partial = blocks.with_min_len(grain(ROWS * n)).map(|(block, (dy, x))| {
        let mut dweight = Array1::zeros(n);
        for (i, (dy, x)) in dy.chunks_exact_mut(n).zip(x.chunks_exact(n)).enumerate() {
            backward_row(dy, x, &weight, rstd[block * ROWS + i], slice_mut(&mut dweight));
        }
        dweight
    });
    total_of_blocks(n, partial.collect())
}

/// [`rms_norm_backward`] of one row, adding to `dweight`.
fn backward_row(dy: &mut [Real], x: &[Real], weight: &[Real], rstd: Real, dweight: &mut [Real]) {
    for ((dw, dy), x) in dweight.iter_mut().zip(&*dy).zip(x) {
        *dw = fma(*dy, *x * rstd, *dw);
    }
    for (dy, w) in dy.iter_mut().zip(weight) {
        *dy *= w;
    }
    let products: Vec<Real> = dy.iter().zip(x).map(|(g, x)| g * x).collect();
    let mean = sum_of::<LANES>(&products, |p| p) * rstd / x.len() as Real; // of g·x̂
    for (dy, x) in dy.iter_mut().zip(x) {
        *dy = rstd * (*dy - *x * rstd * mean);
    }
}
