//! 2017: attention only.
//!
//! "Attention Is All You Need" (Vaswani et al. 2017) threw out recurrence. A recurrent network reads token after token,
//! and what token 1 has to tell token 100 passes through 99 states, which training computes one after another. The
//! Transformer lets every position look at every other directly, in one step, and computes all positions at once. Three
//! ideas carry it: scaled dot-product attention, several heads of it side by side, and vectors that say where a token
//! stands, since attention alone sees a set.
//!
//! # The equations
//!
//! Attention(Q, K, V) = softmax(Q·Kᵀ / √d_k + mask) · V                    ([`scaled_dot_product`])
//!
//! MultiHead(x, m) = Concat(head_1, .., head_N)·W_Oᵀ                         ([`MultiHeadAttention`])
//!
//! x ← LayerNorm(x + MultiHead(x, x)), x ← LayerNorm(x + FeedForward(x))     (post-norm, [`block`])
//!
//! x ← x + MultiHead(LayerNorm(x)), x ← x + FeedForward(LayerNorm(x))        (pre-norm, likewise)
//!
//! FeedForward(x) = max(x·W₁ᵀ + b₁, 0)·W₂ᵀ + b₂                              ([`Activation`])
//!
//! PE(t, 2i) = sin(t / 10000^(2i/D)), PE(t, 2i+1) = cos(t / 10000^(2i/D))    ([`sinusoidal`])
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | the residual stream | (B, T, D) |
//! | m | what is looked at: x itself, or the encoder's memory | (B, S, D) |
//! | Q, K, V | queries, keys, values | (B, T, D), (B, S, D) twice; head n in the columns n·d_k..(n+1)·d_k |
//! | N, d_k | number of heads, width of a head | D = N·d_k |
//! | P | attention weights | (B, N, T, S), each row sums to one |
//! | F | width between the two maps of the feed-forward layer | usually 4·D |
//!
//! # Three ways to put the blocks together
//!
//! | model | blocks | sees | learns |
//! |---|---|---|---|
//! | [`MaskedLanguageModel`], [`SentenceClassifier`] | an [`Encoder`] | the whole sentence | which words were hidden; classes |
//! | GPT, the crate `gpt` | causal [`Block`]s | what came before | the next token |
//! | [`Transformer`] | an [`Encoder`] and a [`Decoder`] | the source, and what it has said | the next token of a translation |
//!
//! [`families`] puts them together with equally many parameters, to answer the same questions.
//!
//! One sentence from its words to the scores of its translation, with every number: `tests/walkthrough/`.
//!
//! # Where we depart from the paper
//!
//! - Nothing of [`TransformerConfig::paper`]: post-norm, ReLU, one scaled table, dropout and label smoothing are the
//!   paper's. The rest are options: pre-norm, as GPT-2 and most models since, which train without careful warm-up
//!   (Xiong et al. 2020), and GELU (Hendrycks & Gimpel 2016), as in BERT and GPT.
//! - Dropout, where it is on, acts on what each sublayer adds and on the embeddings, as in the paper (section 5.4), and
//!   not, as in the paper's program, on the attention weights too, which the fused form never holds all at once.
//! - The masked-word model has no segments, no next-sentence task and no further layer before the output (Devlin et al.
//!   2019 have all three).
//!
//! Parameters have the names of `torch.nn.Transformer`, or GPT-2's where a block is GPT's ([`Block::new`]).
//!
//! # Literal and fused
//!
//! Each mechanism exists twice, [`Form::Literal`] to read and [`Form::Fused`] to run; `tests/gradients.rs` proves
//! that they agree in every value and gradient, `tests/parity.rs` that they are PyTorch's. A [`Block`] exists a third time,
//! as [`block::step`]: one token of each text, for speaking; `tests/step.rs` holds it to the literal form.
//!
//! ```
//! use tensor::{Context, Init, Parameters, Tensor, check::random_tensor};
//! use transformer::{Block, BlockConfig, Form};
//!
//! let mut parameters = Parameters::new();
//! let block = Block::new(&mut Init::new(&mut parameters, 1), &BlockConfig::new(12, 3), 0, 1);
//! let x = Tensor::constant(random_tensor(&[2, 5, 12], 1, "x")); // (B, T, D)
//! let cx = Context::eval(&parameters);
//! assert_eq!(block.forward(&cx, &x, None, Form::Fused).shape(), [2, 5, 12]);
//! assert_eq!(block.weights(&cx, &x, None).shape(), [2, 3, 5, 5]); // (B, N, T, T)
//! ```

mod activation;
mod attention_positions;
mod biases;
pub mod block;
mod checkpoint_names;
mod config;
mod config_error;
mod decoder;
mod encoder;
pub mod families;
mod input;
mod model;
mod multi_head;
mod normalization;
mod positions;
pub mod scaled_dot_product;
mod sentence_vectors;
mod stack;

pub use activation::Activation;
pub use attention_positions::{
    Alibi, AttentionPositions, Buckets, Pairing, RelativePositions, Rotary, RotaryAngles, RotaryScaling,
};
pub use biases::Biases;
pub use block::{Block, DecoderBlock};
pub use checkpoint_names::FirstValues;
pub use config::{BlockConfig, Norm, Residuals};
pub use config_error::ConfigError;
pub use decoder::Decoder;
pub use encoder::Encoder;
pub use model::{
    AttentionWeights, EncoderBackbone, EncoderConfig, Labelled, MaskedLanguageModel, SentenceClassifier, Sharing,
    Transformer, TransformerConfig,
};
pub use multi_head::{AttentionSource, CrossKeyValues, KeyValueCache, MultiHeadAttention};
pub use nn::Form;
pub use normalization::{Normalization, Normalize};
pub use positions::{LearnedPositions, Positions, sinusoidal};
pub use scaled_dot_product::{AttentionMask, Heads, Mask, ScoreBias};
pub use sentence_vectors::sentence_vectors;
pub use stack::Stack;
