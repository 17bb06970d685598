//! A translator out of your cross-attention.
//!
//! Two things are missing in a Transformer that translates: what its decoder is told in training, and how it looks at the sentence that
//! the encoder has read. With both, it learns to write numbers in Roman numerals, for up to half a minute.
//!
//! The decoder is told the right token before each, and asked for the next. Sentences of a batch have different lengths:
//!
//! ```text
//! sentences   y0 y1 y2          z0
//! inputs      start y0 y1 y2    start z0  pad    pad
//! targets     y0    y1 y2 end   z0    end ignore ignore
//! ```
//!
//! Cross-attention is with queries of the decoder, and keys and values of the encoder. Of row b, the first `lengths[b]` states of the encoder are
//! those of words; those behind are padding, and nobody may look there.
//!
//! ```text
//! Q = X W_qᵀ      K = M W_kᵀ      V = M W_vᵀ          each split into N heads of width d = D/N: head n has the columns n d to (n + 1) d
//! Y_n = softmax(Q_n K_nᵀ / √d + mask) V_n             for each head
//! Y = [Y_1 .. Y_N] W_oᵀ                               the heads side by side again
//! ```
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | X | states of the decoder | (B, T, D) |
//! | M | states of the encoder, `memory` | (B, S, D) |
//! | Y | what the decoder has read | (B, T, D) |
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
//! | `&a + &b` | element by element; what has length 1 on an axis is repeated |
//! | `a.softmax()` | over the last axis |
//! | `Tensor::constant(array)` | a tensor of an array's numbers, such as a mask |

use ndarray::{Array2, Array4};
use tensor::{Real, Tensor};

/// Tokens with a meaning of their own.
#[derive(Clone, Copy, Debug)]
pub struct Marks {
    /// What a decoder is told before the first token.
    pub start: u32,
    /// What it says after the last.
    pub end: u32,
    /// Fills rows of inputs.
    pub pad: u32,
    /// Fills rows of targets: it has no part in the loss.
    pub ignore: u32,
}

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

/// What the decoder is told in training, and what it should say, in this order.
///
/// # Shapes
/// - returns (B, T + 1) and (B, T + 1), where T is the length of the longest sentence
pub fn teacher_forced(sentences: &[Vec<u32>], marks: Marks) -> (Array2<u32>, Array2<u32>) {
    let mut t_max = 0;
    for s in sentences {
        t_max = t_max.max(s.len());
    }
    let n = sentences.len();
    let mut told: Vec<u32> = Vec::new();
    let mut wanted: Vec<u32> = Vec::new();
    for s in sentences {
        // one row of each
        told.push(marks.start);
        told.extend(s);
        wanted.extend(s);
        wanted.push(marks.end);
        for _ in s.len()..t_max {
            told.push(marks.pad);
            wanted.push(marks.ignore);
        }
    }
    let told = Array2::from_shape_vec((n, t_max + 1), told).unwrap();
    let wanted = Array2::from_shape_vec((n, t_max + 1), wanted).unwrap();
    (told, wanted)
}

/// What each position of the decoder reads in the encoder's states.
///
/// # Shapes
/// - `x`: (B, T, D), `memory`: (B, S, D), with D a multiple of `heads`, `lengths`: (B), each from 1 to S; returns (B, T, D)
pub fn cross_attention(x: &Tensor, memory: &Tensor, lengths: &[usize], weights: &Weights, heads: usize) -> Tensor {
    let (b, t, d_model) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let s = memory.shape()[1];
    let d = d_model / heads;
    let project = |from: &Tensor, w: &Tensor, len: usize| {
        from.linear(w, None).reshape(&[b, len, heads, d]).permute(&[0, 2, 1, 3])
    };
    let q = project(x, &weights.w_q, t);
    let k = project(memory, &weights.w_k, s);
    let v = project(memory, &weights.w_k, s);
    let mask = Array4::from_shape_fn((b, 1, 1, s), |(i, _, _, j)| {
        if j < lengths[i] { 0.0 } else { Real::NEG_INFINITY }
    });
    let scores = q.matmul(&k.permute(&[0, 1, 3, 2])).scale(1.0 / (d as Real).sqrt());
    let p = (&scores + &Tensor::constant(mask)).softmax();
    p.matmul(&v).permute(&[0, 2, 1, 3]).reshape(&[b, t, d_model]).linear(&weights.w_o, None)
}
