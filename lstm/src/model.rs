//! The language models with gated layers. Classifiers and regressors are `rnn::Classifier<Lstm>` and the like.

use rnn::RecurrentLanguageModel;

use crate::{Gru, Lstm};

/// A language model of LSTM layers.
pub type LstmModel = RecurrentLanguageModel<Lstm>;

/// A language model of GRU layers.
pub type GruModel = RecurrentLanguageModel<Gru>;
