//! The stages that translate. All that the program has to know of each stands in this file.

mod sizes;
#[cfg(test)]
mod tests;

use std::fmt;

use attention::{RnnSearch, RnnSearchConfig};
use clap::ValueEnum;
use lstm::{GruInit, LstmInit};
use nn::Form;
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};
use transformer::{Positions, Transformer, TransformerConfig};

use crate::architecture::{self, Architecture, closest_width};
use crate::cell::LayerOptions;
use crate::count::{count_attention, count_seq2seq, count_transformer};
use crate::dynamic::TranslatorModel;
use crate::{About, ConfigError, Defaults};

pub use sizes::TranslatorSizes;

/// The stages that turn one sequence into another, in the order of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TranslatorStage {
    /// The encoder-decoder.
    Seq2Seq,
    /// The encoder-decoder that looks back.
    Attention,
    /// Attention only.
    Transformer,
}

/// The architecture of a translator of some stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum TranslatorConfig {
    /// [`TranslatorStage::Seq2Seq`].
    Seq2Seq(ByCell<Seq2SeqConfig<LstmInit>, Seq2SeqConfig<GruInit>>),
    /// [`TranslatorStage::Attention`].
    Attention(ByCell<RnnSearchConfig<LstmInit>, RnnSearchConfig<GruInit>>),
    /// [`TranslatorStage::Transformer`].
    Transformer(TransformerConfig),
}

/// What a recurrent translator reads with, and [`TranslatorStage::Seq2Seq`] writes with; the decoder that looks back is
/// an LSTM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Long short-term memory
    #[default]
    Lstm,
    /// The gated recurrent unit
    Gru,
}

/// A configuration with layers of one cell or of another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "cell", rename_all = "lowercase")]
pub enum ByCell<L, G> {
    /// [`Cell::Lstm`].
    Lstm(L),
    /// [`Cell::Gru`].
    Gru(G),
}

