//! The settings of translators.

use anyhow::bail;
use attention::Score;
use benches::stages::{Cell, TranslatorConfig, TranslatorSizes, TranslatorStage};
use clap::{Args, ValueEnum};
use data::NormalForm;
use data::pairs::Level;
use nn::ScheduledSampling;
use serde::{Deserialize, Serialize};
use transformer::{Norm, Positions};

use super::training::Defaults;
use super::{Flags, Tokens, Training, TrainingFlags, below_one, fits, part, size};

/// Flags that only translators have.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TranslationFlags {
    /// Recurrent cell of seq2seq, and of attention's encoder [default: lstm]
    #[arg(long, value_enum, help_heading = "Translators")]
    pub cell: Option<Cell>,
    /// Tokens that a vocabulary has at most; rarer ones are unknown [default: 8000]
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
    #[arg(long, value_enum, help_heading = "Translators")]
    pub score: Option<Scoring>,
    /// Let attention's decoder read what it looked at in the step before
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub input_feeding: Option<bool>,
    /// Where transformer's normalisations stand [default: pre]
    #[arg(long, value_enum, help_heading = "Translators")]
    pub norm: Option<Place>,
    /// How transformer tells positions apart [default: sinusoidal]
    #[arg(long, value_enum, help_heading = "Translators")]
    pub positions: Option<Telling>,
    /// Give transformer one vocabulary for both languages, and one table for source, target and output, as in the paper
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Translators")]
    pub shared_embeddings: Option<bool>,
    /// Part of each target that is spread over all tokens in training [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = below_one, help_heading = "Translators")]
    pub smoothing: Option<f64>,
    /// Part of the tokens that a recurrent decoder reads from itself instead of the truth; it rises from 0 at the first
    /// step of training to P at the last (scheduled sampling) [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = part, help_heading = "Translators")]
    pub sampling: Option<f64>,
}

/// [`Score`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scoring {
    /// By a small network (Bahdanau et al.)
    Additive,
    /// By the inner product (Luong et al.)
    Dot,
    /// By the inner product after a linear map (Luong et al.)
    General,
    /// By the inner product over the root of the width (Vaswani et al.)
    Scaled,
}

/// [`Norm`] on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// Before each sublayer, which trains without careful warm-up
    Pre,
    /// After it, as in the paper
    Post,
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
    // Runs that began before there was a choice read what they get.
    #[serde(default)]
    pub normal_form: NormalForm,
    pub vocabulary: usize,
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
    score: Scoring,
    input_feeding: bool,
    norm: Place,
    positions: Telling,
    smoothing: f64,
}

impl TranslationSettings {
    /// The settings that these flags ask for.
    ///
    /// # Errors
    /// If a flag belongs to another stage, or two do not go together.
    pub fn new(stage: TranslatorStage, seed: u64, flags: &Flags) -> anyhow::Result<(TranslationSettings, Training)> {
        flags.only(stage, |name| !not_of(stage).contains(&name))?;
        let Flags { model, translation: given, training } = flags;
        let positions = given.positions.unwrap_or(Telling::Sinusoidal);
        if model.context.is_some() && positions != Telling::Learned {
            bail!(
                "--context is the number of learned positions, and there are none: give --positions learned, or leave \
                 --context out"
            );
        }
        let recurrent = stage != TranslatorStage::Transformer;
        let width = model.width.unwrap_or(if recurrent { 256 } else { 128 });
        let settings = TranslationSettings {
            layers: model.layers.unwrap_or(if recurrent { 1 } else { 2 }),
            width,
            embedding: model.embedding.unwrap_or(width.div_ceil(2)),
            heads: model.heads.unwrap_or(4),
            context: model.context.unwrap_or(64),
            dropout: model.dropout.unwrap_or(0.0),
            tokens: model.tokens.unwrap_or(Tokens::Word),
            normal_form: model.normal_form.unwrap_or(NormalForm::Nfc),
            vocabulary: given.vocabulary.unwrap_or(8000),
            cell: given.cell.unwrap_or_default(),
            bottleneck: given.bottleneck,
            peeking: given.peeking.unwrap_or(false),
            sampling: given.sampling.unwrap_or(0.0),
            reversed: given.reversed.unwrap_or(false),
            bidirectional: given.bidirectional.unwrap_or(false),
            score: given.score.unwrap_or(Scoring::Additive),
            input_feeding: given.input_feeding.unwrap_or(false),
            norm: given.norm.unwrap_or(Place::Pre),
            positions,
            shared_embeddings: given.shared_embeddings.unwrap_or(false),
            smoothing: given.smoothing.unwrap_or(0.0),
        };
        let lr = if recurrent { 2e-3 } else { 1e-3 };
        let defaults = Defaults { batch: 64, lr, weight_decay: 0.01 };
        Ok((settings, Training::new(seed, training, TrainingFlags::default(), defaults)?))
    }

    /// What a token is.
    ///
    /// # Errors
    /// If it is to be a byte.
    pub fn level(&self) -> anyhow::Result<Level> {
        match self.tokens {
            Tokens::Word => Ok(Level::Word),
            Tokens::Character => Ok(Level::Character),
            Tokens::Byte => bail!("translators read words or characters, not bytes: give --tokens word or character"),
        }
    }

    /// The model that these settings describe, for sentences of up to `longest` tokens.
    ///
    /// # Errors
    /// If its sizes do not fit each other, or a batch does not fit into memory.
    pub fn model(
        &self,
        stage: TranslatorStage,
        vocabularies: [usize; 2],
        longest: usize,
        training: &Training,
    ) -> anyhow::Result<TranslatorConfig> {
        let [source_vocabulary, target_vocabulary] = vocabularies;
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
                .then_some(ScheduledSampling { least: 1.0 - self.sampling, steps: training.steps }),
            bottleneck: self.bottleneck,
            peeking: self.peeking,
            reversed: self.reversed,
            bidirectional: self.bidirectional,
            score: match self.score {
                Scoring::Additive => Score::Additive,
                Scoring::Dot => Score::Dot,
                Scoring::General => Score::General,
                Scoring::Scaled => Score::Scaled,
            },
            input_feeding: self.input_feeding,
            norm: match self.norm {
                Place::Pre => Norm::Pre,
                Place::Post => Norm::Post,
            },
            positions: match self.positions {
                Telling::Sinusoidal => Positions::Sinusoidal,
                Telling::Learned => Positions::Learned { context: self.context },
                Telling::None => Positions::None,
            },
            shared_embeddings: self.shared_embeddings,
        });
        config.validate()?;
        fits(training.batch, longest, target_vocabulary, 2 * self.layers, self.width)?;
        Ok(config)
    }
}

/// The flags that a translator does not have.
fn not_of(stage: TranslatorStage) -> &'static [&'static str] {
    match stage {
        TranslatorStage::Seq2Seq => &[
            "carry",
            "heads",
            "context",
            "bidirectional",
            "score",
            "input-feeding",
            "norm",
            "positions",
            "shared-embeddings",
        ],
        TranslatorStage::Attention => &[
            "carry",
            "heads",
            "context",
            "bottleneck",
            "peeking",
            "reversed",
            "norm",
            "positions",
            "shared-embeddings",
        ],
        TranslatorStage::Transformer => &[
            "carry",
            "embedding",
            "cell",
            "bottleneck",
            "peeking",
            "reversed",
            "bidirectional",
            "score",
            "input-feeding",
            "sampling",
        ],
    }
}
