//! A trained model, as it is read to be used.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use nn::SavedRun;
use report::progress::Progress;
use serde::Deserialize;
use stages::StageName;
use tensor::{Checkpoint, Parameters};

use super::config::{Config, Description, stale};
use super::folder::{self, Folder};
use super::names::{CHECKPOINT, CONFIG, MODEL};
use super::seal::{Seal, again};
use crate::kind::Kind;
use crate::kind::text::TextId;
use crate::kind::validation::Validation;
use crate::memory;

/// The files of a model that can be used, read and found to fit each other.
pub struct Trained<K: Kind> {
    /// What it is.
    pub config: Config<K>,
    /// Its structure.
    pub model: K::Model,
    /// Its numbers.
    pub parameters: Parameters,
    /// How it reads and writes, one for each of [`Kind::TOKENIZERS`].
    pub tokenizers: Vec<K::Tokenizer>,
}

impl<K: Kind> Trained<K> {
    /// Reads `model.safetensors`, `config.json` and the tokenizers; of the checkpoint it knows nothing.
    ///
    /// # Errors
    /// If one of them is missing, damaged, or belongs to another model.
    pub fn load(path: &Path, progress: Progress) -> anyhow::Result<Self> {
        let shown = path.display();
        let files = Files::read::<K>(path)?;
        let model = model_of(path, Checkpoint::load)?;
        let seal = Seal::of(&model);
        let trained = files.fit::<K>(path, model)?;
        match seal {
            Some(seal) => {
                for (name, content) in files.named() {
                    seal.confirm(path, name, content)?;
                }
            }
            None if trained.config.version.is_some() => bail!(
                "{} was not written by lineage, which writes into it what belongs to it: restore it, move it away and {}, \
                 or say that you put it there on purpose by `lineage adopt {shown}`",
                path.join(MODEL).display(),
                again(path)
            ),
            None => progress.say(&format!(
                "the model in {shown} is of an earlier version, which wrote no hashes: whether its files belong together \
                 cannot be told"
            )),
        }
        Ok(trained)
    }

    /// Takes the files in a folder for those of one model, and binds them.
    ///
    /// # Errors
    /// If they cannot be used together, or not be written.
    pub fn adopt(path: &Path) -> anyhow::Result<()> {
        let files = Files::read::<K>(path)?;
        let _alone = Folder::adopt(path)?;
        let mut model = model_of(path, Checkpoint::load_unconfirmed)?;
        files.fit::<K>(path, model.clone())?;
        model.metadata = Seal::new(files.named(), true).to_json();
        Ok(model.save(&path.join(MODEL))?)
    }
}

/// The contents of the text files of a model.
struct Files {
    config: String,
    tokenizers: Vec<String>,
    names: &'static [&'static str],
}

impl Files {
    fn read<K: Kind>(path: &Path) -> anyhow::Result<Self> {
        let config = read(path, &path.join(CONFIG))?;
        let tokenizers = K::TOKENIZERS.iter().map(|file| read(path, &path.join(file)));
        Ok(Files { config, tokenizers: tokenizers.collect::<Result<_, _>>()?, names: K::TOKENIZERS })
    }

    /// Each with its name.
    fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        let tokenizers = self.names.iter().copied().zip(self.tokenizers.iter().map(String::as_str));
        std::iter::once((CONFIG, self.config.as_str())).chain(tokenizers)
    }

    /// The model that they describe, with these numbers.
    fn fit<K: Kind>(&self, path: &Path, numbers: Checkpoint) -> anyhow::Result<Trained<K>> {
        let (config_path, model_path) = (path.join(CONFIG), path.join(MODEL));
        let config: Config<K> = serde_json::from_str(&self.config).map_err(|error| stale(&config_path, &error))?;
        config.validate().map_err(|error| anyhow!("{}: {error}", config_path.display()))?;
        let tokenizers = config.tokenizers(&self.tokenizers, |name| path.join(name))?;
        memory::check_size(K::parameter_count(&config.model), 1.0, "close other programs, or use a machine with more")?;
        let (model, mut parameters) = K::unset(&config.model)?;
        let spoiled = numbers.not_finite().map(str::to_owned);
        numbers.into_parameters("", &mut parameters, &model_path)?;
        if let Some(name) = spoiled {
            bail!(
                "{}: {name} has numbers that are not finite, so the file is damaged; restore it, or {}",
                model_path.display(),
                again(path)
            );
        }
        Ok(Trained { config, model, parameters, tokenizers })
    }
}

/// The numbers of the model in a folder, which may not be there yet.
fn model_of(path: &Path, load: fn(&Path) -> Result<Checkpoint, tensor::Error>) -> anyhow::Result<Checkpoint> {
    let model = path.join(MODEL);
    if !folder::is_there(&model)? {
        bail!("there is no model in {} yet: it has no {MODEL}; {}", path.display(), again(path));
    }
    load(&model).map_err(|error| anyhow!("{error}, or {}", again(path)))
}

