//! The settings of a run: flags, presets, defaults, and what becomes of them.

mod act;
mod encoder;
mod language;
mod text_to_text;
mod training;
mod translation;

use std::fmt;

use anyhow::{anyhow, bail};
use clap::builder::{PossibleValuesParser, RangedI64ValueParser, TypedValueParser};
use clap::{Args, Parser, ValueEnum};
use data::NormalForm;
use data::tokenize::Bpe;
use gpt::Architecture;
use report::format::{self, counted};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use stages::StageName;

pub use encoder::EncoderSettings;
pub use language::{LanguageSettings, Preset};
pub use text_to_text::{Learns, TextToTextFlags, TextToTextSettings, dropping};
pub use training::{Training, TrainingFlags};
pub use translation::{TranslationFlags, TranslationSettings};

/// What can be set on the command line. Whatever is left out comes from the preset, then from the defaults.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
pub struct Flags {
    #[command(flatten)]
    #[serde(flatten)]
    pub model: ModelFlags,
    #[command(flatten)]
    #[serde(flatten)]
    pub translation: TranslationFlags,
    #[command(flatten)]
    #[serde(flatten)]
    pub text_to_text: TextToTextFlags,
    #[command(flatten)]
    #[serde(flatten)]
    pub training: TrainingFlags,
}

/// What models of several kinds have.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ModelFlags {
    /// Whose decoder gpt is: GPT-2's, with learned positions, LayerNorm and GELU, or LLaMA's, with rotary positions,
    /// RMSNorm, a gated feed-forward layer and an output layer of its own [default: gpt2]
    #[arg(long, value_name = "NAME", value_parser = architecture(), help_heading = "Model")]
    pub architecture: Option<Architecture>,
    /// Number of layers [default: 1, bert and gpt 4, t5 and transformer 2]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub layers: Option<usize>,
    /// Width of a layer: units H of a recurrent one, D of others [default: 256; bert, gpt, t5 and transformer 128]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub width: Option<usize>,
    /// Width E of the token embedding of a recurrent model [default: half the width]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub embedding: Option<usize>,
    /// Attention heads of bert, gpt, t5 and transformer; they share the width evenly [default: 4]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub heads: Option<usize>,
    /// Tokens that a model of texts reads at once, T; the number of learned positions of transformer [default: 64]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub context: Option<usize>,
    /// Part of the activations dropped in training [default: 0, bert 0.1]
    #[arg(long, value_name = "P", allow_negative_numbers = true, value_parser = below_one, help_heading = "Model")]
    pub dropout: Option<f64>,
    /// What a token is [default: character, of bert and t5 bpe, of translators word]
    #[arg(long, value_enum, help_heading = "Model")]
    pub tokens: Option<Tokens>,
    /// Most tokens of each vocabulary of --tokens bpe, the bytes and the special ones included [default: 2048]
    #[arg(long, value_name = "N", value_parser = size(), allow_negative_numbers = true, help_heading = "Model")]
    pub vocab_size: Option<usize>,
    /// Unicode normal form into which all that is read is put: é becomes one character (nfc), wide and raised variants
    /// become the plain ones too (nfkc), or all stays as it is (none) [default: nfc]
    #[arg(long, value_name = "FORM", value_parser = normal_form(), help_heading = "Model")]
    pub normal_form: Option<NormalForm>,
    /// Read the text in order and carry the recurrent state from batch to batch (truncated backpropagation)
    #[arg(long, num_args = 0..=1, default_missing_value = "true", value_name = "BOOL", help_heading = "Training")]
    pub carry: Option<bool>,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tokens {
    /// Each character of the training data; in texts also those of the held-out part, since no character can be unknown
    Character,
    /// A byte of UTF-8; not of translators
    Byte,
    /// Bytes that often stand together, merged by byte-pair encoding as in GPT-2; so no text is unknown
    Bpe,
    /// The most frequent words and symbols of the part that is learned from, of a text 4,095; all others are unknown
    Word,
}

