//! Which files belong to a model: their SHA-256 stands in `model.safetensors`, which holds its own too.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::bail;
use serde::{Deserialize, Serialize};
use tensor::Checkpoint;

use super::names::CHECKPOINT;

/// What the metadata of a model's file say.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Whether somebody has put these files together by hand and said so.
    pub adopted: bool,
    /// The SHA-256 of each file that belongs to the model, by its name.
    sha256: BTreeMap<String, String>,
}

impl Seal {
    /// Binds files, given by name and content.
    pub fn new<'f>(files: impl Iterator<Item = (&'f str, &'f str)>, adopted: bool) -> Self {
        Seal { adopted, sha256: files.map(|(name, content)| (name.to_owned(), files::sha256(content))).collect() }
    }

    /// The metadata for the model's file.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("strings have a JSON form")
    }

    /// What a model's file says; nothing if another program wrote it, or lineage before it wrote hashes.
    pub fn of(model: &Checkpoint) -> Option<Self> {
        if model.sealed { serde_json::from_str(&model.metadata).ok() } else { None }
    }

    /// Whether a file is the one that belongs to the model.
    pub fn fits(&self, name: &str, content: &str) -> bool {
        self.sha256.get(name).is_some_and(|known| *known == files::sha256(content))
    }

    /// Refuses a file that does not belong to the model.
    ///
    /// # Errors
    /// A sentence that names it, and the ways out.
    pub fn confirm(&self, folder: &Path, name: &str, content: &str) -> anyhow::Result<()> {
        if !self.fits(name, content) {
            bail!(
                "{} is not the file that belongs to the model beside it, by its SHA-256: restore it, {}, or say that you \
                 changed it on purpose by `lineage adopt {}`",
                folder.join(name).display(),
                again(folder),
                folder.display()
            );
        }
        Ok(())
    }
}

/// How the files of a model come to be written again.
pub fn again(path: &Path) -> String {
    match path.join(CHECKPOINT).exists() {
        true => format!("write it from the checkpoint by `lineage train --resume {}`", path.display()),
        false => "train again, since there is no checkpoint beside it".to_owned(),
    }
}
