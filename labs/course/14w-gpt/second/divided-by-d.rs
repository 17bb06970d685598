//! A small GPT out of your attention.
//!
//! You have written attention over arrays: scores, mask, heads. Here you write all of it over tensors, in one function, so that the tape finds
//! all gradients. Then a GPT is made of it, with two blocks, and trained on a book for up to half a minute.
//!
//! ```text
//! Q = X W_qᵀ      K = X W_kᵀ      V = X W_vᵀ          each split into N heads of width d = D/N: head n has the columns n d to (n + 1) d
//! Y_n = softmax(Q_n K_nᵀ / √d + mask) V_n             for each head; position t sees the positions up to t, t among them
//! Y = [Y_1 .. Y_N] W_oᵀ                               the heads side by side again
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | X, Y | what comes in, what goes out | (B, T, D) |
//! | Q_n, K_n, V_n | queries, keys, values of a head | (B, T, d) |
//! | W_q, W_k, W_v, W_o | weights | (D, D) |
//!
//! What you need of tensors:
//!
//! | | |
//! |---|---|
//! | `x.linear(&w, None)` | x Wᵀ over the last axis |
//! | `x.reshape(&[..])`, `x.permute(&[0, 2, 1, 3])` | another shape, another order of the axes |
//! | `a.matmul(&b)` | (.., M, K) times (.., K, N), for as many as there are in front |
//! | `a.scale(0.5)` | times a number, of type `Real` |
//! | `&a + &b` | element by element; what lacks axes in front, or has length 1 there, is repeated |
//! | `a.softmax()` | over the last axis |
//! | `Tensor::constant(array)` | a tensor of an array's numbers, such as a mask |
//! | `x.slice(2, from..to)`, `concat(2, &[&a, &b])` | a part of axis 2, and parts side by side |

use ndarray::Array2;
use tensor::{Real, Tensor, concat};

/// The weights of attention, all (D, D).
#[derive(Clone)]
pub struct Weights {
    /// Of the queries.
    pub w_q: Tensor,
    /// Of the keys.
    pub w_k: Tensor,
    /// Of the values.
    pub w_v: Tensor,
    /// Of the output, behind the merged heads.
    pub w_o: Tensor,
}

/// Causal self-attention with several heads.
///
/// # Shapes
/// - `x`: (B, T, D), with D a multiple of `heads`; returns (B, T, D)
pub fn self_attention(x: &Tensor, weights: &Weights, heads: usize) -> Tensor {
    let steps = x.shape()[1];
    let d = x.shape()[2] / heads;
    let q = x.linear(&weights.w_q, None).scale(1.0 / d as Real);
    let k = x.linear(&weights.w_k, None);
    let v = x.linear(&weights.w_v, None);
    let mut mask: Array2<Real> = Array2::zeros((steps, steps));
    for t in 0..steps {
        for s in t + 1..steps {
            mask[[t, s]] = Real::NEG_INFINITY;
        }
    }
    let mask = Tensor::constant(mask);

    let per_head: Vec<Tensor> = (0..heads)
        .map(|n| {
            let cut = |y: &Tensor| y.slice(2, n * d..(n + 1) * d);
            let scores = cut(&q).matmul(&cut(&k).permute(&[0, 2, 1]));
            (&scores + &mask).softmax().matmul(&cut(&v))
        })
        .collect();
    let merged = concat(2, &per_head.iter().collect::<Vec<_>>());
    merged.linear(&weights.w_o, None)
}
