//! The stages that continue a text.

use std::fmt;

use clap::ValueEnum;
use gpt::{Gpt, GptConfig};
use lstm::{Gru, GruStart, Lstm, LstmStart};
use rnn::{Elman, ElmanOptions, RecurrentConfig, RecurrentModel};
use serde::{Deserialize, Serialize};
use tensor::{Init, Parameters};

use crate::count::{count_gpt, count_recurrent};
use crate::dynamic::Model;
use crate::{ConfigError, buildable, closest_width};

/// The stages that speak, in the order of history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// The Elman network, 1990
    Rnn,
    /// Long short-term memory, 1997
    Lstm,
    /// The gated recurrent unit, 2014
    Gru,
    /// The decoder-only Transformer, 2018
    Gpt,
}

/// The name that the command line takes.
impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Rnn => "rnn",
            Stage::Lstm => "lstm",
            Stage::Gru => "gru",
            Stage::Gpt => "gpt",
        })
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
}

impl Stage {
    /// A model of this stage with these sizes, and the stage's defaults for everything else.
    pub fn configure(self, sizes: Sizes) -> ModelConfig {
        match self {
            Stage::Rnn => ModelConfig::Rnn(sizes.recurrent()),
            Stage::Lstm => ModelConfig::Lstm(sizes.recurrent()),
            Stage::Gru => ModelConfig::Gru(sizes.recurrent()),
            Stage::Gpt => ModelConfig::Gpt(sizes.gpt()),
        }
    }

    /// The width with which this stage comes closest to so many parameters, all other sizes being as they are.
    ///
    /// For gpt only multiples of the heads will do.
    pub fn width_for(self, parameters: u128, sizes: Sizes) -> usize {
        let unit = if self == Stage::Gpt { sizes.heads } else { 1 };
        closest_width(parameters, unit, |width| self.configure(Sizes { width, ..sizes }).parameter_count())
    }
}

impl Sizes {
    fn recurrent<O: Default>(self) -> RecurrentConfig<O> {
        let Sizes { vocabulary, layers, width, embedding, dropout, carry, .. } = self;
        RecurrentConfig { layers, dropout, carry, ..RecurrentConfig::new(vocabulary, embedding, width) }
    }

    fn gpt(self) -> GptConfig {
        let Sizes { vocabulary, context, layers, width, heads, dropout, .. } = self;
        let mut config = GptConfig::new(vocabulary, context, layers, width, heads);
        config.block.dropout = dropout;
        config
    }
}

/// The architecture of a model of some stage, as configuration files hold it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "lowercase")]
pub enum ModelConfig {
    /// [`Stage::Rnn`].
    Rnn(RecurrentConfig<ElmanOptions>),
    /// [`Stage::Lstm`].
    Lstm(RecurrentConfig<LstmStart>),
    /// [`Stage::Gru`].
    Gru(RecurrentConfig<GruStart>),
    /// [`Stage::Gpt`].
    Gpt(GptConfig),
}

impl ModelConfig {
    /// The model and its first parameters, drawn with `seed`.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self, seed: u64) -> Result<(Model, Parameters), ConfigError> {
        self.validate()?;
        let mut parameters = Parameters::new();
        let init = &mut Init::new(&mut parameters, seed);
        let model = match self {
            ModelConfig::Rnn(config) => Model::new(RecurrentModel::<Elman>::new(init, *config)),
            ModelConfig::Lstm(config) => Model::new(RecurrentModel::<Lstm>::new(init, *config)),
            ModelConfig::Gru(config) => Model::new(RecurrentModel::<Gru>::new(init, *config)),
            ModelConfig::Gpt(config) => Model::new(Gpt::new(init, config.clone())?),
        };
        Ok((model, parameters))
    }

    /// Whether such a model can be built.
    ///
    /// # Errors
    /// A sentence about the first setting that cannot be.
    pub fn validate(&self) -> Result<(), ConfigError> {
        match self {
            ModelConfig::Rnn(config) => validate_recurrent(config)?,
            ModelConfig::Lstm(config) => validate_recurrent(config)?,
            ModelConfig::Gru(config) => validate_recurrent(config)?,
            ModelConfig::Gpt(config) => config.validate()?,
        }
        buildable(self.parameter_count())
    }

    /// How many numbers training will find, without building the model.
    pub fn parameter_count(&self) -> u128 {
        match self {
            ModelConfig::Rnn(config) => count_recurrent(config, 1),
            ModelConfig::Lstm(config) => count_recurrent(config, 4),
            ModelConfig::Gru(config) => count_recurrent(config, 3),
            ModelConfig::Gpt(config) => count_gpt(config),
        }
    }

    /// The stage.
    pub fn stage(&self) -> Stage {
        match self {
            ModelConfig::Rnn(_) => Stage::Rnn,
            ModelConfig::Lstm(_) => Stage::Lstm,
            ModelConfig::Gru(_) => Stage::Gru,
            ModelConfig::Gpt(_) => Stage::Gpt,
        }
    }

    /// V, the number of different tokens.
    pub fn vocabulary(&self) -> usize {
        match self {
            ModelConfig::Rnn(config) => config.vocabulary,
            ModelConfig::Lstm(config) => config.vocabulary,
            ModelConfig::Gru(config) => config.vocabulary,
            ModelConfig::Gpt(config) => config.vocabulary,
        }
    }
}

