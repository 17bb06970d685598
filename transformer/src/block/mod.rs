//! The block out of which the stack is built: attention lets positions talk, the feed-forward layer lets each think.
//!
//! x ← x + MultiHead(LayerNorm₁(x))
//! x ← x + FeedForward(LayerNorm₂(x)), FeedForward(x) = GELU(x·W₁ᵀ + b₁)·W₂ᵀ + b₂
//!
//! The paper normalises after each addition ("post-norm"); since GPT-2 the normalisation stands before each sublayer
//! ("pre-norm", Radford et al. 2019, section 2.3), which leaves a path of additions alone from the first layer to the
//! last and trains without careful warm-up (Xiong et al. 2020).
//!
//! [`literal`] is this, line by line; [`fused`] joins what can be joined.

mod config;
pub mod fused;
pub mod literal;

use nn::{Dropout, LayerNorm, Linear};
use tensor::{Context, Init, Tensor};

use crate::{Engine, KeyValueCache, MultiHeadAttention};

pub use config::{Activation, BlockConfig, ConfigError};

/// A pre-norm block.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | LayerNorm₁, LayerNorm₂ | `ln_1.weight`, `ln_2.weight` | (D) |
/// | MultiHead | `attn.c_attn.weight`, `attn.c_proj.weight` | (3·D, D), (D, D) |
/// | W₁ | `mlp.c_fc.weight` | (F, D) |
/// | W₂ | `mlp.c_proj.weight` | (D, F) |
///
/// and, if the configuration has biases, a `.bias` beside each `.weight`.
///
/// ```
/// use ndarray::array;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
/// use transformer::{Block, BlockConfig, Engine};
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
/// let y = block.forward(&Context::eval(&parameters), &x, Engine::Fused);
/// assert_close("y", y.value(), &array![[[7.0, 3.0]]].into_dyn(), 1e-5); // layer norm's ε costs 2e-6
/// ```
#[derive(Clone, Debug)]
pub struct Block {
    ln_1: LayerNorm,
    attention: MultiHeadAttention,
    attention_dropout: Dropout,
    ln_2: LayerNorm,
    c_fc: Linear,
    activation: Activation,
    c_proj: Linear,
    feed_forward_dropout: Dropout,
    dropout: f64,
}

impl Block {
    /// Block number `index` of `depth`. Weights begin normal with standard deviation 0.02 (Radford et al. 2018, section
    /// 4.1), biases at 0. Those of the two maps that end on the residual stream begin with 0.02/√(2·`depth`), so that
    /// what all blocks together add to it does not grow with depth (Radford et al. 2019, section 2.3). `index` tells
    /// the block's dropout masks from those of others.
    ///
    /// # Panics
    /// If the configuration is not [valid](BlockConfig::validate).
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: &BlockConfig, index: usize, depth: usize) -> Self {
        if let Err(error) = config.validate() {
            panic!("{error}");
        }
        let (width, hidden) = (config.width, config.feed_forward);
        let dropout = |layer| Dropout::new(config.dropout, format!("block.{index}.{layer}"));
        let ln_1 = config.layer_norm(&mut init.child("ln_1"));
        let attention = MultiHeadAttention::new(&mut init.child("attn"), config, depth);
        let ln_2 = config.layer_norm(&mut init.child("ln_2"));
        let mut mlp = init.child("mlp");
        Block {
            ln_1,
            attention,
            attention_dropout: dropout("attention"),
            ln_2,
            c_fc: config.linear(&mut mlp.child("c_fc"), width, hidden),
            activation: config.activation,
            c_proj: config.residual_linear(&mut mlp.child("c_proj"), hidden, width, depth),
            feed_forward_dropout: dropout("feed_forward"),
            dropout: config.dropout,
        }
    }

    /// The block, in one of its two forms.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor, engine: Engine) -> Tensor {
        match engine {
            Engine::Literal => literal::forward(cx, self, x),
            Engine::Fused => fused::forward(cx, self, x),
        }
    }

    /// The block over positions that continue those in the cache, which receives their keys and values. For reading on,
    /// not for training.
    ///
    /// # Shapes
    /// - `x`: (B, T, D), the new positions; returns (B, T, D).
    ///
    /// # Panics
    /// If the last axis of `x` is not D or the cache has no room for T more positions.
    #[track_caller]
    pub fn forward_cached(&self, cx: &Context<'_>, x: &Tensor, cache: &mut KeyValueCache) -> Tensor {
        self.around(cx, x, |x| self.attention.heads_cached(cx, x, cache))
    }

    /// What each head of the block gathers, side by side: [`MultiHeadAttention::heads`] of the normalised stream.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, T, N·K).
    #[track_caller]
    pub fn heads(&self, cx: &Context<'_>, x: &Tensor, engine: Engine) -> Tensor {
        self.attention.heads(cx, &self.ln_1.forward(cx, x), engine)
    }

    /// Where each position of the block looks, in every head: [`MultiHeadAttention::weights`] of the normalised stream.
    ///
    /// # Shapes
    /// - `x`: (B, T, D); returns (B, N, T, T), each row summing to one.
    #[track_caller]
    pub fn weights(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        self.attention.weights(cx, &self.ln_1.forward(cx, x))
    }

    /// The fused block around any way to attend.
    #[track_caller]
    fn around(&self, cx: &Context<'_>, x: &Tensor, attend: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        let gathered = attend(&self.ln_1.forward(cx, x)); // (B, T, D)
        let x = self.add_to(cx, x, &gathered, self.attention.output(), &self.attention_dropout);

        let bias = self.c_fc.bias().map(|bias| cx.get(bias));
        let normal = self.ln_2.forward(cx, &x);
        let hidden = fused::linear_activation(&normal, &cx.get(self.c_fc.weight()), bias.as_ref(), self.activation); // (B, T, F)
        self.add_to(cx, &x, &hidden, &self.c_proj, &self.feed_forward_dropout)
    }

    /// x + Dropout(y·Wᵀ + b), one operation unless there is something to drop.
    #[track_caller]
    fn add_to(&self, cx: &Context<'_>, x: &Tensor, y: &Tensor, linear: &Linear, dropout: &Dropout) -> Tensor {
        if self.dropout > 0.0 && cx.is_training() {
            return x + &dropout.forward(cx, &linear.forward(cx, y));
        }
        let bias = linear.bias().map(|bias| cx.get(bias));
        fused::linear_residual(y, &cx.get(linear.weight()), bias.as_ref(), x)
    }
}
