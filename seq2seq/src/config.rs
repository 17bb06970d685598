//! The sizes and switches of an encoder-decoder.

use nn::Form;
use rnn::StackedConfig;
use serde::{Deserialize, Serialize};

use crate::ScheduledSampling;

/// The architecture of a [`Seq2Seq`](crate::Seq2Seq) and how it is trained; `O` are the options of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seq2SeqConfig<O> {
    /// How many different tokens a source can have.
    pub source_vocabulary: usize,
    /// How many different tokens a translation can have, V.
    pub target_vocabulary: usize,
    /// The width of a token's vector, E, on both sides.
    pub embedding: usize,
    /// The width of each layer's state, H, on both sides.
    pub hidden: usize,
    /// How many layers each side has, L.
    pub layers: usize,
    /// The width of the vector that passes, to which the encoder's state is mapped, and from which the decoder's;
    /// without it the state passes as it is.
    pub bottleneck: Option<usize>,
    /// Whether the decoder reads the vector at every step, beside the token (Cho et al. 2014), and not only as its
    /// first state (Sutskever et al. 2014).
    pub context: bool,
    /// Whether the source is read from its end (Sutskever et al. 2014, section 3.3): its first words are then the last
    /// before the translation begins.
    pub reversed: bool,
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
    /// What the layers themselves have to know.
    pub layer: O,
}

/// A configuration that no model can have.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// A size is zero.
    #[error("the {0} is 0; it must be at least 1")]
    Zero(&'static str),
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

impl<O: Default> Seq2SeqConfig<O> {
    /// One layer on each side, whose state passes as it is and once; as many tokens on both sides; fused, and without
    /// dropout, smoothing or sampling.
    pub fn new(vocabulary: usize, embedding: usize, hidden: usize) -> Self {
        Seq2SeqConfig {
            source_vocabulary: vocabulary,
            target_vocabulary: vocabulary,
            embedding,
            hidden,
            layers: 1,
            bottleneck: None,
            context: false,
            reversed: false,
            dropout: 0.0,
            smoothing: 0.0,
            sampling: None,
            form: Form::Fused,
            layer: O::default(),
        }
    }
}

impl<O> Seq2SeqConfig<O> {
    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let sizes = [
            ("source vocabulary", self.source_vocabulary),
            ("target vocabulary", self.target_vocabulary),
            ("width of the embeddings", self.embedding),
            ("width of the states", self.hidden),
            ("number of layers", self.layers),
            ("width of the vector that passes", self.bottleneck.unwrap_or(1)),
        ];
        if let Some((what, _)) = sizes.into_iter().find(|&(_, size)| size == 0) {
            return Err(ConfigError::Zero(what));
        }
        if !(0.0..1.0).contains(&self.dropout) {
            return Err(ConfigError::Dropout(self.dropout));
        }
        if !(0.0..1.0).contains(&self.smoothing) {
            return Err(ConfigError::Smoothing(self.smoothing));
        }
        match self.sampling {
            Some(ScheduledSampling { least, .. }) if !(0.0..=1.0).contains(&least) => Err(ConfigError::Truth(least)),
            _ => Ok(()),
        }
    }
}

impl<O: Copy> Seq2SeqConfig<O> {
    /// The layers of one side that reads vectors of this width.
    pub(crate) fn layers_on(&self, input: usize) -> StackedConfig<O> {
        let Seq2SeqConfig { hidden, layers, dropout, form, layer, .. } = *self;
        StackedConfig { input, hidden, layers, bidirectional: false, dropout, form, layer }
    }
}
