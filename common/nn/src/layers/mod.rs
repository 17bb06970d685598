//! Layers that every stage uses. A layer holds parameter ids and sizes; the numbers are in
//! [`Parameters`](tensor::Parameters).

mod dropout;
mod embedding;
mod layer_norm;
mod linear;
mod rms_norm;

pub use dropout::Dropout;
pub use embedding::Embedding;
pub use layer_norm::{LayerNorm, layer_norm};
pub use linear::Linear;
pub use rms_norm::{RmsNorm, rms_norm};
