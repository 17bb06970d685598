//! Encoders: models that read a text as a whole, guess hidden words, and make vectors.

use std::path::Path;

use anyhow::bail;
use bert::Bert;
use data::masked::{Marks, MaskedBatch, MaskedBatches, MaskedWindows};
use data::{Tokenizer, WordRule, tokenize};
use nn::Batches;
use stages::{ConfigError, EncoderConfig, EncoderStage};
use tensor::Parameters;

use super::language::{Corpus, Language};
use super::text::TextId;
use super::validation::Validation;
use super::{Kind, Material};
use crate::memory;
use crate::memory::rows::rows;
use crate::settings::{EncoderSettings, Flags, Preset, Tokens, Training, fewer};
use crate::system::interrupt;

/// By which words are hidden in what judges a run on the way: the same for all runs, so that they can be compared.
pub const JUDGE: u64 = 1;

/// Models of hidden words.
pub struct Encoding;

impl Kind for Encoding {
    type Stage = EncoderStage;
    type Model = Bert;
    type Architecture = EncoderConfig;
    type Settings = EncoderSettings;
    type Tokenizer = Box<dyn Tokenizer>;
    type Data = Corpus;
    type Batches = HiddenWords;

    const TOKENIZERS: &'static [&'static str] = Language::TOKENIZERS;

    fn flag(_: &EncoderSettings) -> &'static str {
        "text"
    }

    fn usage(_: &EncoderSettings) -> (&'static str, &'static str) {
        ("fill", "'A text with a [MASK].'")
    }

    fn settings(
        stage: EncoderStage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(EncoderSettings, Training)> {
        if preset.is_some() {
            bail!("the presets are of language models: leave --preset out, or train one of them");
        }
        EncoderSettings::new(stage, seed, flags)
    }

    fn read(_: &EncoderSettings, path: Option<&Path>) -> anyhow::Result<Corpus> {
        Corpus::read(path)
    }

    fn judged_by(corpus: Corpus, validation: Validation<Corpus>) -> anyhow::Result<Corpus> {
        Language::judged_by(corpus, validation)
    }

    fn id(corpus: &Corpus) -> TextId {
        Language::id(corpus)
    }

    fn read_alike(settings: &EncoderSettings, one: &Corpus, other: &Corpus) -> bool {
        one.reads_as(other, settings.normal_form)
    }

    fn tokenizers(settings: &EncoderSettings, corpus: &Corpus) -> anyhow::Result<Vec<Box<dyn Tokenizer>>> {
        Ok(vec![corpus.tokenizer(settings.normal_form, |learned_from, _| settings.tokenizer(learned_from))?])
    }

    fn remark(settings: &EncoderSettings, tokenizers: &[Box<dyn Tokenizer>]) -> Option<String> {
        fewer(tokenizers[0].vocabulary_size(), settings.vocab_size)
    }

    fn architecture(
        stage: EncoderStage,
        settings: &EncoderSettings,
        _: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<EncoderConfig> {
        settings.model(stage, vocabularies[0])
    }

    /// Without the pooler, which hidden words do not reach.
    fn further(architecture: &EncoderConfig, settings: &EncoderSettings) -> EncoderConfig {
        let EncoderConfig::Bert(config) = architecture;
        let mut config = config.clone();
        config.pooler = false;
        config.block.dropout = settings.dropout();
        EncoderConfig::Bert(config)
    }

    fn stage(architecture: &EncoderConfig) -> EncoderStage {
        architecture.stage()
    }

    fn parameter_count(architecture: &EncoderConfig) -> u128 {
        architecture.parameter_count()
    }

    fn build(architecture: &EncoderConfig, seed: u64) -> Result<(Bert, Parameters), ConfigError> {
        architecture.build(seed)
    }

    fn unset(architecture: &EncoderConfig) -> Result<(Bert, Parameters), ConfigError> {
        architecture.unset()
    }

    fn tokenizer(json: &str) -> anyhow::Result<Box<dyn Tokenizer>> {
        let tokenizer = tokenize::from_json(json)?;
        Marks::of(tokenizer.as_ref())?;
        Ok(tokenizer)
    }

    fn suits(settings: &EncoderSettings, tokenizer: &Box<dyn Tokenizer>) -> Result<(), &'static str> {
        match () {
            () if Tokens::of(tokenizer.as_ref()) != settings.tokens => Err("tokens"),
            () if tokenizer.normal_form() != settings.normal_form => Err("normal-form"),
            () if settings.vocab_size.is_some_and(|most| tokenizer.vocabulary_size() > most) => Err("vocab-size"),
            () => Ok(()),
        }
    }

    fn word_rule(_: &[Box<dyn Tokenizer>]) -> Option<WordRule> {
        None
    }

    fn to_json(tokenizer: &Box<dyn Tokenizer>) -> String {
        tokenizer.to_json()
    }

    fn size(tokenizer: &Box<dyn Tokenizer>) -> usize {
        tokenizer.vocabulary_size()
    }

    fn vocabularies(architecture: &EncoderConfig) -> Vec<usize> {
        vec![architecture.vocabulary()]
    }

    fn material(
        architecture: &EncoderConfig,
        settings: &EncoderSettings,
        training: &Training,
        tokenizers: Vec<Box<dyn Tokenizer>>,
        corpus: &Corpus,
    ) -> anyhow::Result<Material<Encoding>> {
        if !guesses(architecture) {
            bail!(
                "the model has no head that guesses hidden words, since its publisher left it out, and training needs one: train \
                 a model that has one, or use this one with `lineage embed`"
            );
        }
        let tokenizer = tokenizers[0].as_ref();
        let marks = Marks::of(tokenizer)?;
        let (context, batch) = (settings.context, training.batch);
        if context <= Marks::AROUND {
            bail!("a context of {context} has no place for a word between [CLS] and [SEP]: give a larger --context");
        }
        let dataset = corpus.dataset(tokenizer)?;
        dataset.train.varies(tokenizer)?;
        let windows = MaskedWindows::new(&dataset.validation, context, marks.clone(), JUDGE)?;
        let batches = HiddenWords(MaskedBatches::new(&dataset.train, batch, context, marks, training.seed)?);
        let rows = rows(context, tokenizer.vocabulary_size());
        let held_out = move |model: &Bert, parameters: &Parameters| {
            let batches = windows.batches(rows).take_while(|_| !interrupt::asked());
            let found = model.evaluate(parameters, batches);
            (!interrupt::asked()).then(|| found.map_or(f64::NAN, |evaluation| evaluation.nats))
        };
        let peaks = move |model: &Bert, parameters: &Parameters| {
            [
                memory::step_of_hidden_words(model, parameters, batch, context),
                memory::evaluation_of_hidden_words(model, parameters, rows, context),
            ]
        };
        Ok(Material { batches, held_out: Box::new(held_out), peaks: Box::new(peaks) })
    }
}

/// Whether a model has a head that guesses words.
pub fn guesses(EncoderConfig::Bert(config): &EncoderConfig) -> bool {
    config.masked_words
}

/// Pieces of a text in which words are hidden.
pub struct HiddenWords(MaskedBatches);

impl Batches for HiddenWords {
    type Batch = MaskedBatch;

    fn at(&self, index: u64) -> MaskedBatch {
        self.0.at(index)
    }
}
