//! The same mathematics as one recorded operation, with a backward pass written by hand.
//!
//! Saved: the inputs, which live on anyway, and one number for each query and head. Recomputed: the
//! attention weights, in blocks (Dao et al. 2022). So memory grows with T, not with T².

use ndarray::{Array2, Array3, ArrayView3, ArrayViewMut3, Axis, Ix3, s};
use tensor::{Array, Backward, Cost, Inputs, Outputs, Real, Tensor, record, shared};

use super::{Mask, Sizes, kernel};

/// Attention(Q, K, V) = softmax(Q·Kᵀ / √K + mask) · V, head by head.
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
pub fn attention(q: &Tensor, k: &Tensor, v: &Tensor, heads: usize, mask: Mask) -> Tensor {
    let sizes = Sizes::new(q.shape(), k.shape(), v.shape(), heads, mask);
    let [y] = record(&[q, k, v], || run(sizes, Source::Separate([q, k, v].map(|x| x.value().clone()))));
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
pub fn self_attention(qkv: &Tensor, heads: usize, mask: Mask) -> Tensor {
    let sizes = Sizes::packed(qkv.shape(), heads, mask);
    let [y] = record(&[qkv], || run(sizes, Source::Packed(qkv.value().clone())));
    y
}

fn run(sizes: Sizes, source: Source) -> ([Array; 1], ScaledDotProduct) {
    let [q, k, v] = source.views();
    let (y, lse) = kernel::forward(sizes, q, k, v);
    ([shared(y)], ScaledDotProduct { sizes, source, lse })
}

/// Where queries, keys and values stand.
enum Source {
    Separate([Array; 3]),
    Packed(Array),
}

impl Source {
    fn views(&self) -> [ArrayView3<'_, Real>; 3] {
        match self {
            Source::Separate(qkv) => [0, 1, 2].map(|i| qkv[i].view().into_dimensionality::<Ix3>().expect("checked")),
            Source::Packed(qkv) => {
                let qkv = qkv.view().into_dimensionality::<Ix3>().expect("checked");
                let d = qkv.len_of(Axis(2)) / 3;
                [0, 1, 2].map(|i| qkv.slice_move(s![.., .., i * d..(i + 1) * d]))
            }
        }
    }
}

struct ScaledDotProduct {
    sizes: Sizes,
    source: Source,
    /// ln Σ exp(score) of every query, (B·N, T).
    lse: Array2<Real>,
}

impl Backward for ScaledDotProduct {
    fn name(&self) -> &'static str {
        "scaled_dot_product"
    }
    fn cost(&self) -> Cost {
        let Sizes { batch, queries, keys, heads, width, mask } = self.sizes;
        // What the literal form does, step after step: a product, the factor, the mask, the softmax, a product.
        let mask = usize::from(mask == Mask::Causal);
        let scores = batch * heads * queries * keys;
        let numbers = 2 * batch * (queries + keys) * heads * width;
        Cost { span: 4 + mask as u64, ..Cost::elementwise(scores * (4 * width + 2 + mask + 4), numbers) }
    }
    fn saved_bytes(&self) -> usize {
        let inputs = match &self.source {
            Source::Separate(qkv) => qkv.iter().map(|x| x.len()).sum(),
            Source::Packed(qkv) => qkv.len(),
        };
        (inputs + self.lse.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let dy = dy.only().into_dimensionality::<Ix3>().expect("a gradient has its value's shape");
        let differentiate = |gradients: [ArrayViewMut3<'_, Real>; 3]| {
            let [q, k, v] = self.source.views();
            let saved = kernel::Saved { q, k, v, lse: self.lse.view() };
            kernel::backward(self.sizes, saved, dy.view(), gradients);
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
        }
    }
}
