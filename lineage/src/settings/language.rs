//! The settings of language models.

use anyhow::bail;
use clap::ValueEnum;
use data::tokenize::{Bpe, Normalized, Stored};
use data::{ByteTokenizer, CharacterTokenizer, NormalForm, Tokenizer, WordTokenizer};
use gpt::{Architecture, GptConfig};
use serde::{Deserialize, Serialize};
use stages::{Defaults, ModelConfig, Sizes, Stage};

use super::{Flags, ModelFlags, Tokens, Training, TrainingFlags, overlay};

/// Settings under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// nanoGPT's configuration for a processor: 4 layers, 4 heads, width 128, context 64, 2,000 steps of 12 rows; a
    /// recurrent stage gets about as many parameters and the same tokens
    NanogptCpu,
}

impl Preset {
    fn flags(self, stage: Stage) -> Flags {
        let Preset::NanogptCpu = self;
        // A recurrent stage gets two layers, as wide as gives it gpt's number of parameters on tiny Shakespeare's 65
        // characters.
        let gpt = Sizes { layers: 4, embedding: 128, ..Sizes::new(65, 64, 128) };
        let Sizes { layers, width, embedding, heads, context, dropout, carry, .. } = match stage {
            Stage::Gpt => gpt,
            recurrent => {
                let parameters = Stage::Gpt.configure(gpt).parameter_count();
                let sizes = Sizes { layers: 2, ..gpt };
                Sizes { width: recurrent.width_for(parameters, sizes), ..sizes }
            }
        };
        let model = ModelFlags {
            layers: Some(layers),
            width: Some(width),
            embedding: Some(embedding),
            heads: Some(heads),
            context: Some(context),
            dropout: Some(dropout),
            tokens: Some(Tokens::Character),
            vocab_size: None,
            normal_form: None,
            carry: Some(carry),
            architecture: None,
        };
        let training = TrainingFlags {
            steps: Some(2000),
            batch: Some(12),
            accumulate: Some(1),
            lr: Some(1e-3),
            min_lr: Some(1e-4),
            weight_decay: Some(0.1),
            beta2: Some(0.99),
            clip: Some(1.0),
            eval_every: Some(250),
            ..TrainingFlags::default()
        };
        Flags { model, training, ..Flags::default() }
    }
}

impl Tokens {
    /// What a tokenizer's tokens are; those of other programs count as words.
    pub fn of(tokenizer: &dyn Tokenizer) -> Self {
        let mut plain = tokenizer.stored();
        if let Stored::Normalized { of, .. } = plain {
            plain = *of;
        }
        match plain {
            Stored::Character { .. } => Tokens::Character,
            Stored::Byte => Tokens::Byte,
            Stored::Bpe(_) => Tokens::Bpe,
            _ => Tokens::Word,
        }
    }

    /// The tokenizer for what is learned from and judged by, both in this normal form. Words are those that are learned
    /// from, and so are byte pairs, up to this size; of characters none is unknown, so that what is judged by can be said.
    fn tokenizer(self, learned_from: &str, judged_by: &str, size: Option<usize>) -> Box<dyn Tokenizer> {
        match self {
            Tokens::Character => Box::new(CharacterTokenizer::from_text(&[learned_from, judged_by].concat())),
            Tokens::Byte => Box::new(ByteTokenizer),
            Tokens::Bpe => {
                let size = size.unwrap_or(Bpe::least(SPECIAL.len()));
                Box::new(Bpe::train(learned_from, size, &SPECIAL))
            }
            Tokens::Word => Box::new(WordTokenizer::from_text(learned_from, 4096)),
        }
    }
}

/// The special tokens of byte pairs: what a text may have between documents.
const SPECIAL: [&str; 1] = [Bpe::END_OF_TEXT];

/// The settings of a language model, complete; each is named as its flag.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct LanguageSettings {
    layers: usize,
    width: usize,
    embedding: usize,
    heads: usize,
    pub context: usize,
    dropout: f64,
    pub tokens: Tokens,
    // Runs that began before there were byte pairs have no size of their vocabulary.
    #[serde(default)]
    pub vocab_size: Option<usize>,
    // Runs that began before there was a choice read what they get.
    #[serde(default)]
    pub normal_form: NormalForm,
    pub carry: bool,
    // Runs that began before there was a choice have GPT-2's.
    #[serde(default)]
    architecture: Architecture,
}

impl LanguageSettings {
    /// The settings that these flags ask for.
    ///
    /// # Errors
    /// If they cannot be.
    pub fn new(
        stage: Stage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(LanguageSettings, Training)> {
        let Defaults { layers, width, batch, learning_rate } = stage.about().defaults;
        let preset = preset.map(|preset| preset.flags(stage)).unwrap_or_default();
        let all = flags.over(&preset)?;
        let width = all.model.width.unwrap_or(width);
        let defaults = LanguageSettings {
            layers,
            width,
            embedding: width.div_ceil(2),
            heads: 4,
            context: 64,
            dropout: 0.0,
            tokens: Tokens::Character,
            vocab_size: None,
            normal_form: NormalForm::Nfc,
            carry: false,
            architecture: Architecture::Gpt2,
        };
        let mut settings: LanguageSettings = overlay(serde_json::to_value(defaults)?, &all)?;
        settings.vocab_size = settings.tokens.vocab_size(settings.vocab_size, SPECIAL.len())?;
        let training = Training::new(seed, &all, batch, learning_rate, 0.1)?;
        Ok((settings, training))
    }

    /// What these settings would be called of a model that others have trained, and the default training.
    ///
    /// # Errors
    /// If the default training is not possible.
    pub fn published(config: &GptConfig, tokenizer: &dyn Tokenizer) -> anyhow::Result<(LanguageSettings, Training)> {
        let Defaults { batch, learning_rate, .. } = Stage::Gpt.about().defaults;
        let settings = LanguageSettings {
            layers: config.layers,
            width: config.block.width,
            embedding: config.block.width.div_ceil(2),
            heads: config.block.heads,
            context: config.context,
            dropout: 0.0,
            tokens: Tokens::of(tokenizer),
            vocab_size: Some(tokenizer.vocabulary_size()),
            normal_form: tokenizer.normal_form(),
            carry: false,
            architecture: if config.block.gated { Architecture::Llama } else { Architecture::Gpt2 },
        };
        Ok((settings, Training::new(1, &Flags::default(), batch, learning_rate, 0.1)?))
    }

    /// With what probability training drops a number.
    pub fn dropout(&self) -> f64 {
        self.dropout
    }

    /// The tokenizer for what is learned from and judged by, both in its normal form.
    pub fn tokenizer(&self, learned_from: &str, judged_by: &str) -> Box<dyn Tokenizer> {
        let tokenizer = self.tokens.tokenizer(learned_from, judged_by, self.vocab_size);
        match self.normal_form {
            NormalForm::None => tokenizer,
            form => Box::new(Normalized::new(form, tokenizer)),
        }
    }

    /// The model that these settings describe.
    ///
    /// # Errors
    /// If its sizes do not fit each other.
    pub fn model(&self, stage: Stage, vocabulary: usize) -> anyhow::Result<ModelConfig> {
        let LanguageSettings { layers, width, embedding, heads, context, dropout, carry, architecture, .. } = *self;
        if carry && !stage.about().recurrent {
            bail!("{stage} has no state to carry from batch to batch: leave --carry out, or train a recurrent stage");
        }
        let sizes = Sizes { vocabulary, context, layers, width, embedding, heads, dropout, carry, architecture };
        let config = stage.configure(sizes);
        config.validate()?;
        Ok(config)
    }
}
