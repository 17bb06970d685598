//! What a run is: its model, its settings, its data. `config.json` holds it, and every checkpoint.

use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::ValueEnum;
use nn::SavedRun;
use report::format::counted;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::names::CONFIG;
use crate::kind::text::TextId;
use crate::kind::validation::{Split, Validation, is_share};
use crate::kind::{Kind, Material};
use crate::settings::{Flags, Preset, Training, within_limits};

/// The version of this program.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What `config.json` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Config<K: Kind> {
    /// With which version of lineage it began; none is one that wrote no hashes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// As what it was published, if others trained it and it was imported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub published: Option<String>,
    /// From which the model is built.
    pub model: K::Architecture,
    /// What was asked for.
    pub settings: K::Settings,
    /// How it was trained.
    pub training: Training,
    /// What it was trained on.
    pub text: TextId,
    /// By what it was judged.
    #[serde(default, skip_serializing_if = "Validation::is_default")]
    pub validation: Validation<TextId>,
}

impl<K: Kind> Config<K> {
    /// Refuses what no run can have begun with, and what contradicts itself.
    ///
    /// # Errors
    /// A sentence about the first such setting and the way out.
    pub fn validate(&self) -> anyhow::Result<()> {
        for TextId { name, sha256 } in [Some(&self.text), self.validation.file()].into_iter().flatten() {
            if sha256.len() != 64 || !sha256.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
                bail!("the sha256 of {name} is {sha256:?}, which is no SHA-256; restore the file or train again");
            }
        }
        let limits = within_limits(&self.settings).and_then(|()| within_limits(&self.training));
        limits.map_err(|error| anyhow!("{error}; restore the file or train again"))?;
        if let Some(share) = self.validation.share().filter(|share| !is_share(*share)) {
            bail!("a validation share of {share} is not above 0 and below 1; restore the file or train again");
        }
        if self.published.is_some() {
            // Its architecture is what its publisher chose, and not what settings ask for.
            return self.training.config().map(drop).map_err(|error| stored(&error));
        }
        let Config { model, settings, training, .. } = self;
        let stage = K::stage(model);
        let check = || {
            training.config()?;
            self.asked()?.act(stage.into(), settings, training)
        };
        check().map_err(|error| stored(&error))?;
        let derived = |training: &Training| {
            let derived = K::architecture(stage, settings, training, &K::vocabularies(model));
            derived.map_err(|error| stored(&error))
        };
        // Versions without hashes let scheduled sampling rise until after the last of `steps` batches, however many there
        // were.
        let mut earlier = training.clone();
        (earlier.steps, earlier.accumulate) = (training.steps + 1, 1);
        if self.version.is_none() && derived(&earlier)? == *model {
            return Ok(());
        }
        agree("model", model, &derived(training)?)
    }

    /// The flags that somebody must have given, or changed: those that without them, beside the others, would be otherwise,
    /// with every preset and with none.
    fn asked(&self) -> anyhow::Result<Flags> {
        let stage = K::stage(&self.model);
        let all = together(&self.settings, &self.training)?;
        let mut asked = Map::new();
        for (name, value) in &all {
            let mut others = all.clone();
            others.remove(name);
            let others: Flags = serde_json::from_value(others.into())?;
            let presets = [None].into_iter().chain(Preset::value_variants().iter().copied().map(Some));
            let left_out = presets.filter_map(|preset| K::settings(stage, self.training.seed, &others, preset).ok());
            let left_out = left_out.map(|(settings, training)| together(&settings, &training));
            let left_out: Vec<_> = left_out.collect::<Result<_, _>>()?;
            if left_out.iter().all(|left_out| left_out.get(name) != Some(value)) {
                asked.insert(name.clone(), value.clone());
            }
        }
        Ok(serde_json::from_value(asked.into())?)
    }

    /// The contents of `config.json`.
    ///
    /// # Errors
    /// If it has no JSON form.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }

    /// What the run learns from and how it is judged on the way.
    ///
    /// # Errors
    /// If the data do not suit it.
    pub fn material(&self, tokenizers: Vec<K::Tokenizer>, data: &K::Data) -> anyhow::Result<Material<K>> {
        K::material(&self.model, &self.settings, &self.training, tokenizers, data)
    }

    /// How other data than the run's own are divided: by its share.
    ///
    /// # Errors
    /// If it was judged by a file, and a part is asked for.
    pub fn validation_of_other<D>(&self, part: Split, model: &Path) -> anyhow::Result<Validation<D>> {
        match &self.validation {
            Validation::Share(share) => Ok(Validation::Share(*share)),
            Validation::File(_) if part == Split::All => Ok(Validation::default()),
            Validation::File(TextId { name, .. }) => bail!(
                "the model in {} learned from all of a file and was judged by {name}, so no other file has its parts: leave \
                 --split or --{} out",
                model.display(),
                K::flag(&self.settings)
            ),
        }
    }

    /// The tokenizers in these files.
    ///
    /// # Errors
    /// If one was changed by hand or belongs to another model; `path` says where it stands.
    pub fn tokenizers(&self, files: &[String], path: impl Fn(&str) -> PathBuf) -> anyhow::Result<Vec<K::Tokenizer>> {
        let wanted = K::vocabularies(&self.model);
        if files.len() != wanted.len() {
            bail!("{} tokenizers are stored where the model has {}: train again", files.len(), wanted.len());
        }
        let mut tokenizers = Vec::new();
        for ((json, name), wanted) in files.iter().zip(K::TOKENIZERS).zip(wanted) {
            let path = path(name);
            let tokenizer = K::tokenizer(json).map_err(|error| anyhow!("{}: {error}", path.display()))?;
            let known = K::size(&tokenizer);
            if known != wanted {
                bail!(
                    "{} has {} where the model has {wanted}: it belongs to another model; restore the file or train again",
                    path.display(),
                    counted(known, "token")
                );
            }
            K::suits(&self.settings, &tokenizer).map_err(|setting| {
                anyhow!(
                    "{} is not of the {setting} that {CONFIG} says: restore the files or train again",
                    path.display()
                )
            })?;
            tokenizers.push(tokenizer);
        }
        Ok(tokenizers)
    }
}

