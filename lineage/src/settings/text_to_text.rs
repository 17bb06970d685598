//! The settings of models that read a text and write one.

use anyhow::bail;
use clap::Args;
use data::tokenize::{Bpe, Normalized};
use data::{NormalForm, Token, Tokenizer, sentinels};
use serde::{Deserialize, Serialize};
use stages::{Defaults, Sizes, TextToTextConfig, TextToTextStage};
use t5::T5Config;

use super::training::Fall;
use super::{Flags, Tokens, Training, overlay};

/// Flags that only models of text in and text out have.
#[derive(Args, Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TextToTextFlags {
    /// Which file was given says it.
    #[arg(skip)]
    pub learns: Option<Learns>,
    /// What t5 reads before each source of --pairs, as published ones do that have several tasks, for example 'translate
    /// English to Spanish: ' [default: nothing]
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true, help_heading = "Model")]
    pub prefix: Option<String>,
}

/// What a model of text in and text out learns from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learns {
    /// A text, whose gaps it fills.
    Text,
    /// Pairs: it reads the first and writes the second.
    Pairs,
}

/// The settings of a model that reads a text and writes one, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TextToTextSettings {
    layers: usize,
    width: usize,
    heads: usize,
    /// The tokens of a piece of text in which gaps are made.
    pub context: usize,
    dropout: f64,
    pub tokens: Tokens,
    pub vocab_size: Option<usize>,
    pub normal_form: NormalForm,
    pub learns: Learns,
    /// What stands before each source of a pair.
    pub prefix: String,
}

/// The tokens of a piece of text, if nothing is said.
const CONTEXT: usize = 64;

/// How many special tokens a tokenizer has that is made here: the ends and the sentinels.
const SPECIAL: usize = 2 + sentinels::COUNT;

impl TextToTextSettings {
    /// The settings that these flags ask for. What they leave out is T5's, in small: the learning rate falls with the inverse
    /// square root of the step, nothing decays, and nothing is dropped (Raffel et al. 2020, section 3.1.2; version 1.1). Its
    /// optimiser is AdamW all the same, and not AdaFactor, which keeps less.
    ///
    /// # Errors
    /// If they cannot be.
    pub fn new(stage: TextToTextStage, seed: u64, flags: &Flags) -> anyhow::Result<(TextToTextSettings, Training)> {
        let Defaults { layers, width, batch, learning_rate } = stage.about().defaults;
        let defaults = TextToTextSettings {
            layers,
            width,
            heads: 4,
            context: CONTEXT,
            dropout: 0.0,
            tokens: Tokens::Bpe,
            vocab_size: None,
            normal_form: NormalForm::Nfc,
            learns: Learns::Text,
            prefix: String::new(),
        };
        let mut settings: TextToTextSettings = overlay(serde_json::to_value(defaults)?, flags)?;
        settings.vocab_size = settings.tokens.vocab_size(settings.vocab_size, SPECIAL)?;
        // A model that is trained further on something else brings along what has no part in that.
        match settings.learns {
            Learns::Text => settings.prefix.clear(),
            Learns::Pairs => settings.context = CONTEXT,
        }
        let training = Training::with(seed, flags, batch, learning_rate, |defaults| Training {
            schedule: Fall::InverseSqrt,
            weight_decay: 0.0,
            beta2: 0.999,
            ..defaults
        })?;
        Ok((settings, training))
    }

    /// What these settings would be called of a model that others have trained, and the default training.
    ///
    /// # Errors
    /// If the default training is not possible.
    pub fn published(
        TextToTextConfig::T5(config): &TextToTextConfig,
        tokenizer: &dyn Tokenizer,
    ) -> anyhow::Result<(TextToTextSettings, Training)> {
        let (defaults, training) = TextToTextSettings::new(TextToTextStage::T5, 1, &Flags::default())?;
        let settings = TextToTextSettings {
            layers: config.encoder_layers,
            width: config.block.width,
            heads: config.block.heads,
            context: 512, // what T5s learned from; they may be asked of more
            tokens: Tokens::of(tokenizer),
            vocab_size: Some(tokenizer.vocabulary_size()),
            normal_form: tokenizer.normal_form(),
            ..defaults
        };
        Ok((settings, training))
    }

    /// With what probability training drops a number.
    pub fn dropout(&self) -> f64 {
        self.dropout
    }

    /// The tokenizer for what is learned from, in its normal form.
    ///
    /// # Errors
    /// If tokens are to be of a kind that has none for gaps.
    pub fn tokenizer<'t>(&self, learned_from: impl IntoIterator<Item = &'t str>) -> anyhow::Result<Box<dyn Tokenizer>> {
        if self.tokens != Tokens::Bpe {
            bail!(
                "t5 needs tokens for gaps and for the end of a text, which only byte pairs have: give --tokens bpe, or leave \
                 --tokens out"
            );
        }
        let gaps: Vec<String> = sentinels::all().collect();
        let special: Vec<&str> =
            [sentinels::PADDING, sentinels::END].into_iter().chain(gaps.iter().map(String::as_str)).collect();
        let bpe = Bpe::train_on(learned_from, self.vocab_size.unwrap_or(Bpe::least(SPECIAL)), &special);
        let bpe = Box::new(gaps.iter().fold(bpe, |bpe, gap| bpe.taking_space_before(gap)));
        Ok(match self.normal_form {
            NormalForm::None => bpe,
            form => Box::new(Normalized::new(form, bpe)),
        })
    }

    /// The model that these settings describe, of texts in which the last special tokens of the vocabulary are the sentinels, and
    /// those before them the ends.
    ///
    /// # Errors
    /// If its sizes do not fit each other.
    pub fn model(&self, stage: TextToTextStage, vocabulary: usize) -> anyhow::Result<TextToTextConfig> {
        let &TextToTextSettings { layers, width, heads, context, dropout, .. } = self;
        let sizes = Sizes { layers, heads, dropout, ..Sizes::new(vocabulary, context, width) };
        let [start, end] = [0, 1].map(|place| (vocabulary.saturating_sub(SPECIAL) + place) as Token);
        let config = stage.configure(sizes, start, end);
        config.validate()?;
        Ok(config)
    }
}

/// The architecture with another dropout.
pub fn dropping(TextToTextConfig::T5(config): &TextToTextConfig, dropout: f64) -> TextToTextConfig {
    let mut block = config.block.clone();
    block.dropout = dropout;
    TextToTextConfig::T5(T5Config { block, ..config.clone() })
}
