//! The sizes and switches of a recurrent language model.

use serde::{Deserialize, Serialize};

use crate::Form;

/// The sizes and switches of a [`RecurrentLanguageModel`](crate::RecurrentLanguageModel); `O` are the options of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecurrentConfig<O> {
    /// How many different tokens there are, V.
    pub vocabulary: usize,
    /// The width of a token's vector, E.
    pub embedding: usize,
    /// The width of each layer's state, H.
    pub hidden: usize,
    /// How many layers, L.
    pub layers: usize,
    /// The part of the numbers that is dropped on the way up, in training: from the embedding to the first layer,
    /// from layer to layer, and from the last to the output; never from step to step (Zaremba et al. 2014).
    pub dropout: f64,
    /// Whether a training step begins with the state in which the step before ended, without a gradient to it:
    /// truncated backpropagation through time. For batches that read on where they stopped.
    pub carry: bool,
    /// Literal or fused; `engine` in the files of earlier versions.
    #[serde(alias = "engine")]
    pub form: Form,
    /// What the layers themselves have to know.
    pub layer: O,
}

impl<O: Default> RecurrentConfig<O> {
    /// One layer without dropout or carried state, fused.
    pub fn new(vocabulary: usize, embedding: usize, hidden: usize) -> Self {
        let (layers, dropout, carry, form) = (1, 0.0, false, Form::Fused);
        RecurrentConfig { vocabulary, embedding, hidden, layers, dropout, carry, form, layer: O::default() }
    }
}

/// A configuration that no model can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A size is zero.
    #[error(
        "a recurrent model cannot have {layers} layers of width {hidden} on embeddings of width {embedding}; each must be at least 1"
    )]
    Empty {
        /// L.
        layers: usize,
        /// H.
        hidden: usize,
        /// E.
        embedding: usize,
    },
    /// There are no tokens.
    #[error("the vocabulary is 0; it must be at least 1")]
    Vocabulary,
    /// The dropout is no probability below one.
    #[error("a dropout of {0} is not possible; it must be at least 0 and below 1")]
    Dropout(f64),
}

impl<O> RecurrentConfig<O> {
    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let &RecurrentConfig { vocabulary, layers, hidden, embedding, dropout, .. } = self;
        match () {
            () if layers.min(hidden).min(embedding) == 0 => Err(ConfigError::Empty { layers, hidden, embedding }),
            () if vocabulary == 0 => Err(ConfigError::Vocabulary),
            () if !(0.0..1.0).contains(&dropout) => Err(ConfigError::Dropout(dropout)),
            () => Ok(()),
        }
    }
}
