//! The settings of translators.

use anyhow::bail;
use attention::Score;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use data::NormalForm;
use data::pairs::{Level, Vocabulary};
use data::tokenize::Bpe;
use nn::ScheduledSampling;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use stages::{Cell, Defaults, TranslatorConfig, TranslatorSizes, TranslatorStage};
use transformer::{Norm, Positions};

use super::{Flags, Tokens, Training, below_one, overlay, part, size};

/// Flags that only translators have.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TranslationFlags {
    /// Recurrent cell of seq2seq, and of attention's encoder [default: lstm]
    #[arg(long, value_enum, help_heading = "Translators")]
    pub cell: Option<Cell>,
    /// Most words or characters that a vocabulary has; rarer ones are unknown [default: 8000]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Translators")]
    pub vocabulary: Option<usize>,
    /// Width of the vector that seq2seq passes [default: the state as it is]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Translators")]
    pub bottleneck: Option<usize>,
    /// Let seq2seq's decoder read that vector at every step, and not only as its first state
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub peeking: Option<bool>,
    /// Let seq2seq read the source from its end
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub reversed: Option<bool>,
    /// Let attention read the source from both ends
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub bidirectional: Option<bool>,
    /// How attention compares the decoder's state with the encoder's [default: additive]
    #[arg(long, value_parser = named::<Score>(&SCORES), help_heading = "Translators")]
    pub score: Option<Score>,
    /// Let attention's decoder read what it looked at in the step before
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub input_feeding: Option<bool>,
    /// Where transformer's normalisations stand [default: pre]
    #[arg(long, value_parser = named::<Norm>(&NORMS), help_heading = "Translators")]
    pub norm: Option<Norm>,
    /// How transformer tells positions apart [default: sinusoidal]
    #[arg(long, value_enum, help_heading = "Translators")]
    pub positions: Option<Telling>,
    /// Give transformer one vocabulary for both languages, and one table for source, target and output, as in the paper
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub shared_embeddings: Option<bool>,
    /// Part of each target that is spread over all tokens in training (label smoothing) [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = below_one, help_heading = "Translators")]
    pub smoothing: Option<f64>,
    /// Part of the tokens that a recurrent decoder reads from itself instead of the truth; it rises from 0 in the first
    /// batch of training to P in the last (scheduled sampling) [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = part, help_heading = "Translators")]
    pub sampling: Option<f64>,
}

/// Values of [`Score`] with what they mean.
const SCORES: [(&str, &str); 4] = [
    ("additive", "By a small network (Bahdanau et al.)"),
    ("dot", "By the inner product (Luong et al.)"),
    ("general", "By the inner product after a linear map (Luong et al.)"),
    ("scaled", "By the inner product over the root of the width (Vaswani et al.)"),
];

/// Values of [`Norm`] with what they mean.
const NORMS: [(&str, &str); 2] =
    [("pre", "Before each sublayer, which trains without careful warm-up"), ("post", "After it, as in the paper")];

/// Reads a type by the names that files have for it.
fn named<T>(values: &'static [(&'static str, &'static str)]) -> impl TypedValueParser<Value = T>
where
    T: DeserializeOwned + Clone + Send + Sync + 'static,
{
    let values = values.iter().map(|(name, means)| PossibleValue::new(name).help(means));
    PossibleValuesParser::new(values).try_map(|name| serde_json::from_value(name.into()))
}

/// [`Positions`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Telling {
    /// By sines and cosines, at any length
    Sinusoidal,
    /// By a learned vector for each of --context positions
    Learned,
    /// Not at all
    None,
}

/// The settings of a translator, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TranslationSettings {
    layers: usize,
    width: usize,
    embedding: usize,
    heads: usize,
    context: usize,
    dropout: f64,
    pub tokens: Tokens,
    // Runs that began before there were byte pairs have no size of theirs.
    #[serde(default)]
    vocab_size: Option<usize>,
    // Runs that began before there was a choice read what they get.
    #[serde(default)]
    pub normal_form: NormalForm,
    vocabulary: usize,
    cell: Cell,
    bottleneck: Option<usize>,
    // Runs that began before there were these three have none of them.
    #[serde(default)]
    peeking: bool,
    #[serde(default)]
    sampling: f64,
    #[serde(default)]
    pub shared_embeddings: bool,
    reversed: bool,
    bidirectional: bool,
    score: Score,
    input_feeding: bool,
    norm: Norm,
    positions: Telling,
    smoothing: f64,
}

