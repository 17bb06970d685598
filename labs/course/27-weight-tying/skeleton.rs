//! Weight tying (Press & Wolf 2017).
//!
//! A language model looks a vector up for each token that it reads, and gives a score to each token that may follow. Both need a vector for
//! each of V tokens. Tied, it is one table W:
//!
//! ```text
//! X = W[tokens]           row t is the row of W with the number tokens[t]
//! H = tanh(X Aᵀ)          all that is between input and output; in a GPT these are its blocks
//! Z = H Wᵀ                the score of token v at place t is the inner product of H_t and W_v
//! ```
//!
//! So the gradient of W has two parts, one for each use. What the scores ask of H goes on to X, and from there to the rows that were looked up:
//!
//! ```text
//! dH = dZ W
//! dX = (dH * (1 - H²)) A
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | tokens | what was read; some tokens come more than once | (T) |
//! | W | the table | (V, D) |
//! | A | weights of the map between | (D, D) |
//! | X, H | vectors of the tokens, and of the output | (T, D) |
//! | Z | scores | (T, V) |

use ndarray::{Array1, Array2};

/// The scores Z of all tokens at every place.
///
/// # Shapes
/// - `tokens`: (T), `w`: (V, D), `a`: (D, D); returns (T, V)
pub fn scores(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>) -> Array2<f64> {
    todo!()
}

/// The gradient of a loss by W, from both of its uses, given its gradient by Z.
///
/// # Shapes
/// - `tokens`: (T), `w`: (V, D), `a`: (D, D), `d_z`: (T, V); returns (V, D)
pub fn gradient(tokens: &Array1<usize>, w: &Array2<f64>, a: &Array2<f64>, d_z: &Array2<f64>) -> Array2<f64> {
    todo!()
}
