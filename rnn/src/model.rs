//! The models that are built from recurrent layers. They are generic over the layer, so the stages that follow bring
//! their layer and write no model again.

mod classifier;
mod language;
mod regressor;

pub use classifier::{Classifier, ClassifierConfig};
pub use language::{RecurrentConfig, RecurrentModel};
pub use regressor::{Regressor, SequenceBatch};
