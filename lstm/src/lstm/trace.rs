//! What the gates and the cell did, step by step, for a reader to plot.

use ndarray::{Array3, ArrayView3, s};
use rnn::scan::Scan;
use rnn::sequence::batch_first;
use rnn::{Direction, Input, PassOptions, Recurrent, Sizes};
use tensor::{Context, Real, Tensor};

use super::Lstm;
use super::fused::LstmCell;

/// Gates and states over time, each (B, T, H).
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// How much of the new content entered the cell, 0 to 1.
    pub i: Array3<Real>,
    /// How much of the cell's content stayed, 0 to 1.
    pub f: Array3<Real>,
    /// The new content, -1 to 1.
    pub g: Array3<Real>,
    /// How much of the content was shown, 0 to 1.
    pub o: Array3<Real>,
    /// The content.
    pub c: Array3<Real>,
    /// What was shown.
    pub h: Array3<Real>,
}

/// Reads `x` from an empty state, forward in time, and returns what every gate did.
///
/// # Shapes
/// - `x`: (B, T, I); returns six arrays (B, T, H)
///
/// # Panics
/// If x does not have I columns, or T is 0.
#[track_caller]
pub fn trace(layer: &Lstm, cx: &Context<'_>, x: &Tensor) -> Trace {
    let (x, weights) = (Input::Vectors(x), layer.weights(cx));
    let state = layer.empty(x.tensor().shape()[0]);
    let Sizes { hidden, .. } =
        Sizes::check("lstm::trace", 4, x, &[&state[0], &state[1]], &weights, PassOptions::default());
    let run = Scan::run(LstmCell, x, [&state[0], &state[1]], &weights, PassOptions::default());
    let steps = |x: ArrayView3<'_, Real>| batch_first(x, Direction::Forward);
    let gate = |k: usize| steps(run.columns.slice(s![.., .., k * hidden..(k + 1) * hidden]));
    let [h, c] = run.states.each_ref().map(|x| steps(x.slice(s![1.., .., ..])));
    Trace { i: gate(0), f: gate(1), g: gate(2), o: gate(3), c, h }
}
