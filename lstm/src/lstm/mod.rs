//! Long short-term memory (Hochreiter & Schmidhuber 1997), with the forget gate of Gers, Schmidhuber & Cummins 2000.
//!
//! ```text
//! i_t = σ(W_ii x_t + b_ii + W_hi h_{t-1} + b_hi)       how much of the new content enters
//! f_t = σ(W_if x_t + b_if + W_hf h_{t-1} + b_hf)       how much of the old content stays
//! g_t = tanh(W_ig x_t + b_ig + W_hg h_{t-1} + b_hg)    the new content
//! o_t = σ(W_io x_t + b_io + W_ho h_{t-1} + b_ho)       how much of the content is shown
//! c_t = f_t c_{t-1} + i_t g_t                          the cell: a sum, not a product of matrices
//! h_t = o_t tanh(c_t)
//! ```

pub mod fused;
pub mod literal;
mod trace;

use rnn::{Form, Input, PassOptions, Recurrent, WeightIds, WeightInit};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, Tensor};

pub use trace::{Trace, trace};

/// How the biases begin. They decide how long the cell keeps its content before anything is learnt: where σ(b_f) = f
/// stays the same, half of it is left after ln 2 / -ln f steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
// ANCHOR: start
pub enum LstmInit {
    /// Uniform in ±1/√H like the weights, as in PyTorch: f is about 1/2, and half is left after one step.
    Uniform,
    /// b_f = 1 and no other bias (Gers et al. 2000; Jozefowicz et al. 2015): f = 0.73, half is left after 2.2 steps.
    #[default]
    ForgetBias,
    /// b_f = ln u with u uniform in 1..`horizon` - 1 for each unit, and b_i = -b_f (Tallec & Ollivier 2018, equation
    /// 16): units keep their content for every time span up to `horizon`.
    Chrono {
        /// The longest time span, in steps, that the cell is to bridge; above 2.
        horizon: f64,
    },
}
// ANCHOR_END: start

/// One LSTM layer. The gates lie in the order i, f, g, o, as in PyTorch.
///
/// ```
/// use ndarray::{arr1, arr2, arr3};
/// use lstm::Lstm;
/// use rnn::{Recurrent, PassOptions};
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
///
/// let mut parameters = Parameters::new();
/// let layer = Lstm::new(&mut Init::new(&mut parameters, 1), "l0", 2, 1, Default::default()); // I = 2, H = 1
/// // The first input opens the gate i, the second is the content; f and o are σ(ln 3) = 3/4 whatever is read.
/// let ln3 = 3.0_f64.ln() as tensor::Real;
/// for (name, value) in [
///     ("weight_ih_l0", shared(arr2(&[[100.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]]))),
///     ("weight_hh_l0", shared(arr2(&[[0.0], [0.0], [0.0], [0.0]]))),
///     ("bias_ih_l0", shared(arr1(&[-50.0, ln3, 0.0, ln3]))),
///     ("bias_hh_l0", shared(arr1(&[0.0, 0.0, 0.0, 0.0]))),
/// ] {
///     parameters.set(parameters.find(name).unwrap(), value);
/// }
///
/// let x = Tensor::constant(arr3(&[[[1.0, 2.0], [0.0, -5.0]]])); // B = 1, T = 2
/// let (_, state) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
/// // c_1 = tanh(2) = 0.964028; the gate is shut for the second, so c_2 = 3/4 c_1, and h_2 = 3/4 tanh(c_2)
/// assert_close("c_2", state[1].value(), &arr2(&[[0.7230207]]).into_dyn(), 1e-6);
/// assert_close("h_2", state[0].value(), &arr2(&[[0.4640827]]).into_dyn(), 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct Lstm {
    weights: WeightIds,
}

impl Recurrent for Lstm {
    type Options = LstmInit;

    const STATE: &'static [&'static str] = &["h", "c"];

    fn new(init: &mut Init<'_>, suffix: &str, input: usize, hidden: usize, start: LstmInit) -> Self {
        let uniform = WeightInit::uniform(hidden);
        let zero = Initializer::Constant(0.0);
        let begin = match start {
            LstmInit::Uniform => uniform,
            LstmInit::ForgetBias => {
                WeightInit { b_ih: Initializer::Blocks(&[0.0, 1.0, 0.0, 0.0]), b_hh: zero, ..uniform }
            }
            LstmInit::Chrono { horizon } => {
                let b_ih = Initializer::Chrono { horizon, signs: &[-1.0, 1.0, 0.0, 0.0] };
                WeightInit { b_ih, b_hh: zero, ..uniform }
            }
        };
        Lstm { weights: WeightIds::new(init, suffix, 4, input, hidden, begin) }
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
        let [h0, c0] = state else { panic!("lstm: the state is two vectors, got {}", state.len()) };
        let weights = self.weights.get(cx);
        let forward = match run.form {
            Form::Literal => literal::forward,
            Form::Fused => fused::forward,
        };
        let [ys, h_n, c_n] = forward(x.into(), h0, c0, &weights, run);
        (ys, vec![h_n, c_n])
    }
}

impl Lstm {
    /// The parameters as tensors.
    pub fn weights(&self, cx: &Context<'_>) -> rnn::Weights {
        self.weights.get(cx)
    }
}
