//! Models of text: what they learn from, and their tokenizers.

use std::path::Path;

use data::{
    NormalForm, RandomBatches, SequentialBatches, Text, TextDataset, TextError, TextSplit, Tokenizer, Windows,
    WordRule, tokenize,
};
use gpt::GptConfig;
use nn::{Batches, evaluate};
use stages::{ConfigError, Model, ModelConfig, Stage};
use tensor::Parameters;
use transformer::BlockConfig;

use super::text::{self, TextId};
use super::validation::{Split, Validation};
use super::{Kind, Material};
use crate::memory;
use crate::memory::rows::rows;
use crate::settings::{Flags, LanguageSettings, Preset, Tokens, Training, fewer};
use crate::system::interrupt;

/// What is learned from and judged by.
pub struct Corpus {
    pub text: Text,
    pub validation: Validation<Text>,
}

impl Corpus {
    /// The user's text, or the built-in book, of which the last tenth is held out.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(path: Option<&Path>) -> anyhow::Result<Self> {
        Ok(Corpus { text: text::read(path)?, validation: Validation::default() })
    }

    /// Whether another has the same text in this form.
    pub fn reads_as(&self, other: &Corpus, form: NormalForm) -> bool {
        form.apply(self.text.as_str()) == form.apply(other.text.as_str())
    }

    /// What `make` makes of what is learned from and of what is judged by, both in this form.
    pub fn tokenizer<T>(&self, form: NormalForm, make: impl FnOnce(&str, &str) -> T) -> T {
        let text = form.apply(self.text.as_str());
        match &self.validation {
            Validation::Share(share) => {
                let (learned_from, judged_by) = data::divide(&text, *share);
                make(learned_from, judged_by)
            }
            Validation::File(file) => make(&text, &form.apply(file.as_str())),
        }
    }

    /// The part that somebody asks for, and what it is called.
    ///
    /// # Errors
    /// As [`dataset`](Self::dataset).
    pub fn part(&self, part: Split, tokenizer: &dyn Tokenizer) -> Result<(TextSplit, &Text), TextError> {
        let split = match part {
            Split::Train => self.dataset(tokenizer)?.train,
            Split::Val => self.dataset(tokenizer)?.validation,
            Split::All => TextSplit::whole(&self.text, tokenizer)?,
        };
        let text = match &self.validation {
            Validation::File(other) if part == Split::Val => other,
            _ => &self.text,
        };
        Ok((split, text))
    }

    /// Both as tokens.
    ///
    /// # Errors
    /// If the tokenizer lacks a character of them.
    pub fn dataset(&self, tokenizer: &dyn Tokenizer) -> Result<TextDataset, TextError> {
        match &self.validation {
            Validation::Share(share) => TextDataset::holding_out(*share, &self.text, tokenizer),
            Validation::File(other) => Ok(TextDataset {
                train: TextSplit::whole(&self.text, tokenizer)?,
                validation: TextSplit::whole(other, tokenizer)?,
            }),
        }
    }
}

/// Models that continue a text.
pub struct Language;

impl Kind for Language {
    type Stage = Stage;
    type Model = Model;
    type Architecture = ModelConfig;
    type Settings = LanguageSettings;
    type Tokenizer = Box<dyn Tokenizer>;
    type Data = Corpus;
    type Batches = TextBatches;

