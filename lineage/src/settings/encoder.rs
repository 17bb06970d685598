//! The settings of encoders.

use anyhow::bail;
use data::masked::Marks;
use data::tokenize::{Bpe, Normalized};
use data::{NormalForm, Tokenizer};
use serde::{Deserialize, Serialize};
use stages::{Defaults, EncoderConfig, EncoderStage, Sizes};

use super::training::Fall;
use super::{Flags, Tokens, Training, overlay};

/// The special tokens of a tokenizer that is made here: the marks, and what other programs fill rows with.
const SPECIAL: [&str; 4] = {
    let [first, last, mask] = Marks::TEXTS;
    ["[PAD]", first, last, mask]
};

/// The settings of an encoder, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EncoderSettings {
    layers: usize,
    width: usize,
    heads: usize,
    /// The most tokens of a text, the two around it among them.
    pub context: usize,
    dropout: f64,
    pub tokens: Tokens,
    pub vocab_size: Option<usize>,
    pub normal_form: NormalForm,
}

impl EncoderSettings {
    /// The settings that these flags ask for. What they leave out is BERT's, in small: AdamW with β₂ = 0.999 and a decay of
    /// 0.01, a dropout of 0.1, and a learning rate that falls to 0 in a straight line (Devlin et al. 2019, appendix A.2).
    ///
    /// # Errors
    /// If they cannot be.
    pub fn new(stage: EncoderStage, seed: u64, flags: &Flags) -> anyhow::Result<(EncoderSettings, Training)> {
        let Defaults { layers, width, batch, learning_rate } = stage.about().defaults;
        let defaults = EncoderSettings {
            layers,
            width,
            heads: 4,
            context: 64,
            dropout: 0.1,
            tokens: Tokens::Bpe,
            vocab_size: None,
            normal_form: NormalForm::Nfc,
        };
        let mut settings: EncoderSettings = overlay(serde_json::to_value(defaults)?, flags)?;
        settings.vocab_size = settings.tokens.vocab_size(settings.vocab_size, SPECIAL.len())?;
        let training = Training::with(seed, flags, batch, learning_rate, |defaults| Training {
            schedule: Fall::Linear,
            min_lr: 0.0,
            weight_decay: 0.01,
            beta2: 0.999,
            ..defaults
        })?;
        Ok((settings, training))
    }

    /// What these settings would be called of a model that others have trained, which reads texts of up to `longest` tokens,
    /// and the default training.
    ///
    /// # Errors
    /// If the default training is not possible.
    pub fn published(
        EncoderConfig::Bert(config): &EncoderConfig,
        longest: usize,
        tokenizer: &dyn Tokenizer,
    ) -> anyhow::Result<(EncoderSettings, Training)> {
        let (defaults, training) = EncoderSettings::new(EncoderStage::Bert, 1, &Flags::default())?;
        let settings = EncoderSettings {
            layers: config.layers,
            width: config.block.width,
            heads: config.block.heads,
            context: longest,
            dropout: defaults.dropout,
            tokens: Tokens::of(tokenizer),
            vocab_size: Some(tokenizer.vocabulary_size()),
            normal_form: tokenizer.normal_form(),
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
    /// If tokens are to be of a kind that has none for hidden words.
    pub fn tokenizer(&self, learned_from: &str) -> anyhow::Result<Box<dyn Tokenizer>> {
        if self.tokens != Tokens::Bpe {
            bail!(
                "an encoder needs tokens for hidden words and for the ends of a text, which only byte pairs have: give --tokens \
                 bpe, or leave --tokens out"
            );
        }
        let size = self.vocab_size.unwrap_or(Bpe::least(SPECIAL.len()));
        let [.., mask] = SPECIAL;
        let bpe = Box::new(Bpe::train(learned_from, size, &SPECIAL).taking_space_before(mask));
        Ok(match self.normal_form {
            NormalForm::None => bpe,
            form => Box::new(Normalized::new(form, bpe)),
        })
    }

    /// The model that these settings describe.
    ///
    /// # Errors
    /// If its sizes do not fit each other.
    pub fn model(&self, stage: EncoderStage, vocabulary: usize) -> anyhow::Result<EncoderConfig> {
        let &EncoderSettings { layers, width, heads, context, dropout, .. } = self;
        let sizes = Sizes { layers, heads, dropout, ..Sizes::new(vocabulary, context, width) };
        let config = stage.configure(sizes);
        config.validate()?;
        Ok(config)
    }
}
