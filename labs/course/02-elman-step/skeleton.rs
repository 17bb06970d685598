//! The simple recurrent network (Elman 1990): a state that is fed back.
//!
//! ```text
//! h_t = tanh(W_xh x_t + W_hh h_(t-1) + b)
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x_t | input at time t, a row for each sequence of the batch | (B, E) |
//! | h_t | state after it | (B, H) |
//! | W_xh | weights of the input | (H, E) |
//! | W_hh | weights of the state | (H, H) |
//! | b | bias | (H) |

use ndarray::{Array1, Array2, Array3};

/// One step: the state after an input has been read.
///
/// # Shapes
/// - `x`: (B, E), `h`: (B, H), `w_xh`: (H, E), `w_hh`: (H, H), `b`: (H); returns (B, H)
pub fn elman_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array2<f64> {
    todo!()
}

/// A whole sequence, read from its beginning to its end: the state after every input.
///
/// # Shapes
/// - `xs`: (B, T, E), `h0`: (B, H), the state before the first input, weights as above; returns (B, T, H)
pub fn elman_sequence(
    xs: &Array3<f64>,
    h0: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> Array3<f64> {
    todo!()
}
