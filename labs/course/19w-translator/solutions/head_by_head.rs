use ndarray::{Array2, Array3};
use tensor::{Real, Tensor, concat};

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
    let shape = (sentences.len(), 1 + sentences.iter().map(Vec::len).max().unwrap_or(0));
    let input = |(b, t): (usize, usize)| match t.checked_sub(1) {
        None => marks.start,
        Some(before) => sentences[b].get(before).copied().unwrap_or(marks.pad),
    };
    let target = |(b, t): (usize, usize)| {
        let behind = if t == sentences[b].len() { marks.end } else { marks.ignore };
        sentences[b].get(t).copied().unwrap_or(behind)
    };
    (Array2::from_shape_fn(shape, input), Array2::from_shape_fn(shape, target))
}

pub fn cross_attention(x: &Tensor, memory: &Tensor, lengths: &[usize], weights: &Weights, heads: usize) -> Tensor {
    let (states, part) = (memory.shape()[1], x.shape()[2] / heads);
    let mut mask = Array3::<Real>::zeros((lengths.len(), 1, states));
    for (mut row, &length) in mask.outer_iter_mut().zip(lengths) {
        row.indexed_iter_mut().filter(|((_, s), _)| *s >= length).for_each(|(_, score)| *score = -1e9);
    }
    let mask = Tensor::constant(mask);
    let one = |head: usize| {
        let of = |from: &Tensor, w: &Tensor| from.linear(&w.slice(0, head * part..(head + 1) * part), None);
        let (k, v) = (of(memory, &weights.w_k), of(memory, &weights.w_v));
        // Scaled before the product: the same, up to rounding.
        let q = of(x, &weights.w_q).scale((part as Real).powf(-0.5));
        (&q.matmul(&k.permute(&[0, 2, 1])) + &mask).softmax().matmul(&v)
    };
    let outputs: Vec<Tensor> = (0..heads).map(one).collect();
    concat(2, &outputs.iter().collect::<Vec<_>>()).linear(&weights.w_o, None)
}
