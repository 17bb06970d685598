//! The training steps that are timed here and in PyTorch: the same models, shapes and work.

use data::pairs::{PairBatch, Sources};
use data::{TextBatch, Token};
use ndarray::Array2;
use ndarray_rand::rand::Rng;
use nn::{AdamW, Schedule, StepReport, Trainable, Trainer, TrainingConfig, TrainingError};
use tensor::{Parameters, stream};
use transformer::TransformerConfig;

use stages::{AnyConfig, Sizes, Stage, TranslatorConfig, TranslatorSizes, TranslatorStage};

/// V: tiny Shakespeare has 65 characters.
pub const VOCABULARY: usize = 65;

/// A training step with a name.
#[derive(Clone, Debug)]
pub struct Peer {
    /// The name on the command line.
    pub name: &'static str,
    /// The model.
    pub model: AnyConfig,
    /// B.
    pub batch: usize,
    /// T, of a translator also S.
    pub context: usize,
}

impl Peer {
    /// All of them, in the order of history.
    pub fn all() -> Vec<Peer> {
        let recurrent = Sizes::new(VOCABULARY, 64, 256);
        let gpt = Sizes { layers: 4, ..Sizes::new(VOCABULARY, 64, 128) };
        let gpt_256 = Sizes { layers: 6, heads: 6, ..Sizes::new(VOCABULARY, 256, 384) };
        let language = |stage: Stage, sizes| AnyConfig::Language(stage.configure(sizes));
        let translator = |stage: TranslatorStage| {
            let sizes = TranslatorSizes { embedding: 128, ..TranslatorSizes::new(VOCABULARY, VOCABULARY, 256) };
            AnyConfig::Translation(stage.configure(sizes))
        };
        let transformer = TransformerConfig::pytorch(VOCABULARY, VOCABULARY, 2, 128, 4);
        let transformer = AnyConfig::Translation(TranslatorConfig::Transformer(transformer));
        [
            ("rnn", language(Stage::Rnn, recurrent), 32, 64),
            ("lstm", language(Stage::Lstm, recurrent), 32, 64),
            ("seq2seq", translator(TranslatorStage::Seq2Seq), 64, 20),
            ("attention", translator(TranslatorStage::Attention), 64, 20),
            ("transformer", transformer, 64, 20),
            ("gpt", language(Stage::Gpt, gpt), 12, 64),
            ("gpt-256", language(Stage::Gpt, gpt_256), 4, 256),
        ]
        .map(|(name, model, batch, context)| Peer { name, model, batch, context })
        .into()
    }

    /// Builds the model and hands `work` the number of its parameters and one training step, which does what the
    /// PyTorch script does: forward, cross-entropy, backward, clipping to a norm of 1, AdamW at a learning rate of 10⁻³.
    pub fn with_step<T>(&self, work: impl FnOnce(usize, Step<'_>) -> T) -> T {
        const POSSIBLE: &str = "the peers' configurations are possible";
        match &self.model {
            AnyConfig::Language(config) => {
                let (model, parameters) = config.build(1).expect(POSSIBLE);
                train(&model, parameters, &self.text(), work)
            }
            AnyConfig::Translation(config) => {
                let (model, parameters) = config.build(1).expect(POSSIBLE);
                train(&model, parameters, &self.pairs(), work)
            }
        }
    }

    /// Random tokens, (B, T): the same at every step, since making a batch is not what is timed.
    fn text(&self) -> TextBatch {
        let [inputs, targets, _] = self.tokens();
        TextBatch { inputs, targets }
    }

    /// Likewise, without padding.
    fn pairs(&self) -> PairBatch {
        let [inputs, targets, tokens] = self.tokens();
        PairBatch { sources: Sources { tokens, lengths: vec![self.context; self.batch] }, inputs, targets }
    }

    fn tokens(&self) -> [Array2<Token>; 3] {
        let mut rng = stream(1, 0, "tokens to time");
        let shape = (self.batch, self.context);
        std::array::from_fn(|_| Array2::from_shape_simple_fn(shape, || rng.random_range(0..VOCABULARY as Token)))
    }
}

/// Does one training step.
pub type Step<'a> = &'a mut dyn FnMut() -> Result<StepReport, TrainingError>;

fn train<M: Trainable<Batch: Clone>, T>(
    model: &M,
    parameters: Parameters,
    batch: &M::Batch,
    work: impl FnOnce(usize, Step<'_>) -> T,
) -> T {
    let count = parameters.count();
    let config = TrainingConfig::new(u64::MAX, AdamW::default(), Schedule::constant(1e-3));
    let mut trainer = Trainer::new(model, parameters, TrainingConfig { clip: Some(1.0), ..config });
    let batches = |_index: u64| batch.clone();
    work(count, &mut || trainer.step(&batches))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected: what the PyTorch script prints for the models of the same names.
    #[test]
    fn the_models_have_as_many_parameters_as_in_pytorch() {
        let counts = Peer::all().iter().map(|peer| (peer.name, peer.with_step(|count, _| count))).collect::<Vec<_>>();
        let expected = [
            ("rnn", 123_841),
            ("lstm", 420_289),
            ("seq2seq", 823_873),
            ("attention", 1_217_345),
            ("transformer", 951_233),
            ("gpt", 804_096),
            ("gpt-256", 10_745_088),
        ];
        assert_eq!(counts, expected);
    }

    #[test]
    fn the_translators_take_a_step() {
        for peer in Peer::all().iter().filter(|peer| !matches!(peer.model, AnyConfig::Language(_))) {
            let small = Peer { batch: 2, context: 3, ..peer.clone() };
            let loss = small.with_step(|_, step| step().unwrap().loss);
            assert!((loss - (VOCABULARY as f64).ln()).abs() < 1.0, "{}: {loss}", peer.name);
        }
    }
}
