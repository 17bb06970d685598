//! The training steps that are timed here and in PyTorch: the same models, shapes and work.

use data::{TextBatch, Token};
use ndarray::Array2;
use ndarray_rand::rand::Rng;
use nn::{AdamW, Schedule, Trainer, TrainingConfig};
use tensor::{Parameters, stream};

use crate::stages::{ConfigError, Model, ModelConfig, Sizes, Stage};

/// V: tiny Shakespeare has 65 characters.
const VOCABULARY: usize = 65;

/// A training step with a name.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The name on the command line.
    pub name: &'static str,
    /// The model.
    pub model: ModelConfig,
    /// B.
    pub batch: usize,
    /// T.
    pub context: usize,
}

impl Peer {
    /// All of them, in the order of history.
    pub fn all() -> Vec<Peer> {
        let recurrent = Sizes {
            vocabulary: VOCABULARY,
            context: 64,
            layers: 1,
            width: 256,
            embedding: 128,
            heads: 1,
            dropout: 0.0,
            carry: false,
        };
        let gpt = Sizes { layers: 4, width: 128, heads: 4, ..recurrent };
        let gpt_256 = Sizes { context: 256, layers: 6, width: 384, heads: 6, ..recurrent };
        [
            ("rnn", Stage::Rnn, recurrent, 32),
            ("lstm", Stage::Lstm, recurrent, 32),
            ("gpt", Stage::Gpt, gpt, 12),
            ("gpt-256", Stage::Gpt, gpt_256, 4),
        ]
        .map(|(name, stage, sizes, batch)| Peer { name, model: stage.configure(sizes), batch, context: sizes.context })
        .into()
    }

    /// The model and its first parameters.
    ///
    /// # Errors
    /// If no model can have this configuration.
    pub fn build(&self) -> Result<(Model, Parameters), ConfigError> {
        self.model.build(1)
    }

    /// A trainer that does at every step what the PyTorch script does: forward, cross-entropy, backward, clipping to
    /// a norm of 1, AdamW at a learning rate of 10⁻³.
    pub fn trainer<'m>(&self, model: &'m Model, parameters: Parameters) -> Trainer<'m, Model> {
        let config = TrainingConfig::new(u64::MAX, AdamW::default(), Schedule::constant(1e-3));
        Trainer::new(model, parameters, TrainingConfig { clip: Some(1.0), ..config })
    }

    /// Random tokens, (B, T): the same at every step, since making a batch is not what is timed.
    pub fn tokens(&self) -> TextBatch {
        let mut rng = stream(1, 0, "tokens to time");
        let mut draw =
            || Array2::from_shape_simple_fn((self.batch, self.context), || rng.random_range(0..VOCABULARY as Token));
        TextBatch { inputs: draw(), targets: draw() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: what the PyTorch script prints for the models of the same names.
    #[test]
    fn the_models_have_as_many_parameters_as_in_pytorch() {
        let counts = Peer::all().iter().map(|peer| (peer.name, peer.build().unwrap().1.count())).collect::<Vec<_>>();
        assert_eq!(counts, [("rnn", 123_841), ("lstm", 420_289), ("gpt", 804_096), ("gpt-256", 10_745_088)]);
    }
}
