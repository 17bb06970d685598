//! The same mathematics as one recorded operation, with a backward pass written by hand.
//!
//! Saved: the inputs, which live on anyway, and two numbers for each query and head. Recomputed: the
//! attention weights, in blocks (Dao et al. 2022). So memory grows with T, not with T².

use ndarray::{Array2, Array3, ArrayView3, ArrayViewMut3, Axis, Ix3};
use tensor::kernels::LogSumExp;
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::bias::BiasValues;
use super::kernel::{self, Added};
use super::{AttentionMask, Heads, Sizes};

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
pub fn attention<'l>(
    q: &Tensor,
    k: &Tensor,
    v: &Tensor,
    heads: impl Into<Heads>,
    mask: impl Into<AttentionMask<'l>>,
) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::new(q.shape(), k.shape(), v.shape(), heads, visible);
    let source = || Source::Separate([q, k, v].map(|x| x.value().clone()));
    recorded(&[q, k, v], sizes, visible, source)
}

/// [`attention`] of a sequence to itself, with queries, keys and values side by side, as one product gives them.
///
/// # Shapes
/// - `qkv`: (B, T, 3·D), D divisible by `heads`; returns (B, T, D).
///
/// # Panics
/// If the shape does not fit.
#[track_caller]
pub fn self_attention<'l>(qkv: &Tensor, heads: impl Into<Heads>, mask: impl Into<AttentionMask<'l>>) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::packed(qkv.shape(), heads, visible);
    recorded(&[qkv], sizes, visible, || Source::Packed(qkv.value().clone()))
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
pub fn cross_attention<'l>(
    q: &Tensor,
    kv: &Tensor,
    heads: impl Into<Heads>,
    mask: impl Into<AttentionMask<'l>>,
) -> Tensor {
    let (heads, visible) = (heads.into(), mask.into());
    let sizes = Sizes::cross(q.shape(), kv.shape(), heads, visible);
    let source = || Source::Memory([q, kv].map(|x| x.value().clone()));
    recorded(&[q, kv], sizes, visible, source)
}

#[track_caller]
fn recorded(inputs: &[&Tensor], sizes: Sizes, visible: AttentionMask<'_>, source: impl FnOnce() -> Source) -> Tensor {
    let learned = visible.bias.and_then(|bias| bias.learned());
    let inputs: Vec<&Tensor> = inputs.iter().copied().chain(learned).collect();
    let [y] = record(&inputs, || {
        let (source, bias) = (source(), visible.bias.map(|bias| bias.values()));
        let [q, k, v] = source.views(sizes);
        let (y, lse) = kernel::forward(sizes, Added { lengths: visible.lengths, bias: bias.as_ref() }, q, k, v);
        let (lengths, learns) = (visible.lengths.map(Box::from), learned.is_some());
        ([shared(y)], ScaledDotProduct { sizes, lengths, bias, learns, source, lse })
    });
    y
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
    /// Of how many tensors they are made.
    fn inputs(&self) -> usize {
        match self {
            Source::Separate(_) => 3,
            Source::Packed(_) => 1,
            Source::Memory(_) => 2,
        }
    }

    fn views(&self, sizes: Sizes) -> [ArrayView3<'_, Real>; 3] {
        match self {
            Source::Separate(qkv) => [0, 1, 2].map(|i| of_rank_3(&qkv[i])),
            Source::Packed(qkv) => {
                let qkv = of_rank_3(qkv);
                let (q, kv) = qkv.split_at(Axis(2), sizes.heads * sizes.width);
                let (k, v) = kv.split_at(Axis(2), sizes.key_heads * sizes.width);
                [q, k, v]
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
    bias: Option<BiasValues>,
    /// Whether the bias is the last input.
    learns: bool,
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
        let bias = self.bias.as_ref().map_or(0, BiasValues::bytes);
        inputs * size_of::<Real>() + bias + self.lse.len() * size_of::<LogSumExp>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only().into_dimensionality::<Ix3>().expect("a gradient has its value's shape");
        let Sizes { batch, queries, keys, heads, key_heads, width, .. } = self.sizes;
        let (d, shared) = (heads * width, key_heads * width);
        let asked = self.learns && dx.wants(self.source.inputs());
        let mut dscores = asked.then(|| Array3::zeros((batch * heads, queries, keys)));
        let mut differentiate = |gradients: [ArrayViewMut3<'_, Real>; 3]| {
            let [q, k, v] = self.source.views(self.sizes);
            let saved = kernel::Saved { q, k, v, lse: self.lse.view() };
            let added = Added { lengths: self.lengths.as_deref(), bias: self.bias.as_ref() };
            let dscores = dscores.as_mut().map(|dscores| dscores.view_mut());
            kernel::backward(self.sizes, added, saved, dy.view(), gradients, dscores);
        };
        match &self.source {
            Source::Separate(_) => {
                let mut gradients = self.source.views(self.sizes).map(|x| Array3::zeros(x.raw_dim()));
                let [dq, dk, dv] = &mut gradients;
                differentiate([dq, dk, dv].map(|x| x.view_mut()));
                gradients.into_iter().enumerate().for_each(|(i, gradient)| dx.add(i, gradient.into_dyn()));
            }
            Source::Packed(_) => {
                let mut gradient = Array3::zeros((batch, queries, d + 2 * shared));
                let (dq, rest) = gradient.view_mut().split_at(Axis(2), d);
                let (dk, dv) = rest.split_at(Axis(2), shared);
                differentiate([dq, dk, dv]);
                dx.add(0, gradient.into_dyn());
            }
            Source::Memory(_) => {
                let mut gradients = (Array3::zeros((batch, queries, d)), Array3::zeros((batch, keys, 2 * shared)));
                let (dk, dv) = gradients.1.view_mut().split_at(Axis(2), shared);
                differentiate([gradients.0.view_mut(), dk, dv]);
                dx.add(0, gradients.0.into_dyn());
                dx.add(1, gradients.1.into_dyn());
            }
        }
        if let Some(dscores) = dscores {
            // The bias is the same in every row of the batch.
            let rows = dscores.into_shape_with_order((batch, heads, queries, keys)).expect("B·N matrices");
            dx.add(self.source.inputs(), rows.sum_axis(Axis(0)).into_dyn());
        }
    }
}
