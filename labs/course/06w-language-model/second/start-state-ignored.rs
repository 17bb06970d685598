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

use tensor::{Array, Tensor, stack};

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
    let width = h.shape()[1];
    let a = x.linear(&weights.w_xh, Some(&weights.b_x));
    let u = h.linear(&weights.w_hh, Some(&weights.b_h));
    let r = (&a.slice(1, 0..width) + &u.slice(1, 0..width)).sigmoid();
    let z = (&a.slice(1, width..2 * width) + &u.slice(1, width..2 * width)).sigmoid();
    let reset = &r * &u.slice(1, 2 * width..3 * width);
    let n = (&a.slice(1, 2 * width..3 * width) + &reset).tanh();
    &(&z.affine(-1.0, 1.0) * &n) + &(&z * h)
}

/// Reads a sequence: the states after all steps, and the last of them once more.
///
/// # Shapes
/// - `xs`: (B, T, E), `h0`: (B, H), the state before the first step; returns (B, T, H) and (B, H)
pub fn read(xs: &Tensor, h0: &Tensor, weights: &Weights) -> (Tensor, Tensor) {
    let steps = xs.shape()[1];
    let mut h = Tensor::from(Array::zeros(h0.value().raw_dim()));
    let mut states = Vec::with_capacity(steps);
    for t in 0..steps {
        h = gru_step(&xs.index(1, t), &h, weights);
        states.push(h.clone());
    }
    (stack(1, &states.iter().collect::<Vec<_>>()), h)
}
