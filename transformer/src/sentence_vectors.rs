//! One vector for a text.

use ndarray::{Array1, Axis};
use tensor::{Real, Tensor};

/// One vector of length 1 for each text, in the direction of the mean m of its tokens' vectors: m/‖m‖ (Reimers & Gurevych 2019,
/// section 3). The inner product of two is their cosine.
///
/// ```
/// use ndarray::arr3;
/// use tensor::Tensor;
/// use transformer::sentence_vectors;
///
/// let vectors = Tensor::constant(arr3(&[[[3.0, 0.0], [3.0, 8.0]], [[0.0, 2.0], [0.0, 0.0]]])); // the last is padding
/// let texts = sentence_vectors(&vectors, &[2, 1]);
/// assert_eq!(texts.value(), &tensor::shared(ndarray::arr2(&[[0.6, 0.8], [0.0, 1.0]])));
/// ```
///
/// # Shapes
/// - `vectors`: (B, S, D), 0 in the padding; `lengths`: of each text, B; returns (B, D).
// ANCHOR: sentence
#[track_caller]
pub fn sentence_vectors(vectors: &Tensor, lengths: &[usize]) -> Tensor {
    let tokens = Array1::from_iter(lengths.iter().map(|&length| length as Real));
    let mean = &vectors.sum_axis(1) / &Tensor::constant(tokens.insert_axis(Axis(1))); // (B, D)
    // Were all numbers 0, there would be no direction; so they stay 0.
    let length = (&mean * &mean).sum_axis(1).affine(1.0, 1e-24).sqrt(); // (B)
    &mean / &length.reshape(&[lengths.len(), 1])
}
// ANCHOR_END: sentence
