//! The block out of which a stack is built: attention lets positions talk, the feed-forward layer lets each think.
//!
//! Pre-norm: x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x)).
//! Post-norm: x ← LayerNorm₁(x + MultiHead(x)), x ← LayerNorm₂(x + FeedForward(x)).
//! Side by side: x ← x + MultiHead(LayerNorm₁(x)) + FeedForward(LayerNorm₂(x)), of one normalisation or two ([`Residuals`]).
//!
//! FeedForward(x) = f(x·W₁ᵀ + b₁)·W₂ᵀ + b₂, f an [`Activation`](crate::Activation). The paper is post-norm with ReLU; GPT-2 and most
//! models since are pre-norm with GELU ([`Norm`](crate::Norm)). A [`Block`] is a layer of an encoder, or of GPT if its mask is
//! causal; a [`DecoderBlock`] has a third sublayer between the two, which looks at the encoder's memory.
//!
//! [`literal`] is this, line by line; [`fused`] joins what can be joined; [`step`] does it for one token that follows others.

mod decoder;
mod feed_forward;
pub mod fused;
pub mod literal;
mod residual;
pub mod step;

use ndarray::Array2;
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::checkpoint_names::Convention;
use crate::{
    AttentionPositions, AttentionSource, BlockConfig, FirstValues, Form, KeyValueCache, MultiHeadAttention, Residuals,
    RotaryAngles,
};
use feed_forward::FeedForward;
use residual::Residual;

pub use decoder::DecoderBlock;

/// A block of self-attention and feed-forward layer.
///
/// | symbol | shape | in GPT-2 | in PyTorch |
/// |---|---|---|---|
/// | LayerNorm₁, LayerNorm₂ | (D) | `ln_1.weight`, `ln_2.weight` | `norm1.weight`, `norm2.weight` |
/// | MultiHead | (3·D, D), (D, D) | `attn.c_attn.weight`, `attn.c_proj.weight` | `self_attn.in_proj_weight`, `self_attn.out_proj.weight` |
/// | W₁ | (F, D) | `mlp.c_fc.weight` | `linear1.weight` |
/// | W₂ | (D, F) | `mlp.c_proj.weight` | `linear2.weight` |
///
/// and, if the configuration has biases, a bias beside each weight.
///
/// ```
/// use ndarray::array;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
/// use transformer::{Block, BlockConfig, Form};
///
/// let mut parameters = Parameters::new();
/// let config = BlockConfig { feed_forward: 1, ..BlockConfig::new(2, 1) };
/// let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
/// for (name, value) in [
///     ("attn.c_attn.weight", array![[1.0, 3.0], [2.0, 0.0], [0.0, 1.0], [4.0, 1.0], [5.0, 0.0], [0.0, 7.0]]),
///     ("attn.c_proj.weight", array![[1.0, 0.0], [1.0, 1.0]]),
///     ("mlp.c_fc.weight", array![[-10.0, 10.0]]),
///     ("mlp.c_proj.weight", array![[0.5], [-0.25]]),
/// ] {
///     parameters.set(parameters.find(name).unwrap(), shared(value));
/// }
///
/// // One position looks at itself alone: its value is V·LayerNorm(2, 6) = V·(-1, 1) = (-5, 7), and W_O makes (-5, 2).
/// // That gives (-3, 8), again (-1, 1) once normalised; W₁ makes 20, which GELU leaves alone, and W₂ adds (10, -5).
/// let x = Tensor::constant(array![[[2.0, 6.0]]]);
/// let y = block.forward(&Context::eval(&parameters), &x, None, Form::Fused);
/// assert_close("y", y.value(), &array![[[7.0, 3.0]]].into_dyn(), 1e-5); // layer norm's ε costs 2e-6
/// ```
#[derive(Clone, Debug)]
pub struct Block {
    attention: MultiHeadAttention,
    around_attention: Residual,
    feed_forward: FeedForward,
    around_feed_forward: Residual,
    residual: Residuals,
}

