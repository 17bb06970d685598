//! 2018: a decoder-only language model.
//!
//! "Improving Language Understanding by Generative Pre-Training" (Radford et al. 2018) kept only the decoder of the
//! Transformer and only one task: predict the next token. Text is its own supervision, every position of every text is
//! an exercise, and the mask lets all of them be computed at once. What the model learned that way served many tasks.
//! GPT-2 (2019) is the same machine, larger and with its normalisations moved (below). GPT-3 (2020) is larger again, and in
//! every other layer a position looks only at a band of those before it.
//!
//! # The equations
//!
//! x₀ = W\[tokens\] + P\[positions\], xₗ = Blockₗ(xₗ₋₁), logits = LayerNorm(x_L)·Wᵀ, p = softmax(logits)
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | W | token embedding, and the output layer ("tied") | (V, D) |
//! | P | position embedding, learned | (context, D) |
//! | xₗ | residual stream after block l of L | (B, T, D) |
//! | p | probabilities of the next token, at every position | (B, T, V) |
//!
//! From text to the next token in eight steps, each with its numbers: `tests/walkthrough`.
//!
//! # What stands where
//!
//! This crate has no mechanism of its own: attention and the block are [`transformer`]'s. [`Gpt`] stacks them;
//! [`GenerationState`] is what it remembers while it speaks; an
//! [`Explanation`] is everything between a text and its next token.
//!
//! # Where we depart from the papers
//!
//! - As in GPT-2 the normalisations stand before the sublayers and once more at the end; GPT of 2018 was post-norm.
//! - [`GptConfig::new`] has no biases and exact GELU, nanoGPT's choice; with biases and [`Activation::GeluTanh`] it is
//!   GPT-2's architecture with GPT-2's parameter names.
//! - What came after GPT-2 is a matter of [`GptConfig`]: rotary positions or ALiBi, RMSNorm, gated feed-forward layers, shared
//!   keys and values, an output layer of its own. [`GptConfig::llama`] puts LLaMA together.
//! - Tokens are whatever the tokenizer makes, here characters; the papers use byte-pair encoding.
//!
//! [`Activation::GeluTanh`]: transformer::Activation::GeluTanh

mod config;
mod explanation;
mod generation_state;
mod model;

pub use config::{Architecture, GptConfig, Head};
pub use explanation::Explanation;
pub use generation_state::GenerationState;
pub use model::Gpt;
