//! 2014: look back instead of remembering.

pub mod additive;
mod config;
pub mod decoder;
mod look;
mod memory;
mod model;
pub mod multiplicative;
mod score;

pub use config::{ConfigError, RnnSearchConfig};
pub use decoder::{Decoded, Decoder, DecoderConfig, DecoderState, DecoderWeights};
pub use memory::Memory;
pub use model::RnnSearch;
pub use nn::Engine;
pub use score::{Attention, Score, Scoring};
