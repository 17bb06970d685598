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
