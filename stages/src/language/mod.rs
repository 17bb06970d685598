//! The stages that continue a text. All that the program has to know of each stands in this file.

#[cfg(test)]
mod tests;

use std::fmt;

use gpt::{Gpt, GptConfig};
use lstm::{GruInit, LstmInit};
use nn::Form;
use rnn::{ElmanOptions, RecurrentConfig, RecurrentLanguageModel};
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};

use crate::architecture::{self, Architecture, closest_width};
use crate::cell::LayerOptions;
use crate::count::{count_gpt, count_recurrent};
use crate::dynamic::Model;
use crate::{About, ConfigError, Defaults};

/// The stages that continue a text, in the order of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The Elman network.
    Rnn,
    /// Long short-term memory.
    Lstm,
    /// The gated recurrent unit.
    Gru,
    /// The decoder-only Transformer.
    Gpt,
}

/// The architecture of a model of some stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum ModelConfig {
    /// [`Stage::Rnn`].
    Rnn(RecurrentConfig<ElmanOptions>),
    /// [`Stage::Lstm`].
    Lstm(RecurrentConfig<LstmInit>),
    /// [`Stage::Gru`].
    Gru(RecurrentConfig<GruInit>),
    /// [`Stage::Gpt`].
    Gpt(GptConfig),
}

/// What the recurrent stages have in common.
const RECURRENT: About = About {
    name: "",
    title: "",
    year: 0,
    idea: "",
    recurrent: true,
    reads: &["layers", "width", "embedding", "dropout", "carry"],
    defaults: Defaults { layers: 1, width: 256, batch: 32, learning_rate: 2e-3 },
};

impl Stage {
    /// All, in the order of history.
    pub const ALL: [Self; 4] = [Self::Rnn, Self::Lstm, Self::Gru, Self::Gpt];

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            Self::Rnn => About { name: "rnn", title: "RNN", year: 1990, idea: "The Elman network", ..RECURRENT },
            Self::Lstm => {
                About { name: "lstm", title: "LSTM", year: 1997, idea: "Long short-term memory", ..RECURRENT }
            }
            Self::Gru => About { name: "gru", title: "GRU", year: 2014, idea: "The gated recurrent unit", ..RECURRENT },
            Self::Gpt => About {
                name: "gpt",
                title: "GPT",
                year: 2018,
                idea: "The decoder-only Transformer",
                recurrent: false,
                reads: &["architecture", "context", "layers", "width", "heads", "dropout"],
                defaults: Defaults { layers: 4, width: 128, batch: 12, learning_rate: 1e-3 },
            },
        }
    }

    /// A model of this stage with these sizes, and the stage's defaults for everything else.
    pub fn configure(self, sizes: Sizes) -> ModelConfig {
        match self {
            Self::Rnn => ModelConfig::Rnn(sizes.recurrent()),
            Self::Lstm => ModelConfig::Lstm(sizes.recurrent()),
            Self::Gru => ModelConfig::Gru(sizes.recurrent()),
            Self::Gpt => ModelConfig::Gpt(sizes.gpt()),
        }
    }
}

impl ModelConfig {
    /// The stage.
    pub fn stage(&self) -> Stage {
        match self {
            Self::Rnn(_) => Stage::Rnn,
            Self::Lstm(_) => Stage::Lstm,
            Self::Gru(_) => Stage::Gru,
            Self::Gpt(_) => Stage::Gpt,
        }
    }

    fn architecture(&self) -> &dyn Architecture<Model> {
        match self {
            Self::Rnn(config) => config,
            Self::Lstm(config) => config,
            Self::Gru(config) => config,
            Self::Gpt(config) => config,
        }
    }
}

impl<O: LayerOptions> Architecture<Model> for RecurrentConfig<O> {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(RecurrentConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_recurrent(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.vocabulary; 2]
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<Model, ConfigError> {
        let config = RecurrentConfig { form: form.unwrap_or(self.form), ..*self };
        Ok(Model::new(RecurrentLanguageModel::<O::Layer>::new(init, config)))
    }
}

impl Architecture<Model> for GptConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(GptConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_gpt(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.vocabulary; 2]
    }

