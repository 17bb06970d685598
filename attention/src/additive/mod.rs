//! Additive attention (Bahdanau, Cho & Bengio 2015, section 3.1 and appendix A.1.2): a small network of one hidden
//! layer says how well a query and a key fit.
//!
//! ```text
//! k_j = W_k s_j                        once for each position of the source
//! e_j = v · tanh(W_q h + k_j)          the score of position j
//! α_j = e^{e_j} / Σ_i e^{e_i}          the alignment; 0 in the padding
//! z   = Σ_j α_j s_j                    the context
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | h | `h`, one query for each step | (B, T, H) |
//! | s_j, k_j | `memory.states`, `memory.keys` | (B, S, C), (B, S, A) |
//! | W_q, W_k, v | `query.weight`, `key.weight`, `v` | (A, H), (A, C), (A) |
//! | α, z | the alignment, the context | (B, T, S), (B, T, C) |
//!
//! The keys come with the [`Memory`](crate::Memory): W_k s_j is the same for every query.

pub mod fused;
pub mod literal;
