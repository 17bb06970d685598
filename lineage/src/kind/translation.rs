//! Translators: the pairs they learn from, and their vocabularies.

use std::path::Path;

use anyhow::{anyhow, bail};
use data::pairs::{Level, PairBatch, PairBatches, TokenPair, Vocabulary, in_order};
use data::{NormalForm, WordRule};
use nn::{Batches, evaluate_pairs};
use report::format::counted;
use stages::{ConfigError, TranslatorConfig, TranslatorModel, TranslatorStage};
use tensor::Parameters;

use super::pairs::{Generated, GeneratedBatches, Pairs, Translates, divide};
use super::text::TextId;
use super::validation::Validation;
use super::{Kind, Material};
use crate::memory;
use crate::memory::rows::rows_of_pairs;
use crate::settings::{Flags, Preset, Training, TranslationSettings, fewer};
use crate::system::interrupt;

/// How many held-out pairs are asked on the way; enough to see how training goes.
pub const ASKED: usize = 500;

/// Models that turn a sentence into its translation.
pub struct Translation;

impl Kind for Translation {
    type Stage = TranslatorStage;
    type Model = TranslatorModel;
    type Architecture = TranslatorConfig;
    type Settings = TranslationSettings;
    type Tokenizer = Vocabulary;
    type Data = Pairs;
    type Batches = SomeBatches;

    const TOKENIZERS: &'static [&'static str] = &["source.json", "target.json"];

    fn flag(_: &TranslationSettings) -> &'static str {
        "pairs"
    }

    fn usage(_: &TranslationSettings) -> (&'static str, &'static str) {
        ("translate", "SENTENCE")
    }

    fn settings(
        stage: TranslatorStage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(TranslationSettings, Training)> {
        if preset.is_some() {
            bail!("the presets are of language models: leave --preset out, or train one of them");
        }
        TranslationSettings::new(stage, seed, flags)
    }

    fn read(_: &TranslationSettings, path: Option<&Path>) -> anyhow::Result<Pairs> {
        Pairs::read(path)
    }

    fn judged_by(pairs: Pairs, validation: Validation<Pairs>) -> anyhow::Result<Pairs> {
        pairs.judged_by(validation)
    }

    fn id(pairs: &Pairs) -> TextId {
        pairs.id()
    }

    fn read_alike(settings: &TranslationSettings, one: &Pairs, other: &Pairs) -> bool {
        one.reads_as(other, settings.normal_form)
    }

    fn tokenizers(settings: &TranslationSettings, pairs: &Pairs) -> anyhow::Result<Vec<Vocabulary>> {
        let form = settings.normal_form;
        let pairs = pairs.in_form(form);
        Ok(pairs.vocabularies(form, settings.level()?, settings.vocabulary_size(), settings.shared_embeddings)?.into())
    }

    fn remark(settings: &TranslationSettings, vocabularies: &[Vocabulary]) -> Option<String> {
        let (most, _) = settings.vocabulary_size();
        let least =
            vocabularies.iter().filter(|vocabulary| vocabulary.level() == Level::Bpe).map(Vocabulary::size).min()?;
        fewer(least, Some(most))
    }

    fn architecture(
        stage: TranslatorStage,
        settings: &TranslationSettings,
        training: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<TranslatorConfig> {
        settings.model(stage, [vocabularies[0], vocabularies[1]], training)
    }

    fn further(architecture: &Self::Architecture, _: &Self::Settings) -> Self::Architecture {
        architecture.clone()
    }

    fn stage(architecture: &TranslatorConfig) -> TranslatorStage {
        architecture.stage()
    }

    fn parameter_count(architecture: &TranslatorConfig) -> u128 {
        architecture.parameter_count()
    }

    fn build(architecture: &TranslatorConfig, seed: u64) -> Result<(TranslatorModel, Parameters), ConfigError> {
        architecture.build(seed)
    }

    fn unset(architecture: &TranslatorConfig) -> Result<(TranslatorModel, Parameters), ConfigError> {
        architecture.unset()
    }

    fn tokenizer(json: &str) -> anyhow::Result<Vocabulary> {
        Ok(Vocabulary::from_json(json)?)
    }

    fn suits(settings: &TranslationSettings, vocabulary: &Vocabulary) -> Result<(), &'static str> {
        match () {
            () if !settings.level().is_ok_and(|level| level == vocabulary.level()) => Err("tokens"),
            () if vocabulary.normal_form() != settings.normal_form => Err("normal-form"),
            () => match settings.vocabulary_size() {
                (most, flag) if vocabulary.size() > most => Err(flag),
                _ => Ok(()),
            },
        }
    }

    fn word_rule(vocabularies: &[Vocabulary]) -> Option<WordRule> {
        let of_words = vocabularies.iter().find(|vocabulary| vocabulary.level() == Level::Word);
        of_words.map(Vocabulary::word_rule)
    }

    fn to_json(vocabulary: &Vocabulary) -> String {
        vocabulary.to_json()
    }

    fn size(vocabulary: &Vocabulary) -> usize {
        vocabulary.size()
    }

    fn vocabularies(architecture: &TranslatorConfig) -> Vec<usize> {
        architecture.vocabularies().into()
    }

    fn material(
        architecture: &TranslatorConfig,
        _: &TranslationSettings,
        training: &Training,
        vocabularies: Vec<Vocabulary>,
        pairs: &Pairs,
    ) -> anyhow::Result<Material<Translation>> {
        let &Training { batch, seed, .. } = training;
        let vocabularies = both(vocabularies)?;
        let pairs = &pairs.in_form(vocabularies[0].normal_form());
        let held_out = pairs.held_out(ASKED)?.iter().map(|pair| pair.encode(&vocabularies)).collect::<Vec<_>>();
        let rows = rows_of_pairs(&held_out, vocabularies[1].size());
        let longest = pairs.longest(vocabularies.each_ref());
        if let Some(most) = architecture.longest().filter(|&most| longest > most) {
            bail!(
                "--positions learned has {}, and {longest} are needed for {}: give a larger --context, or --positions sinusoidal",
                counted(most, "position"),
                pairs.name()
            );
        }
        let batches = match pairs {
            Pairs::File { whole, validation, .. } => {
                let [source, target] = &vocabularies;
                SomeBatches::File(PairBatches::new(
                    divide(whole, validation)?.train.encode(source, target),
                    batch,
                    seed,
                ))
            }
            Pairs::Generated(_) => {
                SomeBatches::Generated(Box::new(Generated::default().batches(vocabularies, batch, seed)))
            }
        };
        let asked = longest_sides(&held_out);
        let learned = match &batches {
            SomeBatches::File(batches) => batches.largest(),
            SomeBatches::Generated(_) => asked,
        };
        let held_out = move |model: &TranslatorModel, parameters: &Parameters| {
            let batches = in_order(&held_out, rows).take_while(|_| !interrupt::asked());
            let found = evaluate_pairs(model, parameters, batches);
            (!interrupt::asked()).then(|| found.map_or(f64::NAN, |evaluation| evaluation.nats))
        };
        let peaks = move |model: &TranslatorModel, parameters: &Parameters| {
            [
                memory::step_of_pairs(model, parameters, batch, learned),
                memory::evaluation_of_pairs(model, parameters, rows, asked),
            ]
        };
        Ok(Material { batches, held_out: Box::new(held_out), peaks: Box::new(peaks) })
    }
}

