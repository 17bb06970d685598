//! Models of text: what they learn from, and their tokenizers.

use std::path::Path;

use benches::stages::{ConfigError, Model, ModelConfig, Stage};
use data::{RandomBatches, SequentialBatches, Text, TextDataset, Tokenizer, Windows, WordRule, tokenize};
use nn::{Batches, evaluate};
use tensor::Parameters;

use crate::config::Config;
use crate::evaluate::rows;
use crate::interrupt;
use crate::kind::{Kind, Material};
use crate::settings::{Flags, LanguageSettings, Preset, Training};
use crate::text::{self, TextId};

/// Models that continue a text.
pub struct Language;

impl Kind for Language {
    type Stage = Stage;
    type Model = Model;
    type Architecture = ModelConfig;
    type Settings = LanguageSettings;
    type Tokenizer = Box<dyn Tokenizer>;
    type Data = Text;
    type Batches = TextBatches;

    const TOKENIZERS: &'static [&'static str] = &["tokenizer.json"];
    const FLAG: &'static str = "text";
    const USE: (&'static str, &'static str) = ("generate", "--prompt TEXT");

    fn settings(
        stage: Stage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(LanguageSettings, Training)> {
        LanguageSettings::new(stage, seed, flags, preset)
    }

    fn read(path: Option<&Path>) -> anyhow::Result<Text> {
        Ok(text::read(path)?)
    }

    fn id(text: &Text) -> TextId {
        TextId::of(text)
    }

    fn tokenizers(settings: &LanguageSettings, text: &Text) -> anyhow::Result<Vec<Box<dyn Tokenizer>>> {
        Ok(vec![settings.tokens.tokenizer(text, settings.normal_form)])
    }

    fn architecture(
        stage: Stage,
        settings: &LanguageSettings,
        _: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<ModelConfig> {
        settings.model(stage, vocabularies[0])
    }

    fn fit(config: &Config<Language>, tokenizers: &[Box<dyn Tokenizer>], _: &Text) -> anyhow::Result<()> {
        config.settings.fit(tokenizers[0].vocabulary_size(), config.training.batch)
    }

    fn stage(architecture: &ModelConfig) -> Stage {
        architecture.stage()
    }

    fn build(architecture: &ModelConfig, seed: u64) -> Result<(Model, Parameters), ConfigError> {
        architecture.build(seed)
    }

    fn tokenizer(json: &str) -> anyhow::Result<Box<dyn Tokenizer>> {
        Ok(tokenize::from_json(json)?)
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
        Config { settings, training, .. }: &Config<Language>,
        tokenizers: Vec<Box<dyn Tokenizer>>,
        text: &Text,
    ) -> anyhow::Result<Material<Language>> {
        let tokenizer = &tokenizers[0];
        let dataset = TextDataset::new(text, tokenizer.as_ref())?;
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
        Ok(Material { batches, tokens: batch as u64 * context as u64, held_out: Box::new(held_out) })
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