    fn longest(&self) -> Option<usize> {
        Some(self.context)
    }

    fn width_unit(&self) -> usize {
        self.block.heads
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<Model, ConfigError> {
        Ok(Model::new(Gpt::new(init, self.clone())?.with_form(form.unwrap_or_default())))
    }
}

/// The sizes and switches that models are usually compared by; a stage reads those that it has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sizes {
    /// V, the number of different tokens.
    pub vocabulary: usize,
    /// The longest sequence that gpt reads at once; a recurrent model has no limit.
    pub context: usize,
    /// L, how many layers lie on each other.
    pub layers: usize,
    /// H of recurrent layers, D of gpt.
    pub width: usize,
    /// E of a recurrent model; gpt's embedding is as wide as its layers.
    pub embedding: usize,
    /// N, the attention heads of gpt.
    pub heads: usize,
    /// The part of the activations that is dropped in training.
    pub dropout: f64,
    /// Whether a recurrent model carries its state from one batch to the next.
    pub carry: bool,
    /// Whose blocks gpt has.
    pub architecture: gpt::Architecture,
}

impl Sizes {
    /// One layer of this width on embeddings of half of it, four heads, nothing dropped or carried.
    pub fn new(vocabulary: usize, context: usize, width: usize) -> Self {
        let embedding = width.div_ceil(2);
        let (heads, dropout, carry, architecture) = (4, 0.0, false, gpt::Architecture::Gpt2);
        Sizes { vocabulary, context, layers: 1, width, embedding, heads, dropout, carry, architecture }
    }

    fn recurrent<O: Default>(self) -> RecurrentConfig<O> {
        let Sizes { vocabulary, layers, width, embedding, dropout, carry, .. } = self;
        RecurrentConfig { layers, dropout, carry, ..RecurrentConfig::new(vocabulary, embedding, width) }
    }

    fn gpt(self) -> GptConfig {
        let Sizes { vocabulary, context, layers, width, heads, dropout, architecture, .. } = self;
        let mut config = match architecture {
            gpt::Architecture::Gpt2 => GptConfig::new(vocabulary, context, layers, width, heads),
            gpt::Architecture::Llama => GptConfig::llama(vocabulary, context, layers, width, heads),
        };
        config.block.dropout = dropout;
        config
    }
}

impl Stage {
    /// The width with which this stage comes closest to so many parameters, all other sizes being as they are.
    ///
    /// For gpt only multiples of the heads will do.
    pub fn width_for(self, parameters: u128, sizes: Sizes) -> usize {
        let unit = self.configure(sizes).architecture().width_unit();
        closest_width(parameters, unit, |width| self.configure(Sizes { width, ..sizes }).parameter_count())
    }
}

/// The name that the command line takes.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

impl ModelConfig {
    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(Model, Parameters), ConfigError> {
        architecture::build(self.architecture(), None, Some(seed))
    }

    /// [`build`](Self::build), literal or fused, whatever is configured.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build_with(&self, form: Form, seed: u64) -> Result<(Model, Parameters), ConfigError> {
        architecture::build(self.architecture(), Some(form), Some(seed))
    }

    /// [`build`](Self::build), with all parameters at 0: for numbers from a file.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn unset(&self) -> Result<(Model, Parameters), ConfigError> {
        architecture::build(self.architecture(), None, None)
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        architecture::validate(self.architecture())
    }

    /// How many numbers training will find, without building the model.
    pub fn parameter_count(&self) -> u128 {
        self.architecture().parameter_count()
    }

    /// V, the number of different tokens.
    pub fn vocabulary(&self) -> usize {
        self.architecture().vocabularies()[0]
    }

    /// How many tokens it sees at once, if there is a limit.
    pub fn longest(&self) -> Option<usize> {
        self.architecture().longest()
    }
}
