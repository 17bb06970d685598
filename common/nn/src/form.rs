use serde::{Deserialize, Serialize};

/// Which of the two forms of a mechanism computes a layer. They agree in every value and gradient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// The equations line by line, out of small recorded operations: for reading, and for counting steps.
    Literal,
    /// As few and large recorded operations as possible, with backward passes written by hand: for running.
    #[default]
    Fused,
}
