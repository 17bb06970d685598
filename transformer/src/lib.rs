//! 2017: attention only.
//!
//! "Attention Is All You Need" (Vaswani et al. 2017) threw out recurrence. A recurrent network reads token after token,
//! and what token 1 has to tell token 100 passes through 99 states; training cannot compute them out of order. The
//! Transformer lets every position look at every other directly, in one step, and computes all positions at once. Three
//! ideas carry it: scaled dot-product attention, several heads of it side by side, and vectors that say where a token
//! stands, since attention alone sees a set.
//!
//! # The equations
//!
//! Attention(Q, K, V) = softmax(Q·Kᵀ / √K + mask) · V                    ([`scaled_dot_product`])
//!
//! MultiHead(x) = Concat(head_1, .., head_N)·W_Oᵀ                          ([`MultiHeadAttention`])
//!
//! x ← x + MultiHead(LayerNorm₁(x)), x ← x + FeedForward(LayerNorm₂(x))    ([`block`])
//!
//! PE(t, 2i) = sin(t / 10000^(2i/D)), PE(t, 2i+1) = cos(t / 10000^(2i/D))  ([`sinusoidal`])
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | the residual stream | (B, T, D) |
//! | Q, K, V | queries, keys, values | (B, T, D), head n in the columns n·K..(n+1)·K |
//! | N, K | number of heads, width of a head | D = N·K |
//! | P | attention weights | (B, N, T, T), each row sums to one |
//! | F | width between the two maps of the feed-forward layer | usually 4·D |
//!
//! # Where we depart from the paper
//!
//! - The normalisation stands before each sublayer, not after the addition: so do GPT-2 and most models since, for they
//!   train without careful warm-up (Xiong et al. 2020).
//! - The feed-forward layer's function is GELU (Hendrycks & Gimpel 2016), as in GPT; the paper's is ReLU.
//! - Dropout, where it is on, acts on what each sublayer adds, as in the paper (section 5.4), and not on the attention
//!   weights, which the fused form never holds all at once.
//!
//! # Literal and fused
//!
//! Each mechanism exists twice, [`Engine::Literal`] to read and [`Engine::Fused`] to run; `tests/gradients.rs` proves
//! that they agree in every value and gradient.
//!
//! ```
//! use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
//! use transformer::{Block, BlockConfig, Engine};
//!
//! let mut parameters = Parameters::new();
//! let block = Block::new(&mut Init::new(&mut parameters, 1), &BlockConfig::new(12, 3), 0, 1);
//! let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x")); // (B, T, D)
//! let cx = Context::eval(&parameters);
//! assert_eq!(block.forward(&cx, &x, None, Engine::Fused).shape(), [2, 5, 12]);
//! assert_eq!(block.weights(&cx, &x, None).shape(), [2, 3, 5, 5]); // (B, N, T, T)
//! ```

pub mod block;
mod convention;
mod decoder;
mod encoder;
mod feed_forward;
mod input;
mod model;
mod multi_head;
mod positions;
pub mod scaled_dot_product;

pub use block::{Activation, Block, BlockConfig, ConfigError, DecoderBlock, Norm};
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use model::{
    AttentionWeights, EncoderConfig, Labelled, MaskedWordModel, Reader, SentenceClassifier, Sharing, Transformer,
    TransformerConfig,
};
pub use multi_head::{KeyValueCache, Look, MemoryCache, MultiHeadAttention};
pub use nn::Engine;
pub use positions::{LearnedPositions, Positions, sinusoidal};
pub use scaled_dot_product::{Mask, Visible};
