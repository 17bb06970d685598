//! What a safetensors file says of its tensors.
//!
//! A file begins with the length of its header as a number of 8 bytes; the header is JSON, of each tensor its element type,
//! its shape and the bytes of its numbers, counted from the end of the header. The crate `safetensors` checks most of that
//! and says of which kind a mistake is; here it is also said of which tensor, and a name that stands twice is refused, of
//! which that crate silently keeps the last.

use std::collections::BTreeMap;

use safetensors::tensor::TensorInfo;
use serde::Deserialize;

use super::stored::{Order, Stored};
use super::{KIND, unique};
use crate::error::{Error, brief};
use crate::source::{Source, from_json};

/// The longest header in bytes, as the format says.
const LONGEST: u64 = 100_000_000;

/// The most axes of a tensor; no published model has more than a few.
const MOST_AXES: usize = 8;

/// What begins a file that Git LFS has put in place of another.
const POINTER: &[u8; 8] = b"version ";

/// The tensors of a file, with their places in it.
///
/// # Errors
/// [`Error::Damaged`] with the first tensor that contradicts the file or another, [`Error::Read`] if the system refuses.
pub(super) fn read(file: &mut Source) -> Result<Vec<(String, Stored)>, Error> {
    let mut length = [0; 8];
    file.read(&mut length)?;
    if length == *POINTER {
        return Err(Error::Refused {
            path: file.path.clone(),
            what: "is a pointer of Git LFS and not the weights themselves".to_owned(),
            way_out: "say `git lfs pull` in its folder".to_owned(),
        });
    }
    let length = u64::from_le_bytes(length);
    let rest = file.length.saturating_sub(8);
    if length > rest {
        return Err(file.damaged(format!("its header is said to have {length} bytes, and {rest} are left")));
    }
    if length > LONGEST {
        return Err(file.damaged(format!("its header has {length} bytes, and the most are {LONGEST}")));
    }
    let mut header = vec![0; length as usize];
    file.read(&mut header)?;
    let Header(tensors) = from_json(&file.path, KIND, &header)?;
    let mut tensors: Vec<_> = tensors.into_iter().collect();
    tensors.sort_by(|(one, left), (other, right)| (left.data_offsets, one).cmp(&(right.data_offsets, other)));
    place(&tensors, rest - length).map_err(|reason| file.damaged(reason))?;
    let stored = |(name, TensorInfo { dtype, shape, data_offsets: (start, _) })| {
        let start = 8 + length + start as u64;
        (name, Stored { file: 0, start, shape, dtype, order: Order::AsItIs })
    };
    Ok(tensors.into_iter().map(stored).collect())
}

/// Whether tensors, in the order of their places, are as large as their shapes say and fill so many bytes without a gap.
fn place(tensors: &[(String, TensorInfo)], bytes: u64) -> Result<(), String> {
    let mut filled = 0;
    let mut before: Option<&str> = None;
    for (name, TensorInfo { dtype, shape, data_offsets: (start, end) }) in tensors {
        let shown = brief(name);
        if shape.len() > MOST_AXES {
            return Err(format!("{shown} has {} axes, and the most are {MOST_AXES}", shape.len()));
        }
        let bits = shape.iter().try_fold(dtype.bitsize(), |bits, &length| bits.checked_mul(length));
        let Some(bits) = bits else {
            return Err(format!("{shown} of shape {shape:?} has more numbers than can be counted"));
        };
        match end.checked_sub(*start) {
            Some(has) if bits.is_multiple_of(8) && has == bits / 8 => {}
            Some(has) => {
                return Err(format!(
                    "{shown} of {dtype} and shape {shape:?} has {has} bytes, not {}",
                    bits.div_ceil(8)
                ));
            }
            None => return Err(format!("{shown} begins at byte {start} and ends before, at {end}")),
        }
        if *start < filled {
            let before = brief(before.unwrap_or_default());
            return Err(format!("{shown} begins at byte {start}, within {before}, which ends at {filled}"));
        }
        if *start > filled {
            return Err(format!("the bytes {filled} to {start}, before {shown}, are of no tensor"));
        }
        (filled, before) = (*end, Some(&**name));
    }
    match filled as u64 {
        end if end > bytes => Err(format!("it was cut short: its tensors have {end} bytes, and {bytes} are there")),
        end if end < bytes => Err(format!("its tensors have {end} bytes, and {bytes} are there")),
        _ => Ok(()),
    }
}

/// The tensors that a header names.
#[derive(Deserialize)]
struct Header(#[serde(deserialize_with = "unique::tensors")] BTreeMap<String, TensorInfo>);
