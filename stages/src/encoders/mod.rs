//! The stages that read a text as a whole. All that the program has to know of each stands in this file.

#[cfg(test)]
mod tests;

use std::fmt;

use bert::{Bert, BertConfig};
use nn::Form;
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};
use transformer::BlockConfig;

use crate::architecture::{self, Architecture};
use crate::count::count_bert;
use crate::{About, ConfigError, Defaults, Sizes};

/// The stages that read a text as a whole: they guess hidden words and make vectors of texts. They say nothing by themselves, so
/// a comparison with those that do has no place for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderStage {
    /// The encoder-only Transformer.
    Bert,
}

/// The architecture of an encoder of some stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum EncoderConfig {
    /// [`EncoderStage::Bert`].
    Bert(BertConfig),
}

impl EncoderStage {
    /// All, in the order of history.
    pub const ALL: [Self; 1] = [Self::Bert];

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            Self::Bert => About {
                name: "bert",
                title: "BERT",
                year: 2018,
                idea: "The encoder-only Transformer",
                recurrent: false,
                reads: &["context", "layers", "width", "heads", "dropout"],
                defaults: Defaults { layers: 4, width: 128, batch: 32, learning_rate: 1e-3 },
            },
        }
    }

    /// A model of this stage with these sizes, with a head that guesses words, and the stage's defaults for everything else.
    /// Texts are of one type.
    pub fn configure(self, sizes: Sizes) -> EncoderConfig {
        let Sizes { vocabulary, context, layers, width, heads, dropout, .. } = sizes;
        match self {
            Self::Bert => {
                let config = BertConfig::new(vocabulary, context, layers, width, heads);
                let block = BlockConfig { dropout, ..config.block };
                EncoderConfig::Bert(BertConfig { token_types: 0, block, ..config })
            }
        }
    }
}

/// The name that the command line takes.
impl fmt::Display for EncoderStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

impl Architecture<Bert> for BertConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(BertConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_bert(self)
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

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<Bert, ConfigError> {
        Ok(Bert::new(init, self.clone())?.with_form(form.unwrap_or_default()))
    }
}

impl EncoderConfig {
    /// The stage.
    pub fn stage(&self) -> EncoderStage {
        match self {
            Self::Bert(_) => EncoderStage::Bert,
        }
    }

    fn architecture(&self) -> &dyn Architecture<Bert> {
        match self {
            Self::Bert(config) => config,
        }
    }

    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(Bert, Parameters), ConfigError> {
        architecture::build(self.architecture(), None, Some(seed))
    }

    /// [`build`](Self::build), with all parameters at 0: for numbers from a file.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn unset(&self) -> Result<(Bert, Parameters), ConfigError> {
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

    /// How many tokens it reads at once.
    pub fn longest(&self) -> Option<usize> {
        self.architecture().longest()
    }
}
