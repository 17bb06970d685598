//! The kinds of models that the program trains: language models, translators, encoders, and models that read a text and write
//! one. The folder of a run, training, resuming and evaluation are written once, against [`Kind`].

pub mod encoding;
pub mod language;
pub mod pairs;
pub mod text;
pub mod text_to_text;
pub mod translation;
pub mod validation;

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use data::WordRule;
use nn::{Batches, Trainable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stages::{ConfigError, StageName};
use tensor::Parameters;

use crate::settings::{Flags, Preset, Training};
use text::TextId;
use validation::Validation;

/// [`Language`](language::Language), [`Translation`](translation::Translation), [`Encoding`](encoding::Encoding) or
/// [`TextToText`](text_to_text::TextToText).
///
/// A *stage* is an architecture that has a name, such as `lstm` or `transformer`. A translator has two tokenizers, source and
/// target, the others have one; every list of tokenizers, or of the sizes of their vocabularies, has the order of
/// [`TOKENIZERS`](Self::TOKENIZERS).
pub trait Kind: Sized {
    /// The names of the stages of this kind.
    type Stage: Copy + Display + Into<StageName>;
    /// A model of any of these stages.
    type Model: Trainable;
    /// The configuration that a model is built from, as `config.json` has it.
    type Architecture: Serialize + DeserializeOwned + PartialEq;
    /// What flags set besides [`Training`]: sizes of the model, tokens, data.
    type Settings: Serialize + DeserializeOwned;
    /// Turns text into tokens.
    type Tokenizer;
    /// The training data and the validation data.
    type Data;
    /// The training data as batches.
    type Batches: Batches<Batch = <Self::Model as Trainable>::Batch>;

    /// The names of the files that hold the tokenizers.
    const TOKENIZERS: &'static [&'static str];

    /// The flag that takes the file of the data, without its dashes.
    fn flag(settings: &Self::Settings) -> &'static str;

    /// The command that uses a trained model, and the rest of its command line.
    fn usage(settings: &Self::Settings) -> (&'static str, &'static str);

    /// The settings that these flags ask for.
    fn settings(
        stage: Self::Stage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(Self::Settings, Training)>;

    /// Reads the user's file, or takes the built-in data. The last tenth is validation data until
    /// [`judged_by`](Self::judged_by) says otherwise.
    fn read(settings: &Self::Settings, path: Option<&Path>) -> anyhow::Result<Self::Data>;

    /// The same data with other validation data.
    fn judged_by(data: Self::Data, validation: Validation<Self::Data>) -> anyhow::Result<Self::Data>;

    /// The name and the hash of all data, however they are divided.
    fn id(data: &Self::Data) -> TextId;

    /// Whether two files hold the same text, in the normal form that the settings ask for.
    fn read_alike(settings: &Self::Settings, first: &Self::Data, second: &Self::Data) -> bool;

    /// The tokenizers for these data.
    fn tokenizers(settings: &Self::Settings, data: &Self::Data) -> anyhow::Result<Vec<Self::Tokenizer>>;

    /// What there is to say of tokenizers that were just made.
    fn remark(settings: &Self::Settings, tokenizers: &[Self::Tokenizer]) -> Option<String>;

    /// The configuration that these settings describe, for vocabularies of these sizes.
    fn architecture(
        stage: Self::Stage,
        settings: &Self::Settings,
        training: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<Self::Architecture>;

    /// The stage that a configuration is of.
    fn stage(architecture: &Self::Architecture) -> Self::Stage;

    /// The architecture of a published model that is trained further: its own, with what settings say of the training.
    fn further(architecture: &Self::Architecture, settings: &Self::Settings) -> Self::Architecture;

    /// The number of parameters of a model with this configuration.
    fn parameter_count(architecture: &Self::Architecture) -> u128;

    /// The model and its first parameters.
    fn build(architecture: &Self::Architecture, seed: u64) -> Result<(Self::Model, Parameters), ConfigError>;

    /// The model, all of whose parameters are 0.
    fn unset(architecture: &Self::Architecture) -> Result<(Self::Model, Parameters), ConfigError>;

    /// Reads a tokenizer from the content of one of its files.
    fn tokenizer(json: &str) -> anyhow::Result<Self::Tokenizer>;

    /// The content of the file of a tokenizer.
    fn to_json(tokenizer: &Self::Tokenizer) -> String;

    /// Makes sure that a tokenizer is one that these settings make.
    ///
    /// # Errors
    /// The name of the first setting that contradicts it.
    fn suits(settings: &Self::Settings, tokenizer: &Self::Tokenizer) -> Result<(), &'static str>;

    /// The rule by which words are told apart, the same for all tokenizers; none if tokens are not words.
    fn word_rule(tokenizers: &[Self::Tokenizer]) -> Option<WordRule>;

    /// The size of its vocabulary.
    fn size(tokenizer: &Self::Tokenizer) -> usize;

    /// The sizes of the vocabularies that the configuration is for.
    fn vocabularies(architecture: &Self::Architecture) -> Vec<usize>;

    /// What a training needs of the data.
    fn material(
        architecture: &Self::Architecture,
        settings: &Self::Settings,
        training: &Training,
        tokenizers: Vec<Self::Tokenizer>,
        data: &Self::Data,
    ) -> anyhow::Result<Material<Self>>;
}

/// What a run learns from, and how it is validated on the way.
pub struct Material<K: Kind> {
    pub batches: K::Batches,
    /// Computes the validation loss.
    pub held_out: Box<HeldOut<K::Model>>,
    /// Estimates the memory of a training step and of an evaluation.
    pub peaks: Box<Peaks<K::Model>>,
}

/// The most bytes that a training step takes, its gradients included, and that an evaluation takes.
pub type Peaks<M> = dyn Fn(&M, &Parameters) -> [f64; 2];

/// The validation loss of a model in nats per token; `None` if a signal interrupted it.
pub type HeldOut<M> = dyn Fn(&M, &Parameters) -> Option<f64>;

/// Says that the model in a folder does something else than it was asked for, and what does it.
pub fn refused(stage: StageName, model: &Path) -> anyhow::Error {
    let shown = model.display();
    let (does, commands) = match stage {
        StageName::Language(_) => ("continues texts", format!("`lineage generate --model {shown}`")),
        StageName::Translation(_) => ("translates", format!("`lineage translate --model {shown}`")),
        StageName::TextToText(_) => (
            "reads a text and writes one",
            format!("`lineage generate --model {shown}` or `lineage fill --model {shown}`"),
        ),
        StageName::Encoder(_) => (
            "guesses hidden words and makes vectors of texts",
            format!("`lineage fill --model {shown}` or `lineage embed --model {shown}`"),
        ),
    };
    anyhow!("the model in {shown} is of {stage}, which {does}: use {commands}")
}

/// The data with the validation data that the user asked for, and what `config.json` will say of these: the share, or the
/// identity of the file.
///
/// # Errors
/// If the validation file cannot be read, or has the same text as the training file.
pub fn judged<K: Kind>(
    data: K::Data,
    settings: &K::Settings,
    validation: Option<Validation<PathBuf>>,
) -> anyhow::Result<(K::Data, Validation<TextId>)> {
    let (id, by) = match validation.unwrap_or_default() {
        Validation::Share(share) => (Validation::Share(share), Validation::Share(share)),
        Validation::File(path) => {
            let by = K::read(settings, Some(&path))?;
            let id = K::id(&by);
            if K::read_alike(settings, &by, &data) {
                bail!(
                    "--validation {} is the training data itself, which judges nothing: give another file",
                    path.display()
                );
            }
            (Validation::File(id), Validation::File(by))
        }
    };
    Ok((K::judged_by(data, by)?, id))
}
