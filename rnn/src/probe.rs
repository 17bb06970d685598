//! How much the loss depends on the state of each step.

use ndarray::{Array3, Axis};
use tensor::{Context, Parameters, Real, Tensor};

/// d loss / d h_t for every t: through the output of step t and through all later steps.
///
/// `loss` computes the loss with the [probe](crate::PassOptions::probe) that it is given.
///
/// # Shapes
/// - `shape`: B, T, H; returns (B, T, H), zeros if the loss does not depend on the probe.
///
/// ```
/// use data::tasks::{Recall, TokenTask};
/// use rnn::{Classifier, ClassifierConfig, Elman, StackedConfig, gradient_norms, hidden_gradients};
/// use tensor::{Init, Parameters};
///
/// let task = Recall { symbols: 8, distractors: 4, gap: 18 };
/// let mut parameters = Parameters::new();
/// let config = ClassifierConfig { vocabulary: 13, classes: 8, layers: StackedConfig::new(5, 6) };
/// let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
/// let batch = task.batch(32, 1, 0);
/// let gradients = hidden_gradients(&parameters, (32, 20, 6), |cx, probe| model.probed_loss(cx, &batch, &[probe]));
/// let norms = gradient_norms(&gradients);
/// assert!(norms[0] < 1e-6 * norms[19]); // uniform initialisation: the gradient has vanished 19 steps back
/// ```
pub fn hidden_gradients(
    parameters: &Parameters,
    shape: (usize, usize, usize),
    loss: impl FnOnce(&Context<'_>, Tensor) -> Tensor,
) -> Array3<Real> {
    let cx = Context::train(parameters, 0, 0);
    let probe = cx.leaf(Array3::zeros(shape));
    let gradients = loss(&cx, probe.clone()).backward();
    match gradients.of(&probe) {
        Some(gradient) => gradient.to_owned().into_dimensionality().expect("a gradient has its value's shape"),
        None => Array3::zeros(shape),
    }
}

/// The Euclidean norm of the gradients of each step, over rows and units.
///
/// # Shapes
/// - `gradients`: (B, T, H); returns T numbers.
pub fn gradient_norms(gradients: &Array3<Real>) -> Vec<f64> {
    let norm = |step: ndarray::ArrayView2<'_, Real>| step.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
    gradients.axis_iter(Axis(1)).map(norm).collect()
}
