//! Plain functions over ndarray views and slices, with no graph in sight.
//!
//! Each can be read, tested and benchmarked alone. All of them give the same bits on any number of threads: work is
//! split over output rows or over chunks of a fixed size, and what is summed is summed in a fixed order.

pub mod elementwise;
pub mod matmul;
pub(crate) mod parallel;
pub mod reduce;

pub use matmul::{Threads, matmul, matmul_into};
pub use reduce::{dot, max, sum, sum_of_squares, sum_rows};
