use tensor::*;

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
    let width = h.shape()[1];
    let input = x.linear(&weights.w_xh, None).reshape(&[x.shape()[0], 3, width]);
    let state = h.linear(&weights.w_hh, None).reshape(&[x.shape()[0], 3, width]);
    let b_x = weights.b_x.reshape(&[3, width]);
    let b_h = weights.b_h.reshape(&[3, width]);
    let input = &input + &b_x;
    let state = &state + &b_h;
    let reset = Tensor::sigmoid(&(&input.index(1, 0) + &state.index(1, 0)));
    let update = Tensor::sigmoid(&(&input.index(1, 1) + &state.index(1, 1)));
    let proposal = Tensor::tanh(&(&input.index(1, 2) + &(&state.index(1, 2) * &reset)));
    let old = h.clone();
    let new = &proposal * &update.affine(-1.0, 1.0);
    &old + &new
}

pub fn read(xs: &Tensor, h0: &Tensor, weights: &Weights) -> (Tensor, Tensor) {
    let steps = xs.shape()[1];
    let mut all: Vec<Tensor> = vec![h0.clone()];
    for t in 0..steps {
        let next = gru_step(&xs.index(1, t), all.last().unwrap(), weights);
        all.push(next);
    }
    let last = all[steps].clone();
    (stack(1, &all[1..].iter().collect::<Vec<_>>()), last)
}
