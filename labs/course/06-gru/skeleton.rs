//! The gated recurrent unit (Cho et al. 2014), in the form of cuDNN and PyTorch.
//!
//! ```text
//! a = W_xh x + b_x        (B, 3H): three parts of width H, in the order r, z, n
//! u = W_hh h + b_h        (B, 3H): likewise
//! r = σ(a_r + u_r)        reset: how much of the old state the proposal sees
//! z = σ(a_z + u_z)        update: how much of the old state stays
//! n = tanh(a_n + r * u_n) proposal
//! h' = (1 - z) * n + z * h
//! ```
//!
//! where σ(a) = 1/(1 + e^-a) and `*` is element by element.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | input | (B, E) |
//! | h, h' | state before and after | (B, H) |
//! | W_xh, W_hh | weights of input and state | (3H, E), (3H, H) |
//! | b_x, b_h | biases | (3H) |

use ndarray::{Array1, Array2};

/// One step: the new state.
///
/// # Shapes
/// - `x`: (B, E), `h`: (B, H), `w_xh`: (3H, E), `w_hh`: (3H, H), `b_x` and `b_h`: (3H); returns (B, H)
pub fn gru_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b_x: &Array1<f64>,
    b_h: &Array1<f64>,
) -> Array2<f64> {
    todo!()
}