impl Translates for Translation {
    fn learned_from_pairs(_: &TranslationSettings) -> bool {
        true
    }

    fn pairs(pairs: Pairs) -> Pairs {
        pairs
    }

    fn normal_form(settings: &TranslationSettings) -> NormalForm {
        settings.normal_form
    }
}

/// The vocabularies of the source and of the translation.
///
/// # Errors
/// If there are not two.
pub fn both(vocabularies: Vec<Vocabulary>) -> anyhow::Result<[Vocabulary; 2]> {
    vocabularies.try_into().map_err(|_| anyhow!(TWO))
}

const TWO: &str = "a translator has two vocabularies: train again";

/// The lengths of the longest source and of the longest translation.
pub fn longest_sides(pairs: &[TokenPair]) -> [usize; 2] {
    pairs.iter().fold([0, 0], |[x, y], (source, target)| [x.max(source.len()), y.max(target.len())])
}

/// Batches of pairs from a file, or of generated ones.
pub enum SomeBatches {
    /// From a file.
    File(PairBatches),
    /// Generated.
    Generated(Box<GeneratedBatches>),
}

impl Batches for SomeBatches {
    type Batch = PairBatch;

    fn at(&self, index: u64) -> PairBatch {
        match self {
            SomeBatches::File(batches) => batches.at(index),
            SomeBatches::Generated(batches) => batches.at(index),
        }
    }
}
