//! The bottleneck: an encoder hands its state over to a decoder (Cho et al. 2014; Sutskever, Vinyals & Le 2014).
//!
//! A sentence is read by one Elman network and said by another. All that the second knows of the first is one vector v. It is the last state
//! of the encoder, mapped down to a width of its own; mapped up again, it is what the decoder begins with:
//!
//! ```text
//! s_t = tanh(W_xh x_t + W_hh s_(t-1) + b)      with s_0 = 0 and the encoder's weights, t = 1 .. S
//! v   = W_down s_S + b_down
//! d_0 = W_up v + b_up
//! d_t = tanh(W_xh y_t + W_hh d_(t-1) + b)      with the decoder's weights, t = 1 .. T
//! ```
//!
//! The decoder's input y_t is the vector of the word that was said before step t. The maps down and up have no nonlinearity.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | inputs of the encoder | (S, E) |
//! | y | inputs of the decoder | (T, E) |
//! | s, d | states of encoder and decoder | (S, H), (T, H) |
//! | v | the vector | (W) |
//! | W_down, b_down | weights of the map down | (W, H), (W) |
//! | W_up, b_up | weights of the map up | (H, W), (H) |

use ndarray::{Array1, Array2};

/// An Elman network.
#[derive(Clone, Debug)]
pub struct Cell {
    /// (H, E)
    pub w_xh: Array2<f64>,
    /// (H, H)
    pub w_hh: Array2<f64>,
    /// (H)
    pub b: Array1<f64>,
}

/// An encoder, a decoder, and what lies between.
#[derive(Clone, Debug)]
pub struct Model {
    /// Reads the source.
    pub encoder: Cell,
    /// Says the translation.
    pub decoder: Cell,
    /// (W, H)
    pub w_down: Array2<f64>,
    /// (W)
    pub b_down: Array1<f64>,
    /// (H, W)
    pub w_up: Array2<f64>,
    /// (H)
    pub b_up: Array1<f64>,
}

/// The vector that is handed over.
///
/// # Shapes
/// - `xs`: (S, E); returns (W)
pub fn encode(model: &Model, xs: &Array2<f64>) -> Array1<f64> {
    todo!()
}

/// The states of the decoder, d_1 to d_T.
///
/// # Shapes
/// - `v`: (W), `ys`: (T, E); returns (T, H)
pub fn decode(model: &Model, v: &Array1<f64>, ys: &Array2<f64>) -> Array2<f64> {
    todo!()
}
