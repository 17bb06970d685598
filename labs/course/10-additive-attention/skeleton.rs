//! Additive attention (Bahdanau, Cho & Bengio 2014, section 3.1 and appendix A.1.2).
//!
//! A decoder does not get one vector for a whole sentence: before each word it looks back at all states of the encoder.
//! A small network says how well its own state, the query, fits each of them:
//!
//! ```text
//! score_j = v · tanh(W_q q + W_k s_j)
//! α = softmax(score)             over all states j
//! z = Σ_j α_j s_j                the context
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | q | query | (H) |
//! | s_j | states of the encoder, one in each row | (S, C) |
//! | W_q, W_k | weights of query and states | (A, H), (A, C) |
//! | v | | (A) |
//! | α | alignment | (S) |
//! | z | context | (C) |

use ndarray::{Array1, Array2};

/// How well the query fits each state.
///
/// # Shapes
/// - `query`: (H), `states`: (S, C), `w_q`: (A, H), `w_k`: (A, C), `v`: (A); returns (S)
pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    todo!()
}

/// The context and the alignment, in this order.
///
/// # Shapes
/// - as above; returns (C) and (S)
pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    todo!()
}
