//! Numbers that remember how they were computed.
//!
//! The crate has two layers. [`kernels`] are plain functions over arrays: products, elementwise functions, reductions.
//! The tape is what makes them learnable: every operation on a [`Tensor`] goes through [`record`], which runs it and,
//! if some input is tracked, notes how to take its gradient back. [`Tensor::backward`] then walks the notes in reverse
//! (reverse-mode differentiation; Griewank & Walther 2008, chapter 3).
//!
//! A model keeps its numbers in [`Parameters`], by name; its layers hold only ids and sizes. One forward pass has one
//! [`Context`], which hands out the parameters as tensors:
//!
//! ```
//! use tensor::{Context, Init, Initializer, Parameters};
//!
//! let mut parameters = Parameters::new();
//! let w = Init::new(&mut parameters, 1).param("w", &[2], Initializer::Constant(3.0));
//!
//! let cx = Context::train(&parameters, 1, 0);
//! let square = &cx.get(w) * &cx.get(w);
//! let gradients = square.sum().backward();
//! assert_eq!(gradients.get(w).unwrap().as_slice().unwrap(), [6.0, 6.0]);
//! ```
//!
//! Shape mistakes are the programmer's and panic at the caller's line, naming the operation and all shapes. Mistakes
//! in files are the user's and are an [`Error`] of one sentence.

mod aligned;
pub mod check;
mod checkpoint;
mod context;
mod error;
mod gradients;
mod initializer;
pub mod kernels;
mod meter;
mod operation;
mod ops;
mod parameters;
mod random;
mod tape;
mod tensor;

pub use aligned::aligned_zeros;
pub use checkpoint::Checkpoint;
pub use context::{Carried, Context};
pub use error::Error;
pub use gradients::{GradientSum, Gradients};
pub use initializer::Initializer;
pub use meter::{Meter, Usage, metered};
pub use operation::{Backward, Cost, Inputs, Outputs};
pub use ops::{concat, stack};
pub use parameters::{Init, Parameter, ParameterId, Parameters, Shapes};
pub use random::stream;
pub use tape::{record, tracked};
pub use tensor::{Array, Tensor, shared};

/// The element type of every array: `f32`, or `f64` if the workspace was built with `LINEAGE_REAL=f64`.
///
/// Both builds run the same code; only the elementwise functions differ. Double precision is for gradient checks,
/// which finite differences in `f32` are too coarse for.
#[cfg(not(real_f64))]
pub type Real = f32;
/// The element type of every array, in this build `f64`.
#[cfg(real_f64)]
pub type Real = f64;
