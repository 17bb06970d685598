//! 2014: look back instead of remembering.

pub mod additive;
pub mod decoder;
mod look;
mod memory;
pub mod multiplicative;
mod score;

pub use decoder::{Decoded, Decoder, DecoderConfig, DecoderState, DecoderWeights};
pub use memory::Memory;
pub use nn::Engine;
pub use score::{Attention, Score, Scoring};
