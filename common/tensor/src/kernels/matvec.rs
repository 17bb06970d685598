//! A matrix times few vectors: what generating text is made of, one token of each text against all the weights.
//!
//! - `y`: `(B, O)`, `x`: `(B, I)`, `w`: `(O, I)`, as layers keep their weights; `y = y + x · wᵀ`
//!
//! With one vector every weight is used once, so reading it takes longer than multiplying with it. The rows of `w` are read
//! in the order in which they lie in memory, nothing is copied or reordered before, and each result is one inner product.
//! A result's order of summation depends on I alone: its bits are the same beside any other rows, on any number of threads.

use ndarray::{ArrayView2, ArrayViewMut2, Axis};
use rayon::prelude::*;

use super::reduce::dot_of_row;
use super::slice;
use crate::Real;

/// Results that one thread computes before it takes the next.
const PIECE: usize = 16;

/// Weights that are worth waking another thread for: a megabyte, some 10 µs of reading them from the cache.
const SHARE: usize = 1 << 18;

/// `y = y + x · wᵀ`.
///
/// # Shapes
/// - `y`: `(B, O)`, `x`: `(B, I)`, `w`: `(O, I)`
///
/// # Panics
/// If the shapes do not fit, or the numbers of a row of `y` are not adjacent.
///
/// ```
/// use ndarray::array;
/// let w = array![[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]];
/// let mut y = array![[10.0, 20.0]];
/// tensor::kernels::add_matvec(y.view_mut(), array![[1.0, 1.0, 2.0]].view(), w.view());
/// assert_eq!(y, array![[19.0, 21.0]]);
/// ```
#[track_caller]
pub fn add_matvec(mut y: ArrayViewMut2<'_, Real>, x: ArrayView2<'_, Real>, w: ArrayView2<'_, Real>) {
    let ((rows, outputs), (o, inputs)) = (y.dim(), w.dim());
    if x.dim() != (rows, inputs) || o != outputs {
        panic!(
            "add_matvec: x {:?} and w {:?} into y {:?} do not fit (B, I) and (O, I) into (B, O)",
            x.shape(),
            w.shape(),
            y.shape()
        );
    }
    if inputs == 0 {
        return;
    }
    let (x, w) = (x.as_standard_layout(), w.as_standard_layout());
    let (x, w) = (slice(&x), slice(&w));
    if w.len() < 2 * SHARE {
        return rows_of(y, x, w, inputs);
    }
    let share = SHARE.div_ceil(PIECE * inputs);
    let pieces: Vec<_> = y.axis_chunks_iter_mut(Axis(1), PIECE).zip(w.chunks(PIECE * inputs)).collect();
    pieces.into_par_iter().with_min_len(share).for_each(|(y, w)| rows_of(y, x, w, inputs));
}

/// [`add_matvec`] of some rows of the weights.
fn rows_of(mut y: ArrayViewMut2<'_, Real>, x: &[Real], w: &[Real], inputs: usize) {
    for (mut y, x) in y.outer_iter_mut().zip(x.chunks_exact(inputs)) {
        let y = y.as_slice_mut().expect("the numbers of a row of y are adjacent");
        for (y, w) in y.iter_mut().zip(w.chunks_exact(inputs)) {
            *y += dot_of_row(w, x);
        }
    }
}
