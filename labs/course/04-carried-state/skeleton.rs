//! The carried state and truncated backpropagation through time (Williams & Peng 1990).
//!
//! A text is too long to be walked back from its end to its beginning. So it is cut into pieces of P steps; the last piece is
//! shorter if T is no multiple of P. An Elman network reads one piece after another:
//!
//! ```text
//! a_t = W_xh x_t + W_hh h_(t-1) + b
//! h_t = tanh(a_t)                      with h_(-1) = h0, at the beginning of the text
//! ```
//!
//! The state is carried from piece to piece: a piece begins with the state that the piece before it ended in. The gradient is not: to a
//! piece, the state that it began with is a constant.
//!
//! ```text
//! dh_t     = d_states[t] + W_hhᵀ da_(t+1)      (nothing comes back to the last step of a piece)
//! da_t     = dh_t * (1 - h_t²)
//! dW_xh    = Σ_t da_t x_tᵀ
//! dW_hh    = Σ_t da_t h_(t-1)ᵀ
//! db       = Σ_t da_t
//! ```
//!
//! where the sums are over all steps of all pieces.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | inputs | (T, E) |
//! | h | states | (T, H) |
//! | W_xh, W_hh, b | weights | (H, E), (H, H), (H) |
//! | P | steps of a piece, `piece` | |

use ndarray::{Array1, Array2};

/// The weights of an Elman network, or their gradients.
#[derive(Clone, Debug)]
pub struct Weights {
    /// (H, E)
    pub w_xh: Array2<f64>,
    /// (H, H)
    pub w_hh: Array2<f64>,
    /// (H)
    pub b: Array1<f64>,
}

/// All states of a text that is read piece by piece.
///
/// # Shapes
/// - `xs`: (T, E), `h0`: (H), the state before the text; returns (T, H)
pub fn read_in_pieces(xs: &Array2<f64>, h0: &Array1<f64>, weights: &Weights, piece: usize) -> Array2<f64> {
    todo!()
}

/// The gradient by the weights, added up over all pieces.
///
/// # Shapes
/// - `xs`: (T, E), `h0`: (H), `states` and `d_states`: (T, H), `w_hh`: (H, H); `d_states[t]` is the gradient by h_t, as if h_t had no
///   part in later states
pub fn truncated_backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
    piece: usize,
) -> Weights {
    todo!()
}
