//! The one door to matrix multiplication: `dst = beta · dst + alpha · a · b`.
//!
//! - `a`: `(M, K)`, `b`: `(K, N)`, `dst`: `(M, N)`, each with any strides: a transposed view costs no copy.
//!
//! The product itself is the `gemm` crate's. Its inner kernel wants the destination's columns contiguous, ours has its
//! rows contiguous, so what it computes is `dstᵀ = bᵀ · aᵀ`.

use gemm_common::Parallelism;
use ndarray::{Array2, ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::parallel::grain;
use super::reduce::BLOCK;
use crate::Real;

/// Who works on one call of a kernel. The bits are the same either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Threads {
    /// The threads of the current rayon pool, if the work is large enough to share.
    Pool,
    /// The calling thread alone: for calls from inside a loop that is parallel already.
    One,
}

/// The product `a · b`.
///
/// # Shapes
/// - `a`: `(M, K)`, `b`: `(K, N)`
/// - returns `(M, N)`
///
/// # Panics
/// If the inner sizes differ.
///
/// ```
/// use ndarray::array;
/// let a = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]; // (2, 3)
/// let b = array![[1.0, 0.0], [2.0, -1.0], [0.0, 3.0]]; // (3, 2)
/// assert_eq!(tensor::kernels::matmul(a.view(), b.view()), array![[5.0, 7.0], [14.0, 13.0]]);
/// ```
#[track_caller]
pub fn matmul(a: ArrayView2<'_, Real>, b: ArrayView2<'_, Real>) -> Array2<Real> {
    let mut dst = Array2::zeros((a.nrows(), b.ncols()));
    matmul_into(dst.view_mut(), 0.0, 1.0, a, b, Threads::Pool);
    dst
}

/// `dst = beta · dst + alpha · a · b`. With `beta = 0` the old contents of `dst` are not read (a NaN there is gone).
///
/// # Shapes
/// - `dst`: `(M, N)`, `a`: `(M, K)`, `b`: `(K, N)`
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn matmul_into(
    mut dst: ArrayViewMut2<'_, Real>,
    beta: Real,
    alpha: Real,
    a: ArrayView2<'_, Real>,
    b: ArrayView2<'_, Real>,
    threads: Threads,
) {
    let ((m, k), (kb, n)) = (a.dim(), b.dim());
    if k != kb || dst.dim() != (m, n) {
        panic!(
            "matmul: a {:?} times b {:?} into {:?} does not fit (M, K) times (K, N) into (M, N)",
            a.shape(),
            b.shape(),
            dst.shape()
        );
    }
    if m == 0 || n == 0 {
        return;
    }
    if k == 0 {
        scale(&mut dst, beta);
        return;
    }
    if k > LONG {
        by_terms(dst, beta, alpha, a, b, threads);
    } else if m == 1 || m <= FEW_ROWS && b.strides()[0] == 1 {
        by_rows(dst, beta, alpha, a, b, threads);
    } else if n == 1 {
        by_rows(dst.reversed_axes(), beta, alpha, b.reversed_axes(), a.reversed_axes(), threads);
    } else {
        gemm(&mut dst, beta, alpha, &a, &b, parallelism(m * n * k, threads));
    }
}

/// Terms above which a product is added up from blocks of [`BLOCK`] terms in double precision: the general product keeps
/// one running sum for each result. That costs some speed, which no layer's width or usual batch has to pay.
const LONG: usize = 1 << 16;

/// A product with very many terms, such as the gradient of weights that were met at a million positions.
fn by_terms(
    mut dst: ArrayViewMut2<'_, Real>,
    beta: Real,
    alpha: Real,
    a: ArrayView2<'_, Real>,
    b: ArrayView2<'_, Real>,
    threads: Threads,
) {
    let (mut part, mut total) = (Array2::zeros(dst.dim()), Array2::<f64>::zeros(dst.dim()));
    for (a, b) in a.axis_chunks_iter(Axis(1), BLOCK).zip(b.axis_chunks_iter(Axis(0), BLOCK)) {
        matmul_into(part.view_mut(), 0.0, alpha, a, b, threads);
        total.zip_mut_with(&part, |total, &part| *total += f64::from(part));
    }
    scale(&mut dst, beta);
    dst.zip_mut_with(&total, |dst, &total| *dst += total as Real);
}

