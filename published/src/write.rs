//! A model as a folder that other programs load.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use files::{Made, Staged, WriteError};
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use serde_json::Value;
use tensor::{Array, Real};

use crate::error::Error;
use crate::json::CONFIG;
use crate::weights::MODEL;

/// Whether files of a model may take the place of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Something that is there already is an error.
    Keep,
    /// Files of the same names are replaced.
    Replace,
}

/// What a folder gets.
#[derive(Clone, Copy, Debug)]
pub struct Model<'m> {
    /// What `config.json` says.
    pub config: &'m Value,
    /// The tensors of `model.safetensors`, which are written as F32. They may be views of others, transposed or sliced: no
    /// copy is made.
    pub tensors: &'m BTreeMap<String, Array>,
    /// Further files, such as that of the tokenizer: name and content.
    pub others: &'m [(&'m str, &'m str)],
}

impl Model<'_> {
    /// Writes `model.safetensors`, `config.json` and the other files into a folder, which is made if it is not there.
    /// Nothing takes its place before all is complete and on the disk.
    ///
    /// # Errors
    /// [`Error::Exists`], [`Error::NotFinite`] or [`Error::Write`]; what stood there is then unchanged, unless the system fails
    /// in the middle of renaming.
    pub fn write(&self, folder: &Path, existing: Existing) -> Result<(), Error> {
        if existing == Existing::Keep
            && let Some(there) = self.names().map(|name| folder.join(name)).find(|path| path.symlink_metadata().is_ok())
        {
            return Err(Error::Exists { path: there });
        }
        self.check(folder)?;
        let made = Made::make(folder).map_err(|source| WriteError { path: folder.into(), source })?;
        self.place(folder, existing).inspect_err(|_| made.undo())
    }

    /// What is written, the weights first: whoever finds the configuration finds all of the model.
    fn names(&self) -> impl Iterator<Item = &str> {
        [MODEL].into_iter().chain(self.others.iter().map(|&(name, _)| name)).chain([CONFIG])
    }

    fn place(&self, folder: &Path, existing: Existing) -> Result<(), Error> {
        let config = serde_json::to_string_pretty(self.config).expect("JSON has a text form") + "\n";
        let mut staged = vec![Staged::write(&folder.join(MODEL), |file| self.stream(file))?];
        for &(name, text) in self.others.iter().chain([&(CONFIG, &*config)]) {
            staged.push(Staged::write(&folder.join(name), |file| file.write_all(text.as_bytes()))?);
        }
        let mut placed = Vec::new();
        for (name, file) in self.names().zip(staged) {
            let path = folder.join(name);
            match existing {
                Existing::Replace => file.replace()?,
                // Somebody may have written there since it was looked.
                Existing::Keep => file.place().inspect_err(|_| {
                    placed.iter().for_each(|path| {
                        let _ = fs::remove_file(path);
                    });
                })?,
            }
            placed.push(path);
        }
        Ok(())
    }

    /// Refuses weights that every reader would refuse.
    fn check(&self, folder: &Path) -> Result<(), Error> {
        for (name, array) in self.tensors {
            let is_spoilt = |value: &Real| !single(*value).is_finite();
            if let Some((number, value)) = array.iter().enumerate().find(|(_, value)| is_spoilt(value)) {
                return Err(Error::not_finite(&folder.join(MODEL), name, array.shape(), number, *value));
            }
        }
        Ok(())
    }

    /// The file of weights: header, then numbers in the order of their names.
    fn stream(&self, file: &mut impl Write) -> io::Result<()> {
        let mut end = 0;
        let tensors = self.tensors.iter().map(|(name, array)| {
            let start = end;
            end += array.len() * size_of::<f32>();
            (name.clone(), TensorInfo { dtype: Dtype::F32, shape: array.shape().to_vec(), data_offsets: (start, end) })
        });
        let tensors = tensors.collect();
        // Without it the library transformers does not load the file.
        let format = HashMap::from([("format".to_owned(), "pt".to_owned())]);
        let metadata = Metadata::new(Some(format), tensors).map_err(io::Error::other)?;
        let mut header = serde_json::to_vec(&metadata)?;
        header.resize(header.len().next_multiple_of(8), b' '); // so that the numbers are aligned
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        self.tensors.values().flatten().try_for_each(|value| file.write_all(&single(*value).to_le_bytes()))
    }
}

/// A number as the file has it.
#[allow(clippy::unnecessary_cast, reason = "Real may be f64")]
fn single(value: Real) -> f32 {
    value as f32
}
