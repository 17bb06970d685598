//! The folder of a run.
//!
//! | file | what |
//! |---|---|
//! | `checkpoint.safetensors` | everything; resuming reads only this |
//! | `model.safetensors` | the parameters, derived from it |
//! | `config.json` | the model's configuration, the settings and the text's identity, derived from it |
//! | `tokenizer.json`, of translators `source.json` and `target.json` | the tokenizers, derived from it |
//! | `metrics.csv` | losses and learning rates, derived from it |
//! | `.lock` | empty; locked while a program trains here |

use std::fmt::Display;
use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use benches::progress::Progress;
use nn::SavedRun;
use serde::{Deserialize, Serialize};
use tensor::{Array, Checkpoint, Parameters, write_atomically};

use crate::kind::{AnyStage, Kind};
use crate::settings::Training;
use crate::text::TextId;

const CHECKPOINT: &str = "checkpoint.safetensors";
const CONFIG: &str = "config.json";
const LOCK: &str = ".lock";

/// What `config.json` holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, bound = "")]
pub struct Config<K: Kind> {
    /// From which the model is built.
    pub model: K::Architecture,
    /// What was asked for.
    pub settings: K::Settings,
    /// How it was trained.
    pub training: Training,
    /// What it was trained on.
    pub text: TextId,
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
}

impl<K: Kind> Description<K> {
    /// The tokenizers.
    ///
    /// # Errors
    /// If one was changed by hand.
    pub fn load_tokenizers(&self) -> anyhow::Result<Vec<K::Tokenizer>> {
        self.tokenizers.iter().map(|json| K::tokenizer(json)).collect()
    }
}

/// The folder of a run, for as long as this program alone trains in it.
pub struct Folder {
    path: PathBuf,
    /// Its lock goes when it is closed, however the program ends.
    _lock: File,
}

impl Folder {
    /// A new folder, with those above it. An empty one will do.
    ///
    /// # Errors
    /// If something stands there already, or the system refuses.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        if path.join(CHECKPOINT).exists() {
            bail!(
                "{shown} holds another run, which was left alone: go on with it by --resume {shown}, or choose another folder with --out"
            );
        }
        fs::create_dir_all(path)
            .map_err(|error| anyhow!("{shown} cannot be made a folder: {error}; choose another with --out"))?;
        let entries = fs::read_dir(path)
            .map_err(|error| anyhow!("{shown} cannot be read: {error}; choose another folder with --out"))?;
        // A run that was killed in its first moment leaves a part of a file, which holds nothing.
        let partial = |entry: &fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "partial");
        if entries.flatten().any(|entry| !partial(&entry) && entry.file_name() != LOCK) {
            bail!("{shown} is not empty and holds no run, so it was left alone: choose another folder with --out");
        }
        Folder::lock(path)
    }

    /// The first of `runs/STAGE`, `runs/STAGE-2`, .. where nothing stands yet.
    pub fn unused(stage: impl Display) -> PathBuf {
        let names = (1..).map(|n| if n == 1 { stage.to_string() } else { format!("{stage}-{n}") });
        let mut paths = names.map(|name| Path::new("runs").join(name));
        paths.find(|path| !path.exists()).unwrap_or_default()
    }

    /// The folder of a run that has begun.
    ///
    /// # Errors
    /// If there is no checkpoint in it.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        if !path.join(CHECKPOINT).exists() {
            bail!(
                "there is no run in {}: it has no checkpoint.safetensors; give the folder that training wrote",
                path.display()
            );
        }
        Folder::lock(path)
    }

    fn lock(path: &Path) -> anyhow::Result<Self> {
        let lock = path.join(LOCK);
        let lock = File::create(&lock)
            .map_err(|error| anyhow!("cannot write {}: {error}; choose another folder with --out", lock.display()))?;
        // A file system without locks lets everybody in.
        if let Err(TryLockError::WouldBlock) = lock.try_lock() {
            bail!("another lineage trains in {}: wait until it has ended, or choose another folder", path.display());
        }
        Ok(Folder { path: path.to_owned(), _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The one source of truth.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join(CHECKPOINT)
    }

    /// Reads the checkpoint.
    ///
    /// # Errors
    /// If it is damaged, or not one of a run.
    pub fn load(&self) -> anyhow::Result<SavedRun> {
        Ok(SavedRun::load(&self.checkpoint())?)
    }

    /// The stage of the run that a checkpoint is of.
    ///
    /// # Errors
    /// If it is not one of a run of this program.
    pub fn stage(&self, saved: &SavedRun) -> anyhow::Result<AnyStage> {
        let stage = AnyDescription::deserialize(&saved.description).map(|description| description.config.model.stage);
        stage.map_err(|error| stale(&self.checkpoint(), &error))
    }

    /// What a checkpoint holds besides the state of the trainer.
    ///
    /// # Errors
    /// If it is not one of a run of this kind.
    pub fn description<K: Kind>(&self, saved: &SavedRun) -> anyhow::Result<Description<K>> {
        Description::deserialize(&saved.description).map_err(|error| stale(&self.checkpoint(), &error))
    }

    /// Writes what is derived from the checkpoint.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn derive<K: Kind>(&self) -> anyhow::Result<()> {
        let saved = self.load()?;
        let Description { config, tokenizers, .. } = self.description::<K>(&saved)?;
        let (_, mut parameters) = K::build(&config.model, config.training.seed)?;
        saved.restore_parameters(&mut parameters)?;
        let mut model = Checkpoint::default();
        model.insert_parameters("", &parameters);
        for (file, content) in K::TOKENIZERS.iter().zip(&tokenizers) {
            write_atomically(&self.path.join(file), content.as_bytes())?;
        }
        write_atomically(&self.path.join(CONFIG), serde_json::to_string_pretty(&config)?.as_bytes())?;
        write_atomically(&self.path.join("metrics.csv"), saved.progress.metrics_csv().as_bytes())?;
        Ok(model.save(&self.path.join("model.safetensors"))?)
    }
}

