//! Cross-attention in a decoder (Vaswani et al. 2017, section 3.2.3).
//!
//! Each position of a decoder looks at the sentence that the encoder has read. The queries come from the decoder, keys and values from
//! the encoder:
//!
//! ```text
//! Q = X W_qᵀ      K = M W_kᵀ      V = M W_vᵀ
//! Y = softmax(Q·Kᵀ / √d + mask)·V
//! ```
//!
//! The whole sentence may be seen, by every position: it has been read before the first word is said. What may not be seen is the padding
//! behind it.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | X | states of the decoder | (T, D) |
//! | M | states of the encoder, of which the first `length` are of words, and the others padding | (S, C) |
//! | W_q, W_k, W_v | weights | (d, D), (d, C), (e, C) |
//! | Y | what the decoder has read | (T, e) |

use ndarray::Array2;

/// What each position of the decoder reads in the encoder's states.
///
/// # Shapes
/// - `x`: (T, D), `memory`: (S, C), `w_q`: (d, D), `w_k`: (d, C), `w_v`: (e, C), `length` from 1 to S; returns (T, e)
pub fn cross_attention(
    x: &Array2<f64>,
    memory: &Array2<f64>,
    length: usize,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    w_v: &Array2<f64>,
) -> Array2<f64> {
    todo!()
}
