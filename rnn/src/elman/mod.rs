//! The simple recurrent network (Elman 1990): the state is a function of the input and of the state before.

pub mod fused;
pub mod literal;

use serde::{Deserialize, Serialize};
use tensor::kernels::elementwise;
use tensor::{Context, Init, Initializer, Real, Tensor};

use crate::{Form, Input, PassOptions, Recurrent, WeightIds, WeightInit};

/// The function that keeps the state bounded, or lets it pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nonlinearity {
    /// The hyperbolic tangent.
    #[default]
    Tanh,
    /// max(x, 0).
    Relu,
}

impl Nonlinearity {
    fn apply(self, x: &mut [Real]) {
        match self {
            Nonlinearity::Tanh => x.iter_mut().for_each(|x| *x = elementwise::tanh(*x)),
            Nonlinearity::Relu => x.iter_mut().for_each(|x| *x = elementwise::relu(*x)),
        }
    }

    /// f'(a)·dy for every element, where `y` holds f(a); the result replaces `y`.
    fn apply_backward(self, y: &mut [Real], dy: &[Real]) {
        match self {
            Nonlinearity::Tanh => y.iter_mut().zip(dy).for_each(|(y, dy)| *y = (1.0 - *y * *y) * dy),
            Nonlinearity::Relu => {
                y.iter_mut().zip(dy).for_each(|(y, dy)| *y = elementwise::relu_derivative(*y) * dy);
            }
        }
    }
}

/// How the recurrent matrix W_hh begins. It is multiplied T times, so its eigenvalues decide whether the first steps'
/// gradients vanish.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Recurrence {
    /// Uniform in ±1/√H like all other parameters, as in PyTorch: eigenvalues within a circle of radius 1/√3.
    #[default]
    Uniform,
    /// Orthogonal, with biases of zero: every eigenvalue on the unit circle (Saxe et al. 2014, section 3).
    Orthogonal,
    /// The identity, with biases of zero: at first the state is a running sum (Le et al. 2015, section 2).
    Identity,
}

/// What has to be decided when an [`Elman`] layer is made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElmanOptions {
    /// The function of the state.
    pub nonlinearity: Nonlinearity,
    /// The beginning of W_hh.
    pub recurrence: Recurrence,
}

/// One layer of the simple recurrent network: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh).
///
/// ```
/// use ndarray::{arr1, arr2, arr3};
/// use rnn::{Elman, ElmanOptions, Nonlinearity, Recurrent, PassOptions};
/// use tensor::{Context, Init, Parameters, Tensor, shared};
///
/// let mut parameters = Parameters::new();
/// let options = ElmanOptions { nonlinearity: Nonlinearity::Relu, ..Default::default() };
/// let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 1, 2, options); // I = 1, H = 2
/// for (name, value) in [
///     ("weight_ih_l0", shared(arr2(&[[1.0], [-1.0]]))),
///     ("weight_hh_l0", shared(arr2(&[[0.0, 2.0], [0.5, 0.0]]))),
///     ("bias_ih_l0", shared(arr1(&[0.0, 1.0]))),
///     ("bias_hh_l0", shared(arr1(&[0.0, 2.0]))),
/// ] {
///     parameters.set(parameters.find(name).unwrap(), value);
/// }
///
/// let x = Tensor::constant(arr3(&[[[1.0], [2.0], [-20.0]]])); // B = 1, T = 3
/// let (ys, state) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
/// // h_1 = relu(1, -1 + 3); h_2 = relu(2 + 2·2, -2 + 3 + 1/2); h_3 = relu(-20 + 2·1.5, 20 + 3 + 6/2)
/// assert_eq!(ys.value(), &shared(arr3(&[[[1.0, 2.0], [6.0, 1.5], [0.0, 26.0]]])));
/// assert_eq!(state[0].value(), &shared(arr2(&[[0.0, 26.0]])));
/// ```
#[derive(Clone, Debug)]
pub struct Elman {
    weights: WeightIds,
    nonlinearity: Nonlinearity,
}

impl Recurrent for Elman {
    type Options = ElmanOptions;

    const STATE: &'static [&'static str] = &["h"];

    fn new(init: &mut Init<'_>, suffix: &str, input: usize, hidden: usize, options: ElmanOptions) -> Self {
        let uniform = WeightInit::uniform(hidden);
        let zero = Initializer::Constant(0.0);
        let begin = match options.recurrence {
            Recurrence::Uniform => uniform,
            Recurrence::Orthogonal => {
                WeightInit { w_hh: Initializer::Orthogonal { gain: 1.0 }, b_ih: zero, b_hh: zero, ..uniform }
            }
            Recurrence::Identity => {
                WeightInit { w_hh: Initializer::Identity { gain: 1.0 }, b_ih: zero, b_hh: zero, ..uniform }
            }
        };
        let weights = WeightIds::new(init, suffix, 1, input, hidden, begin);
        Elman { weights, nonlinearity: options.nonlinearity }
    }

    fn input(&self) -> usize {
        self.weights.input()
    }

    fn hidden(&self) -> usize {
        self.weights.hidden()
    }

    #[track_caller]
    fn forward<'a>(
        &self,
        cx: &Context<'_>,
        x: impl Into<Input<'a>>,
        state: &[Tensor],
        run: PassOptions<'_>,
    ) -> (Tensor, Vec<Tensor>) {
        let [h0] = state else { panic!("elman: the state is one vector, got {}", state.len()) };
        let weights = self.weights.get(cx);
        let forward = match run.form {
            Form::Literal => literal::forward,
            Form::Fused => fused::forward,
        };
        let (ys, h_n) = forward(x.into(), h0, &weights, self.nonlinearity, run);
        (ys, vec![h_n])
    }
}
