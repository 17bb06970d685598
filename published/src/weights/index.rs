//! Which of several files holds which tensors.

use std::collections::BTreeMap;
use std::path::{Component, Path};

use serde::Deserialize;

use super::unique;
use crate::error::{Error, brief};
use crate::source::{Source, damaged, from_json};

/// The name of an index.
pub const INDEX: &str = "model.safetensors.index.json";

/// The kind of the file, as errors call it.
pub(super) const KIND: &str = "index of safetensors files";

/// The largest in bytes: some hundred thousand names.
const LARGEST: u64 = 1 << 26;

/// What `model.safetensors.index.json` says.
#[derive(Debug)]
pub struct Index {
    /// Of each file the tensors in it.
    shards: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
struct Stored {
    #[serde(deserialize_with = "unique::tensors")]
    weight_map: BTreeMap<String, String>,
}

impl Index {
    /// Reads an index.
    ///
    /// # Errors
    /// [`Error::Read`], or as [`parse`](Self::parse).
    pub fn read(path: &Path) -> Result<Self, Error> {
        Index::parse(path, &Source::open(path, KIND)?.read_all(LARGEST)?)
    }

    /// The index with this content, in the name of `path`.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is no index, names no tensor or one twice, or names files elsewhere.
    pub fn parse(path: &Path, json: &[u8]) -> Result<Self, Error> {
        let Stored { weight_map } = from_json(path, KIND, json)?;
        if weight_map.is_empty() {
            return Err(damaged(path, KIND, "its `weight_map` names no tensor"));
        }
        let mut shards = BTreeMap::<String, Vec<String>>::new();
        for (tensor, shard) in weight_map {
            if !is_beside(&shard) {
                let reason = format!(
                    "it says that {} is in {}, which is no file in its own folder",
                    brief(&tensor),
                    data::quoted(&brief(&shard))
                );
                return Err(damaged(path, KIND, reason));
            }
            shards.entry(shard).or_default().push(tensor);
        }
        Ok(Self { shards })
    }

    /// The files in the order of their names, each with the tensors in it.
    pub fn shards(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.shards.iter().map(|(shard, tensors)| (&**shard, &**tensors))
    }
}

/// Whether a name is that of a file in the same folder, on every system.
fn is_beside(name: &str) -> bool {
    let mut components = Path::new(name).components();
    let is_one = matches!((components.next(), components.next()), (Some(Component::Normal(one)), None) if one == name);
    is_one && !name.contains(['/', '\\', ':', '\0'])
}