/// A model that can be used.
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
    pub fn load(path: &Path) -> anyhow::Result<Self> {
        let config_path = path.join(CONFIG);
        let config: Config<K> =
            serde_json::from_str(&read(path, &config_path)?).map_err(|error| stale(&config_path, &error))?;
        let mut tokenizers = Vec::new();
        for file in K::TOKENIZERS {
            let tokenizer = K::tokenizer(&read(path, &path.join(file))?);
            tokenizers.push(tokenizer.map_err(|error| anyhow!("{}: {error}", path.join(file).display()))?);
        }
        for (file, [known, wanted]) in K::TOKENIZERS.iter().zip(K::vocabularies(&tokenizers, &config.model)) {
            if known != wanted {
                bail!(
                    "{} has {known} tokens where the model has {wanted}: it belongs to another model; restore the file or train again",
                    path.join(file).display()
                );
            }
        }
        let model_path = path.join("model.safetensors");
        let built = K::build(&config.model, config.training.seed);
        let (model, mut parameters) = built.map_err(|error| anyhow!("{}: {error}", config_path.display()))?;
        Checkpoint::load(&model_path)?.restore_parameters("", &mut parameters, &model_path)?;
        let spoiled = |array: &Array| array.iter().any(|number| !number.is_finite());
        if let Some((_, parameter)) = parameters.iter().find(|(_, parameter)| spoiled(parameter.value())) {
            bail!(
                "{}: {} has numbers that are not finite, so the file is damaged; restore it, or write it again from the \
                 checkpoint by `lineage train --resume {}`",
                model_path.display(),
                parameter.name(),
                path.display()
            );
        }
        Ok(Trained { config, model, parameters, tokenizers })
    }
}

/// What the model in a folder was trained on: what is built in, or a file if it still stands where it was read and says
/// what it said.
///
/// # Errors
/// If it does not, or the folder does not tell where it was.
pub fn trained_on<K: Kind>(path: &Path, known: &TextId, progress: Progress) -> anyhow::Result<K::Data> {
    let shown = path.display();
    let built_in = K::read(None)?;
    let TextId { name, sha256 } = K::id(&built_in);
    if name == known.name {
        if sha256 != known.sha256 {
            progress.say(&format!("the model in {shown} was trained on other {name}: these have changed since"));
        }
        return Ok(built_in);
    }
    let checkpoint = path.join(CHECKPOINT);
    if !checkpoint.exists() {
        bail!(
            "the model in {shown} was trained on {}, and where that is stood in checkpoint.safetensors, which is missing: \
             give it with --{}",
            known.name,
            K::FLAG
        );
    }
    let description = Description::<K>::deserialize(&SavedRun::load(&checkpoint)?.description);
    let description = description.map_err(|error| stale(&checkpoint, &error))?;
    read_again::<K>(path, known, description.text_path.as_deref())
}

/// Reads what the run in a folder is trained on.
///
/// # Errors
/// If it cannot be read, or says something else than it did.
pub fn read_again<K: Kind>(folder: &Path, known: &TextId, path: Option<&Path>) -> anyhow::Result<K::Data> {
    let shown = folder.display();
    let data = K::read(path)
        .map_err(|error| anyhow!("{error}, or give what the run in {shown} is trained on with --{}", K::FLAG))?;
    let found = K::id(&data);
    if found.sha256 != known.sha256 {
        bail!(
            "{} is not what the run in {shown} is trained on: its SHA-256 is {}, not {} ({}); give that file with --{}",
            path.map_or(found.name, |path| path.display().to_string()),
            found.sha256,
            known.sha256,
            known.name,
            K::FLAG,
        );
    }
    Ok(data)
}

/// The stage of the model in a folder.
///
/// # Errors
/// If there is none, or it is not one of this program.
pub fn stage(path: &Path) -> anyhow::Result<AnyStage> {
    let config_path = path.join(CONFIG);
    let config: Result<AnyConfig, _> = serde_json::from_str(&read(path, &config_path)?);
    Ok(config.map_err(|error| stale(&config_path, &error))?.model.stage)
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
    stage: AnyStage,
}

fn read(folder: &Path, path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => anyhow!(
            "there is no model in {}: it has no {}; give the folder that `lineage train` wrote",
            folder.display(),
            path.file_name().unwrap_or_default().display()
        ),
        ErrorKind::NotADirectory => {
            anyhow!("{} is a file: give the folder that `lineage train` wrote", folder.display())
        }
        _ => anyhow!("{} cannot be read: {error}; restore it, check its permissions or train again", path.display()),
    })
}

fn stale(path: &Path, error: &serde_json::Error) -> anyhow::Error {
    anyhow!("{} was not written by this version of lineage ({error}): restore it, or train again", path.display())
}
