use tensor::{Tensor, concat};

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
    let [batch, hidden] = *h.shape() else { panic!("h: (B, H)") };
    // Both gates at once, side by side.
    let from_input = x.linear(&weights.w_xh, Some(&weights.b_x));
    let from_state = h.linear(&weights.w_hh, Some(&weights.b_h));
    let gates = (&from_input + &from_state).slice(1, 0..2 * hidden).sigmoid().reshape(&[batch, 2, hidden]);
    let own = 2 * hidden..3 * hidden;
    let n = (&from_input.slice(1, own.clone()) + &(&from_state.slice(1, own) * &gates.index(1, 0))).tanh();
    // The state goes from n to h by the share z.
    &n + &(&gates.index(1, 1) * &(h - &n))
}

pub fn read(xs: &Tensor, h0: &Tensor, weights: &Weights) -> (Tensor, Tensor) {
    let [batch, steps, _] = *xs.shape() else { panic!("xs: (B, T, E)") };
    let width = h0.shape()[1];
    let states: Vec<Tensor> = (0..steps)
        .scan(h0.clone(), |h, t| {
            *h = gru_step(&xs.index(1, t), h, weights);
            Some(h.reshape(&[batch, 1, width]))
        })
        .collect();
    let states = concat(1, &states.iter().collect::<Vec<_>>());
    (states.clone(), states.index(1, steps - 1))
}
