//! Plain functions over ndarray views and slices, with no graph in sight.
//!
//! Each can be read, tested and benchmarked alone. All of them give the same bits on any number of threads: work is
//! split over output rows or over chunks of a fixed size, and what is summed is summed in a fixed order. A NaN among
//! the inputs reaches every output that depends on it.

mod bias;
mod cross_entropy;
pub mod elementwise;
mod layer_norm;
mod matmul;
mod matvec;
mod packed;
mod parallel;
mod reduce;
mod rms_norm;
mod softmax;

pub use bias::add_bias;
pub use cross_entropy::{IGNORE, cross_entropy, cross_entropy_backward};
pub use layer_norm::{Mean, Normalized, layer_norm, layer_norm_backward, layer_norm_row};
pub use matmul::{Threads, matmul, matmul_into};
pub use matvec::add_matvec;
pub use packed::PackedWeights;
pub use reduce::{add_rows_at, all_finite, dot, max, sum, sum_axis, sum_of_squares, sum_rows};
pub use rms_norm::{rms_norm, rms_norm_backward, rms_norm_row};
pub use softmax::{LogSumExp, log_sum_exp, softmax, softmax_backward, softmax_backward_row, softmax_row};

use ndarray::{ArrayRef, ArrayRef2, Dimension};

use crate::Real;

/// The elements of an array that is known to be in standard layout.
fn slice<D: Dimension>(x: &ArrayRef<Real, D>) -> &[Real] {
    x.as_slice().expect("the array is in standard layout")
}

/// The elements of an array that is known to be in standard layout.
fn slice_mut<T, D: Dimension>(x: &mut ArrayRef<T, D>) -> &mut [T] {
    x.as_slice_mut().expect("the array is in standard layout")
}

/// A row of a matrix that is known to be in standard layout.
fn row(x: &ArrayRef2<Real>, i: usize) -> &[Real] {
    &slice(x)[i * x.ncols()..(i + 1) * x.ncols()]
}
