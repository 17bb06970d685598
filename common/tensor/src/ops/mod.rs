//! The recorded operations of the language: small ones, out of which every literal form is written.
//!
//! Each file holds the forward pass as a method of [`Tensor`](crate::Tensor) and, beside it, the struct whose
//! [`Backward`](crate::Backward) takes its gradient back.

mod arithmetic;
mod elementwise;
mod gather;
mod product;
mod reduce;
mod shape;
mod softmax;

pub use shape::{concat, stack};

use crate::Array;

/// Bytes that saved arrays keep alive.
pub(crate) fn bytes<'a>(arrays: impl IntoIterator<Item = &'a Array>) -> usize {
    arrays.into_iter().map(|array| array.len() * size_of::<crate::Real>()).sum()
}

/// The array in row-major order; copied only if it is not already.
pub(crate) fn standard(array: &Array) -> Array {
    if array.is_standard_layout() { array.clone() } else { crate::shared(array.as_standard_layout().into_owned()) }
}
