//! What the program trains: models of text and translators. The folder of a run, training, resuming and evaluation are
//! written once, against [`Kind`].

pub mod language;
pub mod pairs;
pub mod text;
pub mod translation;
pub mod validation;

use std::fmt::Display;
use std::path::{Path, PathBuf};

use anyhow::bail;
use data::WordRule;
use nn::{Batches, Trainable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use stages::{AnyStage, ConfigError};
use tensor::Parameters;

use crate::settings::{Flags, Preset, Training};
use text::TextId;
use validation::Validation;

/// One of the two kinds.
pub trait Kind: Sized {
    /// Which of its models.
    type Stage: Copy + Display + Into<AnyStage>;
    /// A model of any of its stages.
    type Model: Trainable;
    /// From which a model is built.
    type Architecture: Serialize + DeserializeOwned + PartialEq;
    /// What is set besides the training.
    type Settings: Serialize + DeserializeOwned;
    /// What turns sentences into tokens.
    type Tokenizer;
    /// What is learned from and judged by.
    type Data;
    /// From which the trainer takes its batches.
    type Batches: Batches<Batch = <Self::Model as Trainable>::Batch>;

    /// The files that hold the tokenizers.
    const TOKENIZERS: &'static [&'static str];
    /// The flag that names the file of the data.
    const FLAG: &'static str;
    /// The command that uses a trained model, and what it needs besides the model.
    const USE: (&'static str, &'static str);

    /// The settings that these flags ask for.
    fn settings(
        stage: Self::Stage,
        seed: u64,
        flags: &Flags,
        preset: Option<Preset>,
    ) -> anyhow::Result<(Self::Settings, Training)>;

    /// Reads what the user gave, or takes what is built in; a tenth of it is to judge by.
    fn read(path: Option<&Path>) -> anyhow::Result<Self::Data>;

    /// The same data, judged by this.
    fn judged_by(data: Self::Data, validation: Validation<Self::Data>) -> anyhow::Result<Self::Data>;

    /// By which the data are known again, whatever they are judged by.
    fn id(data: &Self::Data) -> TextId;

    /// Whether two are the same once they are in the normal form that these settings ask for.
    fn read_alike(settings: &Self::Settings, one: &Self::Data, other: &Self::Data) -> bool;

    /// The tokenizers for these data.
    fn tokenizers(settings: &Self::Settings, data: &Self::Data) -> anyhow::Result<Vec<Self::Tokenizer>>;

    /// The model that these settings describe, for vocabularies of these sizes.
    fn architecture(
        stage: Self::Stage,
        settings: &Self::Settings,
        training: &Training,
        vocabularies: &[usize],
    ) -> anyhow::Result<Self::Architecture>;

    /// Which stage it is of.
    fn stage(architecture: &Self::Architecture) -> Self::Stage;

    /// How many parameters it has.
    fn parameter_count(architecture: &Self::Architecture) -> u128;

    /// The model and its first parameters.
    fn build(architecture: &Self::Architecture, seed: u64) -> Result<(Self::Model, Parameters), ConfigError>;

    /// The tokenizer in one of the files [`TOKENIZERS`](Self::TOKENIZERS).
    fn tokenizer(json: &str) -> anyhow::Result<Self::Tokenizer>;

    /// Whether a tokenizer is as these settings ask for.
    ///
    /// # Errors
    /// The name of the setting that it is not as.
    fn suits(settings: &Self::Settings, tokenizer: &Self::Tokenizer) -> Result<(), &'static str>;

    /// How words are told apart, if tokens are words.
    fn word_rule(tokenizers: &[Self::Tokenizer]) -> Option<WordRule>;

    /// What such a file holds.
    fn to_json(tokenizer: &Self::Tokenizer) -> String;

    /// How many tokens it has.
    fn size(tokenizer: &Self::Tokenizer) -> usize;

    /// How many tokens each of the tokenizers has that the model was made for.
    fn vocabularies(architecture: &Self::Architecture) -> Vec<usize>;

    /// The data as the trainer needs them, for a model of this architecture.
    fn material(
        architecture: &Self::Architecture,
        settings: &Self::Settings,
        training: &Training,
        tokenizers: Vec<Self::Tokenizer>,
        data: &Self::Data,
    ) -> anyhow::Result<Material<Self>>;
}

/// What a run learns from and how it is judged on the way.
pub struct Material<K: Kind> {
    /// To learn from.
    pub batches: K::Batches,
    /// The loss on what is held out.
    pub held_out: Box<HeldOut<K::Model>>,
    /// The most bytes of a batch, its gradients included, and of an evaluation.
    pub peaks: Box<Peaks<K::Model>>,
}

/// How many bytes learning and judging take.
pub type Peaks<M> = dyn Fn(&M, &Parameters) -> [f64; 2];

/// The loss of a model in nats per token; `None` if an interruption cut it short.
pub type HeldOut<M> = dyn Fn(&M, &Parameters) -> Option<f64>;

/// Data that are judged as the user says, with the identity of what they are judged by.
///
/// # Errors
/// If that cannot be read, or is what is learned from, perhaps in another normal form.
pub fn judged<K: Kind>(
    data: K::Data,
    settings: &K::Settings,
    validation: Option<Validation<PathBuf>>,
) -> anyhow::Result<(K::Data, Validation<TextId>)> {
    let (id, by) = match validation.unwrap_or_default() {
        Validation::Share(share) => (Validation::Share(share), Validation::Share(share)),
        Validation::File(path) => {
            let by = K::read(Some(&path))?;
            let id = K::id(&by);
            if K::read_alike(settings, &by, &data) {
                bail!(
                    "--validation {} is what is learned from, which judges nothing: give another file",
                    path.display()
                );
            }
            (Validation::File(id), Validation::File(by))
        }
    };
    Ok((K::judged_by(data, by)?, id))
}
