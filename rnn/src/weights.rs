//! The four parameters that recurrent layers have in common.

use tensor::{Context, Init, Initializer, ParameterId, Tensor};

use crate::{Input, PassOptions};

/// The parameters of one layer in one direction, G gates of H units each: names and order as in PyTorch.
///
/// | symbol | name | shape |
/// |---|---|---|
/// | W_ih | `weight_ih_l0` | (G·H, I) |
/// | W_hh | `weight_hh_l0` | (G·H, H) |
/// | b_ih | `bias_ih_l0` | (G·H) |
/// | b_hh | `bias_hh_l0` | (G·H) |
///
/// One bias would do for most cells. PyTorch, after cuDNN, keeps two; we do as well, so that weights and parameter
/// counts can be compared one by one.
#[derive(Clone, Debug)]
pub struct WeightIds {
    w_ih: ParameterId,
    w_hh: ParameterId,
    b_ih: ParameterId,
    b_hh: ParameterId,
    input: usize,
    hidden: usize,
}

/// How the parameters of a layer begin.
#[derive(Clone, Copy, Debug)]
pub struct WeightInit {
    /// W_ih.
    pub w_ih: Initializer,
    /// W_hh.
    pub w_hh: Initializer,
    /// b_ih.
    pub b_ih: Initializer,
    /// b_hh.
    pub b_hh: Initializer,
}

impl WeightInit {
    /// All four uniform in ±1/√H, as in PyTorch.
    pub fn uniform(hidden: usize) -> Self {
        let uniform = Initializer::Uniform { bound: 1.0 / (hidden as f64).sqrt() };
        WeightInit { w_ih: uniform, w_hh: uniform, b_ih: uniform, b_hh: uniform }
    }
}

impl WeightIds {
    /// Creates the parameters of `gates` gates; `suffix` is what follows `weight_ih_`: `l0`, `l1_reverse`.
    pub fn new(init: &mut Init<'_>, suffix: &str, gates: usize, input: usize, hidden: usize, with: WeightInit) -> Self {
        let rows = gates * hidden;
        WeightIds {
            w_ih: init.param(&format!("weight_ih_{suffix}"), &[rows, input], with.w_ih),
            w_hh: init.param(&format!("weight_hh_{suffix}"), &[rows, hidden], with.w_hh),
            b_ih: init.param(&format!("bias_ih_{suffix}"), &[rows], with.b_ih),
            b_hh: init.param(&format!("bias_hh_{suffix}"), &[rows], with.b_hh),
            input,
            hidden,
        }
    }

    /// The parameters as tensors.
    pub fn get(&self, cx: &Context<'_>) -> Weights {
        let [w_ih, w_hh, b_ih, b_hh] = [self.w_ih, self.w_hh, self.b_ih, self.b_hh].map(|id| cx.get(id));
        Weights { w_ih, w_hh, b_ih, b_hh }
    }

    /// I.
    pub fn input(&self) -> usize {
        self.input
    }

    /// H.
    pub fn hidden(&self) -> usize {
        self.hidden
    }
}

/// The numbers of one layer in one direction.
#[derive(Clone, Debug)]
pub struct Weights {
    /// W_ih, (G·H, I).
    pub w_ih: Tensor,
    /// W_hh, (G·H, H).
    pub w_hh: Tensor,
    /// b_ih, (G·H).
    pub b_ih: Tensor,
    /// b_hh, (G·H).
    pub b_hh: Tensor,
}

/// The sizes of one pass through a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// B.
    pub batch: usize,
    /// T.
    pub steps: usize,
    /// I.
    pub input: usize,
    /// H.
    pub hidden: usize,
}

impl Sizes {
    /// Reads the sizes off the arguments of a layer with `gates` gates, after checking that they fit together.
    ///
    /// # Panics
    /// If they do not, or T is 0; the message names `operation` and all shapes.
    #[track_caller]
    pub fn check(
        operation: &str,
        gates: usize,
        x: Input<'_>,
        state: &[&Tensor],
        weights: &Weights,
        run: PassOptions<'_>,
    ) -> Sizes {
        let Weights { w_ih, w_hh, b_ih, b_hh } = weights;
        if let (Some([batch, steps, input]), &[_, hidden]) = (x.shape(), w_hh.shape()) {
            let rows = gates * hidden;
            let fits = steps > 0
                && hidden > 0
                && w_ih.shape() == [rows, input]
                && w_hh.shape() == [rows, hidden]
                && [b_ih, b_hh].iter().all(|b| b.shape() == [rows])
                && state.iter().all(|s| s.shape() == [batch, hidden])
                && run.probe.is_none_or(|p| p.shape() == [batch, steps, hidden])
                && run
                    .lengths
                    .is_none_or(|l| l.len() == batch && l.iter().all(|&length| (1..=steps).contains(&length)));
            if fits {
                return Sizes { batch, steps, input, hidden };
            }
        }
        let numbers = match x {
            Input::Vectors(_) => String::new(),
            Input::Rows { numbers, .. } => format!(" by numbers {:?}", numbers.shape()),
        };
        panic!(
            "{operation}: x {:?}{numbers}, state {:?}, w_ih {:?}, w_hh {:?}, b_ih {:?}, b_hh {:?}, probe {:?} and lengths {:?} \
             do not fit (B, T, I) with T > 0 and H > 0, (B, H), ({gates}H, I), ({gates}H, H), ({gates}H), ({gates}H), \
             (B, T, H) and B lengths of 1 to T",
            x.tensor().shape(),
            state.iter().map(|s| s.shape()).collect::<Vec<_>>(),
            w_ih.shape(),
            w_hh.shape(),
            b_ih.shape(),
            b_hh.shape(),
            run.probe.map(Tensor::shape),
            run.lengths,
        );
    }
}
