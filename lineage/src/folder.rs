//! The folder of a run.
//!
//! | file | what |
//! |---|---|
//! | `checkpoint.safetensors` | everything; resuming reads only this |
//! | `model.safetensors` | the parameters, derived from it, and the SHA-256 of the files that belong to them |
//! | `config.json` | the model's configuration, the settings and the text's identity, derived from it |
//! | `tokenizer.json`, of translators `source.json` and `target.json` | the tokenizers, derived from it |
//! | `metrics.csv` | losses and learning rates, derived from it |
//! | `.lock` | empty; locked while a program trains here |

use std::fmt::Display;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use nn::SavedRun;
use tensor::{Checkpoint, write_atomically};

use crate::config::{Config, Description};
use crate::kind::Kind;
use crate::seal::Seal;

/// The file of a run from which all others can be written.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// The file of a model's numbers.
pub const MODEL: &str = "model.safetensors";
/// The file of a model's configuration.
pub const CONFIG: &str = "config.json";
const LOCK: &str = ".lock";

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
        if !is_there(&path.join(CHECKPOINT))? {
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

    /// Refuses to go on with a run whose files would be written over a model that is not of this run. What is missing or
    /// damaged is written again.
    ///
    /// # Errors
    /// A sentence on what stands there.
    pub fn spare<K: Kind>(&self, config: &Config<K>) -> anyhow::Result<()> {
        let shown = self.path.display();
        let Ok(model) = Checkpoint::load(&self.path.join(MODEL)) else { return Ok(()) };
        let Some(seal) = Seal::of(&model) else { return Ok(()) };
        if seal.adopted {
            bail!(
                "the model in {shown} was put there by hand, and the run would write its own over it: move \
                 {MODEL}, {CONFIG} and the tokenizers into a folder of their own"
            );
        }
        let Ok(beside) = fs::read_to_string(self.path.join(CONFIG)) else { return Ok(()) };
        let same = |found: Config<K>| serde_json::to_value(found).ok() == serde_json::to_value(config).ok();
        if seal.fits(CONFIG, &beside) && !serde_json::from_str(&beside).is_ok_and(same) {
            bail!(
                "{CHECKPOINT} in {shown} is of another run than {MODEL} and {CONFIG} beside it, and would write its own \
                 over them: move it into a folder of its own, or restore the one of this run"
            );
        }
        Ok(())
    }

    /// Writes what is derived from the checkpoint; the model last, since it tells what belongs to it.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn derive<K: Kind>(&self) -> anyhow::Result<()> {
        let saved = self.load()?;
        let (Description { config, tokenizers, .. }, _) = Description::<K>::read(&saved, &self.checkpoint())?;
        let config = serde_json::to_string_pretty(&config)?;
        let tokenizers = K::TOKENIZERS.iter().copied().zip(tokenizers.iter().map(String::as_str));
        let files: Vec<(&str, &str)> = tokenizers.chain([(CONFIG, config.as_str())]).collect();
        for (file, content) in &files {
            write_atomically(&self.path.join(file), content.as_bytes())?;
        }
        write_atomically(&self.path.join("metrics.csv"), saved.progress.metrics_csv().as_bytes())?;
        let metadata = Seal::new(files.into_iter(), false).to_json();
        Ok(Checkpoint { arrays: saved.model(), metadata, ..Checkpoint::default() }.save(&self.path.join(MODEL))?)
    }
}

/// Whether something stands there.
///
/// # Errors
/// If the system does not let us look.
pub fn is_there(path: &Path) -> anyhow::Result<bool> {
    path.try_exists()
        .map_err(|error| anyhow!("{} cannot be looked at: {error}; check its permissions and links", path.display()))
}
