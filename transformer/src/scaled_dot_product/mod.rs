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
//! Heads of queries may share those of keys and values ([`Heads`]): then K and V are narrower, (B, S, KV·d_k). A number
//! that depends on the places of query and key may be added to each score ([`ScoreBias`]).
//!
//! Where rows are padded to one length, [`Mask::within`] tells how long each is; a key in the padding weighs 0.
//!
//! Two forms with one signature: [`literal`] is the equation in small operations, [`fused`] one recorded operation that
//! never holds more than a few rows of P.

pub(crate) mod bias;
pub mod fused;
mod heads;
pub(crate) mod kernel;
pub mod literal;
mod masked;
pub(crate) mod one;
mod pairs;

use serde::{Deserialize, Serialize};
use tensor::Cost;

pub use bias::ScoreBias;
pub use heads::Heads;

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
        AttentionMask { mask: self, lengths, bias: None }
    }

    /// How many keys, counted from the first, the query at position `t` of `queries` may look at.
    pub(crate) fn visible(self, t: usize, queries: usize, keys: usize) -> usize {
        match self {
            Mask::Causal => keys - queries + t + 1,
            Mask::Bidirectional => keys,
        }
    }
}

/// What is added to the scores before the softmax: minus infinity for keys that a query may not look at, which a [`Mask`]
/// and the lengths of padded rows tell, and perhaps a [`ScoreBias`].
#[derive(Clone, Copy, Debug)]
pub struct AttentionMask<'l> {
    pub(crate) mask: Mask,
    pub(crate) lengths: Option<&'l [usize]>,
    pub(crate) bias: Option<&'l ScoreBias>,
}

impl<'l> AttentionMask<'l> {
    /// The same with a number added to each score.
    pub fn with_bias(self, bias: Option<&'l ScoreBias>) -> Self {
        AttentionMask { bias, ..self }
    }
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
    /// N, those of queries.
    pub heads: usize,
    /// KV, those of keys and values.
    pub key_heads: usize,
    /// d_k, the width of a head.
    pub width: usize,
    /// What the products are multiplied with, usually 1/√d_k.
    pub scale: tensor::Real,
    pub mask: Mask,
    /// Whether some score may be hidden.
    pub masked: bool,
}

impl Sizes {
    #[track_caller]
    pub(crate) fn new(q: &[usize], k: &[usize], v: &[usize], heads: Heads, visible: AttentionMask<'_>) -> Self {
        let AttentionMask { mask, lengths, bias } = visible;
        let Heads { queries: n, keys: shared, .. } = heads;
        match (q, k, v) {
            (&[batch, queries, width], &[b, keys, w], v)
                if k == v && b == batch && heads.are_possible() && width % n == 0 && w == width / n * shared =>
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
                if let Some(bias) = bias {
                    bias.check(n, queries, keys);
                }
                let masked = mask == Mask::Causal || lengths.is_some();
                let width = width / n;
                Sizes {
                    batch,
                    queries,
                    keys,
                    heads: n,
                    key_heads: shared,
                    width,
                    scale: heads.scale(width),
                    mask,
                    masked,
                }
            }
            _ => panic!(
                "attention: queries (B, T, D), keys (B, S, D) and values (B, S, D) with D divisible into {heads} heads \
                 do not fit shapes {q:?}, {k:?} and {v:?}"
            ),
        }
    }

    /// The sizes of self-attention over queries, keys and values side by side, (B, T, (N + 2·KV)·d_k).
    #[track_caller]
    pub(crate) fn packed(qkv: &[usize], heads: Heads, visible: AttentionMask<'_>) -> Self {
        let Heads { queries, keys, .. } = heads;
        match *qkv {
            [b, t, all] if heads.are_possible() && all % (queries + 2 * keys) == 0 => {
                let width = all / (queries + 2 * keys);
                let k = [b, t, keys * width];
                Self::new(&[b, t, queries * width], &k, &k, heads, visible)
            }
            _ => panic!("self_attention: (B, T, 3·D) with D divisible into {heads} heads does not fit shape {qkv:?}"),
        }
    }

    /// The sizes of cross-attention from queries (B, T, D) to keys and values side by side, (B, S, 2·D).
    #[track_caller]
    pub(crate) fn cross(q: &[usize], kv: &[usize], heads: Heads, visible: AttentionMask<'_>) -> Self {
        match *kv {
            [b, s, two_d] if two_d % 2 == 0 => {
                let each = [b, s, two_d / 2];
                Self::new(q, &each, &each, heads, visible)
            }
            _ => panic!("cross_attention: keys and values (B, S, 2·D) do not fit shape {kv:?}"),
        }
    }

    /// How many heads of queries look at each head of keys.
    pub(crate) fn group(&self) -> usize {
        self.heads / self.key_heads
    }

    /// What the literal form does, step after step: a product, the factor, the mask, the softmax, a product.
    pub(crate) fn cost(&self) -> Cost {
        let Sizes { batch, queries, keys, heads, key_heads, width, masked, .. } = *self;
        let mask = usize::from(masked);
        let scores = batch * heads * queries * keys;
        let numbers = 2 * batch * (queries * heads + keys * key_heads) * width;
        Cost { span: 4 + mask as u64, ..Cost::elementwise(scores * (4 * width + 2 + mask + 4), numbers) }
    }
}
