//! Named arrays and one string of metadata in a safetensors file, with the SHA-256 of both.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::path::Path;

use safetensors::SafeTensorError;
use safetensors::tensor::{Dtype, Metadata, TensorInfo};
use sha2::{Digest, Sha256};

use files::stream_atomically;

use crate::kernels::all_finite;
use crate::{Array, Error, Parameters, Real, aligned_zeros};

const METADATA: &str = "lineage";

/// How numbers are saved.
const DTYPE: Dtype = if size_of::<Real>() == 8 { Dtype::F64 } else { Dtype::F32 };

/// Bytes that are read at once: they are hashed while the second-level cache holds them.
const PART: usize = 1 << 16;

/// The contents of a safetensors file: arrays by name, and one string (the format's metadata is an unordered map, so
/// a single key keeps equal checkpoints equal byte for byte). In the file their SHA-256 stands on a line before the
/// string, so that one flipped bit is noticed.
#[derive(Clone, Debug, Default)]
pub struct Checkpoint {
    /// The arrays, by name.
    pub arrays: BTreeMap<String, Array>,
    /// Whatever describes them; usually JSON.
    pub metadata: String,
    /// Whether the file that was read held the SHA-256 of this content; what is saved always does.
    pub sealed: bool,
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
        self.clone().into_parameters(prefix, parameters, path)
    }

    /// [`restore_parameters`](Self::restore_parameters) without a second copy of the numbers in memory.
    ///
    /// # Errors
    /// As [`restore_parameters`](Self::restore_parameters).
    pub fn into_parameters(mut self, prefix: &str, parameters: &mut Parameters, path: &Path) -> Result<(), Error> {
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
            parameters.set(id, self.arrays.remove(&name).expect("names were compared"));
        }
        Ok(())
    }

    /// Writes the file so that at every moment either the old or the new one is complete. The numbers go through a
    /// small buffer: a checkpoint as large as half the memory can be written.
    ///
    /// # Errors
    /// [`Error::Write`]; what stood at `path` is then unchanged.
    pub fn save(&self, path: &Path) -> Result<(), Error> {
        Ok(stream_atomically(path, |file| {
            let header = self.header().map_err(io::Error::other)?;
            file.write_all(&(header.len() as u64).to_le_bytes())?;
            file.write_all(&header)?;
            self.arrays.values().flatten().try_for_each(|x| file.write_all(&x.to_le_bytes()))
        })?)
    }

    /// The format's description of the arrays, which stand in the file in the order of their names; filled with spaces
    /// to a multiple of 8 bytes, so that the numbers are aligned.
    fn header(&self) -> Result<Vec<u8>, SafeTensorError> {
        let mut end = 0;
        let tensors = self.arrays.iter().map(|(name, array)| {
            let start = end;
            end += array.len() * size_of::<Real>();
            (name.clone(), TensorInfo { dtype: DTYPE, shape: array.shape().to_vec(), data_offsets: (start, end) })
        });
        let tensors = tensors.collect();
        let mut seal = Seal::new(&self.metadata);
        for (name, array) in &self.arrays {
            seal.array(name, array.shape());
            array.iter().for_each(|x| seal.0.update(x.to_le_bytes()));
        }
        let metadata = [(METADATA.to_owned(), format!("{}\n{}", seal.finish(), self.metadata))].into();
        let mut header = serde_json::to_vec(&Metadata::new(Some(metadata), tensors)?)?;
        header.resize(header.len().next_multiple_of(8), b' ');
        Ok(header)
    }

    /// Reads a file that [`save`](Self::save) or another safetensors writer made; f32 and f64 arrays are converted to
    /// [`Real`].
    ///
    /// # Errors
    /// [`Error::Read`], [`Error::Damaged`], or [`Error::Changed`] if the content is not what was saved.
    pub fn load(path: &Path) -> Result<Self, Error> {
        Self::load_some(path, |_| true)
    }

    /// Keeps only the arrays whose names are `wanted`; the others take no memory.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn load_some(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<Self, Error> {
        let (checkpoint, intact) = Self::read(path, wanted)?;
        if intact { Ok(checkpoint) } else { Err(Error::Changed { path: path.into() }) }
    }

    /// Reads a file whose content may have been changed since it was saved.
    ///
    /// # Errors
    /// [`Error::Read`] or [`Error::Damaged`].
    pub fn load_unconfirmed(path: &Path) -> Result<Self, Error> {
        Self::read(path, |_| true).map(|(checkpoint, _)| checkpoint)
    }

    /// What a file holds, and whether that has the SHA-256 that it names, if it names one.
    fn read(path: &Path, wanted: impl Fn(&str) -> bool) -> Result<(Self, bool), Error> {
        let damaged = |reason: &dyn ToString| Error::damaged(path, reason.to_string());
        let unread = |source: io::Error| match source.kind() {
            ErrorKind::UnexpectedEof => damaged(&source),
            _ => Error::Read { path: path.into(), source },
        };
        let mut file = BufReader::new(open(path).map_err(Error::read(path))?);
        let length = file.get_ref().metadata().map_err(Error::read(path))?.len();
        let mut size = [0; 8];
        file.read_exact(&mut size).map_err(unread)?;
        let size = u64::from_le_bytes(size);
        if size > length.saturating_sub(8) {
            return Err(damaged(&"its header is longer than the file"));
        }
        let mut header = vec![0; size as usize];
        file.read_exact(&mut header).map_err(unread)?;
        let header: Metadata = serde_json::from_slice(&header).map_err(|e| damaged(&e))?;
        if (8 + size).checked_add(header.data_len() as u64) != Some(length) {
            return Err(damaged(&"its length is not what its header says"));
        }
        let stored = header.metadata().as_ref().and_then(|m| m.get(METADATA)).cloned().unwrap_or_default();
        let (named, metadata) = stored.split_once('\n').filter(|(named, _)| is_digest(named)).unzip();
        let metadata = metadata.unwrap_or(&stored).to_owned();
        let mut seal = Seal::new(&metadata);

        let mut arrays = BTreeMap::new();
        for name in header.offset_keys() {
            let Some(TensorInfo { dtype, shape, data_offsets: (start, end) }) = header.info(&name) else { continue };
            if !matches!(dtype, Dtype::F32 | Dtype::F64) {
                return Err(damaged(&format!("{name} has element type {dtype:?}, not F32 or F64")));
            }
            seal.array(&name, shape);
            let keep = wanted(&name);
            let mut read = |bytes: &mut [u8]| {
                file.read_exact(bytes).map_err(unread)?;
                seal.0.update(&*bytes);
                Ok::<_, Error>(())
            };
            let mut array = aligned_zeros(if keep { shape } else { &[0][..] });
            let values = array.as_slice_mut().expect("new");
            if keep && *dtype == DTYPE && cfg!(target_endian = "little") {
                bytemuck::cast_slice_mut(values).chunks_mut(PART).try_for_each(read)?;
            } else {
                let mut values = values.iter_mut();
                let mut buffer = [0; 8192];
                let mut left = end - start;
                while left > 0 {
                    let bytes = &mut buffer[..left.min(8192)];
                    read(bytes)?;
                    left -= bytes.len();
                    // Of an array that is not kept there are no values to write to.
                    match dtype {
                        Dtype::F32 => numbers(bytes)
                            .zip(&mut values)
                            .for_each(|(bytes, value)| *value = f32::from_le_bytes(bytes) as Real),
                        _ => numbers(bytes)
                            .zip(&mut values)
                            .for_each(|(bytes, value)| *value = f64::from_le_bytes(bytes) as Real),
                    }
                }
            }
            if keep {
                arrays.insert(name, array.into_shared());
            }
        }
        let sealed = named.is_some();
        let intact = named.is_none_or(|named| named == seal.finish());
        Ok((Checkpoint { arrays, metadata, sealed }, intact))
    }

    /// The first array with a number that is infinite or none.
    pub fn not_finite(&self) -> Option<&str> {
        let spoiled = |array: &Array| {
            let flat = array.to_shape((1, array.len())).expect("the same numbers");
            !all_finite(flat.view())
        };
        self.arrays.iter().find(|(_, array)| spoiled(array)).map(|(name, _)| name.as_str())
    }
}

/// Opens a file. What is neither that nor a folder could keep whoever opens or reads it for ever.
fn open(path: &Path) -> io::Result<File> {
    let found = fs::metadata(path)?;
    match found.is_file() || found.is_dir() {
        true => File::open(path),
        false => Err(io::Error::other("it is no file but a device or a pipe")),
    }
}

/// The SHA-256 of all that a file says, array after array in the order in which they stand there.
struct Seal(Sha256);

impl Seal {
    fn new(metadata: &str) -> Self {
        let mut seal = Seal(Sha256::new());
        seal.text(metadata);
        seal
    }

    /// What stands before an array's bytes.
    fn array(&mut self, name: &str, shape: &[usize]) {
        self.text(name);
        self.text(&format!("{shape:?}"));
    }

    fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_le_bytes());
        self.0.update(text);
    }

    fn finish(self) -> String {
        format!("{:x}", self.0.finalize())
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The bytes of each number.
fn numbers<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
    bytes.chunks_exact(N).map(|bytes| bytes.try_into().expect("a chunk has N bytes"))
}
