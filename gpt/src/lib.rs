//! 2018: a decoder-only language model.

mod config;
mod memory;
mod model;

pub use config::GptConfig;
pub use memory::Memory;
pub use model::Gpt;
