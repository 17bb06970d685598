//! Backpropagation through time (Rumelhart, Hinton & Williams 1986; Werbos 1990).
//!
//! An Elman network has read a sequence:
//!
//! ```text
//! a_t = W_xh x_t + W_hh h_(t-1) + b
//! h_t = tanh(a_t)                      with h_(-1) = h0
//! ```
//!
//! Some loss depends on its states, and d_states[t] is how: the gradient by h_t, as if h_t had no part in later states. But it has.
//! So the gradient is walked back through time, and at every step two things meet: what the loss wants of h_t itself, and what
//! comes back from h_(t+1).
//!
//! ```text
//! dh_t     = d_states[t] + W_hhᵀ da_(t+1)      (nothing comes back to the last)
//! da_t     = dh_t * (1 - h_t²)
//! dW_xh    = Σ_t da_t x_tᵀ
//! dW_hh    = Σ_t da_t h_(t-1)ᵀ
//! db       = Σ_t da_t
//! dh0      = W_hhᵀ da_0
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | inputs | (T, E) |
//! | h | states | (T, H) |
//! | W_xh, W_hh, b | weights | (H, E), (H, H), (H) |

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

/// The gradient by the weights, and by the state before the sequence.
///
/// # Shapes
/// - `xs`: (T, E), `h0`: (H), `states` and `d_states`: (T, H), `w_hh`: (H, H)
pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    todo!()
}
