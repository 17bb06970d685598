//! The LSTM as it is written down: one step after another, out of small recorded operations.

use rnn::{Input, PassOptions, Sizes, Weights};
use tensor::{Tensor, stack};

/// Reads a sequence; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0` and `c0`: (B, H), `run.probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last h and c, (B, H) each
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(x: Input<'_>, h0: &Tensor, c0: &Tensor, weights: &Weights, run: PassOptions<'_>) -> [Tensor; 3] {
    let Sizes { steps, hidden, .. } = Sizes::check("lstm", 4, x, &[h0, c0], weights, run);
    // ANCHOR: steps
    let x = run.within(x.vectors()); // (B, T, I)
    let (mut h, mut c) = (h0.clone(), c0.clone());
    let mut ys = vec![h0.clone(); steps];
    for t in run.direction.order(steps) {
        let x_t = x.index(1, t); // (B, I)
        let from_input = x_t.linear(&weights.w_ih, Some(&weights.b_ih)); // (B, 4H)
        let from_state = h.linear(&weights.w_hh, Some(&weights.b_hh)); // (B, 4H)
        let a = &from_input + &from_state;
        let gate = |k: usize| a.slice(1, k * hidden..(k + 1) * hidden); // (B, H)
        let (i, f, g, o) = (gate(0).sigmoid(), gate(1).sigmoid(), gate(2).tanh(), gate(3).sigmoid());
        let new_c = &(&f * &c) + &(&i * &g);
        let mut new_h = &o * &new_c.tanh();
        if let Some(probe) = run.probe {
            new_h = &new_h + &probe.index(1, t);
        }
        [_, c] = run.hold(t, new_c, &c); // c_t, unless the row has ended
        [ys[t], h] = run.hold(t, new_h, &h); // both are h_t, likewise
    }
    [stack(1, &ys.iter().collect::<Vec<_>>()), h, c] // (B, T, H), (B, H), (B, H)
    // ANCHOR_END: steps
}
