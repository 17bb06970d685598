//! Layers, losses, optimisers, the training loop and generation.

mod model;

pub use model::{LanguageModel, Trainable};
