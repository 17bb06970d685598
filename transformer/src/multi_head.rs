//! Multi-head self-attention (Vaswani et al. 2017, section 3.2.2).

use ndarray::{Array3, ArrayView3, Axis, Ix3, s};
use nn::Linear;
use tensor::{Context, Init, Real, Tensor};

use crate::scaled_dot_product::{Mask, Sizes, fused, kernel, literal};
use crate::{BlockConfig, Engine};

/// Attention in several heads: MultiHead(x) = Concat(head_1, .., head_N)·W_Oᵀ + b_O, where each head attends with its
/// own slices of Q = x·W_Qᵀ + b_Q, K = x·W_Kᵀ + b_K and V = x·W_Vᵀ + b_V.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | W_Q, W_K, W_V, one below the other | `c_attn.weight` | (3·D, D) |
/// | b_Q, b_K, b_V | `c_attn.bias` | (3·D), if the configuration has biases |
/// | W_O | `c_proj.weight` | (D, D) |
/// | b_O | `c_proj.bias` | (D), likewise |
///
/// Heads are slices of the *width*: head n has the columns n·K..(n+1)·K of Q, K and V, K = D/N. The names are GPT-2's;
/// one product makes Q, K and V together.
///
/// ```
/// use ndarray::array;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
/// use transformer::{BlockConfig, Engine, MultiHeadAttention};
///
/// let mut parameters = Parameters::new();
/// let config = BlockConfig::new(2, 1);
/// let attention = MultiHeadAttention::new(&mut Init::new(&mut parameters, 1), &config, 1);
/// // rows of Q, of K, of V; 1.5536723 is √2·ln 3
/// let w = array![[1.0, 0.0], [0.0, 5.0], [0.0, 1.5536723], [0.0, 0.0], [10.0, 0.0], [0.0, 1.0]];
/// parameters.set(parameters.find("c_attn.weight").unwrap(), shared(w));
/// parameters.set(parameters.find("c_proj.weight").unwrap(), shared(array![[2.0, 0.0], [1.0, 4.0]]));
///
/// let x = Tensor::constant(array![[[3.0, 0.0], [1.0, 1.0]]]); // values (30, 0) and (10, 1)
/// let y = attention.forward(&Context::eval(&parameters), &x, Engine::Fused);
/// // The first token sees itself alone. The second weighs the scores 0 and ln 3 as 1 : 3 and gathers (15, 3/4).
/// assert_close("y", y.value(), &array![[[60.0, 30.0], [30.0, 18.0]]].into_dyn(), 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct MultiHeadAttention {
    c_attn: Linear,
    c_proj: Linear,
    heads: usize,
    mask: Mask,
}

impl MultiHeadAttention {
    /// The attention of a block of this configuration; `depth` is the number of blocks in the model, by which the
    /// output projection's first values are scaled ([`Block::new`](crate::Block::new)).
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, depth: usize) -> Self {
        let width = config.width;
        MultiHeadAttention {
            c_attn: config.linear(&mut init.child("c_attn"), width, 3 * width),
            c_proj: config.residual_linear(&mut init.child("c_proj"), width, width, depth),
            heads: config.heads,
            mask: config.mask,
        }
    }

    /// Attends and projects.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, engine: Engine) -> Tensor {
        self.c_proj.forward(cx, &self.heads(cx, x, engine)) // (B, T, D)
    }

    /// What each head has gathered, side by side, before the output projection mixes them.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, N·K), head n in the columns n·K..(n+1)·K.
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn heads(&self, cx: &Context<'_>, x: &Tensor, engine: Engine) -> Tensor {
        let qkv = self.c_attn.forward(cx, x); // (B, T, 3·D)
        match engine {
            Engine::Literal => literal::self_attention(&qkv, self.heads, self.mask),
            Engine::Fused => fused::self_attention(&qkv, self.heads, self.mask),
        }
    }

    /// Where each position looks, in every head.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, N, T, T), each row summing to one.
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        let qkv = self.c_attn.forward(cx, x); // (B, T, 3·D)
        let d = qkv.shape()[2] / 3;
        literal::weights(&qkv.slice(2, 0..d), &qkv.slice(2, d..2 * d), self.heads, self.mask)
    }

    /// [`heads`](Self::heads) of positions that continue those whose keys and values are in the cache, which receives
    /// theirs. For reading on, not for training: the result is a constant.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D or the cache has no room for T more positions.
    #[track_caller]
    pub fn heads_cached(&self, cx: &Context<'_>, x: &Tensor, cache: &mut KeyValueCache) -> Tensor {
        let qkv = self.c_attn.forward(cx, x); // (B, T, 3·D)
        let qkv = qkv.view::<Ix3>("attention");
        let (q, kv) = qkv.split_at(Axis(2), qkv.len_of(Axis(2)) / 3);
        let (k, v) = kv.split_at(Axis(2), q.len_of(Axis(2)));
        cache.append(k, v);
        let sizes = Sizes::new(q.shape(), cache.keys().shape(), cache.values().shape(), self.heads, self.mask);
        Tensor::constant(kernel::forward(sizes, q, cache.keys(), cache.values()).0)
    }

    /// The projection W_O, b_O that mixes the heads.
    pub fn output(&self) -> &Linear {
        &self.c_proj
    }
}

/// The keys and values of the positions read so far, in one layer: what makes the next token cost one position instead
/// of all of them.
#[derive(Clone, Debug)]
pub struct KeyValueCache {
    keys: Array3<Real>,
    values: Array3<Real>,
    length: usize,
}

impl KeyValueCache {
    /// An empty cache for B = `batch` sequences of up to `context` positions of width D = `width`.
    pub fn new(batch: usize, context: usize, width: usize) -> Self {
        let empty = Array3::zeros((batch, context, width));
        KeyValueCache { keys: empty.clone(), values: empty, length: 0 }
    }

    /// The number of positions in it.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Whether nothing has been read.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    #[track_caller]
    fn append(&mut self, keys: ArrayView3<'_, Real>, values: ArrayView3<'_, Real>) {
        let new = self.length..self.length + keys.len_of(Axis(1));
        let context = self.keys.len_of(Axis(1));
        assert!(
            new.end <= context,
            "a cache for {context} positions that holds {} has no room for {} more",
            new.start,
            new.len()
        );
        self.keys.slice_mut(s![.., new.clone(), ..]).assign(&keys);
        self.values.slice_mut(s![.., new.clone(), ..]).assign(&values);
        self.length = new.end;
    }

    fn keys(&self) -> ArrayView3<'_, Real> {
        self.keys.slice(s![.., ..self.length, ..])
    }

    fn values(&self) -> ArrayView3<'_, Real> {
        self.values.slice(s![.., ..self.length, ..])
    }
}
