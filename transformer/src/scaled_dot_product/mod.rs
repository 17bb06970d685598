//! Scaled dot-product attention in several heads (Vaswani et al. 2017, section 3.2):
//!
//! Attention(Q, K, V) = softmax(Q·Kᵀ / √d_k) · V
//!
//! Every query is compared with every key; the softmax turns a query's scores into weights that sum to one; the output
//! is the weighted mean of the *values* (not of the embeddings). Without the factor 1/√d_k the scores of random vectors
//! would have a variance of d_k, and the softmax of a wide head would put all its weight on one key.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | Q | queries | (B, T, D) |
//! | K, V | keys, values | (B, S, D); in self-attention S = T |
//! | N | heads: slices of the width, D = N·d_k | |
//! | d_k | width of a head | |
//! | P | attention weights | (B, N, T, S) |
//!
//! Where rows are padded to one length, [`Mask::within`] tells how long each is; a key in the padding weighs 0.
//!
//! Two forms with one signature: [`literal`] is the equation in small operations, [`fused`] one recorded operation that
//! never holds more than a few rows of P.

pub mod fused;
pub(crate) mod kernel;
pub mod literal;
mod masked;
pub(crate) mod one;
mod pairs;

use serde::{Deserialize, Serialize};
use tensor::Cost;

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
    /// This mask over rows of which only the first `lengths[b]` keys are real; `None` if all are. What stands behind
    /// them has no part in anything, whatever it is, NaN included: other numbers there change no bit of the result or of
    /// a gradient, its own gradient is 0, and a shorter row without padding gives the same to rounding. Queries
    /// are never hidden: at a position of padding one computes something that nobody reads, and a query on which nothing
    /// depends, its gradient being 0, has no part in any other gradient.
    pub fn within(self, lengths: Option<&[usize]>) -> AttentionMask<'_> {
        AttentionMask { mask: self, lengths }
    }

    /// How many keys, counted from the first, the query at position `t` of `queries` may look at.
    pub(crate) fn visible(self, t: usize, queries: usize, keys: usize) -> usize {
        match self {
            Mask::Causal => keys - queries + t + 1,
            Mask::Bidirectional => keys,
        }
    }
}

/// Which keys each query of a batch may look at: a [`Mask`] for all rows, and the rows' lengths if they are padded.
#[derive(Clone, Copy, Debug)]
pub struct AttentionMask<'l> {
    pub(crate) mask: Mask,
    pub(crate) lengths: Option<&'l [usize]>,
}

impl From<Mask> for AttentionMask<'_> {
    fn from(mask: Mask) -> Self {
        mask.within(None)
    }
}

/// The sizes of one attention, checked.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub batch: usize,
    pub queries: usize,
    pub keys: usize,
    pub heads: usize,
    /// d_k, the width of a head.
    pub width: usize,
    pub mask: Mask,
    /// Whether some score may be hidden.
    pub masked: bool,
}

impl Sizes {
    #[track_caller]
    pub(crate) fn new(q: &[usize], k: &[usize], v: &[usize], heads: usize, visible: AttentionMask<'_>) -> Self {
        let AttentionMask { mask, lengths } = visible;
        match (q, k, v) {
            (&[batch, queries, width], &[b, keys, w], v)
                if k == v && [b, w] == [batch, width] && heads > 0 && width % heads == 0 =>
            {
                if [queries, keys, width].contains(&0) {
                    panic!("attention: T, S and D are at least 1, got queries {q:?} and keys {k:?}");
                }
                if mask == Mask::Causal && keys < queries {
                    panic!(
                        "attention: a causal mask needs a key for every query, got {queries} queries and {keys} keys"
                    );
                }
                if lengths
                    .is_some_and(|all| all.len() != batch || all.iter().any(|length| !(1..=keys).contains(length)))
                {
                    panic!("attention: lengths {lengths:?} are not one of 1 to {keys} keys for each of {batch} rows");
                }
                let masked = mask == Mask::Causal || lengths.is_some();
                Sizes { batch, queries, keys, heads, width: width / heads, mask, masked }
            }
            _ => panic!(
                "attention: queries (B, T, D), keys (B, S, D) and values (B, S, D) with D divisible into {heads} heads \
                 do not fit shapes {q:?}, {k:?} and {v:?}"
            ),
        }
    }

    /// The sizes of self-attention over queries, keys and values side by side, (B, T, 3·D).
    #[track_caller]
    pub(crate) fn packed(qkv: &[usize], heads: usize, visible: AttentionMask<'_>) -> Self {
        match *qkv {
            [b, t, three_d] if heads > 0 && three_d % (3 * heads) == 0 => {
                let each = [b, t, three_d / 3];
                Self::new(&each, &each, &each, heads, visible)
            }
            _ => panic!("self_attention: (B, T, 3·D) with D divisible into {heads} heads does not fit shape {qkv:?}"),
        }
    }

    /// The sizes of cross-attention from queries (B, T, D) to keys and values side by side, (B, S, 2·D).
    #[track_caller]
    pub(crate) fn cross(q: &[usize], kv: &[usize], heads: usize, visible: AttentionMask<'_>) -> Self {
        match *kv {
            [b, s, two_d] if two_d % 2 == 0 => {
                let each = [b, s, two_d / 2];
                Self::new(q, &each, &each, heads, visible)
            }
            _ => panic!("cross_attention: keys and values (B, S, 2·D) do not fit shape {kv:?}"),
        }
    }

    /// What the literal form does, step after step: a product, the factor, the mask, the softmax, a product.
    pub(crate) fn cost(&self) -> Cost {
        let Sizes { batch, queries, keys, heads, width, masked, .. } = *self;
        let mask = usize::from(masked);
        let scores = batch * heads * queries * keys;
        let numbers = 2 * batch * (queries + keys) * heads * width;
        Cost { span: 4 + mask as u64, ..Cost::elementwise(scores * (4 * width + 2 + mask + 4), numbers) }
    }

    /// 1/√d_k.
    pub(crate) fn scale(&self) -> tensor::Real {
        1.0 / (self.width as tensor::Real).sqrt()
    }
}
