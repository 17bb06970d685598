//! The simple recurrent network as it is written down: one step after another, out of small recorded operations.

use tensor::{Tensor, stack};

use super::Nonlinearity;
use crate::{Input, PassOptions, Sizes, Weights};

/// Reads a sequence: h_t = tanh(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), or relu instead of tanh.
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last one, (B, H)
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(
    x: Input<'_>,
    h0: &Tensor,
    weights: &Weights,
    nonlinearity: Nonlinearity,
    run: PassOptions<'_>,
) -> (Tensor, Tensor) {
    let Sizes { steps, .. } = Sizes::check("elman", 1, x, &[h0], weights, run);
    // ANCHOR: steps
    let x = run.within(x.vectors()); // (B, T, I)
    let mut h = h0.clone();
    let mut ys = vec![h0.clone(); steps];
    for t in run.direction.order(steps) {
        let x_t = x.index(1, t); // (B, I)
        let from_input = x_t.linear(&weights.w_ih, Some(&weights.b_ih)); // (B, H)
        let from_state = h.linear(&weights.w_hh, Some(&weights.b_hh)); // (B, H)
        let a = &from_input + &from_state;
        let mut new = match nonlinearity {
            Nonlinearity::Tanh => a.tanh(),
            Nonlinearity::Relu => a.relu(),
        };
        if let Some(probe) = run.probe {
            new = &new + &probe.index(1, t);
        }
        [ys[t], h] = run.hold(t, new, &h); // both are h_t, unless the row has ended
    }
    (stack(1, &ys.iter().collect::<Vec<_>>()), h) // (B, T, H), (B, H)
    // ANCHOR_END: steps
}
