//! 1997: gates that keep the state alive; and their younger relation of 2014.
//!
//! S. Hochreiter & J. Schmidhuber, *Long short-term memory*, Neural Computation 9 (1997), with the forget gate of
//! F. A. Gers, J. Schmidhuber & F. Cummins, *Learning to forget*, Neural Computation 12 (2000). K. Cho et al.,
//! *Learning phrase representations using RNN encoder-decoder for statistical machine translation* (2014).
//!
//! # The problem
//!
//! In a simple recurrent network (the crate [`rnn`]) whatever is remembered passes through a matrix and a tanh at
//! every step, and so does its gradient: it vanishes with the distance. Hochreiter and Schmidhuber gave the memory a
//! cell of its own, to which each step only *adds*. The gradient along a sum is 1; nothing has to be learnt for it to
//! survive. What may be added, what may be shown and, since 2000, what may stay is decided by gates, numbers between
//! 0 and 1 that are computed from the input and the last output.
//!
//! # The equations
//!
//! ```text
//! i_t = σ(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi)       how much of the new content enters
//! f_t = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf)       how much of the old content stays
//! g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)    the new content
//! o_t = σ(W_io x_t + b_io + W_ho h_{t-1} + b_ho)       how much of the content is shown
//! c_t = f_t c_{t-1} + i_t g_t                          the cell
//! h_t = o_t tanh(c_t)                                  the output
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x_t | input of step t | (B, I); I = E behind an embedding |
//! | i_t, f_t, g_t, o_t | gates and content | (B, H) |
//! | c_t | cell | (B, H) |
//! | h_t | output | (B, H) |
//! | W_ii, W_if, W_ig, W_io | `weight_ih_l0`, one below the other | (4H, I) |
//! | W_hi, W_hf, W_hg, W_ho | `weight_hh_l0` | (4H, H) |
//! | b_ii .. b_io, b_hi .. b_ho | `bias_ih_l0`, `bias_hh_l0` | (4H) each |
//!
//! The gradient of c_T with respect to c_t along the cell is the product of the forget gates between them. So an LSTM
//! does forget: with f = 0.73, which a forget bias of 1 gives, half is gone after 2.2 steps. The initialisation of
//! Tallec & Ollivier 2018 ([`LstmInit::Chrono`]) spreads the forget gates over all time spans up to a horizon.
//!
//! The equations of the GRU stand in [`gru`].
//!
//! # Where we depart from the paper
//!
//! - The paper has no forget gate (f = 1) and squashes with scaled logistic functions; ours is the form in use since
//!   2000, with tanh.
//! - No peephole connections from the cell to the gates (Gers & Schmidhuber 2000).
//! - The paper cuts the gradient at the gates; we take all of it.
//! - Two biases where one would do, as in PyTorch, so that every parameter has its counterpart there.
//!
//! # What is where
//!
//! [`lstm`] and [`gru`] are the mechanisms, each with a `literal` form for reading and a `fused` one for running.
//! [`trace`] returns what gates and cell did, for a reader to plot. The models are those of the crate [`rnn`], with
//! another layer:
//!
//! ```
//! use lstm::{LstmModel, LstmInit};
//! use rnn::RecurrentConfig;
//! use tensor::{Init, Parameters};
//!
//! let mut parameters = Parameters::new();
//! let config = RecurrentConfig { layer: LstmInit::ForgetBias, ..RecurrentConfig::new(65, 128, 256) };
//! let model = LstmModel::new(&mut Init::new(&mut parameters, 1), config);
//! assert_eq!(parameters.count(), 65 * 128 + 4 * 256 * (128 + 256 + 2) + 65 * (256 + 1));
//! ```

pub mod gru;
pub mod lstm;
mod model;

pub use gru::{Gru, GruInit};
pub use lstm::{Lstm, LstmInit, Trace, trace};
pub use model::{GruModel, LstmModel};
