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

pub fn teacher_forced(sentences: &[Vec<u32>], marks: Marks) -> (Array2<u32>, Array2<u32>) {
    let longest = sentences.iter().map(Vec::len).max().unwrap_or(0);
    let mut inputs = Array2::from_elem((sentences.len(), longest + 1), marks.pad);
    let mut targets = Array2::from_elem((sentences.len(), longest + 1), marks.ignore);
    for (b, sentence) in sentences.iter().enumerate() {
        inputs[[b, 0]] = marks.start;
        for (t, &token) in sentence.iter().enumerate() {
            inputs[[b, t + 1]] = token;
            targets[[b, t]] = token;
        }
        targets[[b, sentence.len()]] = marks.end;
    }
    (inputs, targets)
}

pub fn cross_attention(x: &Tensor, memory: &Tensor, lengths: &[usize], weights: &Weights, heads: usize) -> Tensor {
    let [batch, steps, width] = *x.shape() else { panic!("x: (B, T, D)") };
    let states = memory.shape()[1];
    let part = width / heads;
    // (B, N, length, d)
    let split = |from: &Tensor, w: &Tensor, length: usize| {
        from.linear(w, None).reshape(&[batch, length, heads, part]).permute(&[0, 2, 1, 3])
    };
    let q = split(x, &weights.w_q, steps);
    let k = split(memory, &weights.w_k, states);
    let v = split(memory, &weights.w_v, states);
    let scores = q.matmul(&k.permute(&[0, 1, 3, 2]));
    let hidden = |(b, _, _, s): (usize, usize, usize, usize)| if s >= lengths[b] { Real::NEG_INFINITY } else { 0.0 };
    let mask = Tensor::constant(Array4::from_shape_fn((batch, 1, 1, states), hidden));
    let shares = (&scores + &mask).softmax();
    let merged = shares.matmul(&v).permute(&[0, 2, 1, 3]).reshape(&[batch, steps, width]);
    merged.linear(&weights.w_o, None)
}
