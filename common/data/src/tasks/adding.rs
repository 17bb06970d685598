//! The adding problem: remember two numbers among many.

use ndarray::{Array1, Array3};
use ndarray_rand::rand::Rng;

use crate::random::stream;

/// Add the two numbers that are marked.
///
/// At each of T time steps the model reads a number, uniform in [0, 1), and a mark, which is 1 at two steps and 0
/// elsewhere. After the last step it gives the sum of the two marked numbers. One mark falls in the first half of the
/// sequence and one in the second, so the answer needs a memory of T/2 steps on average.
///
/// The task is experiment 4 of Hochreiter & Schmidhuber 1997 (section 5.4) in the form of Le, Jaitly & Hinton 2015
/// (section 4.1): the first draws from [-1, 1], marks the two ends with -1 besides, and scales the sum.
///
/// Without memory the best answer is 1, with a mean squared error of [`MEMORYLESS_ERROR`](Self::MEMORYLESS_ERROR).
///
/// ```
/// use data::tasks::Adding;
///
/// let batch = Adding { length: 6 }.batch(1, 1, 0);
/// let marked: Vec<usize> = (0..6).filter(|&t| batch.inputs[[0, t, 1]] == 1.0).collect();
/// assert_eq!(marked, [1, 3]);
/// assert_eq!(batch.targets[0], batch.inputs[[0, 1, 0]] + batch.inputs[[0, 3, 0]]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adding {
    /// The number of time steps, T, at least 2.
    pub length: usize,
}

/// Examples of the adding problem.
#[derive(Debug, Clone, PartialEq)]
pub struct AddingBatch {
    /// Number and mark at each step, (B, T, 2).
    pub inputs: Array3<f64>,
    /// The sums of the marked numbers, (B).
    pub targets: Array1<f64>,
}

impl Adding {
    /// The mean squared error of always answering 1: the variance of the sum of two uniform numbers, 2/12.
    pub const MEMORYLESS_ERROR: f64 = 1.0 / 6.0;

    /// `rows` examples (B), each drawn independently.
    ///
    /// # Panics
    /// If `length` is below 2: there is no room for two marks.
    #[track_caller]
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> AddingBatch {
        let length = self.length;
        assert!(length >= 2, "Adding: a sequence of {length} has no room for two marks");
        let mut rng = stream(seed, step, "adding task");
        let mut inputs = Array3::zeros((rows, length, 2)); // (B, T, 2)
        let mut targets = Array1::zeros(rows); // (B)
        for b in 0..rows {
            for t in 0..length {
                inputs[[b, t, 0]] = rng.random();
            }
            let half = length as u64 / 2;
            for range in [0..half, half..length as u64] {
                let t = rng.random_range(range) as usize;
                inputs[[b, t, 1]] = 1.0;
                targets[b] += inputs[[b, t, 0]];
            }
        }
        AddingBatch { inputs, targets }
    }
}