fn validate_recurrent<O>(config: &RecurrentConfig<O>) -> Result<(), ConfigError> {
    let &RecurrentConfig { layers, hidden, embedding, dropout, .. } = config;
    if layers.min(hidden).min(embedding) == 0 {
        return Err(ConfigError::Recurrent { layers, hidden, embedding });
    }
    if (0.0..1.0).contains(&dropout) { Ok(()) } else { Err(ConfigError::Dropout(dropout)) }
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;
    use ndarray::array;
    use nn::LanguageModel;
    use tensor::Context;

    use super::{ModelConfig, Sizes, Stage};

    const SIZES: Sizes =
        Sizes { vocabulary: 7, context: 9, layers: 3, width: 10, embedding: 4, heads: 2, dropout: 0.0, carry: false };

    fn all() -> Vec<ModelConfig> {
        Stage::value_variants().iter().map(|stage| stage.configure(SIZES)).collect()
    }

    #[test]
    fn step_01_the_count_is_that_of_the_model() {
        for config in all() {
            let (_, parameters) = config.build(1).unwrap();
            assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
        }
        let mut biased = SIZES.gpt();
        biased.block.bias = true;
        let biased = ModelConfig::Gpt(biased);
        assert_eq!(biased.parameter_count(), biased.build(1).unwrap().1.count() as u128);
    }

    #[test]
    fn step_02_a_configuration_survives_its_file() {
        for config in all() {
            let json = serde_json::to_string(&config).unwrap();
            assert!(json.starts_with(&format!("{{\"stage\":\"{}\",", config.stage())), "{json}");
            assert_eq!(serde_json::from_str::<ModelConfig>(&json).unwrap(), config);
        }
    }

    #[test]
    fn step_03_a_model_without_its_type_speaks_as_before() {
        for config in all() {
            let (model, parameters) = config.build(1).unwrap();
            let cx = Context::eval(&parameters);
            let (mut state, _) = model.start(&cx, array![[1, 2], [3, 4]].view());
            let copy = state.clone();
            let next = model.next(&cx, &mut state, &[5, 6]); // (B, V)
            let all = model.logits(&cx, array![[1, 2, 5], [3, 4, 6]].view()).index(1, 2); // (B, V)
            tensor::check::assert_close("logits", &next.clone().into_dyn(), &all.value().to_owned(), 1e-5);
            assert_eq!(model.next(&cx, &mut copy.clone(), &[5, 6]), next, "the copy has not moved");
            assert_eq!(model.vocabulary(), 7);
        }
    }

    #[test]
    fn step_04_the_width_for_a_number_of_parameters_is_the_closest() {
        for &stage in Stage::value_variants() {
            let width = stage.width_for(50_000, SIZES);
            let off = |width| stage.configure(Sizes { width, ..SIZES }).parameter_count().abs_diff(50_000);
            let unit = if stage == Stage::Gpt { 2 } else { 1 };
            assert!(off(width) <= off(width - unit) && off(width) <= off(width + unit), "{stage}: {width}");
        }
    }

    #[test]
    fn step_05_impossible_configurations_are_told() {
        let said = |stage: Stage, sizes| stage.configure(sizes).build(1).err().unwrap().to_string();
        assert_eq!(
            said(Stage::Gpt, Sizes { heads: 3, ..SIZES }),
            "a width of 10 cannot be divided among 3 heads; choose a width that is a multiple of the heads"
        );
        assert_eq!(
            said(Stage::Lstm, Sizes { layers: 0, ..SIZES }),
            "a recurrent model cannot have 0 layers of width 10 on embeddings of width 4; each must be at least 1"
        );
        assert_eq!(
            said(Stage::Rnn, Sizes { dropout: 1.0, ..SIZES }),
            "a dropout of 1 is not possible; it must be at least 0 and below 1"
        );
        assert_eq!(
            said(Stage::Rnn, Sizes { width: 1 << 20, ..SIZES }),
            "such a model has 5.5×10¹² parameters, and at most 1×10⁹ can be trained here; choose a smaller width or fewer layers"
        );
        for width in [1 << 40, usize::MAX] {
            assert!(said(Stage::Lstm, Sizes { width, layers: width, ..SIZES }).starts_with("such a model has "));
        }
    }
}
