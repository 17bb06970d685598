//! Where the parameters of a Transformer are.

use gpt::{Gpt, GptConfig};
use tensor::{Init, Parameters};

use crate::ConfigError;

/// How many parameters each part of a Transformer has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// A vector for each token; the output layer too, where the two are tied.
    pub token_embedding: u64,
    /// Vectors or biases for positions and segments.
    pub positions: u64,
    /// Queries, keys, values and their output projection.
    pub attention: u64,
    /// The maps from D to F and back.
    pub feed_forward: u64,
    /// Gains and biases of normalisations.
    pub norms: u64,
    /// What turns the last vector into an answer, where it is not the token embedding.
    pub head: u64,
}

impl Parts {
    /// What the parts are called, in the order of [`counts`](Self::counts).
    pub const NAMES: [&'static str; 6] =
        ["token embedding", "positions", "attention", "feed-forward", "normalisation", "output head"];

    /// The parts of a model of this project, each parameter counted where its name says that it belongs.
    ///
    /// # Errors
    /// If no model can have this configuration.
    ///
    /// # Panics
    /// If a parameter belongs to no part.
    pub fn of_gpt(config: &GptConfig) -> Result<Self, ConfigError> {
        let mut parameters = Parameters::new();
        Gpt::new(&mut Init::new(&mut parameters, 1), config.clone())?;
        let mut parts = Parts::default();
        for (_, parameter) in parameters.iter() {
            let components: Vec<&str> = parameter.name().split('.').collect();
            let part = match components[..] {
                ["wte", _] => &mut parts.token_embedding,
                ["wpe", _] => &mut parts.positions,
                ["lm_head", _] => &mut parts.head,
                ["h", _, "attn", ..] => &mut parts.attention,
                ["h", _, "mlp", ..] => &mut parts.feed_forward,
                ["h", _, "ln_1" | "ln_2", _] | ["ln_e" | "ln_f", _] => &mut parts.norms,
                _ => panic!("{} belongs to no part of a Transformer", parameter.name()),
            };
            *part += parameter.value().len() as u64;
        }
        Ok(parts)
    }

    /// The parameters of each part.
    pub fn counts(&self) -> [u64; 6] {
        let Self { token_embedding, positions, attention, feed_forward, norms, head } = *self;
        [token_embedding, positions, attention, feed_forward, norms, head]
    }

    /// All parameters.
    pub fn total(&self) -> u64 {
        self.counts().iter().sum()
    }

    /// The share of all parameters that is in feed-forward layers.
    pub fn feed_forward_share(&self) -> f64 {
        self.feed_forward as f64 / self.total() as f64
    }

    /// The share of attention and feed-forward layers together that is in the latter.
    pub fn feed_forward_share_of_blocks(&self) -> f64 {
        self.feed_forward as f64 / (self.attention + self.feed_forward) as f64
    }

    /// The parameters of embeddings, positions and an output layer of its own: what does not grow with the depth.
    pub fn outside_blocks(&self) -> u64 {
        self.token_embedding + self.positions + self.head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// V = 5, C = 3, L = 2, D = 4, no biases.
    #[test]
    fn parts_are_counted_by_name() {
        let parts = Parts::of_gpt(&GptConfig::new(5, 3, 2, 4, 2)).unwrap();
        let by_hand = Parts {
            token_embedding: 5 * 4,
            positions: 3 * 4,
            attention: 2 * 4 * 4 * 4,
            feed_forward: 2 * 8 * 4 * 4,
            norms: 5 * 4,
            head: 0,
        };
        assert_eq!((parts, parts.outside_blocks()), (by_hand, 8 * 4));
    }

    #[test]
    fn biases_count_with_their_part() {
        let mut config = GptConfig::new(50_257, 1_024, 1, 64, 4);
        config.block.bias = true.into();
        let parts = Parts::of_gpt(&config).unwrap();
        assert_eq!(parts.attention, 4 * 64 * 64 + 4 * 64);
        assert_eq!(parts.feed_forward, 8 * 64 * 64 + 5 * 64);
        assert_eq!(parts.norms, 3 * 2 * 64);
    }
}
