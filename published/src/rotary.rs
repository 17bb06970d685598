//! The order in which rotary position embeddings pair the numbers of a head.

use ndarray::{ArrayD, Axis, IxDyn, s};
use tensor::Real;

/// The rows of a map to queries or keys for a network that rotates numbers in *halves*, from those for one that rotates
/// them in *pairs*.
///
/// RoPE (Su et al. 2021, section 3.4.2) rotates two numbers of a head together. In Meta's LLaMA, GPT-J and llama2.c these
/// are neighbours, 2i and 2i + 1; in Hugging Face's LLaMA, i and i + K/2. Queries and keys in the new order have the same
/// dot products as before. `rotated` is how many of the K numbers of a head are rotated; the others stay where they are.
///
/// ```
/// use ndarray::array;
/// use published::rotary::halves;
///
/// let rows = array![[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]].into_dyn(); // one head, K = 6
/// assert_eq!(halves(rows.clone(), 1, 6), array![[0.0], [2.0], [4.0], [1.0], [3.0], [5.0]].into_dyn());
/// assert_eq!(halves(rows, 1, 4), array![[0.0], [2.0], [1.0], [3.0], [4.0], [5.0]].into_dyn());
/// ```
///
/// # Shapes
/// `rows`: (N·K, D), or (N·K) of biases.
///
/// # Panics
/// If the rows are not of that many heads, or `rotated` is odd or more than K.
#[track_caller]
pub fn halves(rows: ArrayD<Real>, heads: usize, rotated: usize) -> ArrayD<Real> {
    let shape = rows.shape().to_vec();
    assert!(
        heads > 0 && !shape.is_empty() && shape[0].is_multiple_of(heads),
        "halves: rows {shape:?} of {heads} heads"
    );
    let width = shape[0] / heads; // K
    assert!(
        rotated.is_multiple_of(2) && rotated <= width,
        "halves: {rotated} rotated numbers in heads of width {width}"
    );
    let depth: usize = shape[1..].iter().product();
    let rows = rows.to_shape((heads, width, depth)).expect("as many numbers"); // (N, K, D)
    let mut ordered = rows.to_owned();
    for (from, mut to) in rows.axis_iter(Axis(0)).zip(ordered.axis_iter_mut(Axis(0))) {
        for half in 0..2 {
            let first = half * rotated / 2;
            to.slice_mut(s![first..first + rotated / 2, ..]).assign(&from.slice(s![half..rotated;2, ..]));
        }
    }
    ordered.into_shape_with_order(IxDyn(&shape)).expect("as many numbers")
}
