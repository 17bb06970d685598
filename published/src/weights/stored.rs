//! A tensor in a file, and its numbers.

use half::{bf16, f16};
use ndarray::{ArrayD, Axis, aview1};
use safetensors::Dtype;
use tensor::kernels::all_finite;
use tensor::{Real, aligned_zeros};

use crate::error::Error;
use crate::rotary::halves;
use crate::source::Source;

/// Where a tensor stands.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// In which file.
    pub file: usize,
    /// At which byte of it.
    pub start: u64,
    pub shape: Vec<usize>,
    pub dtype: Dtype,
    pub order: Order,
}

/// The order of a tensor's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    AsItIs,
    /// Numbers that are rotated together are neighbours in so many heads; what is read has them in halves.
    Pairs {
        heads: usize,
    },
}

/// Numbers that are read here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Numbers {
    F32,
    F16,
    Bf16,
}

/// How many numbers are converted at once: they stay in the second-level cache.
const PART: usize = 1 << 14;

impl Stored {
    /// Of which numbers it is, if they are read here.
    pub fn numbers(&self) -> Option<Numbers> {
        match self.dtype {
            Dtype::F32 => Some(Numbers::F32),
            Dtype::F16 => Some(Numbers::F16),
            Dtype::BF16 => Some(Numbers::Bf16),
            _ => None,
        }
    }

    /// Reads it through a small buffer, so that it is in memory once.
    pub fn read(&self, name: &str, numbers: Numbers, file: &mut Source) -> Result<ArrayD<Real>, Error> {
        let mut array = aligned_zeros(&self.shape[..]);
        let values = array.as_slice_mut().expect("new");
        let mut buffer = vec![0; PART.min(values.len()) * numbers.size()];
        file.seek(self.start)?;
        for (part, values) in values.chunks_mut(PART).enumerate() {
            let bytes = &mut buffer[..values.len() * numbers.size()];
            file.read(bytes)?;
            numbers.convert(bytes, values);
            if !all_finite(aview1(values).insert_axis(Axis(0))) {
                let first = values.iter().position(|value| !value.is_finite()).expect("one is not finite");
                let number = part * PART + first;
                return Err(Error::not_finite(&file.path, name, &self.shape, number, values[first]));
            }
        }
        Ok(match self.order {
            Order::AsItIs => array,
            Order::Pairs { heads } => halves(array, heads, self.shape[0] / heads),
        })
    }
}

impl Numbers {
    fn size(self) -> usize {
        match self {
            Numbers::F32 => 4,
            Numbers::F16 | Numbers::Bf16 => 2,
        }
    }

    /// As many numbers as there are values, the lowest byte of each first.
    fn convert(self, bytes: &[u8], values: &mut [Real]) {
        match self {
            Numbers::F32 => each(bytes, values, f32::from_le_bytes),
            Numbers::F16 => each(bytes, values, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Numbers::Bf16 => each(bytes, values, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        }
    }
}

fn each<const N: usize>(bytes: &[u8], values: &mut [Real], number: impl Fn([u8; N]) -> f32) {
    let (numbers, _) = bytes.as_chunks();
    for (value, bytes) in values.iter_mut().zip(numbers) {
        *value = number(*bytes) as Real;
    }
}
