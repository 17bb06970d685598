//! The gates of the LSTM (Hochreiter & Schmidhuber 1997; with the forget gate of Gers et al. 2000).
//!
//! ```text
//! a = W_xh x + W_hh h + b           (B, 4H): four parts of width H, in the order i, f, g, o
//! i = σ(a_i)  f = σ(a_f)  g = tanh(a_g)  o = σ(a_o)
//! c' = f * c + i * g                what is kept of the cell, and what is written to it
//! h' = o * tanh(c')                 what is shown of it
//! ```
//!
//! where σ(a) = 1/(1 + e^-a) and `*` is element by element.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | input | (B, E) |
//! | h, h' | state before and after | (B, H) |
//! | c, c' | cell before and after | (B, H) |
//! | W_xh | weights of the input | (4H, E) |
//! | W_hh | weights of the state | (4H, H) |
//! | b | bias | (4H) |

use ndarray::{Array1, Array2};

/// One step: the new state and the new cell, in this order.
///
/// # Shapes
/// - `x`: (B, E), `h` and `c`: (B, H), `w_xh`: (4H, E), `w_hh`: (4H, H), `b`: (4H); returns (B, H) and (B, H)
pub fn lstm_step(
    x: &Array2<f64>,
    h: &Array2<f64>,
    c: &Array2<f64>,
    w_xh: &Array2<f64>,
    w_hh: &Array2<f64>,
    b: &Array1<f64>,
) -> (Array2<f64>, Array2<f64>) {
    todo!()
}
