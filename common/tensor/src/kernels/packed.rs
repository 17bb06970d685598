//! A product with few rows against a matrix that is used many times: the recurrent product, a step of generation.
//!
//! - `dst`: `(M, N)`, `a`: `(M, K)`, the packed matrix `w`: `(K, N)`; `dst = beta · dst + a · w`
//!
//! A general product copies its operands into the order in which its inner loop reads them. With 32 rows that copy of
//! the weights costs as much as the arithmetic, and a recurrent layer would pay it at every time step. Here it is paid
//! once a sequence.
//!
//! The inner loop holds a tile of `ROWS` × `COLUMNS` results in registers (Goto & van de Geijn 2008).

use ndarray::{ArrayView2, ArrayViewMut2, Axis, s};

use super::elementwise::fma;
use crate::Real;

/// Columns of a tile: two vectors with AVX-512, which has 32 registers, one with AVX, which has 16.
const COLUMNS: usize = if cfg!(target_feature = "avx512f") { 128 } else { 32 } / size_of::<Real>();
/// Rows of a tile: enough independent sums to hide the latency of a multiply-add.
const ROWS: usize = 8;
/// Terms that are added up in registers before the tile goes back to `dst`, so that its rows of `a` stay in cache.
const DEPTH: usize = 256;

/// A `(K, N)` matrix in the order in which [`multiply_into`](Self::multiply_into) reads it.
#[derive(Clone, Debug)]
pub struct PackedWeights {
    /// `ceil(N / COLUMNS)` panels of K rows each, the last padded with zeros.
    panels: Vec<[Real; COLUMNS]>,
    k: usize,
    n: usize,
}

impl PackedWeights {
    /// Copies a matrix of any strides. Weights stored as `[out, in]` are given transposed.
    ///
    /// # Shapes
    /// - `w`: `(K, N)`
    pub fn new(w: ArrayView2<'_, Real>) -> Self {
        let (k, n) = w.dim();
        let mut panels = vec![[0.0; COLUMNS]; n.div_ceil(COLUMNS) * k];
        let columns = w.axis_chunks_iter(Axis(1), COLUMNS);
        for (panel, w) in panels.chunks_exact_mut(k.max(1)).zip(columns) {
            // Read along memory: down the columns of transposed weights, along the rows of others.
            if w.strides()[0] == 1 {
                for (j, column) in w.columns().into_iter().enumerate() {
                    panel.iter_mut().zip(column).for_each(|(packed, w)| packed[j] = *w);
                }
            } else {
                for (packed, row) in panel.iter_mut().zip(w.rows()) {
                    packed.iter_mut().zip(row).for_each(|(packed, w)| *packed = *w);
                }
            }
        }
        PackedWeights { panels, k, n }
    }

    /// K and N of the matrix.
    pub fn dim(&self) -> (usize, usize) {
        (self.k, self.n)
    }

    /// `dst = beta · dst + a · w` on the calling thread; with `beta = 0` the old contents of `dst` are not read.
    ///
    /// The bits of a row do not depend on the other rows: any split of a batch among threads gives the same.
    ///
    /// # Shapes
    /// - `dst`: `(M, N)`, `a`: `(M, K)`
    ///
    /// # Panics
    /// If the shapes do not fit.
    ///
    /// ```
    /// use ndarray::array;
    /// let w = tensor::kernels::PackedWeights::new(array![[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]].view()); // (2, 3)
    /// let mut y = array![[10.0, 10.0, 10.0]];
    /// w.multiply_into(y.view_mut(), 1.0, array![[1.0, 2.0]].view());
    /// assert_eq!(y, array![[11.0, 10.0, 15.0]]);
    /// ```
    #[track_caller]
    pub fn multiply_into(&self, mut dst: ArrayViewMut2<'_, Real>, beta: Real, a: ArrayView2<'_, Real>) {
        if a.ncols() != self.k || dst.dim() != (a.nrows(), self.n) {
            panic!(
                "multiply_into: a {:?} times w {:?} into {:?} does not fit (M, K) times (K, N) into (M, N)",
                a.shape(),
                [self.k, self.n],
                dst.shape()
            );
        }
        super::matmul::scale(&mut dst, beta);
        for from in (0..self.k).step_by(DEPTH) {
            let depth = from..self.k.min(from + DEPTH);
            for top in (0..a.nrows()).step_by(ROWS) {
                let rows = top..a.nrows().min(top + ROWS);
                let mut block = [[0.0; ROWS]; DEPTH];
                for (i, row) in a.slice(s![rows.clone(), depth.clone()]).outer_iter().enumerate() {
                    block.iter_mut().zip(row).for_each(|(block, a)| block[i] = *a);
                }
                for (j, panel) in self.panels.chunks_exact(self.k).enumerate() {
                    let columns = j * COLUMNS..self.n.min((j + 1) * COLUMNS);
                    let product = tile(&block[..depth.len()], &panel[depth.clone()]);
                    add(dst.slice_mut(s![rows.clone(), columns]), &product);
                }
            }
        }
    }
}

/// `Σ_k a[k][i] · w[k][j]`.
///
/// The rows are taken apart by name because the compiler keeps the sums in registers only then: as a loop over `i` the
/// same code runs at a fortieth of the rate.
#[inline]
fn tile(a: &[[Real; ROWS]], w: &[[Real; COLUMNS]]) -> [[Real; COLUMNS]; ROWS] {
    let mut sums = [[0.0; COLUMNS]; ROWS];
    for (a, w) in a.iter().zip(w) {
        let [s0, s1, s2, s3, s4, s5, s6, s7] = &mut sums;
        add_multiple(s0, a[0], w);
        add_multiple(s1, a[1], w);
        add_multiple(s2, a[2], w);
        add_multiple(s3, a[3], w);
        add_multiple(s4, a[4], w);
        add_multiple(s5, a[5], w);
        add_multiple(s6, a[6], w);
        add_multiple(s7, a[7], w);
    }
    sums
}

#[inline(always)]
fn add_multiple(sums: &mut [Real; COLUMNS], a: Real, w: &[Real; COLUMNS]) {
    for (sum, w) in sums.iter_mut().zip(w) {
        *sum = fma(a, *w, *sum);
    }
}

/// Adds the part of a tile that lies inside `dst`.
fn add(mut dst: ArrayViewMut2<'_, Real>, product: &[[Real; COLUMNS]; ROWS]) {
    for (mut dst, product) in dst.outer_iter_mut().zip(product) {
        match dst.as_slice_mut() {
            Some(dst) => dst.iter_mut().zip(product).for_each(|(dst, p)| *dst += p),
            None => dst.iter_mut().zip(product).for_each(|(dst, p)| *dst += p),
        }
    }
}
