//! Multiplicative attention (Luong, Pham & Manning 2015, section 3.1).
//!
//! Scores need no hidden layer: an inner product does as well, and all of them are one product of matrices.
//!
//! ```text
//! dot       score[t, j] = q_t · s_j              needs H = C
//! general   score[t, j] = q_t · W s_j
//! α_t = softmax(score_t)                         over the states j
//! z_t = Σ_j α_tj s_j                             the context
//! h_t = tanh(W_c [z_t; q_t])                     context and query side by side, in this order
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | q | queries, the states of the decoder | (T, H) |
//! | s | states of the encoder | (S, C) |
//! | W | | (H, C) |
//! | z | contexts | (T, C) |
//! | W_c | | (H, C + H) |
//! | h | what the decoder predicts from | (T, H) |

use ndarray::Array2;

/// Scores by the inner product alone.
///
/// # Shapes
/// - `queries`: (T, C), `states`: (S, C); returns (T, S)
pub fn dot_scores(queries: &Array2<f64>, states: &Array2<f64>) -> Array2<f64> {
    todo!()
}

/// Scores with weights between, which may change the width.
///
/// # Shapes
/// - `queries`: (T, H), `states`: (S, C), `w`: (H, C); returns (T, S)
pub fn general_scores(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>) -> Array2<f64> {
    todo!()
}

/// What the decoder predicts from, with general scores.
///
/// # Shapes
/// - `queries`: (T, H), `states`: (S, C), `w`: (H, C), `w_c`: (H, C + H); returns (T, H)
pub fn attend(queries: &Array2<f64>, states: &Array2<f64>, w: &Array2<f64>, w_c: &Array2<f64>) -> Array2<f64> {
    todo!()
}