    const TOKENIZERS: &'static [&'static str] = &["tokenizer.json"];

    fn flag(_: &LanguageSettings) -> &'static str {
        "text"
    }

    fn usage(_: &LanguageSettings) -> (&'static str, &'static str) {
        ("generate", "--prompt TEXT")
    }

    fn settings(
        stage: Stage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(LanguageSettings, Training)> {
        LanguageSettings::new(stage, seed, flags, preset)
    }

    fn read(_: &LanguageSettings, path: Option<&Path>) -> anyhow::Result<Corpus> {
        Corpus::read(path)
    }

    fn judged_by(corpus: Corpus, validation: Validation<Corpus>) -> anyhow::Result<Corpus> {
        let validation = match validation {
            Validation::Share(share) => Validation::Share(share),
            Validation::File(other) => Validation::File(other.text),
        };
        Ok(Corpus { validation, ..corpus })
    }

    fn id(corpus: &Corpus) -> TextId {
        TextId::of(&corpus.text)
    }

    fn read_alike(settings: &LanguageSettings, one: &Corpus, other: &Corpus) -> bool {
        one.reads_as(other, settings.normal_form)
    }

    fn tokenizers(settings: &LanguageSettings, corpus: &Corpus) -> anyhow::Result<Vec<Box<dyn Tokenizer>>> {
        Ok(vec![
            corpus
                .tokenizer(settings.normal_form, |learned_from, judged_by| settings.tokenizer(learned_from, judged_by)),
        ])
    }

    fn remark(settings: &LanguageSettings, tokenizers: &[Box<dyn Tokenizer>]) -> Option<String> {
        fewer(tokenizers[0].vocabulary_size(), settings.vocab_size)
    }

    fn architecture(
        stage: Stage,
        settings: &LanguageSettings,
        _: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<ModelConfig> {
        settings.model(stage, vocabularies[0])
    }

    fn further(architecture: &ModelConfig, settings: &LanguageSettings) -> ModelConfig {
        match architecture {
            ModelConfig::Gpt(config) => {
                let block = BlockConfig { dropout: settings.dropout(), ..config.block.clone() };
                ModelConfig::Gpt(GptConfig { block, ..config.clone() })
            }
            other => other.clone(),
        }
    }

    fn stage(architecture: &ModelConfig) -> Stage {
        architecture.stage()
    }

    fn parameter_count(architecture: &ModelConfig) -> u128 {
        architecture.parameter_count()
    }

    fn build(architecture: &ModelConfig, seed: u64) -> Result<(Model, Parameters), ConfigError> {
        architecture.build(seed)
    }

    fn unset(architecture: &ModelConfig) -> Result<(Model, Parameters), ConfigError> {
        architecture.unset()
    }

    fn tokenizer(json: &str) -> anyhow::Result<Box<dyn Tokenizer>> {
        Ok(tokenize::from_json(json)?)
    }

    fn suits(settings: &LanguageSettings, tokenizer: &Box<dyn Tokenizer>) -> Result<(), &'static str> {
        match () {
            () if Tokens::of(tokenizer.as_ref()) != settings.tokens => Err("tokens"),
            () if tokenizer.normal_form() != settings.normal_form => Err("normal-form"),
            () if settings.vocab_size.is_some_and(|most| tokenizer.vocabulary_size() > most) => Err("vocab-size"),
            () => Ok(()),
        }
    }

    fn word_rule(tokenizers: &[Box<dyn Tokenizer>]) -> Option<WordRule> {
        tokenizers.iter().find_map(|tokenizer| tokenizer.word_rule())
    }

    fn to_json(tokenizer: &Box<dyn Tokenizer>) -> String {
        tokenizer.to_json()
    }

    fn size(tokenizer: &Box<dyn Tokenizer>) -> usize {
        tokenizer.vocabulary_size()
    }

    fn vocabularies(architecture: &ModelConfig) -> Vec<usize> {
        vec![architecture.vocabulary()]
    }

    fn material(
        _: &ModelConfig,
        settings: &LanguageSettings,
        training: &Training,
        tokenizers: Vec<Box<dyn Tokenizer>>,
        corpus: &Corpus,
    ) -> anyhow::Result<Material<Language>> {
        let tokenizer = &tokenizers[0];
        let dataset = corpus.dataset(tokenizer.as_ref())?;
        dataset.train.varies(tokenizer.as_ref())?;
        let windows = Windows::new(&dataset.validation, settings.context)?;
        let (split, batch, context) = (&dataset.train, training.batch, settings.context);
        let batches = match settings.carry {
            true => TextBatches::InOrder(SequentialBatches::new(split, batch, context)?),
            false => TextBatches::AtRandom(RandomBatches::new(split, batch, context, training.seed)?),
        };
        let rows = rows(context, tokenizer.vocabulary_size());
        let held_out = move |model: &Model, parameters: &Parameters| {
            let batches = windows.batches(rows).take_while(|_| !interrupt::asked());
            let found = evaluate(model, parameters, batches);
            (!interrupt::asked()).then(|| found.map_or(f64::NAN, |evaluation| evaluation.nats))
        };
        let peaks = move |model: &Model, parameters: &Parameters| {
            [memory::step(model, parameters, batch, context), memory::evaluation(model, parameters, rows, context)]
        };
        Ok(Material { batches, held_out: Box::new(held_out), peaks: Box::new(peaks) })
    }
}

/// Windows of a text.
pub enum TextBatches {
    /// From anywhere.
    AtRandom(RandomBatches),
    /// One after another, for models that carry their state on.
    InOrder(SequentialBatches),
}

impl Batches for TextBatches {
    type Batch = data::TextBatch;

    fn at(&self, index: u64) -> data::TextBatch {
        match self {
            TextBatches::AtRandom(batches) => batches.at(index),
            TextBatches::InOrder(batches) => batches.at(index),
        }
    }

    fn starts_anew(&self, index: u64) -> bool {
        match self {
            TextBatches::AtRandom(_) => true,
            TextBatches::InOrder(batches) => batches.starts_anew(index),
        }
    }
}
