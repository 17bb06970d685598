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

pub fn self_attention(x: &Tensor, weights: &Weights, heads: usize) -> Tensor {
    let part = x.shape()[2] / heads;
    let outputs: Vec<Tensor> = (0..heads).map(|head| one_head(x, weights, head * part..(head + 1) * part)).collect();
    concat(2, &outputs.iter().collect::<Vec<_>>()).linear(&weights.w_o, None)
}

/// The head that has these columns, (B, T, d).
fn one_head(x: &Tensor, weights: &Weights, columns: std::ops::Range<usize>) -> Tensor {
    let steps = x.shape()[1];
    let of = |w: &Tensor| x.linear(&w.slice(0, columns.clone()), None);
    // Scaled before the product: the same, up to rounding.
    let q = of(&weights.w_q).scale((columns.len() as Real).powf(-0.5));
    let scores = q.matmul(&of(&weights.w_k).permute(&[0, 2, 1]));
    let mut mask = ndarray::Array3::<Real>::zeros((1, steps, steps));
    for t in 0..steps {
        for s in t + 1..steps {
            mask[[0, t, s]] = -1e9;
        }
    }
    (&Tensor::constant(mask) + &scores).softmax().matmul(&of(&weights.w_v))
}
