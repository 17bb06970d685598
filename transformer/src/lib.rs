//! 2017: attention only.

pub mod block;
mod engine;
mod multi_head;
mod positions;
pub mod scaled_dot_product;

pub use block::{Activation, Block, BlockConfig, ConfigError};
pub use engine::Engine;
pub use multi_head::{KeyValueCache, MultiHeadAttention};
pub use positions::{LearnedPositions, sinusoidal};
pub use scaled_dot_product::Mask;