impl Block {
    /// Block number `index` of `depth`, with GPT-2's names. Weights begin normal with standard deviation 0.02 (Radford
    /// et al. 2018, section 4.1), biases at 0. Those of the two maps that end on the residual stream begin with
    /// 0.02/√(2·`depth`), so that what all blocks together add to it does not grow with depth (Radford et al. 2019,
    /// section 2.3). `index` tells the block's dropout masks from those of others.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, index: usize, depth: usize) -> Self {
        Self::with(init, config, &format!("block.{index}"), Convention::Gpt2 { depth })
    }

    /// A block with the names of `torch.nn.TransformerEncoderLayer`, which begins as that does. `site` tells the block's
    /// dropout masks from those of others.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn pytorch(init: &mut Init<'_>, config: &BlockConfig, site: &str) -> Self {
        Self::beginning(init, config, site, FirstValues::Glorot)
    }

    /// The same names, and matrices that begin as told.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn beginning(init: &mut Init<'_>, config: &BlockConfig, site: &str, first: FirstValues) -> Self {
        Self::with(init, config, site, Convention::PyTorch(first))
    }

    #[track_caller]
    fn with(init: &mut Init<'_>, config: &BlockConfig, site: &str, convention: Convention) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        let around = |init: &mut Init<'_>, n, layer| {
            Residual::new(&mut init.child(convention.norm(n)), config, format!("{site}.{layer}"))
        };
        let around_attention = around(init, 1, "attention");
        let attention =
            MultiHeadAttention::with(&mut init.child(convention.self_attention()), config, config.mask, convention);
        let around_feed_forward = match config.residual {
            Residuals::Sequential | Residuals::ParallelTwoNorms => around(init, 2, "feed_forward"),
            Residuals::Parallel => {
                Residual::with(around_attention.norm.clone(), config, format!("{site}.feed_forward"))
            }
        };
        let feed_forward = FeedForward::new(init, config, convention);
        Block { attention, around_attention, feed_forward, around_feed_forward, residual: config.residual }
    }

    /// What the feed-forward layer reads: the stream with what attention has added, or as it was before.
    fn read_by_feed_forward<'x, X>(&self, before: &'x X, after: &'x X) -> &'x X {
        match self.residual {
            Residuals::Sequential => after,
            Residuals::Parallel | Residuals::ParallelTwoNorms => before,
        }
    }

    /// The block, in one of its two forms.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `lengths[b]` positions are real, or all; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D, or a length is not one of 1..=T for each row.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Tensor {
        self.forward_biased(cx, x, AttentionSource::itself(lengths), form)
    }

    /// [`forward`](Self::forward) with numbers that are added to the scores, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `own.lengths[b]` positions are real, or all; returns (B, T, D).
    ///
    /// # Panics
    /// As [`forward`](Self::forward), and if the bias does not fit.
    #[track_caller]
    pub fn forward_biased(&self, cx: &Context<'_>, x: &Tensor, own: AttentionSource<'_>, form: Form) -> Tensor {
        let x = x.finite_within(own.lengths);
        match form {
            Form::Literal => literal::forward(cx, self, &x, own),
            Form::Fused => fused::forward(cx, self, &x, own),
        }
    }

    /// The literal block with a mask of one's own: [`literal::forward_with`].
    ///
    /// # Shapes
    /// - `x`: (B, T, D); `weigh`: (B, N, T, T) to (B, N, T, T); returns (B, T, D).
    #[track_caller]
    pub fn forward_with(&self, cx: &Context<'_>, x: &Tensor, weigh: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        literal::forward_with(cx, self, x, weigh)
    }

    /// The block over positions that continue those in the cache, which receives their keys and values. For reading on,
    /// not for training.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward_cached(&self, cx: &Context<'_>, x: &Tensor, cache: &mut KeyValueCache) -> Tensor {
        self.forward_cached_from(cx, x, AttentionSource::default(), cache)
    }

    /// [`forward_cached`](Self::forward_cached) with the bias and the angles of `own`.
    #[track_caller]
    pub(crate) fn forward_cached_from(
        &self,
        cx: &Context<'_>,
        x: &Tensor,
        own: AttentionSource<'_>,
        cache: &mut KeyValueCache,
    ) -> Tensor {
        self.around(cx, x, |x| self.attention.heads_cached(cx, x, own, cache))
    }

    /// The block at one position of each text, whose cache receives its keys and values: [`step`]. What
    /// [`forward`](Self::forward) gives for the last position of the whole, to rounding.
    ///
    /// # Shapes
    /// - `x`: (B, D); `angles`: of B positions; `caches`: B, each of one row
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub(crate) fn step(
        &self,
        parameters: &Parameters,
        x: &mut Array2<Real>,
        angles: Option<&RotaryAngles>,
        caches: &mut [&mut KeyValueCache],
    ) {
        step::step(parameters, self, x, angles, caches);
    }

    /// What each head of the block gathers, side by side: [`MultiHeadAttention::heads`] of what attention receives.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `lengths[b]` positions are real, or all; returns (B, T, N·d_k).
    #[track_caller]
    pub fn heads(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>, form: Form) -> Tensor {
        let x = self.around_attention.received(cx, x);
        self.attention.heads(cx, &x, AttentionSource::itself(lengths), form)
    }

    /// Where each position of the block looks, in every head.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `lengths[b]` positions are real, or all; returns (B, N, T, T), each row summing to
    ///   one.
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, x: &Tensor, lengths: Option<&[usize]>) -> Tensor {
        self.weights_biased(cx, x, AttentionSource::itself(lengths))
    }

    /// [`weights`](Self::weights) with numbers that are added to the scores, `own.bias`.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), of which `own.lengths[b]` positions are real, or all; returns (B, N, T, T).
    #[track_caller]
    pub fn weights_biased(&self, cx: &Context<'_>, x: &Tensor, own: AttentionSource<'_>) -> Tensor {
        self.attention.weights(cx, &self.around_attention.received(cx, x), own)
    }

    /// The scores of the block's attention, of which a mask and a softmax make its weights.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), all of it real; returns (B, N, T, T).
    #[track_caller]
    pub fn scores(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        self.attention.scores(cx, &self.around_attention.received(cx, x))
    }

    /// [`MultiHeadAttention::without_head`] of the block.
    ///
    /// # Panics
    /// If there is no such head.
    #[must_use]
    #[track_caller]
    pub fn without_head(&self, parameters: &Parameters, head: usize) -> Parameters {
        self.attention.without_head(parameters, head)
    }

    /// The fused block around any way to attend.
    #[track_caller]
    fn around(&self, cx: &Context<'_>, before: &Tensor, attend: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        let gathered = attend(&self.around_attention.received(cx, before)); // (B, T, D)
        let x = self.around_attention.joined(cx, before, &gathered, self.attention.output());
        let read = self.read_by_feed_forward(before, &x);
        feed_forward(cx, &self.around_feed_forward, &self.feed_forward, &x, read)
    }

    /// How its attention tells positions apart.
    pub(crate) fn positions(&self) -> AttentionPositions {
        self.attention.positions()
    }

    /// KV·d_k, the width of the block's [caches](KeyValueCache).
    pub fn key_width(&self) -> usize {
        self.attention.key_width()
    }
}

/// The fused feed-forward layer with what surrounds it, of which it reads `read`, usually x.
#[track_caller]
fn feed_forward(cx: &Context<'_>, around: &Residual, feed_forward: &FeedForward, x: &Tensor, read: &Tensor) -> Tensor {
    let hidden = feed_forward.hidden(cx, &around.received(cx, read), Form::Fused); // (B, T, F)
    around.joined(cx, x, &hidden, feed_forward.second())
}
