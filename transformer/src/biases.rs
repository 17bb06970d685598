//! Which parts of a block have biases.

use serde::{Deserialize, Serialize};

/// Which maps of a block have biases, and whether its normalisations have them. In a file it is `true` or `false` where
/// all are alike.
///
/// ```
/// use transformer::Biases;
/// assert_eq!(serde_json::to_string(&Biases::ALL)?, "true");
/// let of_gpt_j = Biases { queries_keys_values: false, attention_output: false, ..Biases::ALL };
/// assert_eq!(serde_json::from_str::<Biases>(&serde_json::to_string(&of_gpt_j)?)?, of_gpt_j);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Biases {
    /// b_Q, b_K, b_V.
    pub queries_keys_values: bool,
    /// b_O.
    pub attention_output: bool,
    /// b₁ and b₂.
    pub feed_forward: bool,
    /// The normalisations'.
    pub norm: bool,
}

impl Biases {
    /// Everywhere.
    pub const ALL: Biases = Biases::everywhere(true);
    /// Nowhere.
    pub const NONE: Biases = Biases::everywhere(false);

    const fn everywhere(bias: bool) -> Self {
        Biases { queries_keys_values: bias, attention_output: bias, feed_forward: bias, norm: bias }
    }
}

impl From<bool> for Biases {
    fn from(bias: bool) -> Self {
        Biases::everywhere(bias)
    }
}

/// How a file says it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Everywhere(bool),
    Each(Each),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Each {
    queries_keys_values: bool,
    attention_output: bool,
    feed_forward: bool,
    norm: bool,
}

impl From<Stored> for Biases {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::Everywhere(bias) => Biases::everywhere(bias),
            Stored::Each(Each { queries_keys_values, attention_output, feed_forward, norm }) => {
                Biases { queries_keys_values, attention_output, feed_forward, norm }
            }
        }
    }
}

impl From<Biases> for Stored {
    fn from(biases: Biases) -> Self {
        let Biases { queries_keys_values, attention_output, feed_forward, norm } = biases;
        match biases {
            Biases::ALL => Stored::Everywhere(true),
            Biases::NONE => Stored::Everywhere(false),
            _ => Stored::Each(Each { queries_keys_values, attention_output, feed_forward, norm }),
        }
    }
}
