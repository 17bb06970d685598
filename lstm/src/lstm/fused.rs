//! The LSTM as one operation: a [`scan`] of the cell below, with the gates side by side in the order i, f, g, o.
//!
//! Saved are x, the gates, every c_t and every h_t; tanh(c_t) is recomputed.

use rnn::scan::{self, Around, Before, Cell, columns};
use rnn::{Input, PassOptions, Weights};
use tensor::kernels::elementwise::{sigmoid, tanh};
use tensor::{Real, Tensor};

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
    scan::forward(LstmCell, x, [h0, c0], weights, run)
}

/// What follows the products: one loop for each result, because the compiler makes vector instructions of those.
#[derive(Clone, Copy, Debug)]
pub struct LstmCell;

impl Cell<2> for LstmCell {
    const NAME: &'static str = "lstm";
    const GATES: usize = 4;
    /// The sum with the input's product, the gates, i·g and f·c, their sum, tanh, o·tanh(c).
    const CHAIN: &'static [usize] = &[4, 4, 2, 1, 1, 1];

    // ANCHOR: forward
    #[inline]
    fn forward(self, a: &mut [Real], [(_, h), (before, c)]: [Before<'_>; 2]) {
        let hidden = h.len();
        let [i, f, g, o] = columns(a, hidden);
        i.iter_mut().for_each(|i| *i = sigmoid(*i));
        f.iter_mut().for_each(|f| *f = sigmoid(*f));
        g.iter_mut().for_each(|g| *g = tanh(*g));
        o.iter_mut().for_each(|o| *o = sigmoid(*o));
        for j in 0..hidden {
            c[j] = f[j] * before[j] + i[j] * g[j];
        }
        for j in 0..hidden {
            h[j] = o[j] * tanh(c[j]);
        }
    }
    // ANCHOR_END: forward

    // ANCHOR: backward
    #[inline]
    fn backward(self, gates: &mut [Real], [(_, _, dh), (before, c, dc)]: [Around<'_>; 2]) {
        let hidden = dh.len();
        let [i, f, g, o] = columns(gates, hidden);
        // h = o·tanh(c)
        for j in 0..hidden {
            let y = tanh(c[j]);
            dc[j] += dh[j] * o[j] * (1.0 - y * y);
            o[j] = dh[j] * y * o[j] * (1.0 - o[j]);
        }
        // c = f·before + i·g
        for j in 0..hidden {
            let (i_j, g_j) = (i[j], g[j]);
            i[j] = dc[j] * g_j * i_j * (1.0 - i_j);
            g[j] = dc[j] * i_j * (1.0 - g_j * g_j);
        }
        for j in 0..hidden {
            let f_j = f[j];
            f[j] = dc[j] * before[j] * f_j * (1.0 - f_j);
            dc[j] *= f_j;
        }
    }
    // ANCHOR_END: backward
}
