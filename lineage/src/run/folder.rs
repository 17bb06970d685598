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

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use files::lock::{self, Lock, LockError};
use files::{Made, partials, write_atomically};
use nn::SavedRun;
use tensor::{Array, Checkpoint};

use super::config::{Config, Description};
use super::names::{CHECKPOINT, CONFIG, METRICS, MODEL};
use super::seal::Seal;
use crate::kind::Kind;
use crate::kind::language::Language;
use crate::kind::translation::Translation;

/// The folder of a run, for as long as this program alone trains in it.
pub struct Folder {
    path: PathBuf,
    /// What was made for it and is removed if nothing is saved.
    made: Made,
    /// Its lock goes when it is closed, however the program ends.
    _lock: Lock,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !self.made.is_empty() && !self.checkpoint().exists() && !self.path.join(MODEL).exists() {
            self.made.discard();
        }
    }
}

impl Folder {
    /// A new folder, with those above it. An empty one will do.
    ///
    /// # Errors
    /// If something stands there already, or the system refuses.
    pub fn create(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        if is_there(&path.join(CHECKPOINT))? {
            bail!(
                "{shown} holds another run, which was left alone: go on with it by --resume {shown}, or choose another folder with --out"
            );
        }
        let made = Made::make(path)
            .map_err(|error| anyhow!("{shown} cannot be made a folder: {error}; choose another with --out"))?;
        Folder::begin(path, made)
    }

