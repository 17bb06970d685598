//! 2018: an encoder that guesses hidden words.
//!
//! "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding" (Devlin et al. 2019) kept only the
//! encoder of the Transformer. A model that predicts the next token may see one side alone; BERT hides some words of a
//! sentence, sees both sides of each gap, and guesses. It does not speak. Its vectors are what others use: for classes, for
//! answers, for the likeness of sentences.
//!
//! # The equations
//!
//! x₀ = LayerNorm(W\[tokens\] + P\[positions\] + G\[token types\]), xₗ = Blockₗ(xₗ₋₁), post-norm
//!
//! logits = LayerNorm(f(x_L·W_hᵀ + b_h))·Wᵀ + b, at the hidden words
//!
//! pooled = tanh(x_L\[0\]·W_pᵀ + b_p), sentence = m/‖m‖ with m the mean of x_L over the tokens
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | W | token embedding, and the output layer ("tied") | (V, D) |
//! | P | position embedding, learned | (context, D) |
//! | G | token types: which of two sentences a token belongs to | (types, D) |
//! | xₗ | residual stream after block l of L | (B, S, D) |
//! | W_h, b_h, b | the masked-word head | (D, D), (D), (V) |
//! | W_p, b_p | the pooler | (D, D), (D) |
//!
//! # What stands where
//!
//! Attention and the block are [`transformer`]'s. [`Bert`] puts them together, [`BertConfig`] says how: BERT itself,
//! DistilBERT (no token types, half of the blocks) and MiniLM (narrow) are configurations. [`data::masked`] hides the words.
//! [`transformer::MaskedLanguageModel`] is the same idea with nothing of BERT's own, for comparisons.
//!
//! # Where we depart from the paper
//!
//! - Words alone are guessed. The paper also asks whether the second sentence followed the first (section 3.1); RoBERTa (Liu
//!   et al. 2019, section 4.2) found that training does as well without.
//! - Weights begin normal with standard deviation 0.02; those of the paper's program are cut off at two deviations.
//! - Dropout acts on what each sublayer adds and on the embeddings, and not, as in the paper's program, on attention
//!   weights too.

mod config;
mod embeddings;
mod head;
mod input;
mod model;

pub use config::BertConfig;
pub use input::BertInput;
pub use model::Bert;
