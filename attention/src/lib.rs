//! 2014: look back instead of remembering.
//!
//! D. Bahdanau, K. Cho & Y. Bengio, *Neural machine translation by jointly learning to align and translate*, ICLR 2015
//! (on arXiv since September 2014). M.-T. Luong, H. Pham & C. D. Manning, *Effective approaches to attention-based
//! neural machine translation*, EMNLP 2015.
//!
//! # The problem
//!
//! The encoder-decoder (the crate [`seq2seq`]) reads a sentence, whatever its length, into one vector, and everything
//! that the translation needs must be in it. Long sentences do not fit. Bahdanau, Cho and Bengio kept the encoder's
//! states, one for each word, and let the decoder look back at them before each step. Where it looks it decides itself,
//! by comparing its own state with each of them, and since the choice is a weighted mean and not a pick, the loss of
//! the translation teaches it.
//!
//! # The equations
//!
//! ```text
//! s_1 .. s_S   = Encoder(source)                       all states, from one end or from both
//! k_j          = W_k s_j                               the keys, once for each word
//! e_tj         = v · tanh(W_q h_{t-1} + k_j)           how well state and word fit: "additive"
//!             or h_{t-1} · s_j, h_{t-1} · W s_j        .. "multiplicative", perhaps divided by √H
//! α_tj         = e^{e_tj} / Σ_i e^{e_ti}               the alignment
//! z_t          = Σ_j α_tj s_j                          the context: what was read
//! h_t, c_t     = LSTM([y_{t-1} ; z_t], h_{t-1}, c_{t-1})
//! p(y_t)       = softmax(W_out h_t + b_out)
//! ```
//!
//! With input feeding the attentional vector h̃_t takes the place of h_t in the last line, and is read at the next step:
//!
//! ```text
//! h_t, c_t     = LSTM([y_{t-1} ; z_t ; h̃_{t-1}], h_{t-1}, c_{t-1})
//! h̃_t          = tanh(W_c [z_t ; h_t])
//! p(y_t)       = softmax(W_out h̃_t + b_out)
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | s_j | [`Memory::states`] | (B, S, C) |
//! | k_j | [`Memory::keys`] | (B, S, A) |
//! | α_t | [`Decoded::alignment`] | (B, T, S) |
//! | h_t, c_t, h̃_t | [`DecoderState`] | (B, H) |
//! | W_q, W_k, v | `query.weight`, `key.weight`, `v` of [`Attention`] | (A, H), (A, C), (A) |
//! | W_c | `combine.weight` of [`Decoder`] | (H, C + H) |
//! | W_out, b_out | `out.weight`, `out.bias` of [`RnnSearch`] | (V, H), (V) |
//!
//! Two letters are added to those of the other stages: A, the width in which queries and keys are compared, and C, the
//! width of an encoder's state; in [`RnnSearch`], C = H.
//!
//! # Where we depart from the papers
//!
//! - The papers' first cell is the gated unit of Cho et al. 2014; our decoder's is an LSTM, as Luong's, and the
//!   encoder's may be either.
//! - Bahdanau's encoder has H units in each direction, and a layer that makes the decoder's first state of them. Ours
//!   has H/2 in each, so that states are H wide either way and the last of them is handed over as it is.
//! - Bahdanau scores the words with a maxout layer over state, context and last word; we with the state alone, or, with
//!   input feeding, with tanh(W_c \[context ; state\]).
//! - Luong's decoder looks back after its step, from h_t, and Bahdanau's before it, from h_{t-1}. Ours always looks
//!   before, so that two decoders differ in the one thing in which they are told to differ.
//! - No local attention (Luong et al., section 3.2).
//!
//! # What is where
//!
//! [`additive`] and [`multiplicative`] are the mechanisms, each with a `literal` form for reading and a `fused` one for
//! running; [`Attention`] holds their parameters. [`decoder`] is the recurrence that looks back, its fused form one
//! operation over the whole translation. [`RnnSearch`] is the translator.

pub mod additive;
mod config;
pub mod decoder;
mod look;
mod memory;
mod model;
pub mod multiplicative;
mod score;

pub use config::{ConfigError, RnnSearchConfig};
pub use decoder::{Decoded, Decoder, DecoderConfig, DecoderState, DecoderWeights};
pub use memory::Memory;
pub use model::RnnSearch;
pub use nn::{Form, ScheduledSampling};
pub use score::{Attention, Score, Scoring};
