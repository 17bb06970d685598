//! An answer to a whole sequence: one of several classes.

use data::{IGNORE, TextBatch, Token};
use ndarray::{Array1, ArrayView2, Axis};
use nn::{Embedding, Linear, Trainable, cross_entropy, metrics};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Parameters, Tensor};

use crate::{Recurrent, Stacked, StackedConfig};

/// The sizes of a [`Classifier`]; `O` are the options of its layers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassifierConfig<O> {
    /// How many different tokens there are, V.
    pub vocabulary: usize,
    /// How many answers there are; answer k is token k.
    pub classes: usize,
    /// The layers; their input is the width of a token's vector, E.
    pub layers: StackedConfig<O>,
}

/// Reads tokens and answers once, after the last: embedding, layers, scores of the last state. Made for
/// [recall](data::tasks::Recall), where nothing is asked before.
///
/// ```
/// use data::tasks::{Recall, TokenTask};
/// use nn::Trainable;
/// use rnn::{Classifier, ClassifierConfig, Elman, StackedConfig};
/// use tensor::{Context, Init, Parameters};
///
/// let task = Recall { symbols: 8, distractors: 4, gap: 3 };
/// let mut parameters = Parameters::new();
/// let layers = StackedConfig::new(5, 6);
/// let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 8, layers };
/// let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
/// let batch = task.batch(32, 1, 0);
/// let loss = model.loss(&Context::eval(&parameters), &batch);
/// assert!((loss.item() - 8_f64.ln() as tensor::Real).abs() < 0.4); // it knows nothing yet
/// assert!(model.accuracy(&parameters, &batch) < 0.5);
/// ```
#[derive(Clone, Debug)]
pub struct Classifier<R> {
    embedding: Embedding,
    layers: Stacked<R>,
    output: Linear,
}

impl<R: Recurrent> Classifier<R> {
    /// Creates the parameters `emb.weight`, `rnn.*`, `out.weight` and `out.bias`.
    ///
    /// # Panics
    /// If there are no layers, or they read in both directions: the last state would then not have read everything.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, config: ClassifierConfig<R::Options>) -> Self {
        assert!(!config.layers.bidirectional, "classifier: the layers must read forward in time only");
        Classifier {
            embedding: Embedding::new(&mut init.child("emb"), config.vocabulary, config.layers.input),
            layers: Stacked::new(&mut init.child("rnn"), "rnn", config.layers),
            output: Linear::new(&mut init.child("out"), config.layers.hidden, config.classes),
        }
    }

    /// The scores of the answers; `probes` as in [`Stacked::forward`].
    ///
    /// # Shapes
    /// - `inputs`: (B, T); returns (B, classes).
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    pub fn logits(&self, cx: &Context<'_>, inputs: ArrayView2<'_, Token>, probes: &[Tensor]) -> Tensor {
        let x = self.embedding.forward(cx, inputs.into_dyn()); // (B, T, E)
        self.output.forward(cx, &super::regressor::last_state(&self.layers, cx, &x, probes)) // (B, classes)
    }

    /// The loss of the answers, with probes.
    #[track_caller]
    pub fn probed_loss(&self, cx: &Context<'_>, batch: &TextBatch, probes: &[Tensor]) -> Tensor {
        cross_entropy(&self.logits(cx, batch.inputs.view(), probes), answers(batch).view().into_dyn())
    }

    /// The part of the rows that is answered rightly; NaN if none is asked.
    #[track_caller]
    pub fn accuracy(&self, parameters: &Parameters, batch: &TextBatch) -> f64 {
        let logits = self.logits(&Context::eval(parameters), batch.inputs.view(), &[]);
        metrics::accuracy(logits.value(), answers(batch).view().into_dyn()).unwrap_or(f64::NAN)
    }
}

impl<R: Recurrent> Trainable for Classifier<R> {
    type Batch = TextBatch;

    fn loss(&self, cx: &Context<'_>, batch: &TextBatch) -> Tensor {
        self.probed_loss(cx, batch, &[])
    }

    fn targets(&self, batch: &TextBatch) -> usize {
        batch.answers()
    }
}

/// What is asked after the last token, and nowhere else.
#[track_caller]
fn answers(batch: &TextBatch) -> Array1<Token> {
    let (before, last) = batch.targets.view().split_at(Axis(1), batch.targets.ncols().saturating_sub(1));
    let asked_before = before.iter().any(|&target| target != IGNORE);
    assert!(!asked_before, "classifier: the batch asks before the end of the row, {:?}", batch.targets.shape());
    last.iter().copied().collect()
}
