//! The settings of a run: flags, presets, defaults, and what becomes of them.

use std::fmt;

use anyhow::bail;
use benches::format;
use benches::stages::{ModelConfig, Sizes, Stage};
use clap::{Args, ValueEnum};
use data::{ByteTokenizer, CharacterTokenizer, Text, Tokenizer, WordTokenizer};
use nn::{AdamW, Decay, Schedule, TrainingConfig};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What can be set on the command line. Whatever is left out comes from the preset, then from the defaults.
#[derive(Args, Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Flags {
    /// Layers [default: 1 recurrent, 4 of gpt]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    layers: Option<usize>,
    /// Width of a layer: units H of a recurrent one, D of gpt [default: 256, gpt 128]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    width: Option<usize>,
    /// Width E of the token embedding of a recurrent model [default: half the width]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    embedding: Option<usize>,
    /// Attention heads of gpt; they share the width evenly [default: 4]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    heads: Option<usize>,
    /// Tokens that the model reads at once, T [default: 64]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    context: Option<usize>,
    /// Part of the activations dropped in training [default: 0]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = below_one, help_heading = "Model")]
    dropout: Option<f64>,
    /// What a token is, of those in the whole text [default: character]
    #[arg(long, value_enum, help_heading = "Model")]
    tokens: Option<Tokens>,

    /// Updates in all [default: 2000]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    steps: Option<u64>,
    /// Rows of a batch, B [default: 32, gpt 12]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Training")]
    batch: Option<usize>,
    /// Batches that one update adds up [default: 1]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    accumulate: Option<u64>,
    /// Read the text in order and carry the recurrent state from batch to batch (truncated backpropagation)
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Training")]
    carry: Option<bool>,
    /// Highest learning rate [default: 0.002, gpt 0.001]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = positive, help_heading = "Training")]
    lr: Option<f64>,
    /// Learning rate at the end of the cosine [default: a tenth of the highest]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    min_lr: Option<f64>,
    /// Updates over which the learning rate rises [default: a twentieth of the steps, at most 100]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(..=MOST), allow_negative_numbers = true, help_heading = "Training")]
    warmup: Option<u64>,
    /// Decoupled weight decay of matrices and embeddings [default: 0.1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    weight_decay: Option<f64>,
    /// How long AdamW's mean of squared gradients remembers [default: 0.99]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = below_one, help_heading = "Training")]
    beta2: Option<f64>,
    /// Largest norm of a gradient; 0 lets all pass [default: 1]
    #[arg(long, value_name = "X", allow_negative_numbers = true, value_parser = not_negative, help_heading = "Training")]
    clip: Option<f64>,
    /// Updates between two evaluations on the validation part [default: a tenth of the steps]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    eval_every: Option<u64>,
    /// Updates between two checkpoints [default: as --eval-every]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    save_every: Option<u64>,
    /// Stop after so many evaluations without a new best, and keep the best [default: train to the end]
    #[arg(long, value_name = "N", value_parser = count(), allow_negative_numbers = true, help_heading = "Training")]
    patience: Option<u64>,
}

/// Settings under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// nanoGPT's configuration for a processor: 4 layers, 4 heads, width 128, context 64, 2,000 steps of 12 rows; a
    /// recurrent stage gets as many parameters and the same tokens
    NanogptCpu,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    /// A character
    Character,
    /// A byte of UTF-8
    Byte,
    /// One of the 4,096 most frequent words and symbols
    Word,
}

impl Tokens {
    /// The tokenizer for a text.
    pub fn tokenizer(self, text: &Text) -> Box<dyn Tokenizer> {
        match self {
            Tokens::Character => Box::new(CharacterTokenizer::from_text(text.as_str())),
            Tokens::Byte => Box::new(ByteTokenizer),
            Tokens::Word => Box::new(WordTokenizer::from_text(text.as_str(), 4096)),
        }
    }
}

