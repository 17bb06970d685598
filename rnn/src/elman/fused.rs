//! The simple recurrent network as one operation: a [`scan`] of the cell h_t = f(a_t), where
//! a_t = W_ih x_t + b_ih + W_hh h_{t-1} + b_hh.
//!
//! The state takes the place of a_t, so the pass needs one array (T + 1, B, H) that begins with h_0. It is saved, and x;
//! nothing is recomputed: f' is a function of h_t.

use tensor::{Real, Tensor};

use super::Nonlinearity;
use crate::scan::{self, Around, Before, Cell};
use crate::{Input, PassOptions, Weights};

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
    scan::forward(Elman(nonlinearity), x, [h0], weights, run).into()
}

#[derive(Clone, Copy)]
struct Elman(Nonlinearity);

// ANCHOR: cell
impl Cell<1> for Elman {
    const NAME: &'static str = "elman";
    const GATES: usize = 1;
    /// The sum with the input's product, and f.
    const CHAIN: &'static [usize] = &[1, 1];

    #[inline]
    fn forward(self, _: &mut [Real], [(_, h)]: [Before<'_>; 1]) {
        // h_t = f(a_t), and a_t stands in the place of h_t
        self.0.apply(h);
    }

    #[inline]
    fn backward(self, f: &mut [Real], [(.., dh)]: [Around<'_>; 1]) {
        // da_t = f'(a_t)·dh_t
        self.0.apply_backward(f, dh);
    }
}
// ANCHOR_END: cell