impl Tokens {
    /// The size of a vocabulary of byte pairs: what was asked for, or the default; none of other tokens.
    ///
    /// # Errors
    /// If the bytes and so many special tokens have no place in it.
    fn vocab_size(self, asked: Option<usize>, special: usize) -> anyhow::Result<Option<usize>> {
        let size = match self {
            Tokens::Bpe => asked.unwrap_or(2048),
            _ => return Ok(asked),
        };
        let least = Bpe::least(special);
        if size < least {
            bail!(
                "a vocabulary of {} has no place for the 256 bytes and {}: give a --vocab-size of at least {least}",
                counted(size, "token"),
                counted(special, "special token")
            );
        }
        Ok(Some(size))
    }
}

/// What to say if the text gave fewer byte pairs than were asked for.
pub fn fewer(found: usize, asked: Option<usize>) -> Option<String> {
    let asked = asked.filter(|&asked| found < asked)?;
    Some(format!(
        "vocabulary: {} of the {} that --vocab-size allows, since no other neighbours occur twice in what is learned from",
        counted(found, "token"),
        format::count(asked as u64)
    ))
}

impl Flags {
    /// The names of the flags that are given, with their values.
    fn given(&self) -> anyhow::Result<Vec<(String, Value)>> {
        let all = serde_json::to_value(self)?;
        let all = all.as_object().cloned().unwrap_or_default();
        Ok(all.into_iter().filter(|(_, value)| !value.is_null()).collect())
    }

    /// These flags, and what is left out as another set has it.
    fn over(&self, other: &Flags) -> anyhow::Result<Flags> {
        overlay(serde_json::to_value(other)?, self)
    }

    /// These flags, and what is left out as a model has it that is to be trained further.
    pub fn with(&self, settings: &impl Serialize) -> anyhow::Result<Flags> {
        self.over(&serde_json::from_value(serde_json::to_value(settings)?)?)
    }

    /// Whether the model in a folder, which has these settings, can be trained further with these flags: what it is stays as
    /// it is, how it is trained may change. A `published` one may be trained on shorter pieces of text than it can read.
    ///
    /// # Errors
    /// A sentence that names the first flag that asks for another model.
    pub fn keep(
        &self,
        stage: StageName,
        settings: &impl Serialize,
        folder: &str,
        published: bool,
    ) -> anyhow::Result<()> {
        self.read(stage)?;
        let settings = serde_json::to_value(settings)?;
        for (name, asked) in self.given()? {
            let Some(has) = settings.get(&name).filter(|has| **has != asked) else { continue };
            let is_shorter = asked.as_u64() < has.as_u64();
            let (has, asked) = (Plain(has), Plain(&asked));
            match &*name {
                "dropout" | "carry" | "sampling" | "smoothing" | "learns" | "prefix" => {}
                // Of a recurrent model it is how far gradients go back.
                "context" if matches!(stage, StageName::Language(stage) if stage.about().recurrent) => {}
                // Distances know no end.
                "context" if matches!(stage, StageName::TextToText(_)) => {}
                "context" if published && is_shorter => {}
                "context" if published => bail!(
                    "the model in {folder} was trained to read {has} tokens at once, not {asked}: give a --context of at most \
                     {has}"
                ),
                "context" => bail!(
                    "the model in {folder} has learned what {has} positions are, so for --context {asked} it would need \
                     others: leave --context out, or train a new model"
                ),
                _ => bail!(
                    "the model in {folder} has --{name} {has}, and its parameters fit no other: leave --{name} out, or \
                     train a new model"
                ),
            }
        }
        Ok(())
    }

