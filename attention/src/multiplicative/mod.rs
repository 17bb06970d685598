//! Multiplicative attention (Luong, Pham & Manning 2015, section 3.1): a query and a key fit as well as their inner
//! product is large.
//!
//! ```text
//! k_j = s_j, or W s_j                  "dot", or "general": once for each position of the source
//! e_j = f h · k_j                      the score of position j; f is 1, or 1/√H if it is scaled
//! α_j = e^{e_j} / Σ_i e^{e_i}          the alignment; 0 in the padding
//! z   = Σ_j α_j s_j                    the context
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | h | `h`, one query for each step | (B, T, H) |
//! | s_j, k_j | `memory.states`, `memory.keys` | (B, S, C), (B, S, H) |
//! | W | `key.weight` | (H, C) |
//! | f | `factor` | |
//! | α, z | the alignment, the context | (B, T, S), (B, T, C) |
//!
//! The paper writes h·(W s_j); that W stands with the key and not with the query lets it be multiplied once a sentence.
//! The factor came in 2017 (Vaswani et al., section 3.2.1): the variance of an inner product grows with its length.

pub mod fused;
pub mod literal;
