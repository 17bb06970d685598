//! Layers that every stage uses. A layer holds parameter ids and sizes; the numbers are in
//! [`Parameters`](tensor::Parameters).

mod dropout;
mod embedding;
mod layer_norm;
mod linear;

pub use dropout::Dropout;
pub use embedding::Embedding;
pub use layer_norm::{LayerNorm, layer_norm};
pub use linear::Linear;
