//! Where the parameters of a Transformer are.

use bert::{Bert, BertConfig};
use gpt::{Gpt, GptConfig};
use t5::{T5, T5Config};
use tensor::{Init, Shapes};

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

/// Where a parameter is counted.
enum Part {
    TokenEmbedding,
    Positions,
    Attention,
    FeedForward,
    Norms,
    Head,
}

impl Parts {
    /// What the parts are called, in the order of [`counts`](Self::counts).
    pub const NAMES: [&'static str; 6] =
        ["token embedding", "positions", "attention", "feed-forward", "normalisation", "output head"];

    /// The parts of a decoder, each parameter counted where its name says that it belongs. No number is stored for it, so a
    /// model may be as large as any.
    ///
    /// # Errors
    /// If no model can have this configuration.
    ///
    /// # Panics
    /// If a parameter belongs to no part.
    pub fn of_gpt(config: &GptConfig) -> Result<Self, ConfigError> {
        let mut shapes = Shapes::default();
        Gpt::new(&mut Init::shapes(&mut shapes), config.clone())?;
        Ok(Parts::of(&shapes, |components| {
            Some(match components {
                ["wte", _] => Part::TokenEmbedding,
                ["wpe", _] => Part::Positions,
                ["lm_head", _] => Part::Head,
                ["h", _, "attn", ..] => Part::Attention,
                ["h", _, "mlp", ..] => Part::FeedForward,
                ["h", _, "ln_1" | "ln_2", _] | ["ln_e" | "ln_f", _] => Part::Norms,
                _ => return None,
            })
        }))
    }

    /// The same of an encoder; the masked-word head and the pooler are its heads, each with its normalisation.
    ///
    /// # Errors
    /// If no model can have this configuration.
    ///
    /// # Panics
    /// If a parameter belongs to no part.
    pub fn of_bert(config: &BertConfig) -> Result<Self, ConfigError> {
        let mut shapes = Shapes::default();
        Bert::new(&mut Init::shapes(&mut shapes), config.clone())?;
        Ok(Parts::of(&shapes, |components| {
            Some(match components {
                ["embeddings", "word_embeddings", _] => Part::TokenEmbedding,
                ["embeddings", "position_embeddings" | "token_type_embeddings", _] => Part::Positions,
                ["embeddings", "LayerNorm", _] => Part::Norms,
                ["encoder", "layers", _, "self_attn", ..] => Part::Attention,
                ["encoder", "layers", _, "linear1" | "linear2", _] => Part::FeedForward,
                ["encoder", "layers", _, "norm1" | "norm2", _] => Part::Norms,
                ["cls" | "pooler", ..] => Part::Head,
                _ => return None,
            })
        }))
    }

    /// The same of an encoder-decoder; its tables of distances are positions.
    ///
    /// # Errors
    /// If no model can have this configuration.
    ///
    /// # Panics
    /// If a parameter belongs to no part.
    pub fn of_t5(config: &T5Config) -> Result<Self, ConfigError> {
        let mut shapes = Shapes::default();
        T5::new(&mut Init::shapes(&mut shapes), config.clone())?;
        Ok(Parts::of(&shapes, |components| {
            Some(match components {
                ["shared", _] => Part::TokenEmbedding,
                ["lm_head", _] => Part::Head,
                [_, "relative", _] => Part::Positions,
                [_, "layers", _, "self_attn" | "multihead_attn", ..] => Part::Attention,
                [_, "layers", _, "linear1" | "linear2", _] => Part::FeedForward,
                [_, "layers", _, "norm1" | "norm2" | "norm3", _] | [_, "norm", _] => Part::Norms,
                _ => return None,
            })
        }))
    }

    /// Each parameter counted where the parts of its name belong.
    fn of(shapes: &Shapes, part: impl Fn(&[&str]) -> Option<Part>) -> Self {
        let mut parts = Parts::default();
        for (name, shape) in shapes.iter() {
            let components: Vec<&str> = name.split('.').collect();
            let count = match part(&components) {
                Some(Part::TokenEmbedding) => &mut parts.token_embedding,
                Some(Part::Positions) => &mut parts.positions,
                Some(Part::Attention) => &mut parts.attention,
                Some(Part::FeedForward) => &mut parts.feed_forward,
                Some(Part::Norms) => &mut parts.norms,
                Some(Part::Head) => &mut parts.head,
                None => panic!("{name} belongs to no part of a Transformer"),
            };
            *count += shape.iter().map(|&size| size as u64).product::<u64>();
        }
        parts
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

    /// Its published files hold the network with its pooler.
    #[test]
    fn the_parts_of_bert_are_those_of_the_published_one() {
        let base = BertConfig { masked_words: false, pooler: true, ..BertConfig::new(30_522, 512, 12, 768, 12) };
        assert_eq!(Parts::of_bert(&base).unwrap().total(), 109_482_240);
        let head = Parts::of_bert(&BertConfig::new(9, 8, 1, 4, 2)).unwrap().head;
        assert_eq!(head, 4 * 4 + 4 + 2 * 4 + 9);
    }

    /// V = 7, L = 1, D = 4, N = 2, F = 16.
    #[test]
    fn an_encoder_decoder_attends_three_times_for_two_feed_forward_layers() {
        let parts = Parts::of_t5(&T5Config::v1_0(7, 1, 4, 2)).unwrap();
        let by_hand = Parts {
            token_embedding: 7 * 4,
            positions: 2 * 32 * 2,
            attention: 3 * 4 * 4 * 4,
            feed_forward: 2 * 2 * 16 * 4,
            norms: (2 + 3 + 2) * 4,
            head: 0,
        };
        assert_eq!(parts, by_hand);
        assert_eq!(Parts::of_t5(&T5Config::v1_1(7, 1, 4, 2)).unwrap().head, 7 * 4);
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
