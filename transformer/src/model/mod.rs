//! The models: an encoder that fills in masked words or classifies, and the encoder-decoder of the paper. The third
//! kind, a decoder alone, is the crate `gpt`, which stands on this one.

mod backbone;
mod classifier;
mod config;
mod masked;
mod translator;

pub use backbone::EncoderBackbone;
pub use classifier::{Labelled, SentenceClassifier};
pub use config::{EncoderConfig, Sharing, TransformerConfig};
pub use masked::MaskedLanguageModel;
pub use translator::{AttentionWeights, Transformer};
