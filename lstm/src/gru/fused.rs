//! The GRU as one operation: a [`scan`] of the cell below, four columns of H side by side in the order n, r, z, m, where
//! m = W_hn h_{t-1} + b_hn. So the sums that W_ih makes, (n, r, z), lie side by side, and those that W_hh makes,
//! (r, z, m), in PyTorch's order: a step needs one product.
//!
//! Saved are x, the four columns and every h_t; nothing is recomputed.

use rnn::scan::{self, Around, Before, Cell, columns};
use rnn::{Input, PassOptions, Weights};
use tensor::kernels::elementwise::{sigmoid, tanh};
use tensor::{Real, Tensor};

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
    scan::forward(GruCell, x, [h0], weights, run).into()
}

#[derive(Clone, Copy)]
struct GruCell;

impl Cell<1> for GruCell {
    const NAME: &'static str = "gru";
    const GATES: usize = 3;
    const COLUMNS: usize = 4;
    /// n is last in PyTorch's order r, z, n.
    const ORDER: &'static [std::ops::Range<usize>] = &[2..3, 0..2];
    const FROM_STATE: usize = 1;
    const DIRECT: bool = true;
    /// The sums with the input's product, r and z, r·m and 1 - z, n's sum, tanh, (1 - z)·n and z·h, their sum.
    const CHAIN: &'static [usize] = &[2, 2, 3, 1, 1, 2, 1];

    #[inline]
    fn forward(self, sums: &mut [Real], [(before, h)]: [Before<'_>; 1]) {
        let hidden = h.len();
        let [n, r, z, m] = columns(sums, hidden);
        r.iter_mut().for_each(|r| *r = sigmoid(*r));
        z.iter_mut().for_each(|z| *z = sigmoid(*z));
        for j in 0..hidden {
            n[j] = tanh(n[j] + r[j] * m[j]);
        }
        for j in 0..hidden {
            h[j] = (1.0 - z[j]) * n[j] + z[j] * before[j];
        }
    }

    #[inline]
    fn backward(self, columns_kept: &mut [Real], [(before, _, dh)]: [Around<'_>; 1]) {
        let hidden = dh.len();
        let [n, r, z, m] = columns(columns_kept, hidden);
        // h = (1 - z)·n + z·before
        for j in 0..hidden {
            let (n_j, z_j, dh_j) = (n[j], z[j], dh[j]);
            n[j] = dh_j * (1.0 - z_j) * (1.0 - n_j * n_j);
            z[j] = dh_j * (before[j] - n_j) * z_j * (1.0 - z_j);
            dh[j] = dh_j * z_j;
        }
        // n = tanh(.. + r·m)
        for j in 0..hidden {
            let r_j = r[j];
            r[j] = n[j] * m[j] * r_j * (1.0 - r_j);
            m[j] = n[j] * r_j;
        }
    }
}