/// Rows up to which a product with transposed weights is taken row by row. The general product reorders the weights
/// first, which few rows do not repay. GFLOP/s of (M, 256)·(256, 1024)ᵀ on one core of an EPYC of the fourth generation:
///
/// | M | 1 | 4 | 8 | 16 | 32 | 64 |
/// |---|---|---|---|---|---|---|
/// | general | - | 9 | 16 | 28 | 45 | 65 |
/// | by rows | 33 | 38 | 44 | 42 | 45 | 45 |
///
/// For more rows, and many products with the same weights, there is [`PackedWeights`](super::PackedWeights).
const FEW_ROWS: usize = 16;

/// Columns that one thread takes at a time in [`by_rows`].
const COLUMNS: usize = 256;

/// A product with few rows, the shape of generating text: each row times the matrix. The `gemm` crate computes that on
/// one thread, so blocks of columns are shared out here; a block stays in cache from one row to the next.
fn by_rows(
    mut dst: ArrayViewMut2<'_, Real>,
    beta: Real,
    alpha: Real,
    a: ArrayView2<'_, Real>,
    b: ArrayView2<'_, Real>,
    threads: Threads,
) {
    let grain = if threads == Threads::One { usize::MAX } else { grain(COLUMNS * a.len()) };
    let blocks = dst.axis_chunks_iter_mut(Axis(1), COLUMNS).zip(b.axis_chunks_iter(Axis(1), COLUMNS));
    blocks.collect::<Vec<_>>().into_par_iter().with_min_len(grain).for_each(|(mut dst, b)| {
        for (mut dst, a) in dst.axis_chunks_iter_mut(Axis(0), 1).zip(a.axis_chunks_iter(Axis(0), 1)) {
            gemm(&mut dst, beta, alpha, &a, &b, Parallelism::None);
        }
    });
}

/// `dst = beta · dst`, not reading `dst` when `beta` is zero.
pub(super) fn scale(dst: &mut ArrayViewMut2<'_, Real>, beta: Real) {
    if beta == 0.0 {
        dst.fill(0.0);
    } else if beta != 1.0 {
        dst.mapv_inplace(|x| beta * x);
    }
}

/// Multiply-adds below which one thread is faster than several. Microseconds of (M, 128)·(128, 128), fastest of many
/// calls, on two cores of an EPYC of the fourth generation, called from a thread of the pool and from outside of it:
///
/// | multiply-adds | 1 thread | 2, inside | 2, outside |
/// |---|---|---|---|
/// | 2^20 | 20 | 10 | 24 |
/// | 2^22 | 74 | 45 | 82 |
/// | 2^23 | 148 | 75 | 162 |
///
/// Outside, the call also waits for two wake-ups: a training loop should run inside the pool.
const PARALLEL_WORK: usize = 1 << 20;

fn parallelism(work: usize, threads: Threads) -> Parallelism {
    let available = rayon::current_num_threads();
    if threads == Threads::One || available == 1 || work < PARALLEL_WORK {
        Parallelism::None
    } else {
        Parallelism::Rayon(available)
    }
}

/// The call into the `gemm` crate; the shapes have been checked and none is empty.
fn gemm(
    dst: &mut ArrayViewMut2<'_, Real>,
    beta: Real,
    alpha: Real,
    a: &ArrayView2<'_, Real>,
    b: &ArrayView2<'_, Real>,
    parallelism: Parallelism,
) {
    #[cfg(not(real_f64))]
    let gemm = gemm_f32::gemm::f32::get_gemm_fn();
    #[cfg(real_f64)]
    let gemm = gemm_f64::gemm::f64::get_gemm_fn();

    let ((m, k), n) = (a.dim(), b.ncols());
    let (dst_rs, dst_cs) = strides(dst.strides());
    let (a_rs, a_cs) = strides(a.strides());
    let (b_rs, b_cs) = strides(b.strides());
    // SAFETY: the pointers and strides come from views whose shapes were checked to be (m, n), (m, k) and (k, n), so
    // every address formed lies inside them; `dst` is borrowed mutably and so overlaps neither operand. The arguments
    // describe the transposed product: rows and columns change places throughout, and so do the operands.
    unsafe {
        gemm(
            n,
            m,
            k,
            dst.as_mut_ptr(),
            dst_rs,
            dst_cs,
            beta != 0.0,
            b.as_ptr(),
            b_rs,
            b_cs,
            a.as_ptr(),
            a_rs,
            a_cs,
            beta,
            alpha,
            false,
            false,
            false,
            parallelism,
        );
    }
}

/// Row and column stride of a matrix.
fn strides(strides: &[isize]) -> (isize, isize) {
    (strides[0], strides[1])
}
