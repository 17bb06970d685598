//! An answer to a whole sequence: numbers.

use data::tasks::{AddingBatch, SeriesBatch};
use ndarray::{Array2, Array3, Axis};
use nn::{Linear, Trainable, mean_squared_error};
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::{Recurrent, Stacked, StackedConfig};

/// Sequences of vectors, and the numbers that answer each of them.
#[derive(Clone, Debug, PartialEq)]
pub struct SequenceBatch {
    /// What is read, (B, T, I).
    pub inputs: Array3<Real>,
    /// The right answers, (B, O).
    pub targets: Array2<Real>,
}

impl From<AddingBatch> for SequenceBatch {
    /// I = 2, number and mark; O = 1, the sum.
    fn from(batch: AddingBatch) -> Self {
        let targets = batch.targets.insert_axis(Axis(1));
        SequenceBatch { inputs: batch.inputs.mapv(|x| x as Real), targets: targets.mapv(|y| y as Real) }
    }
}

impl From<SeriesBatch> for SequenceBatch {
    /// I = 1, the value of a step; O is the horizon: all values that follow are forecast at once.
    fn from(batch: SeriesBatch) -> Self {
        let inputs = batch.history.insert_axis(Axis(2));
        SequenceBatch { inputs: inputs.mapv(|x| x as Real), targets: batch.future.mapv(|y| y as Real) }
    }
}

/// Reads a sequence and answers with numbers after its end: layers, then an affine map of the last state. It adds
/// marked numbers ([`data::tasks::Adding`]) and forecasts series ([`data::tasks::SeasonalSeries`]); the loss is the
/// mean squared error.
///
/// ```
/// use data::tasks::Adding;
/// use rnn::{Elman, Regressor, SequenceBatch, StackedConfig};
/// use tensor::{Init, Parameters};
///
/// let batch = SequenceBatch::from(Adding { length: 6 }.batch(4, 1, 0));
/// assert_eq!((batch.inputs.dim(), batch.targets.dim()), ((4, 6, 2), (4, 1)));
///
/// let mut parameters = Parameters::new();
/// let model = Regressor::<Elman>::new(&mut Init::new(&mut parameters, 1), StackedConfig::new(2, 8), 1);
/// assert_eq!(model.predict(&parameters, &batch.inputs).dim(), (4, 1));
/// ```
#[derive(Clone, Debug)]
pub struct Regressor<R> {
    layers: Stacked<R>,
    output: Linear,
}

impl<R: Recurrent> Regressor<R> {
    /// Creates the parameters `rnn.*`, `out.weight` and `out.bias`, for answers of O = `outputs` numbers.
    ///
    /// # Panics
    /// If there are no layers, or they read in both directions: the last state would then not have read everything.
    #[track_caller]
    pub fn new(init: &mut Init<'_>, layers: StackedConfig<R::Options>, outputs: usize) -> Self {
        assert!(!layers.bidirectional, "regressor: the layers must read forward in time only");
        Regressor {
            layers: Stacked::new(&mut init.child("rnn"), "rnn", layers),
            output: Linear::new(&mut init.child("out"), layers.hidden, outputs),
        }
    }

    /// The answers; `probes` as in [`Stacked::forward`].
    ///
    /// # Shapes
    /// - `inputs`: (B, T, I); returns (B, O).
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, inputs: &Array3<Real>, probes: &[Tensor]) -> Tensor {
        let x = Tensor::constant(inputs.clone()); // (B, T, I)
        self.output.forward(cx, &last_state(&self.layers, cx, &x, probes)) // (B, O)
    }

    /// The loss of the answers, with probes.
    ///
    /// # Shapes
    /// - `batch.inputs`: (B, T, I), `batch.targets`: (B, O); returns one number, ().
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    pub fn probed_loss(&self, cx: &Context<'_>, batch: &SequenceBatch, probes: &[Tensor]) -> Tensor {
        let targets = Tensor::constant(batch.targets.clone());
        mean_squared_error(&self.forward(cx, &batch.inputs, probes), &targets)
    }

    /// The answers as numbers.
    ///
    /// # Shapes
    /// - `inputs`: (B, T, I); returns (B, O).
    ///
    /// # Panics
    /// If the shapes do not fit, or T is 0.
    #[track_caller]
    pub fn predict(&self, parameters: &Parameters, inputs: &Array3<Real>) -> Array2<Real> {
        let answers = self.forward(&Context::eval(parameters), inputs, &[]);
        answers.view("regressor").to_owned()
    }
}

impl<R: Recurrent> Trainable for Regressor<R> {
    type Batch = SequenceBatch;

    fn loss(&self, cx: &Context<'_>, batch: &SequenceBatch) -> Tensor {
        self.probed_loss(cx, batch, &[])
    }

    fn targets(&self, batch: &SequenceBatch) -> usize {
        batch.targets.len()
    }
}

/// The state h of the top layer after the last step, (B, H).
#[track_caller]
pub(super) fn last_state<R: Recurrent>(layers: &Stacked<R>, cx: &Context<'_>, x: &Tensor, probes: &[Tensor]) -> Tensor {
    let (_, state) = layers.forward(cx, x, None, probes);
    state.last().and_then(|top| top.first()).expect("a stack has a layer, and a layer a state").clone()
}
