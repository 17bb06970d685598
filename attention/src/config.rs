//! The sizes and switches of a translator that looks back.

use lstm::LstmInit;
use nn::{Form, ScheduledSampling};
use rnn::StackedConfig;
use serde::{Deserialize, Serialize};

use crate::{DecoderConfig, Score};

/// The architecture of an [`RnnSearch`](crate::RnnSearch) and how it is trained; `O` are the options of the encoder's
/// layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RnnSearchConfig<O> {
    /// How many different tokens a source can have.
    pub source_vocabulary: usize,
    /// How many different tokens a translation can have, V.
    pub target_vocabulary: usize,
    /// The width of a token's vector, E, on both sides.
    pub embedding: usize,
    /// The width of the states, H, on both sides.
    pub hidden: usize,
    /// How many layers the encoder has, L; the decoder has one.
    pub layers: usize,
    /// Whether the encoder reads the source from both ends, with H/2 units in each direction, so that the state at each
    /// position tells of what stands before and behind it.
    pub bidirectional: bool,
    /// How the decoder compares its state with those of the encoder.
    pub score: Score,
    /// The width of an additive score's hidden layer, A; other scores have none.
    pub width: usize,
    /// Whether the decoder reads its attentional vector of the step before.
    pub input_feeding: bool,
    /// The part of the numbers that is dropped on the way up, in training: from embeddings to layers, from layer to
    /// layer, and from the last to the output; never from step to step.
    pub dropout: f64,
    /// The part of each target that is spread over all tokens, in training; see [`nn::smoothed_cross_entropy`].
    pub smoothing: f64,
    /// How often, in training, the decoder reads what it said itself; never without.
    pub sampling: Option<ScheduledSampling>,
    /// Literal or fused; `engine` in the files of earlier versions.
    #[serde(alias = "engine")]
    pub form: Form,
    /// What the encoder's layers have to know.
    pub layer: O,
    /// How the biases of the decoder begin.
    pub start: LstmInit,
}

/// A configuration that no model can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// H cannot be divided among two directions.
    #[error("a width of {0} cannot be divided among the two directions of the encoder; choose an even width")]
    Odd(usize),
    /// A language has no tokens.
    #[error("the {0} vocabulary is 0; it must be at least 1")]
    Vocabulary(&'static str),
    /// A size is zero.
    #[error(
        "a translator cannot have {layers} layers of width {hidden} on embeddings of width {embedding}; each must be at least 1"
    )]
    Empty {
        /// L.
        layers: usize,
        /// H.
        hidden: usize,
        /// E.
        embedding: usize,
    },
    /// An additive score compares in no width.
    #[error("an additive score cannot have a width of 0; it must be at least 1")]
    Width,
    /// The dropout is no probability below one.
    #[error("a dropout of {0} is not possible; it must be at least 0 and below 1")]
    Dropout(f64),
    /// The label smoothing is no probability below one.
    #[error("a label smoothing of {0} is not possible; it must be at least 0 and below 1")]
    Smoothing(f64),
    /// The [least probability](ScheduledSampling::least) of the right token is none.
    #[error("a probability of {0} for the right token is not possible; it must be at least 0 and at most 1")]
    Truth(f64),
}

impl<O: Default> RnnSearchConfig<O> {
    /// One layer that reads forwards, an additive score as wide as the states, and no input feeding; as many tokens on
    /// both sides; fused, and without dropout, smoothing or sampling.
    pub fn new(vocabulary: usize, embedding: usize, hidden: usize) -> Self {
        RnnSearchConfig {
            source_vocabulary: vocabulary,
            target_vocabulary: vocabulary,
            embedding,
            hidden,
            layers: 1,
            bidirectional: false,
            score: Score::Additive,
            width: hidden,
            input_feeding: false,
            dropout: 0.0,
            smoothing: 0.0,
            sampling: None,
            form: Form::Fused,
            layer: O::default(),
            start: LstmInit::default(),
        }
    }
}

impl<O> RnnSearchConfig<O> {
    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let &RnnSearchConfig { layers, hidden, embedding, score, width, bidirectional, dropout, smoothing, .. } = self;
        let vocabularies = [("source", self.source_vocabulary), ("target", self.target_vocabulary)];
        if let Some((side, _)) = vocabularies.into_iter().find(|&(_, size)| size == 0) {
            return Err(ConfigError::Vocabulary(side));
        }
        if [layers, hidden, embedding].contains(&0) {
            return Err(ConfigError::Empty { layers, hidden, embedding });
        }
        if score == Score::Additive && width == 0 {
            return Err(ConfigError::Width);
        }
        if bidirectional && hidden % 2 == 1 {
            return Err(ConfigError::Odd(hidden));
        }
        if !(0.0..1.0).contains(&dropout) {
            return Err(ConfigError::Dropout(dropout));
        }
        if !(0.0..1.0).contains(&smoothing) {
            return Err(ConfigError::Smoothing(smoothing));
        }
        match self.sampling {
            Some(ScheduledSampling { least, .. }) if !(0.0..=1.0).contains(&least) => Err(ConfigError::Truth(least)),
            _ => Ok(()),
        }
    }
}

impl<O: Copy> RnnSearchConfig<O> {
    pub(crate) fn encoder(&self) -> StackedConfig<O> {
        let RnnSearchConfig { embedding, hidden, layers, bidirectional, dropout, form, layer, .. } = *self;
        let hidden = if bidirectional { hidden / 2 } else { hidden };
        StackedConfig { input: embedding, hidden, layers, bidirectional, dropout, form, layer }
    }

    pub(crate) fn decoder(&self) -> DecoderConfig {
        let RnnSearchConfig { embedding, hidden, score, width, input_feeding, start, .. } = *self;
        DecoderConfig { input: embedding, hidden, states: hidden, score, width, input_feeding, start }
    }
}