/// What a checkpoint holds besides the state of the trainer.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Description<K: Kind> {
    /// The contents of `config.json`.
    pub config: Config<K>,
    /// The contents of the files [`Kind::TOKENIZERS`].
    pub tokenizers: Vec<String>,
    /// Where the text was read; none is what is built in.
    pub text_path: Option<PathBuf>,
    /// Where that was read by which the run is judged; none is a part of the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation_path: Option<PathBuf>,
}

impl<K: Kind> Description<K> {
    /// What a checkpoint holds, with its tokenizers.
    ///
    /// # Errors
    /// If it is not of a run of this kind, or no run can have such settings.
    pub fn read(saved: &SavedRun, path: &Path) -> anyhow::Result<(Self, Vec<K::Tokenizer>)> {
        let description = Description::<K>::deserialize(&saved.description).map_err(|error| stale(path, &error))?;
        let config = &description.config;
        let all = || {
            config.validate()?;
            agree("the trainer's", &saved.config, &config.training.config()?)?;
            if config.version.is_some() && !saved.is_sealed() {
                bail!("it holds no SHA-256 of its content, so it was changed; restore a copy of it, or train again");
            }
            config.tokenizers(&description.tokenizers, |name| PathBuf::from(name))
        };
        let tokenizers = all().map_err(|error| anyhow!("{}: {error}", path.display()))?;
        Ok((description, tokenizers))
    }
}

/// Says that a file is of another version, or of none.
pub fn stale(path: &Path, error: &serde_json::Error) -> anyhow::Error {
    anyhow!("{} was not written by this version of lineage ({error}): restore it, or train again", path.display())
}

/// What is wrong with settings that stand in a file, without the advice to whoever gives them as flags.
pub fn stored(error: &anyhow::Error) -> anyhow::Error {
    let said = error.to_string();
    let cause = ["; ", ": "].iter().filter_map(|end| said.rfind(end)).max().unwrap_or(said.len());
    anyhow!("{}; restore the file or train again", &said[..cause])
}

/// Settings and those of the training by their names, without those that are not set.
fn together(settings: &impl Serialize, training: &Training) -> serde_json::Result<Map<String, Value>> {
    let all = [serde_json::to_value(settings)?, serde_json::to_value(training)?];
    let all = all.into_iter().filter_map(|value| if let Value::Object(all) = value { Some(all) } else { None });
    Ok(all.flatten().filter(|(_, value)| !value.is_null()).collect())
}

/// Refuses what does not follow from the settings beside it.
fn agree(name: &str, stored: &impl Serialize, derived: &impl Serialize) -> anyhow::Result<()> {
    let [stored, derived] = [serde_json::to_value(stored)?, serde_json::to_value(derived)?];
    if let Some((place, found, expected)) = difference(name.to_owned(), &stored, &derived) {
        bail!(
            "it contradicts itself, since {place} is {found} where the settings beside it ask for {expected}; restore the \
             file or train again"
        );
    }
    Ok(())
}

/// The first place where two values differ, with what stands there in each.
fn difference<'v>(place: String, left: &'v Value, right: &'v Value) -> Option<(String, &'v Value, &'v Value)> {
    if left == right {
        return None;
    }
    if let (Value::Object(left), Value::Object(right)) = (left, right) {
        let names = left.keys().chain(right.keys());
        let at = |object: &'v serde_json::Map<String, Value>, name| object.get(name).unwrap_or(&Value::Null);
        return names
            .into_iter()
            .find_map(|name| difference(format!("{place} {name}"), at(left, name), at(right, name)));
    }
    Some((place, left, right))
}
