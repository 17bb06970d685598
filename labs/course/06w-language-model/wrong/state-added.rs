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

pub fn gru_step(x: &Tensor, h: &Tensor, weights: &Weights) -> Tensor {
    let hidden = h.shape()[1];
    let from_input = x.linear(&weights.w_xh, Some(&weights.b_x));
    let from_state = h.linear(&weights.w_hh, Some(&weights.b_h));
    let part = |a: &Tensor, k: usize| a.slice(1, k * hidden..(k + 1) * hidden);
    let r = (&part(&from_input, 0) + &part(&from_state, 0)).sigmoid();
    let z = (&part(&from_input, 1) + &part(&from_state, 1)).sigmoid();
    let n = (&part(&from_input, 2) + &(&r * &part(&from_state, 2))).tanh();
    &(&z.affine(-1.0, 1.0) * &n) + h
}

pub fn read(xs: &Tensor, h0: &Tensor, weights: &Weights) -> (Tensor, Tensor) {
    let mut h = h0.clone();
    let mut states = Vec::new();
    for t in 0..xs.shape()[1] {
        h = gru_step(&xs.index(1, t), &h, weights);
        states.push(h.clone());
    }
    let all: Vec<&Tensor> = states.iter().collect();
    (stack(1, &all), h)
}
