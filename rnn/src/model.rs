//! The models that are built from recurrent layers. They are generic over the layer, so the stages that follow bring
//! their layer and write no model again.

mod classifier;
mod config;
mod language;
mod regressor;

pub use classifier::{Classifier, ClassifierConfig};
pub use config::{ConfigError, RecurrentConfig};
pub use language::RecurrentLanguageModel;
pub use regressor::{Regressor, SequenceBatch};
