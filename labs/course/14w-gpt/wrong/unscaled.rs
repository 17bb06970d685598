use ndarray::Array2;
use tensor::{Real, Tensor};

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
    let [batch, steps, width] = *x.shape() else { panic!("x: (B, T, D)") };
    let part = width / heads;
    // (B, N, T, d)
    let split = |w: &Tensor| x.linear(w, None).reshape(&[batch, steps, heads, part]).permute(&[0, 2, 1, 3]);
    let [q, k, v] = [&weights.w_q, &weights.w_k, &weights.w_v].map(split);
    let scores = q.matmul(&k.permute(&[0, 1, 3, 2]));
    let hidden = |(t, s): (usize, usize)| if s > t { Real::NEG_INFINITY } else { 0.0 };
    let mask = Tensor::constant(Array2::from_shape_fn((steps, steps), hidden));
    let shares = (&scores + &mask).softmax();
    let merged = shares.matmul(&v).permute(&[0, 2, 1, 3]).reshape(&[batch, steps, width]);
    merged.linear(&weights.w_o, None)
}
