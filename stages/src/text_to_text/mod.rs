//! The stages that read a text and write one. All that the program has to know of each stands in this file.

#[cfg(test)]
mod tests;

use std::fmt;

use nn::Form;
use serde::{Deserialize, Serialize};
use t5::{T5, T5Config};
use tensor::{Init, Parameters};
use transformer::BlockConfig;

use crate::architecture::{self, Architecture};
use crate::count::count_t5;
use crate::{About, ConfigError, Defaults, Sizes};

/// The stages that learn from gaps in texts and then read one text and write another, with one vocabulary for both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TextToTextStage {
    /// The encoder-decoder that is told distances.
    T5,
}

/// The architecture of a model of such a stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum TextToTextConfig {
    /// [`TextToTextStage::T5`].
    T5(T5Config),
}

impl TextToTextStage {
    /// All, in the order of history.
    pub const ALL: [Self; 1] = [Self::T5];

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            Self::T5 => About {
                name: "t5",
                title: "T5",
                year: 2019,
                idea: "Text in, text out",
                recurrent: false,
                reads: &["layers", "width", "heads", "dropout"],
                defaults: Defaults { layers: 2, width: 128, batch: 32, learning_rate: 3e-3 },
            },
        }
    }

    /// A model of this stage with these sizes, of version 1.1, whose texts begin and end with these tokens.
    pub fn configure(self, sizes: Sizes, start: data::Token, end: data::Token) -> TextToTextConfig {
        let Sizes { vocabulary, layers, width, heads, dropout, .. } = sizes;
        match self {
            Self::T5 => {
                let config = T5Config::v1_1(vocabulary, layers, width, heads);
                let block = BlockConfig { dropout, ..config.block };
                TextToTextConfig::T5(T5Config { block, start, end, ..config })
            }
        }
    }
}

/// The name that the command line takes.
impl fmt::Display for TextToTextStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

impl Architecture<T5> for T5Config {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(T5Config::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_t5(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.vocabulary; 2]
    }

    fn width_unit(&self) -> usize {
        self.block.heads
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<T5, ConfigError> {
        Ok(T5::new(init, self.clone())?.with_form(form.unwrap_or_default()))
    }
}

impl TextToTextConfig {
    /// The stage.
    pub fn stage(&self) -> TextToTextStage {
        match self {
            Self::T5(_) => TextToTextStage::T5,
        }
    }

    fn architecture(&self) -> &dyn Architecture<T5> {
        match self {
            Self::T5(config) => config,
        }
    }

    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(T5, Parameters), ConfigError> {
        architecture::build(self.architecture(), None, Some(seed))
    }

    /// [`build`](Self::build), with all parameters at 0: for numbers from a file.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn unset(&self) -> Result<(T5, Parameters), ConfigError> {
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
}
