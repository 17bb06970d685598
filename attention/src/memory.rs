//! What a decoder looks back at.

use nn::Rows;
use tensor::{Array, Real, Tensor};

/// The source as the encoder has left it: one state for each position, instead of one for the whole sentence.
#[derive(Clone, Debug)]
pub struct Memory {
    /// s_j, the states of the encoder, (B, S, C).
    pub states: Tensor,
    /// k_j, what queries are compared with, (B, S, A). They do not depend on the query and are computed once.
    pub keys: Tensor,
    /// How many positions of each row belong to its sentence, 1 to S each; the rest is padding.
    pub lengths: Vec<usize>,
}

impl Memory {
    /// Minus infinity in the padding and zero elsewhere, (B, 1, S), to be added to scores; none where no row is padded.
    pub(crate) fn mask(&self) -> Option<Tensor> {
        let longest = self.states.shape()[1];
        let padded = self.lengths.iter().any(|&length| length < longest);
        padded.then(|| {
            let at = |(b, _, s)| if s < self.lengths[b] { 0.0 } else { Real::NEG_INFINITY };
            Tensor::constant(ndarray::Array3::from_shape_fn((self.lengths.len(), 1, longest), at))
        })
    }
}

impl Rows for Memory {
    fn rows(&self, rows: &[usize]) -> Self {
        let lengths = rows.iter().map(|&row| self.lengths[row]).collect();
        Memory { states: self.states.rows(rows), keys: self.keys.rows(rows), lengths }
    }
}

/// The numbers of a tensor with those of a row next to each other.
pub(crate) fn contiguous(x: &Tensor) -> Array {
    let x = x.value();
    if x.is_standard_layout() { x.clone() } else { x.as_standard_layout().into_owned().into_shared() }
}
