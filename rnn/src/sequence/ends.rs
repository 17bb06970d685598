//! Where the rows of a padded batch end.

use ndarray::{Array2, Array3, ArrayViewMut2, s};
use tensor::Real;

use super::ROWS;

/// The length of every row of a padded batch; none if all rows are as long as the batch.
///
/// At its steps t ≥ length a row keeps the state it has, and says zeros. The steps are computed all the same, since a
/// block goes through its products as one; what they gave is then replaced.
pub struct Ends(Option<Vec<usize>>);

impl Ends {
    /// Of rows of these lengths.
    pub fn new(lengths: Option<&[usize]>) -> Self {
        Ends(lengths.map(<[usize]>::to_vec))
    }

    /// What holding `states` vectors costs at each step, as [`cost`](super::cost) takes it: the sums of what is kept of
    /// what came and of what was there.
    pub fn chain(&self, states: usize) -> usize {
        if self.0.is_some() { states } else { 0 }
    }

    /// The rows of a block that have ended before step t, counted from the block's first.
    pub fn ended(&self, block: usize, t: usize) -> Vec<usize> {
        let lengths = self.0.iter().flat_map(|lengths| lengths.iter().skip(block * ROWS).take(ROWS).enumerate());
        lengths.filter(|&(_, &length)| length <= t).map(|(row, _)| row).collect()
    }

    /// Fills (B, T, N) with zeros behind the ends.
    pub fn clear(&self, x: &mut Array3<Real>) {
        for (row, &length) in self.0.iter().flatten().enumerate() {
            x.slice_mut(s![row, length.., ..]).fill(0.0);
        }
    }
}

/// Copies these rows from one (rows, N) to the other.
pub fn keep(rows: &[usize], from: &ArrayViewMut2<'_, Real>, to: &mut ArrayViewMut2<'_, Real>) {
    for &row in rows {
        to.row_mut(row).assign(&from.row(row));
    }
}

/// Puts back what `select` took out of (rows, N).
pub fn put_back(rows: &[usize], taken: &Array2<Real>, x: &mut ArrayViewMut2<'_, Real>) {
    for (&row, taken) in rows.iter().zip(taken.rows()) {
        x.row_mut(row).assign(&taken);
    }
}

/// Fills these rows of (rows, N) with zeros.
pub fn clear(rows: &[usize], x: &mut ArrayViewMut2<'_, Real>) {
    for &row in rows {
        x.row_mut(row).fill(0.0);
    }
}