impl Preset {
    fn flags(self, stage: Stage) -> Flags {
        let Preset::NanogptCpu = self;
        // A recurrent stage gets two layers, as wide as gives it gpt's number of parameters on tiny Shakespeare's 65
        // characters.
        let gpt = Sizes {
            vocabulary: 65,
            context: 64,
            layers: 4,
            width: 128,
            embedding: 128,
            heads: 4,
            dropout: 0.0,
            carry: false,
        };
        let Sizes { layers, width, embedding, heads, context, dropout, carry, .. } = match stage {
            Stage::Gpt => gpt,
            recurrent => {
                let parameters = Stage::Gpt.configure(gpt).parameter_count();
                let sizes = Sizes { layers: 2, ..gpt };
                Sizes { width: recurrent.width_for(parameters, sizes), ..sizes }
            }
        };
        Flags {
            layers: Some(layers),
            width: Some(width),
            embedding: Some(embedding),
            heads: Some(heads),
            context: Some(context),
            dropout: Some(dropout),
            tokens: Some(Tokens::Character),
            steps: Some(2000),
            batch: Some(12),
            accumulate: Some(1),
            carry: Some(carry),
            lr: Some(1e-3),
            min_lr: Some(1e-4),
            warmup: Some(100),
            weight_decay: Some(0.1),
            beta2: Some(0.99),
            clip: Some(1.0),
            eval_every: Some(250),
            save_every: None,
            patience: None,
        }
    }
}

/// The settings of one run, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Settings {
    stage: Stage,
    seed: u64,
    layers: usize,
    width: usize,
    embedding: usize,
    heads: usize,
    pub context: usize,
    dropout: f64,
    pub tokens: Tokens,
    pub steps: u64,
    pub batch: usize,
    pub accumulate: u64,
    pub carry: bool,
    lr: f64,
    min_lr: f64,
    warmup: u64,
    weight_decay: f64,
    beta2: f64,
    clip: f64,
    eval_every: u64,
    pub save_every: u64,
    patience: Option<u64>,
}

impl Settings {
    /// The settings that these flags ask for.
    pub fn new(stage: Stage, seed: u64, flags: &Flags, preset: Option<Preset>) -> Self {
        let preset = preset.map(|preset| preset.flags(stage)).unwrap_or_default();
        let recurrent = stage != Stage::Gpt;
        let layers = flags.layers.or(preset.layers).unwrap_or(if recurrent { 1 } else { 4 });
        let width = flags.width.or(preset.width).unwrap_or(if recurrent { 256 } else { 128 });
        let steps = flags.steps.or(preset.steps).unwrap_or(2000);
        let lr = flags.lr.or(preset.lr).unwrap_or(if recurrent { 2e-3 } else { 1e-3 });
        let eval_every = flags.eval_every.or(preset.eval_every).unwrap_or((steps / 10).max(1));
        Settings {
            stage,
            seed,
            layers,
            width,
            embedding: flags.embedding.or(preset.embedding).unwrap_or(width.div_ceil(2)),
            heads: flags.heads.or(preset.heads).unwrap_or(4),
            context: flags.context.or(preset.context).unwrap_or(64),
            dropout: flags.dropout.or(preset.dropout).unwrap_or(0.0),
            tokens: flags.tokens.or(preset.tokens).unwrap_or(Tokens::Character),
            steps,
            batch: flags.batch.or(preset.batch).unwrap_or(if recurrent { 32 } else { 12 }),
            accumulate: flags.accumulate.or(preset.accumulate).unwrap_or(1),
            carry: flags.carry.or(preset.carry).unwrap_or(false),
            lr,
            min_lr: flags.min_lr.or(preset.min_lr).unwrap_or(lr / 10.0),
            warmup: flags.warmup.or(preset.warmup).unwrap_or((steps / 20).min(100)),
            weight_decay: flags.weight_decay.or(preset.weight_decay).unwrap_or(0.1),
            beta2: flags.beta2.or(preset.beta2).unwrap_or(0.99),
            clip: flags.clip.or(preset.clip).unwrap_or(1.0),
            eval_every,
            save_every: flags.save_every.unwrap_or(eval_every),
            patience: flags.patience,
        }
    }
}

