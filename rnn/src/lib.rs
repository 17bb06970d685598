//! 1990: a state fed back.
//!
//! J. L. Elman, *Finding structure in time*, Cognitive Science 14 (1990).
//!
//! # The problem
//!
//! A feed-forward network sees a window of fixed length. What lies before the window does not exist for it, and the
//! same word one place further right is another input. Elman gave the network a memory instead: it reads one item at a
//! time, and its own state of the step before is part of what it reads. Nobody says what the state should hold;
//! training finds that out.
//!
//! # The equations
//!
//! ```text
//! h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh)      the state
//! y_t = W_out h_t + b_out                                the scores of what comes next
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x_t | input of step t | (B, I); I = E behind an embedding |
//! | h_t | state after step t | (B, H) |
//! | W_ih, b_ih | `weight_ih_l0`, `bias_ih_l0` | (H, I), (H) |
//! | W_hh, b_hh | `weight_hh_l0`, `bias_hh_l0` | (H, H), (H) |
//! | W_out, b_out | `out.weight`, `out.bias` | (V, H), (V) |
//!
//! Two things follow from the first line, and all later stages answer them. Step t cannot begin before step t - 1 has
//! ended, however many processors there are. And the gradient of a loss at step T with respect to h_t is a product of
//! T - t matrices diag(1 - h²) W_hh: it shrinks or grows exponentially with the distance (Bengio, Simard & Frasconi
//! 1994; Pascanu, Mikolov & Bengio 2013).
//!
//! # Where we depart from the paper
//!
//! - The paper trains with the gradient of one step only, the copied state counting as an input. We use the whole
//!   gradient, backpropagation through time (Werbos 1990), or its truncation to T steps with a carried state
//!   ([`RecurrentConfig::carry`]).
//! - The paper's units are logistic; ours are tanh or, with an identity for W_hh, rectified (Le, Jaitly & Hinton 2015).
//! - Two biases where one would do, as in PyTorch, so that every parameter has its counterpart there.
//! - Layers on top of each other, and in both directions of time ([`Stacked`]), came later.
//!
//! # What is where
//!
//! [`elman`] is the mechanism, [`elman::literal`] for reading and [`elman::fused`] for running. [`Recurrent`] is what
//! a layer is to the models, which the LSTM and the GRU share; it reads vectors, or rows of a table that it looks up
//! ([`Input`], [`TokenInput`]), to the end of each row ([`PassOptions::lengths`]). [`RecurrentLanguageModel`] speaks, [`Classifier`]
//! answers with a symbol, [`Regressor`] with numbers. [`hidden_gradients`] shows how far back the loss reaches.
//! [`scan`] takes a cell, what one step does to one row, through a sequence and back; [`sequence`] holds its parts.

pub mod elman;
mod model;
mod probe;
mod recurrent;
pub mod scan;
pub mod sequence;
mod stacked;
mod token_input;
mod weights;

pub use elman::{Elman, ElmanOptions, Nonlinearity, Recurrence};
pub use model::{
    Classifier, ClassifierConfig, ConfigError, RecurrentConfig, RecurrentLanguageModel, Regressor, SequenceBatch,
};
pub use nn::Form;
pub use probe::{gradient_norms, hidden_gradients};
pub use recurrent::{Direction, Input, PassOptions, Recurrent};
pub use stacked::{Stacked, StackedConfig, State};
pub use token_input::TokenInput;
pub use weights::{Sizes, WeightIds, WeightInit, Weights};