    /// The first of `runs/STAGE`, `runs/STAGE-2`, .. where nothing stands yet; runs that begin at once take one each.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn unused(stage: impl Display) -> anyhow::Result<Self> {
        let refused = |path: &Path, error: io::Error| {
            anyhow!("{} cannot be made a folder: {error}; choose another with --out", path.display())
        };
        let runs = Path::new("runs");
        let made = Made::make(runs).map_err(|error| refused(runs, error))?;
        let mut number = 1;
        loop {
            let name = if number == 1 { stage.to_string() } else { format!("{stage}-{number}") };
            let path = runs.join(name);
            match fs::create_dir(&path) {
                Ok(()) => return Folder::begin(&path, made.and(&path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(refused(&path, error)),
            }
        }
    }

    /// A folder in which nothing stands yet.
    fn begin(path: &Path, made: Made) -> anyhow::Result<Self> {
        let locked = || {
            check_empty(path)?;
            let folder = Folder::lock(path, ", or choose another folder with --out")?;
            // Another run may have come and gone since.
            check_empty(path)?;
            Ok(folder)
        };
        let mut folder = locked().inspect_err(|_: &anyhow::Error| made.undo())?;
        folder.made = made;
        Ok(folder)
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
        Folder::lock(path, ", or copy the folder to where you may write")
    }

    /// The folder of a model that somebody has put there, for as long as it is changed.
    ///
    /// # Errors
    /// If a program trains in it, or the system refuses.
    pub fn adopt(path: &Path) -> anyhow::Result<Self> {
        Folder::lock(path, ", or copy the folder to where you may write")
    }

    fn lock(path: &Path, or: &str) -> anyhow::Result<Self> {
        let shown = path.display();
        let lock = Lock::take(path).map_err(|error| match error {
            LockError::Held => {
                anyhow!("another lineage trains in {shown}: wait until it has ended, or choose another folder")
            }
            LockError::Foreign { path } => anyhow!("{} is not a file of lineage: move it away", path.display()),
            LockError::Refused { path, source } => {
                anyhow!("cannot write {}: {source}; {}{or}", path.display(), files::way_out(&source))
            }
        })?;
        let folder = Folder { path: path.to_owned(), made: Made::default(), _lock: lock };
        for left in folder.files().flat_map(|file| partials(&file).unwrap_or_default()) {
            // Whoever cannot remove it cannot write here either, and will be told.
            let _ = fs::remove_file(left);
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What runs write here, of whichever kind.
    fn files(&self) -> impl Iterator<Item = PathBuf> {
        let tokenizers = [Language::TOKENIZERS, Translation::TOKENIZERS].concat();
        [CHECKPOINT, MODEL, CONFIG, METRICS].into_iter().chain(tokenizers).map(|file| self.path.join(file))
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
        let model = match Checkpoint::load(&self.path.join(MODEL)) {
            Ok(model) => model,
            Err(tensor::Error::Read { path, source }) if source.kind() != ErrorKind::NotFound => {
                return Err(unseen(&path, &source));
            }
            Err(_) => return Ok(()),
        };
        let Some(seal) = Seal::of(&model) else {
            if config.version.is_none() {
                return Ok(());
            }
            bail!(
                "{MODEL} in {shown} was not written by lineage, and the run would write its own over it: move it away, or \
                 move it with {CONFIG} and the tokenizers into a folder of their own and say `lineage adopt` of that"
            );
        };
        if seal.adopted {
            bail!(
                "the model in {shown} was put there by hand, and the run would write its own over it: move \
                 {MODEL}, {CONFIG} and the tokenizers into a folder of their own"
            );
        }
        if seal.fits(CONFIG, &config.to_json()?) {
            return Ok(());
        }
        let beside = match read_text(&self.path.join(CONFIG)) {
            Ok(beside) => beside,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => String::new(),
            Err(error) => return Err(unseen(&self.path.join(CONFIG), &error)),
        };
        if !seal.fits(CONFIG, &beside) {
            bail!(
                "{MODEL} in {shown} is of another run than {CHECKPOINT}, which would write its own over it: move {MODEL} \
                 away, back to the files that belong to it"
            );
        }
        // As an earlier version wrote it.
        let same = |found: Config<K>| serde_json::to_value(found).ok() == serde_json::to_value(config).ok();
        if !serde_json::from_str(&beside).is_ok_and(same) {
            bail!(
                "{CHECKPOINT} in {shown} is of another run than {MODEL} and {CONFIG} beside it, and would write its own \
                 over them: move it into a folder of its own, or restore the one of this run"
            );
        }
        Ok(())
    }

    /// Refuses to go on with a run whose files would take the places of links.
    ///
    /// # Errors
    /// A sentence that names the first of them.
    pub fn keep_links(&self) -> anyhow::Result<()> {
        match self.files().find(|path| path.is_symlink()) {
            Some(link) => bail!(
                "{} is a link, and the run would put a file of its own in its place: move it away",
                link.display()
            ),
            None => Ok(()),
        }
    }

    /// Writes what is derived from the checkpoint; the model last, since it tells what belongs to it.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn derive<K: Kind>(&self) -> anyhow::Result<()> {
        let saved = SavedRun::load_model(&self.checkpoint())?;
        let (Description { config, tokenizers, .. }, _) = Description::<K>::read(&saved, &self.checkpoint())?;
        write_atomically(&self.path.join(METRICS), saved.progress.metrics_csv().as_bytes())?;
        self.write(&config, &tokenizers, saved.model())
    }

    /// Writes a model's files, the numbers last, bound to each other.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn write<K: Kind>(
        &self,
        config: &Config<K>,
        tokenizers: &[String],
        arrays: BTreeMap<String, Array>,
    ) -> anyhow::Result<()> {
        let config = config.to_json()?;
        let tokenizers = K::TOKENIZERS.iter().copied().zip(tokenizers.iter().map(String::as_str));
        let files: Vec<(&str, &str)> = tokenizers.chain([(CONFIG, config.as_str())]).collect();
        for (file, content) in &files {
            write_atomically(&self.path.join(file), content.as_bytes())?;
        }
        let metadata = Seal::new(files.into_iter(), false).to_json();
        Ok(Checkpoint { arrays, metadata, ..Checkpoint::default() }.save(&self.path.join(MODEL))?)
    }
}

/// Refuses a folder that holds more than a run leaves that was killed in its first moment: its lock, and a part of its
/// first file.
fn check_empty(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    let entries = fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let entries =
        entries.map_err(|error| anyhow!("{shown} cannot be read: {error}; choose another folder with --out"))?;
    let partials = partials(&path.join(CHECKPOINT)).unwrap_or_default();
    let ours = |entry: &fs::DirEntry| match entry.file_name() {
        name if name == lock::NAME => lock::is_ours(&entry.path()),
        _ => partials.contains(&entry.path()),
    };
    if !entries.iter().all(ours) {
        bail!("{shown} is not empty and holds no run, so it was left alone: choose another folder with --out");
    }
    Ok(())
}

/// The text in a file. What is neither a file nor a folder could keep whoever reads it for ever.
///
/// # Errors
/// If the system refuses, or it is no such text.
pub fn read_text(path: &Path) -> io::Result<String> {
    let found = fs::metadata(path)?;
    match found.is_file() || found.is_dir() {
        true => fs::read_to_string(path),
        false => Err(io::Error::other("it is no file but a device or a pipe")),
    }
}

/// Whether anything has this name; that the system does not let it be seen is an error.
///
/// # Errors
/// If the system does not let us look.
pub fn is_there(path: &Path) -> anyhow::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        // What is above it is missing, or a file.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(false),
        Err(error) => Err(unseen(path, &error)),
    }
}

/// Says that nobody knows what stands there.
fn unseen(path: &Path, error: &io::Error) -> anyhow::Error {
    anyhow!("{} cannot be looked at: {error}; check the permissions and links there and above", path.display())
}
