use ndarray::{Array2, Array4};
use tensor::*;

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

pub fn self_attention(x: &Tensor, weights: &Weights, heads: usize) -> Tensor {
    let (b, t, d) = (x.shape()[0], x.shape()[1], x.shape()[2]);
    let d_head = d / heads;
    let queries = x.linear(&weights.w_q, None);
    let keys = x.linear(&weights.w_k, None);
    let values = x.linear(&weights.w_v, None);
    let scale = 1.0 / Real::sqrt(d_head as Real);
    let mut mask = Array2::<Real>::zeros((t, t));
    for ((query, key), m) in mask.indexed_iter_mut() {
        if key > query {
            *m = Real::NEG_INFINITY;
        }
    }
    let mask = Tensor::constant(mask);
    let mut outputs = Vec::with_capacity(heads);
    for head in 0..heads {
        let columns = head * d_head..(head + 1) * d_head;
        let q = queries.slice(2, columns.clone());
        let k = keys.slice(2, columns.clone());
        let v = values.slice(2, columns);
        let scores = q.matmul(&k.permute(&[0, 2, 1])).scale(scale);
        let attention = (&scores + &mask).softmax();
        outputs.push(attention.matmul(&v));
    }
    let joined = stack(1, &outputs.iter().collect::<Vec<_>>()).reshape(&[b, t, d]);
    joined.linear(&weights.w_o, None)
}
