//! 2019: an encoder-decoder that reads text and writes text, whatever the task.
//!
//! "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer" (Raffel et al. 2020) asked which
//! of the many ideas since 2017 are worth their cost, and made every task the same to compare them: translation,
//! summaries, questions and classes are all text that is read and text that is written. What came out is close to the
//! first Transformer, and learns before any task by filling gaps in plain text.
//!
//! # The equations
//!
//! score(t, s) = q_t·k_s + b\[bucket(s − t)\]                              (nothing divides by √d_k; section 2.1)
//!
//! x ← x + MultiHead(RMSNorm(x)), x ← x + FeedForward(RMSNorm(x))         (no biases anywhere)
//!
//! logits = RMSNorm(y)·Wᵀ / √D                                            (version 1.0: W is the token embedding)
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | W | token embedding of source and target | (V, D) |
//! | b | a number for each distance and head, one table in the encoder, another in the decoder | (buckets, N) |
//! | y | the decoder's residual stream | (B, T, D) |
//!
//! There is no vector for a position: attention is told how far a key stands from its query, and far distances share a
//! number, so texts may be longer than any that was learned from.
//!
//! # What stands where
//!
//! Blocks, encoder and decoder are [`transformer`]'s; [`T5`] puts them together, [`T5Config`] says of which version, and
//! [`SpanCorruption`] makes exercises of plain text, [`SpanBatches`] many. A [`T5`] is a [`Translator`](nn::Translator), so all that
//! translates, greedily or by beams, works with it.
//!
//! From a text with a gap to what belongs there in ten steps, each with its numbers: `tests/walkthrough`. [`T5::explain`] gives the
//! numbers of any model.
//!
//! # Where we depart from the paper
//!
//! - Dropout acts on what each sublayer adds and on the embeddings, as in [`transformer`], and not, as in T5, inside the
//!   feed-forward layers, on attention weights and behind the last normalisations too.
//! - An output layer of its own begins with standard deviation 1/√D, so that first scores are of order 1 in both
//!   versions; `transformers` begins it with 1.

mod config;
mod corruption;
mod exercises;
mod explanation;
mod model;

pub use config::T5Config;
pub use corruption::SpanCorruption;
pub use exercises::{SpanBatches, SpanWindows};
pub use explanation::Explanation;
pub use model::T5;
