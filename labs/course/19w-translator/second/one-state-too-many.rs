use ndarray::Array2;
use tensor::*;

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
    let longest = sentences.iter().map(|s| s.len()).max().unwrap_or_default();
    let (mut told, mut asked) = (Vec::new(), Vec::new());
    for sentence in sentences {
        let mut input = vec![marks.start];
        input.extend(sentence);
        let mut target = sentence.clone();
        target.push(marks.end);
        input.resize(longest + 1, marks.pad);
        target.resize(longest + 1, marks.ignore);
        told.append(&mut input);
        asked.append(&mut target);
    }
    let shape = (sentences.len(), longest + 1);
    (Array2::from_shape_vec(shape, told).unwrap(), Array2::from_shape_vec(shape, asked).unwrap())
}

pub fn cross_attention(x: &Tensor, memory: &Tensor, lengths: &[usize], weights: &Weights, heads: usize) -> Tensor {
    let (b, t, d) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let s = memory.shape()[1];
    let d_head = d / heads;
    let queries = x.linear(&weights.w_q, None);
    let keys = memory.linear(&weights.w_k, None);
    let values = memory.linear(&weights.w_v, None);
    let mut outputs: Vec<Tensor> = Vec::new();
    for head in 0..heads {
        let columns = || head * d_head..head * d_head + d_head;
        let k = keys.slice(2, columns());
        let v = values.slice(2, columns());
        let q = queries.slice(2, columns());
        let mut rows = Vec::new();
        for row in 0..b {
            let mut mask = Array2::<Real>::zeros((t, s));
            for ((query, key), m) in mask.indexed_iter_mut() {
                let _ = query;
                if key >= lengths[row] + 1 {
                    *m = Real::NEG_INFINITY;
                }
            }
            let mask = Tensor::constant(mask);
            let scores = q.index(0, row).matmul(&k.index(0, row).permute(&[1, 0]));
            let scores = scores.scale(1.0 / Real::sqrt(d_head as Real));
            let attention = (&scores + &mask).softmax();
            rows.push(attention.matmul(&v.index(0, row)));
        }
        outputs.push(stack(0, &rows.iter().collect::<Vec<_>>()));
    }
    let joined = concat(2, &outputs.iter().collect::<Vec<_>>());
    joined.linear(&weights.w_o, None)
}
