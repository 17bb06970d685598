//! The tensors of a published model, by name, read one at a time.
//!
//! A model is loaded in three steps. [`Weights::open`] reads what the files say of their tensors, and no numbers.
//! [`expect`](Weights::expect) names what the model needs; [`check`](Weights::check) then compares that with what there is,
//! and tells all differences in one sentence. [`read`](Weights::read) reads a tensor as
//! [`Real`], so that at no time more than one is in memory besides those that the model has taken.
//!
//! ```no_run
//! use published::weights::{Names, Weights};
//!
//! let mut weights = Weights::open("gpt2".as_ref())?.named(Names {
//!     prefixes: &["", "transformer."],
//!     anchor: "wte.weight",
//!     outside: &["lm_head"],
//!     ignored: &["attn.bias", "attn.masked_bias"],
//!     ..Names::default()
//! });
//! weights.expect("wte.weight", &[50257, 768]);
//! weights.expect("wpe.weight", &[1024, 768]);
//! weights.check()?;
//! let embeddings = weights.read("wte.weight")?;
//! # Ok::<(), published::Error>(())
//! ```

mod folder;
mod header;
mod index;
mod names;
mod stored;
mod unique;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ndarray::ArrayD;
use tensor::Real;

pub use index::{INDEX, Index};
pub use names::Names;
pub(crate) use stored::{Order, Stored};

use crate::error::{Error, Mismatch, brief};
use crate::source::Source;
use folder::Found;

/// The name of a file of weights that is all of a model.
pub const MODEL: &str = "model.safetensors";

/// The kind of its files, as errors call it.
const KIND: &str = "safetensors file";

/// What helps if files contradict each other.
const OF_ONE_MODEL: &str = "get all files of one model again";

/// The tensors in a model's files.
#[derive(Debug)]
pub struct Weights {
    /// The folder or file.
    path: PathBuf,
    files: Vec<Source>,
    tensors: BTreeMap<String, Stored>,
    names: Names,
    /// What stands before the names of this file.
    prefix: &'static str,
    /// What the model needs, by the names of the file.
    expected: BTreeMap<String, Vec<usize>>,
    /// What it can do without.
    left_out: BTreeSet<String>,
}

impl Weights {
    /// What a folder holds: `model.safetensors`, or all files that `model.safetensors.index.json` names, or the only file
    /// that ends with `.safetensors`.
    ///
    /// # Errors
    /// If there is no such file, or one cannot be read, is damaged or contradicts the index.
    pub fn open(folder: &Path) -> Result<Self, Error> {
        let mut weights = Weights::of(folder, Vec::new(), BTreeMap::new());
        match folder::find(folder)? {
            Found::Model(path) => weights.add(Source::open(&path, KIND)?)?,
            Found::Index(path) => {
                let index = Index::read(&path)?;
                for (shard, names) in index.shards() {
                    weights.add(folder::open_shard(folder, shard, &path)?)?;
                    let file = weights.files.len() - 1;
                    let is_there = |name: &&String| weights.tensors.get(*name).is_some_and(|found| found.file == file);
                    if let Some(lacking) = names.iter().find(|name| !is_there(name)) {
                        return Err(Error::Refused {
                            path,
                            what: format!("says that {} is in {}, where it is not", brief(lacking), brief(shard)),
                            way_out: OF_ONE_MODEL.to_owned(),
                        });
                    }
                }
            }
        }
        Ok(weights)
    }

    /// Tensors whose places in these files are known.
    pub(crate) fn of(path: &Path, files: Vec<Source>, tensors: BTreeMap<String, Stored>) -> Self {
        Weights {
            path: path.into(),
            files,
            tensors,
            names: Names::default(),
            prefix: "",
            expected: BTreeMap::new(),
            left_out: BTreeSet::new(),
        }
    }

    /// Adds the tensors of a file.
    fn add(&mut self, mut file: Source) -> Result<(), Error> {
        for (name, info) in header::read(&mut file)? {
            let stored = Stored { file: self.files.len(), order: Order::AsItIs, ..info };
            if let Some(other) = self.tensors.get(&name) {
                let other = self.files[other.file].path.file_name().unwrap_or_default().display();
                return Err(Error::Refused {
                    path: file.path,
                    what: format!("holds {}, which {other} holds too", brief(&name)),
                    way_out: OF_ONE_MODEL.to_owned(),
                });
            }
            self.tensors.insert(name, stored);
        }
        self.files.push(file);
        Ok(())
    }

    /// From now on names are those that the family gives its tensors.
    pub fn named(mut self, names: Names) -> Self {
        self.prefix = names.prefix(|name| self.tensors.contains_key(name), self.tensors.keys());
        self.names = names;
        self
    }

    /// The folder or file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All tensors, under the names of the file, and their shapes.
    pub fn tensors(&self) -> impl Iterator<Item = (&str, &[usize])> {
        self.tensors.iter().map(|(name, stored)| (&**name, &*stored.shape))
    }

    /// Whether there is a tensor of this name.
    pub fn contains(&self, name: &str) -> bool {
        self.tensors.contains_key(&self.stored_name(name))
    }

    /// The shape of a tensor, if there is one of this name.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(&self.tensors.get(&self.stored_name(name))?.shape)
    }

    /// The model needs this tensor of this shape.
    pub fn expect(&mut self, name: &str, shape: &[usize]) {
        self.expected.insert(self.stored_name(name), shape.to_vec());
    }

    /// The model does without this tensor, if it is there.
    pub fn leave_out(&mut self, name: &str) {
        self.left_out.insert(self.stored_name(name));
    }

    /// Compares what there is with what was expected.
    ///
    /// # Errors
    /// [`Error::Mismatch`] with all tensors that are missing, of another shape, of numbers that are not read here, or that
    /// nobody expected, left out or ignores.
    pub fn check(&self) -> Result<(), Error> {
        let mut mismatch = Mismatch { path: self.path.clone(), ..Mismatch::default() };
        for (name, shape) in &self.expected {
            match self.tensors.get(name) {
                None => mismatch.missing.push(name.clone()),
                Some(found) if found.shape != *shape => {
                    mismatch.misshapen.push((name.clone(), found.shape.clone(), shape.clone()));
                }
                Some(found) if found.numbers().is_none() => {
                    mismatch.unread.push((name.clone(), found.dtype.to_string()));
                }
                Some(_) => {}
            }
        }
        let is_used = |name: &&String| {
            self.expected.contains_key(*name) || self.left_out.contains(*name) || self.names.ignores(name, self.prefix)
        };
        mismatch.unused = self.tensors.keys().filter(|name| !is_used(name)).cloned().collect();
        if mismatch.is_empty() { Ok(()) } else { Err(Box::new(mismatch).into()) }
    }

    /// Reads a tensor that [`check`](Self::check) has found to be as expected.
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`], or [`Error::NotFinite`] with the first such weight.
    ///
    /// # Panics
    /// If there is no such tensor, or it is of numbers that are not read here.
    #[track_caller]
    pub fn read(&mut self, name: &str) -> Result<ArrayD<Real>, Error> {
        let stored_name = self.stored_name(name);
        let Some(stored) = self.tensors.get(&stored_name) else { panic!("read: there is no tensor {stored_name}") };
        let Some(numbers) = stored.numbers() else { panic!("read: {stored_name} is of {}", stored.dtype) };
        stored.read(&stored_name, numbers, &mut self.files[stored.file])
    }

    /// How the file calls a tensor.
    fn stored_name(&self, name: &str) -> String {
        self.names.stored(name, self.prefix, |name| self.tensors.contains_key(name))
    }
}
