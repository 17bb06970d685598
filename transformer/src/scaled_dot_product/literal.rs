//! The equation, line by line, out of small recorded operations.

use tensor::{Tensor, stack};

use super::{AttentionMask, Heads, Mask, Sizes, masked};

/// Attention(Q, K, V) = softmax(Q·Kᵀ / √d_k + mask) · V, head by head.
///
/// # Shapes
/// - `q`: (B, T, D), `k` and `v`: (B, S, D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
///
/// Two tokens, one head of width 1. The second query weighs the keys 0 and ln 3 as 1 : 3; the first may not look ahead.
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, check::assert_close};
/// use transformer::scaled_dot_product::{Mask, literal};
///
/// let q = Tensor::constant(array![[[5.0], [1.0]]]);
/// let k = Tensor::constant(array![[[0.0], [1.0986122886681098]]]);
/// let v = Tensor::constant(array![[[10.0], [20.0]]]);
/// let y = literal::attention(&q, &k, &v, 1, Mask::Causal);
/// assert_close("y", y.value(), &array![[[10.0], [17.5]]].into_dyn(), 1e-6);
/// ```
// ANCHOR: attention
#[track_caller]
pub fn attention<'l>(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: impl Into<Heads>,
    mask: impl Into<AttentionMask<'l>>,
) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::new(q.shape(), k.shape(), v.shape(), heads, visible);
    let weights = weights(q, k, heads, visible); // (B, N, T, S)
    let y = masked::gather(sizes, visible, &weights, &split_key_heads(v, heads)); // (B, N, T, d_k)
    y.permute(&[0, 2, 1, 3]).reshape(q.shape()) // (B, T, D)
}
// ANCHOR_END: attention

/// [`attention`] with a mask of one's own: `weigh` makes the weights P of the [`scores`], and may do that wrongly.
///
/// # Shapes
/// - `q`: (B, T, D), `k` and `v`: (B, S, D), D divisible by `heads`; `weigh`: (B, N, T, S) to (B, N, T, S); returns
///   (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, check::assert_close};
/// use transformer::scaled_dot_product::literal;
///
/// let q = Tensor::constant(array![[[1.0]]]);
/// let k = Tensor::constant(array![[[0.0], [1.0986122886681098]]]); // scores 0 and ln 3
/// let v = Tensor::constant(array![[[10.0], [20.0]]]);
/// let y = literal::attention_with(&q, &k, &v, 1, |scores| scores.softmax()); // 1/4 and 3/4
/// assert_close("y", y.value(), &array![[[17.5]]].into_dyn(), 1e-5);
/// ```
#[track_caller]
pub fn attention_with(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: impl Into<Heads>,
    weigh: impl FnOnce(&Tensor) -> Tensor,
) -> Tensor {
    let heads = heads.into();
    Sizes::new(q.shape(), k.shape(), v.shape(), heads, Mask::Bidirectional.into());
    let y = weigh(&scores(q, k, heads)).matmul(&split_key_heads(v, heads)); // (B, N, T, d_k)
    y.permute(&[0, 2, 1, 3]).reshape(q.shape()) // (B, T, D)
}

/// Q·Kᵀ / √d_k: how well each query and key fit, in every head.
///
/// # Shapes
/// - `q`: (B, T, D), `k`: (B, S, D), D divisible by `heads`; returns (B, N, T, S).
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn scores(q: &Tensor, k: &Tensor, heads: impl Into<Heads>) -> Tensor {
    let heads = heads.into();
    let sizes = Sizes::new(q.shape(), k.shape(), k.shape(), heads, Mask::Bidirectional.into());
    let (q, k) = (split_heads(q, sizes.heads), split_key_heads(k, heads)); // (B, N, T, d_k) and (B, N, S, d_k)
    q.matmul(&k.permute(&[0, 1, 3, 2])).scale(sizes.scale)
}

/// [`attention`] of a sequence to itself, with queries, keys and values side by side.
///
/// # Shapes
/// - `qkv`: (B, T, 3·D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shape does not fit.
#[track_caller]
pub fn self_attention<'l>(qkv: &Tensor, heads: impl Into<Heads>, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let Sizes { heads: n, key_heads, width, .. } = Sizes::packed(qkv.shape(), heads, visible);
    let (d, shared) = (n * width, key_heads * width);
    let q = qkv.slice(2, 0..d); // (B, T, D)
    let [k, v] = [d, d + shared].map(|from| qkv.slice(2, from..from + shared)); // (B, T, D), or narrower if heads are shared
    attention(&q, &k, &v, heads, visible)
}

/// [`attention`] to another sequence, with its keys and values side by side.
///
/// # Shapes
/// - `q`: (B, T, D), `kv`: (B, S, 2·D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn cross_attention<'l>(
    q: &Tensor,
    kv: &Tensor,
    heads: impl Into<Heads>,
    mask: impl Into<AttentionMask<'l>>,
) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::cross(q.shape(), kv.shape(), heads, visible);
    let d = sizes.key_heads * sizes.width;
    let [k, v] = [0, 1].map(|i| kv.slice(2, i * d..(i + 1) * d)); // (B, S, D)
    attention(q, &k, &v, heads, visible)
}

/// The attention weights P = softmax(Q·Kᵀ / √d_k + mask): where each query looks, in every head. Each row sums to one.
///
/// # Shapes
/// - `q`: (B, T, D), `k`: (B, S, D), D divisible by `heads`; returns (B, N, T, S).
///
/// # Panics
/// If the shapes do not fit.
// ANCHOR: weights
#[track_caller]
pub fn weights<'l>(q: &Tensor, k: &Tensor, heads: impl Into<Heads>, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::new(q.shape(), k.shape(), k.shape(), heads, visible);
    let (q, k) = (split_heads(q, sizes.heads), split_key_heads(k, heads)); // (B, N, T, d_k) and (B, N, S, d_k)
    let mut scores = masked::compare(sizes, visible, &q, &k).scale(sizes.scale); // (B, N, T, S), -∞ where hidden
    if let Some(bias) = visible.bias {
        scores = &scores + &bias.tensor();
    }
    masked::softmax(sizes, &scores) // e^-∞ = 0
}
// ANCHOR_END: weights

/// The heads of keys or values, each as often as heads of queries look at it: (B, S, KV·d_k) to (B, N, S, d_k).
fn split_key_heads(x: &Tensor, Heads { queries, keys, .. }: Heads) -> Tensor {
    let x = split_heads(x, keys); // (B, KV, S, d_k)
    if queries == keys {
        return x;
    }
    let of_query: Vec<Tensor> = (0..queries).map(|n| x.index(1, n / (queries / keys))).collect(); // N of (B, S, d_k)
    stack(1, &of_query.iter().collect::<Vec<_>>())
}

/// Heads are slices of the width: (B, T, N·d_k) to (B, N, T, d_k).
fn split_heads(x: &Tensor, heads: usize) -> Tensor {
    let [b, t, d] = x.shape() else { unreachable!("the shapes were checked") };
    x.reshape(&[*b, *t, heads, d / heads]).permute(&[0, 2, 1, 3])
}