    /// Whether a run that began with these settings can go on with these flags.
    ///
    /// # Errors
    /// A sentence that names the first flag that differs.
    pub fn confirm(
        &self,
        stage: StageName,
        seed: Option<u64>,
        settings: &impl Serialize,
        training: &Training,
        run: &str,
    ) -> anyhow::Result<()> {
        self.read(stage)?;
        let begun = (settings, training);
        let (settings, training) = (serde_json::to_value(settings)?, serde_json::to_value(training)?);
        let seed = seed.map(|seed| ("seed".to_owned(), Value::from(seed)));
        for (name, asked) in self.given()?.into_iter().chain(seed) {
            let began = training.get(&name).or_else(|| settings.get(&name)).unwrap_or(&Value::Null);
            if asked != *began {
                let (asked, began) = (Plain(&asked), Plain(began));
                bail!(
                    "the run in {run} has --{name} {began}, not {asked}, and goes on as it began: leave --{name} out, \
                     or begin a new run with --out"
                );
            }
        }
        self.act(stage, begun.0, begun.1).map_err(|error| {
            // Nothing else can be given to a run that goes on.
            let said = error.to_string();
            anyhow!("{}: leave it out", said.split_once(": ").map_or(&*said, |(cause, _)| cause))
        })
    }
}

/// Lays the flags that are given over settings that have them.
fn overlay<S: DeserializeOwned>(mut settings: Value, flags: &Flags) -> anyhow::Result<S> {
    for (name, value) in flags.given()? {
        if let Some(setting) = settings.get_mut(&name) {
            *setting = value;
        }
    }
    Ok(serde_json::from_value(settings)?)
}

/// Refuses settings that cannot be asked for: whoever wrote them, they are read as flags are.
///
/// # Errors
/// What the command line says of the first such setting.
pub fn within_limits(settings: &impl Serialize) -> anyhow::Result<()> {
    #[derive(Parser)]
    #[command(no_binary_name = true)]
    struct Stored {
        #[command(flatten)]
        _flags: Flags,
        #[arg(long, value_parser = seed(), allow_negative_numbers = true)]
        _seed: Option<u64>,
    }
    let settings = serde_json::to_value(settings)?;
    // What is learned from has no flag but that of its file.
    let settings = settings.as_object().into_iter().flatten();
    let settings = settings.filter(|(name, value)| *name != "learns" && !value.is_null());
    let flags = settings.map(|(name, value)| format!("--{name}={}", Plain(value)));
    Stored::try_parse_from(flags).map_err(|error| {
        let said = error.to_string();
        anyhow!("{}", said.lines().next().unwrap_or_default().trim_start_matches("error: "))
    })?;
    Ok(())
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
fn size() -> impl TypedValueParser<Value = usize> {
    clap::value_parser!(u32).range(1..=65_536).map(|size| size as usize)
}

fn normal_form() -> impl TypedValueParser<Value = NormalForm> {
    PossibleValuesParser::new(["nfc", "nfkc", "none"]).map(|name| match &*name {
        "nfc" => NormalForm::Nfc,
        "nfkc" => NormalForm::Nfkc,
        _ => NormalForm::None,
    })
}

fn architecture() -> impl TypedValueParser<Value = Architecture> {
    PossibleValuesParser::new(["gpt2", "llama"]).map(|name| match &*name {
        "llama" => Architecture::Llama,
        _ => Architecture::Gpt2,
    })
}

/// More updates than anybody can wait for.
const MOST: u64 = 1_000_000_000;

fn count() -> RangedI64ValueParser<u64> {
    up_to(MOST).range(1..)
}

/// A seed, read as a signed number, so that a negative one is refused by its size.
pub fn seed() -> RangedI64ValueParser<u64> {
    up_to(u64::from(u32::MAX))
}

fn up_to(most: u64) -> RangedI64ValueParser<u64> {
    RangedI64ValueParser::new().range(0..=most as i64)
}

fn number(text: &str, allowed: impl Fn(f64) -> bool, wanted: &str) -> Result<f64, String> {
    text.parse().ok().filter(|&x: &f64| x.is_finite() && allowed(x)).ok_or_else(|| format!("give a number {wanted}"))
}

fn positive(text: &str) -> Result<f64, String> {
    number(text, |x| x > 0.0, "above 0")
}

/// Reads a number of at least 0.
pub fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |x| x >= 0.0, "of at least 0")
}

fn below_one(text: &str) -> Result<f64, String> {
    number(text, |x| (0.0..1.0).contains(&x), "of at least 0 and below 1")
}

fn part(text: &str) -> Result<f64, String> {
    number(text, |x| (0.0..=1.0).contains(&x), "from 0 to 1")
}
