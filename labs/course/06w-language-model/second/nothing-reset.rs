//! A language model out of your own cell.
//!
//! You have written a GRU over arrays. Here you write it over tensors: numbers that remember how they were computed, so that the tape finds
//! all gradients. Then a real model is made of it, with a vector for each letter below and scores for the next letter above, and
//! trained on a book for up to half a minute.
//!
//! ```text
//! a = W_xh x + b_x        (B, 3H): three parts of width H, in the order r, z, n
//! u = W_hh h + b_h        (B, 3H): likewise
//! r = σ(a_r + u_r)        reset: how much of the old state the proposal sees
//! z = σ(a_z + u_z)        update: how much of the old state stays
//! n = tanh(a_n + r * u_n) proposal
//! h' = (1 - z) * n + z * h
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | x | input | (B, E) |
//! | h, h' | state before and after | (B, H) |
//! | W_xh, W_hh | weights of input and state | (3H, E), (3H, H) |
//! | b_x, b_h | biases | (3H) |
//!
//! What you need of tensors:
//!
//! | | |
//! |---|---|
//! | `x.linear(&w, Some(&b))` | x Wᵀ + b over the last axis |
//! | `a.slice(1, from..to)` | a part of axis 1, that is of the columns of a matrix |
//! | `&a + &b`, `&a * &b` | element by element |
//! | `z.affine(-1.0, 1.0)` | -1 z + 1 |
//! | `a.sigmoid()`, `a.tanh()` | element by element |
//! | `xs.index(1, t)` | place t of axis 1: (B, T, E) becomes (B, E) |
//! | `stack(1, &[&a, &b])` | a new axis 1: two of (B, H) become (B, 2, H) |

use tensor::{Tensor, stack};

/// The weights of a GRU.
#[derive(Clone)]
pub struct Weights {
    /// (3H, E)
    pub w_xh: Tensor,
    /// (3H, H)
    pub w_hh: Tensor,
    /// (3H)
    pub b_x: Tensor,
    /// (3H)
    pub b_h: Tensor,
}

/// One step: the new state.
///
/// # Shapes
/// - `x`: (B, E), `h`: (B, H); returns (B, H)
pub fn gru_step(x: &Tensor, h: &Tensor, weights: &Weights) -> Tensor {
    let k = h.shape()[1];
    let sum = &x.linear(&weights.w_xh, Some(&weights.b_x)) + &h.linear(&weights.w_hh, Some(&weights.b_h));
    let z = sum.slice(1, k..2 * k).sigmoid();
    let n = sum.slice(1, 2 * k..3 * k).tanh();
    let one_minus_z = z.affine(-1.0, 1.0);
    &(&one_minus_z * &n) + &(&z * h)
}

/// Reads a sequence: the states after all steps, and the last of them once more.
///
/// # Shapes
/// - `xs`: (B, T, E), `h0`: (B, H), the state before the first step; returns (B, T, H) and (B, H)
pub fn read(xs: &Tensor, h0: &Tensor, weights: &Weights) -> (Tensor, Tensor) {
    let mut h = h0.clone();
    let mut states = Vec::new();
    for t in 0..xs.shape()[1] {
        h = gru_step(&xs.index(1, t), &h, weights);
        states.push(h.clone());
    }
    let refs: Vec<&Tensor> = states.iter().collect();
    (stack(1, &refs), h)
}
