//! Scaled dot-product attention in several heads (Vaswani et al. 2017, section 3.2):
//!
//! Attention(Q, K, V) = softmax(Q·Kᵀ / √K) · V
//!
//! Every query is compared with every key; the softmax turns a query's scores into weights that sum to one; the output
//! is the weighted mean of the *values* (not of the embeddings). Without the factor 1/√K the scores of random vectors
//! would have a variance of K, and the softmax of a wide head would put all its weight on one key.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | Q | queries | (B, T, D) |
//! | K, V | keys, values | (B, S, D); in self-attention S = T |
//! | N | heads: slices of the width, D = N·K | |
//! | K | width of a head | |
//! | P | attention weights | (B, N, T, S) |
//!
//! Two forms with one signature: [`literal`] is the equation in small operations, [`fused`] one recorded operation that
//! never holds more than a few rows of P.

pub mod fused;
pub(crate) mod kernel;
pub mod literal;

use serde::{Deserialize, Serialize};

/// Which keys a query may look at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Those of its own position and before: a score of minus infinity hides the rest, and the softmax gives it a
    /// weight of exactly zero. If there are more keys than queries, the queries are the last positions, as when a
    /// sequence is continued.
    #[default]
    Causal,
    /// All of them.
    Bidirectional,
}

impl Mask {
    /// How many keys, counted from the first, the query at position `t` of `queries` may look at.
    pub(crate) fn visible(self, t: usize, queries: usize, keys: usize) -> usize {
        match self {
            Mask::Causal => keys - queries + t + 1,
            Mask::Bidirectional => keys,
        }
    }
}

/// The sizes of one attention, checked.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub batch: usize,
    pub queries: usize,
    pub keys: usize,
    pub heads: usize,
    /// K, the width of a head.
    pub width: usize,
    pub mask: Mask,
}

impl Sizes {
    #[track_caller]
    pub(crate) fn new(q: &[usize], k: &[usize], v: &[usize], heads: usize, mask: Mask) -> Self {
        match (q, k, v) {
            (&[batch, queries, width], &[b, keys, w], v)
                if k == v && [b, w] == [batch, width] && heads > 0 && width % heads == 0 =>
            {
                if mask == Mask::Causal && keys < queries {
                    panic!(
                        "attention: a causal mask needs a key for every query, got {queries} queries and {keys} keys"
                    );
                }
                Sizes { batch, queries, keys, heads, width: width / heads, mask }
            }
            _ => panic!(
                "attention: queries (B, T, D), keys (B, S, D) and values (B, S, D) with D divisible into {heads} heads \
                 do not fit shapes {q:?}, {k:?} and {v:?}"
            ),
        }
    }

    /// The sizes of self-attention over queries, keys and values side by side, (B, T, 3·D).
    #[track_caller]
    pub(crate) fn packed(qkv: &[usize], heads: usize, mask: Mask) -> Self {
        match *qkv {
            [b, t, three_d] if heads > 0 && three_d % (3 * heads) == 0 => {
                let each = [b, t, three_d / 3];
                Self::new(&each, &each, &each, heads, mask)
            }
            _ => panic!("self_attention: (B, T, 3·D) with D divisible into {heads} heads does not fit shape {qkv:?}"),
        }
    }

    /// 1/√K.
    pub(crate) fn scale(&self) -> tensor::Real {
        1.0 / (self.width as tensor::Real).sqrt()
    }
}