impl TranslationSettings {
    /// The settings that these flags ask for.
    ///
    /// # Errors
    /// If they cannot be.
    pub fn new(stage: TranslatorStage, seed: u64, flags: &Flags) -> anyhow::Result<(TranslationSettings, Training)> {
        let Defaults { layers, width, batch, learning_rate } = stage.about().defaults;
        let width = flags.model.width.unwrap_or(width);
        let defaults = TranslationSettings {
            layers,
            width,
            embedding: width.div_ceil(2),
            heads: 4,
            context: 64,
            dropout: 0.0,
            tokens: Tokens::Word,
            vocab_size: None,
            normal_form: NormalForm::Nfc,
            vocabulary: 8000,
            cell: Cell::default(),
            bottleneck: None,
            peeking: false,
            sampling: 0.0,
            reversed: false,
            bidirectional: false,
            score: Score::Additive,
            input_feeding: false,
            norm: Norm::Pre,
            positions: Telling::Sinusoidal,
            shared_embeddings: false,
            smoothing: 0.0,
        };
        let training = Training::new(seed, flags, batch, learning_rate, 0.01)?;
        let mut settings: TranslationSettings = overlay(serde_json::to_value(defaults)?, flags)?;
        let special = Vocabulary::least(Level::Bpe) - Bpe::least(0);
        settings.vocab_size = settings.tokens.vocab_size(settings.vocab_size, special)?;
        Ok((settings, training))
    }

    /// What a token is.
    ///
    /// # Errors
    /// If it is to be a byte.
    pub fn level(&self) -> anyhow::Result<Level> {
        match self.tokens {
            Tokens::Word => Ok(Level::Word),
            Tokens::Character => Ok(Level::Character),
            Tokens::Bpe => Ok(Level::Bpe),
            Tokens::Byte => {
                bail!(
                    "translators read words, characters or byte pairs, not bytes: give --tokens word, character or bpe"
                )
            }
        }
    }

    /// The most tokens of a vocabulary, and the flag that says so.
    pub fn vocabulary_size(&self) -> (usize, &'static str) {
        match self.vocab_size {
            Some(size) => (size, "vocab-size"),
            None => (self.vocabulary, "vocabulary"),
        }
    }

    /// The model that these settings describe.
    ///
    /// # Errors
    /// If its sizes do not fit each other.
    pub fn model(
        &self,
        stage: TranslatorStage,
        [source_vocabulary, target_vocabulary]: [usize; 2],
        training: &Training,
    ) -> anyhow::Result<TranslatorConfig> {
        let config = stage.configure(TranslatorSizes {
            source_vocabulary,
            target_vocabulary,
            layers: self.layers,
            width: self.width,
            embedding: self.embedding,
            heads: self.heads,
            dropout: self.dropout,
            smoothing: self.smoothing,
            cell: self.cell,
            sampling: (self.sampling > 0.0)
                .then_some(ScheduledSampling { least: 1.0 - self.sampling, steps: training.last_batch().max(1) }),
            bottleneck: self.bottleneck,
            peeking: self.peeking,
            reversed: self.reversed,
            bidirectional: self.bidirectional,
            score: self.score,
            input_feeding: self.input_feeding,
            norm: self.norm,
            positions: match self.positions {
                Telling::Sinusoidal => Positions::Sinusoidal,
                Telling::Learned => Positions::Learned { context: self.context },
                Telling::None => Positions::None,
            },
            shared_embeddings: self.shared_embeddings,
        });
        config.validate()?;
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stages::TranslatorStage;

    use super::TranslationSettings;
    use crate::settings::Flags;

    /// It is 0 in the first batch and all that was asked for in the last, however many an update adds up.
    #[test]
    fn scheduled_sampling_rises_until_the_last_batch() {
        for (steps, accumulate, last) in [(20, 1, 19), (20, 3, 59), (1, 2, 1), (1, 1, 1)] {
            let flags: Flags =
                serde_json::from_value(json!({ "steps": steps, "accumulate": accumulate, "sampling": 0.25 })).unwrap();
            let stage = TranslatorStage::Seq2Seq;
            let (settings, training) = TranslationSettings::new(stage, 1, &flags).unwrap();
            let model = serde_json::to_value(settings.model(stage, [9, 9], &training).unwrap()).unwrap();
            assert_eq!(model["sampling"], json!({ "least": 0.75, "steps": last }));
        }
    }
}
