//! The gated recurrent unit (Cho et al. 2014), in the form of cuDNN and PyTorch.
//!
//! ```text
//! r_t = σ(W_ir x_t + b_ir + W_hr h_{t-1} + b_hr)            how much of the old state the proposal sees
//! z_t = σ(W_iz x_t + b_iz + W_hz h_{t-1} + b_hz)            how much of the old state stays
//! n_t = tanh(W_in x_t + b_in + r_t (W_hn h_{t-1} + b_hn))   the proposal
//! h_t = (1 - z_t) n_t + z_t h_{t-1}
//! ```
//!
//! The paper differs in two places: its r multiplies h before the product with W_hn, U(r ⊙ h), and its z has the
//! other sense in some versions. With r outside the product, all three products of a step are one.

pub mod fused;
pub mod literal;

use rnn::{Form, Input, PassOptions, Recurrent, WeightIds, WeightInit};
use serde::{Deserialize, Serialize};
use tensor::{Context, Init, Initializer, Tensor};

/// How the biases begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GruInit {
    /// Uniform in ±1/√H like the weights, as in PyTorch: z is about 1/2, and half is left after one step.
    #[default]
    Uniform,
    /// b_z = ln u with u uniform in 1..`horizon` - 1 for each unit, the other biases 0 (Tallec & Ollivier 2018,
    /// section 2; with their z turned round).
    Chrono {
        /// The longest time span, in steps, that the state is to bridge; above 2.
        horizon: f64,
    },
}

/// One GRU layer. The gates lie in the order r, z, n, as in PyTorch.
///
/// ```
/// use ndarray::{arr1, arr2, arr3};
/// use lstm::Gru;
/// use rnn::{Recurrent, PassOptions};
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close, shared};
///
/// let mut parameters = Parameters::new();
/// let layer = Gru::new(&mut Init::new(&mut parameters, 1), "l0", 1, 1, Default::default()); // I = H = 1
/// // z = σ(ln 3) = 3/4 and r = σ(-ln 3) = 1/4 whatever is read; the proposal sees the input and r·(2h + 1).
/// let ln3 = 3.0_f64.ln() as tensor::Real;
/// for (name, value) in [
///     ("weight_ih_l0", shared(arr2(&[[0.0], [0.0], [1.0]]))),
///     ("weight_hh_l0", shared(arr2(&[[0.0], [0.0], [2.0]]))),
///     ("bias_ih_l0", shared(arr1(&[-ln3, ln3, 0.0]))),
///     ("bias_hh_l0", shared(arr1(&[0.0, 0.0, 1.0]))),
/// ] {
///     parameters.set(parameters.find(name).unwrap(), value);
/// }
///
/// let x = Tensor::constant(arr3(&[[[0.75], [-0.5]]])); // B = 1, T = 2
/// let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
/// // h_1 = tanh(0.75 + 1/4)/4 = 0.19039854; h_2 = tanh(-0.5 + (2 h_1 + 1)/4)/4 + 3/4 h_1
/// assert_close("h", ys.value(), &arr3(&[[[0.19039854], [0.10440491]]]).into_dyn(), 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct Gru {
    weights: WeightIds,
}

impl Recurrent for Gru {
    type Options = GruInit;

    const STATE: &'static [&'static str] = &["h"];

    fn new(init: &mut Init<'_>, suffix: &str, input: usize, hidden: usize, start: GruInit) -> Self {
        let uniform = WeightInit::uniform(hidden);
        let begin = match start {
            GruInit::Uniform => uniform,
            GruInit::Chrono { horizon } => {
                let b_ih = Initializer::Chrono { horizon, signs: &[0.0, 1.0, 0.0] };
                WeightInit { b_ih, b_hh: Initializer::Constant(0.0), ..uniform }
            }
        };
        Gru { weights: WeightIds::new(init, suffix, 3, input, hidden, begin) }
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
        let [h0] = state else { panic!("gru: the state is one vector, got {}", state.len()) };
        let weights = self.weights.get(cx);
        let forward = match run.form {
            Form::Literal => literal::forward,
            Form::Fused => fused::forward,
        };
        let (ys, h_n) = forward(x.into(), h0, &weights, run);
        (ys, vec![h_n])
    }
}
