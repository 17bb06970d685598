//! How attention itself tells positions apart, without a vector for each position.

mod alibi;
mod relative;
mod rotary;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{ConfigError, Mask};
pub use alibi::Alibi;
pub use relative::{Buckets, RelativePositions};
pub use rotary::{Pairing, Rotary, RotaryAngles, RotaryScaling};

/// How the attention of a block tells positions apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttentionPositions {
    /// Not at all: positions are told by vectors that are added to those of the tokens, as in the paper and in GPT-2, or
    /// by numbers that the stack hands to all of its blocks ([`RelativePositions`]).
    #[default]
    None,
    /// Queries and keys are turned by angles that grow with their positions.
    Rotary(Rotary),
    /// The scores fall with the distance.
    Alibi(Alibi),
}

impl AttentionPositions {
    /// Whether keys in a text of `tokens` tokens are others than in a shorter one, so that no cache can keep them.
    pub fn depend_on_length(&self, tokens: usize) -> bool {
        matches!(self, AttentionPositions::Rotary(rotary) if rotary.depends_on_length(tokens))
    }

    /// The angles by which queries and keys are turned at some positions of a text that ends with them, if they are.
    pub fn angles(&self, positions: Range<usize>) -> Option<RotaryAngles> {
        match self {
            AttentionPositions::Rotary(rotary) => Some(rotary.angles(positions)),
            AttentionPositions::None | AttentionPositions::Alibi(_) => None,
        }
    }

    /// The same at one position of each of several texts, which ends with it.
    pub fn angles_of_last(&self, positions: impl ExactSizeIterator<Item = usize>) -> Option<RotaryAngles> {
        match self {
            AttentionPositions::Rotary(rotary) => Some(rotary.angles_of_last(positions)),
            AttentionPositions::None | AttentionPositions::Alibi(_) => None,
        }
    }

    pub(crate) fn validate(&self, head_width: usize, mask: Mask) -> Result<(), ConfigError> {
        match self {
            AttentionPositions::None => Ok(()),
            AttentionPositions::Rotary(rotary) => rotary.validate(head_width),
            AttentionPositions::Alibi(_) if mask == Mask::Bidirectional => {
                Err(ConfigError::Nobody { what: "ALiBi and a mask that shows what comes later" })
            }
            AttentionPositions::Alibi(_) => Ok(()),
        }
    }
}
