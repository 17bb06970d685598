//! 2014: one network reads, another writes, and one vector passes between them.
//!
//! I. Sutskever, O. Vinyals & Q. V. Le, *Sequence to sequence learning with neural networks* (2014). K. Cho et al.,
//! *Learning phrase representations using RNN encoder-decoder for statistical machine translation* (2014).
//!
//! # The problem
//!
//! A recurrent network says something at every step of what it reads. A translation has another length than its source
//! and another order, so nothing can be said before enough was read. Both papers cut the task in two: an *encoder*
//! reads the whole source and says nothing; its last state is all that a *decoder*, a language model of the other
//! language, is given to begin with. The two are trained as one network, by the probability of the right translation.
//!
//! # The equations
//!
//! ```text
//! s_t = f(x_t, s_{t-1}),  t = 1 .. S         the encoder reads the source; s_0 = 0
//! v   = s_S, or W_down s_S + b_down          the vector that passes
//! d_0 = v,   or W_up v + b_up                the decoder's first state
//! d_t = g(y_{t-1}, d_{t-1}), or g([y_{t-1}; v], d_{t-1})
//! p(y_t | y_1 .. y_{t-1}, x) = softmax(W_out h_t + b_out)
//! ```
//!
//! f and g are recurrent layers, LSTM or GRU; y_0 is the token [`START`](data::pairs::START), and the last y is
//! [`END`](data::pairs::END).
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x_t, y_t | rows of `se.weight` and `te.weight` | (B, E) |
//! | s_t | state of the encoder, `enc.*`: h, and c of an LSTM, of all L layers | (B, W), W = L·H or 2·L·H |
//! | v | the vector, all that is known of the source | (B, W), or (B, bottleneck) |
//! | d_t | state of the decoder, `dec.*` | (B, W) |
//! | h_t | h of the last layer in d_t | (B, H) |
//! | W_down, W_up | `down.weight`, `up.weight` | (bottleneck, W), (W, bottleneck) |
//! | W_out, b_out | `out.weight`, `out.bias` | (V, H), (V) |
//!
//! The source may have two words or fifty, v has the same width. This is the bottleneck: what of the sentence does not
//! fit into v is lost, and [`Seq2SeqConfig::bottleneck`] sets how much fits.
//!
//! # Where we depart from the papers
//!
//! - Sutskever et al. use four LSTM layers and read the source reversed ([`Seq2SeqConfig::reversed`]); here one layer
//!   and the order of the source are the default.
//! - In Cho et al. v is tanh of a map of h_S, the decoder begins with tanh of a map of v, its gates read v at every
//!   step ([`Seq2SeqConfig::context`]), and so does its output, through a maxout layer; here v is the state itself, or
//!   its linear image, and the output reads the decoder's state alone.
//! - The width of v as a setting of its own, by a linear map down and up again, is ours: it separates what passes from
//!   what the networks can compute.
//! - Scheduled sampling ([`ScheduledSampling`]; Bengio et al. 2015) came later.
//!
//! # What is where
//!
//! This crate has no mechanism of its own: the layers are [`rnn::Stacked`] of [`lstm::Lstm`] or [`lstm::Gru`], and
//! translation, greedy or by beam search, is [`nn::translate`] and [`nn::BeamSearch`]. [`Seq2Seq`] puts them together.
//! From a source to its translation in numbered steps, each with its numbers: `tests/walkthrough`.

mod config;
mod model;

pub use config::{ConfigError, Seq2SeqConfig};
pub use model::Seq2Seq;
pub use nn::ScheduledSampling;
pub use rnn::Form;
