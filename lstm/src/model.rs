//! The language models with gated layers. Classifiers and regressors are `rnn::Classifier<Lstm>` and the like.

use rnn::RecurrentModel;

use crate::{Gru, Lstm};

/// A language model of LSTM layers.
pub type LstmModel = RecurrentModel<Lstm>;

/// A language model of GRU layers.
pub type GruModel = RecurrentModel<Gru>;
