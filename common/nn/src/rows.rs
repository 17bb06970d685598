//! What search does with the rows of a batch.

use ndarray::Axis;
use tensor::Tensor;

/// Something with one part for each row of a batch.
pub trait Rows {
    /// The parts of these rows, in this order; a row may be taken twice, as beam search does.
    ///
    /// # Panics
    /// If there is no such row.
    #[must_use]
    fn rows(&self, rows: &[usize]) -> Self;
}

/// Along the first axis. What is taken is a constant.
impl Rows for Tensor {
    fn rows(&self, rows: &[usize]) -> Self {
        Tensor::constant(self.value().select(Axis(0), rows))
    }
}

/// Nothing has nothing for any row.
impl<R: Rows> Rows for Option<R> {
    fn rows(&self, rows: &[usize]) -> Self {
        self.as_ref().map(|part| part.rows(rows))
    }
}

impl<R: Rows> Rows for Vec<R> {
    fn rows(&self, rows: &[usize]) -> Self {
        self.iter().map(|part| part.rows(rows)).collect()
    }
}