/// What the model in a folder was trained on: what is built in, or a file if it still stands where it was read and says
/// what it said, and the files that it and what judges it stand in. Hashes decide, whatever it is called.
///
/// # Errors
/// If it does not, or the folder does not tell where it was.
pub fn trained_on<K: Kind>(
    path: &Path,
    config: &Config<K>,
    progress: Progress,
) -> anyhow::Result<(K::Data, [Option<PathBuf>; 2])> {
    let (shown, known, share) = (path.display(), &config.text, config.validation.share());
    let built_in = K::read(&config.settings, None)?;
    if let Some(share) = share.filter(|_| K::id(&built_in).sha256 == known.sha256) {
        return Ok((K::judged_by(built_in, Validation::Share(share))?, [None, None]));
    }
    let checkpoint = path.join(CHECKPOINT);
    if !folder::is_there(&checkpoint)? {
        if config.published.is_some() {
            bail!(
                "the model in {shown} was trained by others, and not on what is built in: give a text of your own with --{}",
                K::flag(&config.settings)
            );
        }
        bail!(
            "the model in {shown} was trained on {}, and where that is stood in checkpoint.safetensors, which is missing: \
             give it with --{}",
            known.name,
            K::flag(&config.settings)
        );
    }
    let (description, _) = Description::<K>::read(&SavedRun::load(&checkpoint)?, &checkpoint)?;
    if description.text_path.is_none() && description.config.text == *known {
        progress.say(&format!("the model in {shown} was trained on other {}: these have changed since", known.name));
        let data = K::judged_by(built_in, share.map_or_else(Validation::default, Validation::Share))?;
        return Ok((data, [None, None]));
    }
    let paths = [description.text_path, description.validation_path];
    let resume = format!("`lineage train --resume {shown} --validation FILE`");
    let data = read_again::<K>(path, config, paths.each_ref().map(Option::as_deref), &resume)?;
    Ok((data, paths))
}

/// Reads what the run in a folder is trained on and judged by, from these places; `with` says how to give another for what it
/// is judged by.
///
/// # Errors
/// If it cannot be read, or says something else than it did.
pub fn read_again<K: Kind>(
    folder: &Path,
    Config { text, validation, settings, .. }: &Config<K>,
    [path, validation_path]: [Option<&Path>; 2],
    with: &str,
) -> anyhow::Result<K::Data> {
    let flag = format!("--{}", K::flag(settings));
    let data = read_known::<K>(folder, settings, text, path, ("trained on", &flag))?;
    let validation = match validation {
        Validation::Share(share) => Validation::Share(*share),
        Validation::File(known) => {
            Validation::File(read_known::<K>(folder, settings, known, validation_path, ("judged by", with))?)
        }
    };
    K::judged_by(data, validation)
}

/// Reads what a run is trained on, or judged by, if it says what it did; `with` says how to tell where it is now.
fn read_known<K: Kind>(
    folder: &Path,
    settings: &K::Settings,
    known: &TextId,
    path: Option<&Path>,
    (does, with): (&str, &str),
) -> anyhow::Result<K::Data> {
    let shown = folder.display();
    let data = K::read(settings, path)
        .map_err(|error| anyhow!("{error}, or give what the run in {shown} is {does} with {with}"))?;
    let found = K::id(&data);
    if found.sha256 != known.sha256 {
        bail!(
            "{} is not what the run in {shown} is {does}: its SHA-256 is {}, not {} ({}); give that file with {with}",
            path.map_or(found.name, |path| path.display().to_string()),
            found.sha256,
            known.sha256,
            known.name,
        );
    }
    Ok(data)
}

/// The stage of the model in a folder.
///
/// # Errors
/// If there is none, or it is not one of this program.
pub fn stage(path: &Path) -> anyhow::Result<StageName> {
    let config_path = path.join(CONFIG);
    let config: Result<AnyConfig, _> = serde_json::from_str(&read(path, &config_path)?);
    Ok(config.map_err(|error| stale(&config_path, &error))?.model.stage)
}

/// The stage of the run that a checkpoint is of.
///
/// # Errors
/// If it is not one of a run of this program.
pub fn stage_of(saved: &SavedRun, path: &Path) -> anyhow::Result<StageName> {
    let stage = AnyDescription::deserialize(&saved.description).map(|description| description.config.model.stage);
    stage.map_err(|error| stale(path, &error))
}

/// As much of a [`Description`] as tells which kind it is of.
#[derive(Deserialize)]
struct AnyDescription {
    config: AnyConfig,
}

#[derive(Deserialize)]
struct AnyConfig {
    model: AnyModel,
}

#[derive(Deserialize)]
struct AnyModel {
    stage: StageName,
}

fn read(model: &Path, path: &Path) -> anyhow::Result<String> {
    folder::read_text(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "there is no model in {}: it has no {}; give the folder that `lineage train` wrote",
            model.display(),
            path.file_name().unwrap_or_default().display()
        ),
        ErrorKind::NotADirectory => {
            anyhow!("{} is a file: give the folder that `lineage train` wrote", model.display())
        }
        ErrorKind::PermissionDenied => anyhow!("{} cannot be read: {error}; make it readable", path.display()),
        _ => {
            anyhow!("{} cannot be read: {error}; {}, restore it or train again", path.display(), files::way_out(&error))
        }
    })
}
