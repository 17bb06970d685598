//! Named arrays and one string of metadata in a safetensors file.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use ndarray::ArrayD;
use safetensors::tensor::{Dtype, SafeTensors, View, serialize};

use crate::{Array, Error, Parameters, Real};

const METADATA: &str = "lineage";

/// The contents of a safetensors file: arrays by name, and one string (the format's metadata is an unordered map, so
/// a single key keeps equal checkpoints equal byte for byte).
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// The arrays, by name.
    pub arrays: BTreeMap<String, Array>,
    /// Whatever describes them; usually JSON.
    pub metadata: String,
}

impl Checkpoint {
    /// Adds all parameters under `prefix` followed by their names.
    pub fn insert_parameters(&mut self, prefix: &str, parameters: &Parameters) {
        let named = parameters.iter().map(|(_, p)| (format!("{prefix}{}", p.name()), p.value().clone()));
        self.arrays.extend(named);
    }

    /// Fills `parameters` with the arrays under `prefix`. Nothing is changed if there is an error.
    ///
    /// # Errors
    /// [`Error::Mismatch`], in the name of `path`, unless names and shapes agree exactly.
    pub fn restore_parameters(&self, prefix: &str, parameters: &mut Parameters, path: &Path) -> Result<(), Error> {
        let mut reasons = Vec::new();
        for (_, parameter) in parameters.iter() {
            match self.arrays.get(&format!("{prefix}{}", parameter.name())) {
                None => reasons.push(format!("{} is missing", parameter.name())),
                Some(array) if array.shape() != parameter.value().shape() => reasons.push(format!(
                    "{} has shape {:?} where the model has {:?}",
                    parameter.name(),
                    array.shape(),
                    parameter.value().shape()
                )),
                Some(_) => {}
            }
        }
        let ours = self.arrays.keys().filter_map(|name| name.strip_prefix(prefix));
        let unknown = ours.filter(|name| parameters.find(name).is_none());
        reasons.extend(unknown.map(|name| format!("{name} is not in the model")));
        if !reasons.is_empty() {
            let more = reasons.len().saturating_sub(3);
            reasons.truncate(3);
            let tail = if more > 0 { format!(" and {more} more differences") } else { String::new() };
            return Err(Error::Mismatch { path: path.into(), reason: reasons.join(", ") + &tail });
        }
        let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, format!("{prefix}{}", p.name()))).collect();
        for (id, name) in ids {
            parameters.set(id, self.arrays[&name].clone());
        }
        Ok(())
    }

    /// Writes the file so that at every moment either the old or the new one is complete.
    ///
    /// # Errors
    /// [`Error::Write`]; what stood at `path` is then unchanged.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        let metadata = Some([(METADATA.to_owned(), self.metadata.clone())].into());
        let views = self.arrays.iter().map(|(name, array)| (name, Bytes::of(array)));
        let bytes = serialize(views, metadata).map_err(std::io::Error::other).map_err(Error::write(path))?;
        write_atomically(path, &bytes)
    }

    /// Reads a file that [`save`](Self::save) or another safetensors writer made; f32 and f64 arrays are converted to
    /// [`Real`].
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::Damaged`].
    pub fn load(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(Error::read(path))?;
        let damaged = |reason: &dyn ToString| Error::damaged(path, reason.to_string());
        let file = SafeTensors::deserialize(&bytes).map_err(|e| damaged(&e))?;
        let (_, header) = SafeTensors::read_metadata(&bytes).map_err(|e| damaged(&e))?;
        let metadata = header.metadata().as_ref().and_then(|m| m.get(METADATA)).cloned().unwrap_or_default();
        let arrays = file.iter().map(|(name, view)| {
            let values = match view.dtype() {
                Dtype::F32 => {
                    view.data().chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()) as Real).collect()
                }
                Dtype::F64 => {
                    view.data().chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap()) as Real).collect()
                }
                other => {
                    return Err(damaged(&format!("{name} has element type {other:?}, not F32 or F64")));
                }
            };
            let array = ArrayD::from_shape_vec(view.shape(), values).map_err(|e| damaged(&e))?;
            Ok((name.to_owned(), array.into_shared()))
        });
        Ok(Checkpoint { arrays: arrays.collect::<Result<_, _>>()?, metadata })
    }
}

/// Writes a file beside its place, syncs it and renames it into place: whoever opens `path`, at any moment and after
/// any crash, finds a complete file, the old one or the new one.
///
/// # Errors
/// [`Error::Write`]; what stood at `path` is then unchanged.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".partial");
    let beside = Path::new(&beside);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(beside, path)?;
        sync_folder(path)
    };
    write().map_err(|source| {
        // A partial file helps nobody and, on a full disk, holds the space that is missing.
        let _ = fs::remove_file(beside);
        Error::Write { path: path.into(), source }
    })
}

/// Makes the rename itself survive a power cut. Only Unix lets a program sync a folder; elsewhere the file system does.
fn sync_folder(path: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

struct Bytes<'a> {
    shape: &'a [usize],
    bytes: Vec<u8>,
}

impl<'a> Bytes<'a> {
    fn of(array: &'a Array) -> Self {
        Bytes { shape: array.shape(), bytes: array.iter().flat_map(|x| x.to_le_bytes()).collect() }
    }
}

impl View for Bytes<'_> {
    fn dtype(&self) -> Dtype {
        if size_of::<Real>() == 8 { Dtype::F64 } else { Dtype::F32 }
    }
    fn shape(&self) -> &[usize] {
        self.shape
    }
    fn data(&self) -> Cow<'_, [u8]> {
        Cow::Borrowed(&self.bytes)
    }
    fn data_len(&self) -> usize {
        self.bytes.len()
    }
}
