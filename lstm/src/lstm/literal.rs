//! The LSTM as it is written down: one step after another, out of small recorded operations.

use rnn::{Direction, Input, Sizes, Weights};
use tensor::{Tensor, stack};

/// Reads a sequence; the equations stand in the [module above](super).
///
/// # Shapes
/// - `x`: (B, T, I) or rows of a table (V, I), `h0` and `c0`: (B, H), `probe`: (B, T, H)
/// - returns every h_t, (B, T, H), and the last h and c, (B, H) each
///
/// # Panics
/// If the shapes do not fit, or T is 0.
#[track_caller]
pub fn forward(
    x: Input<'_>,
    h0: &Tensor,
    c0: &Tensor,
    weights: &Weights,
    direction: Direction,
    probe: Option<&Tensor>,
) -> [Tensor; 3] {
    let Sizes { steps, hidden, .. } = Sizes::check("lstm", 4, x, &[h0, c0], weights, probe);
    // ANCHOR: steps
    let x = x.vectors(); // (B, T, I)
    let (mut h, mut c) = (h0.clone(), c0.clone());
    let mut ys = vec![h0.clone(); steps];
    for t in direction.order(steps) {
        let x_t = x.index(1, t); // (B, I)
        let from_input = x_t.linear(&weights.w_ih, Some(&weights.b_ih)); // (B, 4H)
        let from_state = h.linear(&weights.w_hh, Some(&weights.b_hh)); // (B, 4H)
        let a = &from_input + &from_state;
        let gate = |k: usize| a.slice(1, k * hidden..(k + 1) * hidden); // (B, H)
        let (i, f, g, o) = (gate(0).sigmoid(), gate(1).sigmoid(), gate(2).tanh(), gate(3).sigmoid());
        c = &(&f * &c) + &(&i * &g);
        h = &o * &c.tanh();
        if let Some(probe) = probe {
            h = &h + &probe.index(1, t);
        }
        ys[t] = h.clone();
    }
    [stack(1, &ys.iter().collect::<Vec<_>>()), h, c] // (B, T, H), (B, H), (B, H)
    // ANCHOR_END: steps
}