/// The settings that both recurrent translators read, and three that one of them does.
const fn recurrent_reads(special: [&'static str; 3]) -> [&'static str; 10] {
    let [one, two, three] = special;
    ["layers", "width", "embedding", "dropout", "smoothing", "sampling", "cell", one, two, three]
}

const RECURRENT_DEFAULTS: Defaults = Defaults { layers: 1, width: 256, batch: 64, learning_rate: 2e-3 };

impl TranslatorStage {
    /// All, in the order of history.
    pub const ALL: [Self; 3] = [Self::Seq2Seq, Self::Attention, Self::Transformer];

    /// What is known of it without a model of it.
    pub fn about(self) -> About {
        match self {
            Self::Seq2Seq => About {
                name: "seq2seq",
                title: "encoder-decoder",
                year: 2014,
                idea: "The encoder-decoder",
                recurrent: true,
                reads: &const { recurrent_reads(["bottleneck", "peeking", "reversed"]) },
                defaults: RECURRENT_DEFAULTS,
            },
            Self::Attention => About {
                name: "attention",
                title: "attention",
                year: 2014,
                idea: "The encoder-decoder that looks back",
                recurrent: true,
                reads: &const { recurrent_reads(["bidirectional", "score", "input-feeding"]) },
                defaults: RECURRENT_DEFAULTS,
            },
            Self::Transformer => About {
                name: "transformer",
                title: "Transformer",
                year: 2017,
                idea: "Attention only",
                recurrent: false,
                reads: &[
                    "layers",
                    "width",
                    "heads",
                    "context",
                    "dropout",
                    "smoothing",
                    "norm",
                    "positions",
                    "shared-embeddings",
                ],
                defaults: Defaults { layers: 2, width: 128, batch: 64, learning_rate: 1e-3 },
            },
        }
    }

    /// Whether its decoder looks at the source again at every step, so that there are weights to show.
    pub fn looks_back(self) -> bool {
        self != TranslatorStage::Seq2Seq
    }

    /// A model of this stage with these sizes, and the stage's defaults for everything else.
    pub fn configure(self, sizes: TranslatorSizes) -> TranslatorConfig {
        match (self, sizes.cell) {
            (Self::Seq2Seq, Cell::Lstm) => TranslatorConfig::Seq2Seq(ByCell::Lstm(sizes.seq2seq())),
            (Self::Seq2Seq, Cell::Gru) => TranslatorConfig::Seq2Seq(ByCell::Gru(sizes.seq2seq())),
            (Self::Attention, Cell::Lstm) => TranslatorConfig::Attention(ByCell::Lstm(sizes.attention())),
            (Self::Attention, Cell::Gru) => TranslatorConfig::Attention(ByCell::Gru(sizes.attention())),
            (Self::Transformer, _) => TranslatorConfig::Transformer(sizes.transformer()),
        }
    }
}

impl TranslatorConfig {
    /// The stage.
    pub fn stage(&self) -> TranslatorStage {
        match self {
            Self::Seq2Seq(_) => TranslatorStage::Seq2Seq,
            Self::Attention(_) => TranslatorStage::Attention,
            Self::Transformer(_) => TranslatorStage::Transformer,
        }
    }

    fn architecture(&self) -> &dyn Architecture<TranslatorModel> {
        match self {
            Self::Seq2Seq(ByCell::Lstm(config)) => config,
            Self::Seq2Seq(ByCell::Gru(config)) => config,
            Self::Attention(ByCell::Lstm(config)) => config,
            Self::Attention(ByCell::Gru(config)) => config,
            Self::Transformer(config) => config,
        }
    }
}

impl<O: LayerOptions> Architecture<TranslatorModel> for Seq2SeqConfig<O> {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(Seq2SeqConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_seq2seq(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.source_vocabulary, self.target_vocabulary]
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<TranslatorModel, ConfigError> {
        let config = Seq2SeqConfig { form: form.unwrap_or(self.form), ..*self };
        Ok(TranslatorModel::new(Seq2Seq::<O::Layer>::new(init, config)?))
    }
}

impl<O: LayerOptions> Architecture<TranslatorModel> for RnnSearchConfig<O> {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(RnnSearchConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_attention(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.source_vocabulary, self.target_vocabulary]
    }

    /// Half of it reads from either end.
    fn width_unit(&self) -> usize {
        if self.bidirectional { 2 } else { 1 }
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<TranslatorModel, ConfigError> {
        let config = RnnSearchConfig { form: form.unwrap_or(self.form), ..*self };
        Ok(TranslatorModel::new(RnnSearch::<O::Layer>::new(init, config)?))
    }
}

impl Architecture<TranslatorModel> for TransformerConfig {
    fn validate(&self) -> Result<(), ConfigError> {
        Ok(TransformerConfig::validate(self)?)
    }

    fn parameter_count(&self) -> u128 {
        count_transformer(self)
    }

    fn vocabularies(&self) -> [usize; 2] {
        [self.source_vocabulary, self.target_vocabulary]
    }

    fn longest(&self) -> Option<usize> {
        match self.positions {
            Positions::Learned { context } => Some(context),
            Positions::Sinusoidal | Positions::None => None,
        }
    }

    fn width_unit(&self) -> usize {
        self.block.heads
    }

    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<TranslatorModel, ConfigError> {
        let model = Transformer::new(init, self.clone())?;
        Ok(TranslatorModel::new(model.with_form(form.unwrap_or_default())))
    }
}

impl TranslatorStage {
    /// The width with which this stage comes closest to so many parameters, all other sizes being as they are.
    ///
    /// For a transformer only multiples of the heads will do, and even ones where the source is read from both ends.
    pub fn width_for(self, parameters: u128, sizes: TranslatorSizes) -> usize {
        let unit = self.configure(sizes).architecture().width_unit();
        closest_width(parameters, unit, |width| self.configure(TranslatorSizes { width, ..sizes }).parameter_count())
    }
}

/// The name that the command line takes.
impl fmt::Display for TranslatorStage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.about().name)
    }
}

impl TranslatorConfig {
    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(TranslatorModel, Parameters), ConfigError> {
        architecture::build(self.architecture(), None, Some(seed))
    }

    /// [`build`](Self::build), literal or fused, whatever is configured.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build_with(&self, form: Form, seed: u64) -> Result<(TranslatorModel, Parameters), ConfigError> {
        architecture::build(self.architecture(), Some(form), Some(seed))
    }

    /// [`build`](Self::build), with all parameters at 0: for numbers from a file.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn unset(&self) -> Result<(TranslatorModel, Parameters), ConfigError> {
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

    /// How many different tokens a source and a translation can have.
    pub fn vocabularies(&self) -> [usize; 2] {
        self.architecture().vocabularies()
    }

    /// The longest source, and the longest translation with the token that begins it, if there is a limit.
    pub fn longest(&self) -> Option<usize> {
        self.architecture().longest()
    }
}
