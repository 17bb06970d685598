//! The files of a run by name; the tokenizers' are [`Kind::TOKENIZERS`](crate::kind::Kind::TOKENIZERS).

/// The file of a run from which all others can be written.
pub const CHECKPOINT: &str = "checkpoint.safetensors";
/// The file of a model's numbers.
pub const MODEL: &str = "model.safetensors";
/// The file of a model's configuration.
pub const CONFIG: &str = "config.json";
/// The file of a run's losses and learning rates.
pub const METRICS: &str = "metrics.csv";