impl Settings {
    /// The settings of a run that is resumed: those it began with, if `flags` ask for nothing else.
    ///
    /// # Errors
    /// A sentence that names the first flag that differs.
    pub fn confirm(&self, stage: Option<Stage>, seed: Option<u64>, flags: &Flags, run: &str) -> anyhow::Result<()> {
        if let Some(stage) = stage.filter(|&stage| stage != self.stage) {
            bail!("{run} holds a run of {}, not of {stage}: leave the stage out, or choose another folder", self.stage);
        }
        let mut asked = serde_json::to_value(flags)?;
        asked["seed"] = seed.into();
        let began = serde_json::to_value(self)?;
        for (name, asked) in asked.as_object().into_iter().flatten() {
            let began = &began[name];
            if !asked.is_null() && asked != began {
                let (asked, began) = (Plain(asked), Plain(began));
                bail!(
                    "the run in {run} has --{name} {began}, not {asked}, and goes on as it began: leave --{name} out, \
                     or begin a new run with --out"
                );
            }
        }
        Ok(())
    }

    /// The model that these settings describe.
    ///
    /// # Errors
    /// If its sizes do not fit each other.
    pub fn model(&self, vocabulary: usize) -> anyhow::Result<ModelConfig> {
        let Settings { stage, layers, width, embedding, heads, context, dropout, carry, .. } = *self;
        if stage == Stage::Gpt && carry {
            bail!("gpt has no state to carry from batch to batch: leave --carry out, or train a recurrent stage");
        }
        let config = stage.configure(Sizes { vocabulary, context, layers, width, embedding, heads, dropout, carry });
        config.validate()?;
        // Of every token of a batch the backward pass needs the scores and, in each layer, a good ten vectors.
        let kept = self.batch * context * (2 * vocabulary + 12 * layers * width);
        if kept > MOST_KEPT {
            bail!(
                "a batch of {} rows of {context} tokens would keep {} numbers in memory, and at most {} can be kept: give \
                 a smaller --batch or --context, and --accumulate to make up for it",
                self.batch,
                format::number(kept as f64, 2),
                format::number(MOST_KEPT as f64, 2)
            );
        }
        Ok(config)
    }

    /// What the trainer is told.
    ///
    /// # Errors
    /// If the learning rate would rise.
    pub fn training(&self) -> anyhow::Result<TrainingConfig> {
        let Settings { seed, steps, lr, min_lr, warmup, weight_decay, beta2, clip, eval_every, .. } = *self;
        if min_lr > lr {
            bail!(
                "--min-lr {min_lr} is above --lr {lr}: the learning rate falls from --lr to --min-lr, so give a lower one"
            );
        }
        Ok(TrainingConfig {
            seed,
            clip: (clip > 0.0).then_some(clip),
            accumulation: self.accumulate,
            evaluate_every: eval_every,
            patience: self.patience,
            ..TrainingConfig::new(
                steps,
                AdamW { beta2, weight_decay, ..AdamW::default() },
                Schedule { decay: Decay::Cosine, peak: lr, minimum: min_lr, warmup, end: steps },
            )
        })
    }

    /// Where all random numbers of the run begin.
    pub fn seed(&self) -> u64 {
        self.seed
    }
}

/// A JSON value as one writes it on the command line.
struct Plain<'a>(&'a Value);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::String(text) => f.write_str(text),
            Value::Null => f.write_str("off"),
            other => other.fmt(f),
        }
    }
}

/// Sizes beyond these need more memory than any machine has, for any model here.
fn size() -> impl clap::builder::TypedValueParser<Value = usize> {
    use clap::builder::TypedValueParser;
    clap::value_parser!(u32).range(1..=65_536).map(|size| size as usize)
}

/// Numbers of a batch, 16 GB.
const MOST_KEPT: usize = 4_000_000_000;

/// More updates than anybody can wait for.
const MOST: u64 = 1_000_000_000;

fn count() -> clap::builder::RangedU64ValueParser<u64> {
    clap::value_parser!(u64).range(1..=MOST)
}

fn number(text: &str, allowed: impl Fn(f64) -> bool, wanted: &str) -> Result<f64, String> {
    text.parse().ok().filter(|&x: &f64| x.is_finite() && allowed(x)).ok_or_else(|| format!("give a number {wanted}"))
}

fn positive(text: &str) -> Result<f64, String> {
    number(text, |x| x > 0.0, "above 0")
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |x| x >= 0.0, "of at least 0")
}

fn below_one(text: &str) -> Result<f64, String> {
    number(text, |x| (0.0..1.0).contains(&x), "of at least 0 and below 1")
}
