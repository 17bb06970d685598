//! Plain functions over ndarray views and slices, with no graph in sight.
//!
//! Each can be read, tested and benchmarked alone. All of them give the same bits on any number of threads: work is
//! split over output rows or over chunks of a fixed size, and what is summed is summed in a fixed order.

pub mod matmul;

pub use matmul::{Threads, matmul, matmul_into};
