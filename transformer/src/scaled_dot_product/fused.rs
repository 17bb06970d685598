//! The same mathematics as one recorded operation, with a backward pass written by hand.
//!
//! Saved: the inputs, which live on anyway, and two numbers for each query and head. Recomputed: the
//! attention weights, in blocks (Dao et al. 2022). So memory grows with T, not with T².

use ndarray::{Array2, Array3, ArrayView3, ArrayViewMut3, Axis, Ix3, s};
use tensor::kernels::LogSumExp;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::{AttentionMask, Sizes, kernel};

/// Attention(Q, K, V) = softmax(Q·Kᵀ / √d_k + mask) · V, head by head.
///
/// # Shapes
/// - `q`: (B, T, D), `k` and `v`: (B, S, D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
///
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, check::assert_close};
/// use transformer::scaled_dot_product::{Mask, fused};
///
/// let q = Tensor::constant(array![[[5.0], [1.0]]]);
/// let k = Tensor::constant(array![[[0.0], [1.0986122886681098]]]); // ln 3
/// let v = Tensor::constant(array![[[10.0], [20.0]]]);
/// let y = fused::attention(&q, &k, &v, 1, Mask::Causal);
/// assert_close("y", y.value(), &array![[[10.0], [17.5]]].into_dyn(), 1e-6);
/// ```
#[track_caller]
pub fn attention<'l>(q: &Tensor, k: &Tensor, v: &Tensor, heads: usize, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let visible = mask.into();
    let sizes = Sizes::new(q.shape(), k.shape(), v.shape(), heads, visible);
    let source = || Source::Separate([q, k, v].map(|x| x.value().clone()));
    let [y] = record(&[q, k, v], || run(sizes, visible, source()));
    y
}

/// [`attention`] of a sequence to itself, with queries, keys and values side by side, as one product gives them.
///
/// # Shapes
/// - `qkv`: (B, T, 3·D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shape does not fit.
#[track_caller]
pub fn self_attention<'l>(qkv: &Tensor, heads: usize, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let visible = mask.into();
    let sizes = Sizes::packed(qkv.shape(), heads, visible);
    let [y] = record(&[qkv], || run(sizes, visible, Source::Packed(qkv.value().clone())));
    y
}

/// [`attention`] to another sequence, with its keys and values side by side, as one product gives them.
///
/// # Shapes
/// - `q`: (B, T, D), `kv`: (B, S, 2·D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shapes do not fit.
///
/// The second key is padding: whatever its value, nothing of it is gathered.
/// ```
/// use ndarray::array;
/// use tensor::{Tensor, shared};
/// use transformer::scaled_dot_product::{Mask, fused};
///
/// let q = Tensor::constant(array![[[5.0], [1.0], [-2.0]]]);
/// let kv = Tensor::constant(array![[[0.0, 10.0], [7.0, 99.0]]]); // key and value of two positions
/// let y = fused::cross_attention(&q, &kv, 1, Mask::Bidirectional.within(Some(&[1])));
/// assert_eq!(y.value(), &shared(array![[[10.0], [10.0], [10.0]]]));
/// ```
#[track_caller]
pub fn cross_attention<'l>(q: &Tensor, kv: &Tensor, heads: usize, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let visible = mask.into();
    let sizes = Sizes::cross(q.shape(), kv.shape(), heads, visible);
    let source = || Source::Memory([q, kv].map(|x| x.value().clone()));
    let [y] = record(&[q, kv], || run(sizes, visible, source()));
    y
}

fn run(sizes: Sizes, visible: AttentionMask<'_>, source: Source) -> ([Array; 1], ScaledDotProduct) {
    let [q, k, v] = source.views();
    let (y, lse) = kernel::forward(sizes, visible.lengths, q, k, v);
    ([shared(y)], ScaledDotProduct { sizes, lengths: visible.lengths.map(Box::from), source, lse })
}

/// Where queries, keys and values stand.
enum Source {
    Separate([Array; 3]),
    /// All three side by side.
    Packed(Array),
    /// The queries, and keys and values side by side.
    Memory([Array; 2]),
}

impl Source {
    fn views(&self) -> [ArrayView3<'_, Real>; 3] {
        match self {
            Source::Separate(qkv) => [0, 1, 2].map(|i| of_rank_3(&qkv[i])),
            Source::Packed(qkv) => {
                let qkv = of_rank_3(qkv);
                let d = qkv.len_of(Axis(2)) / 3;
                [0, 1, 2].map(|i| qkv.slice_move(s![.., .., i * d..(i + 1) * d]))
            }
            Source::Memory([q, kv]) => {
                let kv = of_rank_3(kv);
                let (k, v) = kv.split_at(Axis(2), kv.len_of(Axis(2)) / 2);
                [of_rank_3(q), k, v]
            }
        }
    }
}

fn of_rank_3(x: &Array) -> ArrayView3<'_, Real> {
    x.view().into_dimensionality::<Ix3>().expect("checked")
}

struct ScaledDotProduct {
    sizes: Sizes,
    lengths: Option<Box<[usize]>>,
    source: Source,
    /// ln Σ exp(score) of every query, (B·N, T).
    lse: Array2<LogSumExp>,
}

impl Backward for ScaledDotProduct {
    fn name(&self) -> &'static str {
        "scaled_dot_product"
    }
    fn cost(&self) -> Cost {
        self.sizes.cost()
    }
    fn saved_bytes(&self) -> usize {
        let inputs = match &self.source {
            Source::Separate(qkv) => qkv.iter().map(|x| x.len()).sum(),
            Source::Packed(qkv) => qkv.len(),
            Source::Memory([q, kv]) => q.len() + kv.len(),
        };
        inputs * size_of::<Real>() + self.lse.len() * size_of::<LogSumExp>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only().into_dimensionality::<Ix3>().expect("a gradient has its value's shape");
        let differentiate = |gradients: [ArrayViewMut3<'_, Real>; 3]| {
            let [q, k, v] = self.source.views();
            let saved = kernel::Saved { q, k, v, lse: self.lse.view() };
            kernel::backward(self.sizes, self.lengths.as_deref(), saved, dy.view(), gradients);
        };
        match &self.source {
            Source::Separate(_) => {
                let mut gradients = self.source.views().map(|x| Array3::zeros(x.raw_dim()));
                let [dq, dk, dv] = &mut gradients;
                differentiate([dq, dk, dv].map(|x| x.view_mut()));
                gradients.into_iter().enumerate().for_each(|(i, gradient)| dx.add(i, gradient.into_dyn()));
            }
            Source::Packed(_) => {
                let (b, t, d) = dy.dim();
                let mut gradient = Array3::zeros((b, t, 3 * d));
                let (dq, rest) = gradient.view_mut().split_at(Axis(2), d);
                let (dk, dv) = rest.split_at(Axis(2), d);
                differentiate([dq, dk, dv]);
                dx.add(0, gradient.into_dyn());
            }
            Source::Memory(_) => {
                let (b, t, d) = dy.dim();
                let mut gradients = (Array3::zeros((b, t, d)), Array3::zeros((b, self.sizes.keys, 2 * d)));
                let (dk, dv) = gradients.1.view_mut().split_at(Axis(2), d);
                differentiate([gradients.0.view_mut(), dk, dv]);
                dx.add(0, gradients.0.into_dyn());
                dx.add(1, gradients.1.into_dyn());
            }
        }
    }
}
