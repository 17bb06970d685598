//! The GRU as it is written down: one step after another, out of small recorded operations.

use rnn::{Input, PassOptions, Sizes, Weights};
use tensor::{Tensor, stack};

/// Reads a sequence; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last one, (B, H)
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(x: Input<'_>, h0: &Tensor, weights: &Weights, run: PassOptions<'_>) -> (Tensor, Tensor) {
    let Sizes { steps, hidden, .. } = Sizes::check("gru", 3, x, &[h0], weights, run);
    // ANCHOR: steps
    let x = run.within(x.vectors()); // (B, T, I)
    let mut h = h0.clone();
    let mut ys = vec![h0.clone(); steps];
    for t in run.direction.order(steps) {
        let x_t = x.index(1, t); // (B, I)
        let from_input = x_t.linear(&weights.w_ih, Some(&weights.b_ih)); // (B, 3H)
        let from_state = h.linear(&weights.w_hh, Some(&weights.b_hh)); // (B, 3H)
        let gate = |a: &Tensor, k: usize| a.slice(1, k * hidden..(k + 1) * hidden); // (B, H)
        let r = (&gate(&from_input, 0) + &gate(&from_state, 0)).sigmoid();
        let z = (&gate(&from_input, 1) + &gate(&from_state, 1)).sigmoid();
        let n = (&gate(&from_input, 2) + &(&r * &gate(&from_state, 2))).tanh();
        let mut new = &(&z.affine(-1.0, 1.0) * &n) + &(&z * &h);
        if let Some(probe) = run.probe {
            new = &new + &probe.index(1, t);
        }
        [ys[t], h] = run.hold(t, new, &h); // both are h_t, unless the row has ended
    }
    (stack(1, &ys.iter().collect::<Vec<_>>()), h) // (B, T, H), (B, H)
    // ANCHOR_END: steps
}
