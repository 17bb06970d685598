use ndarray::{Array1, Array2};

/// The weights of an Elman network, or their gradients.
#[derive(Clone, Debug)]
pub struct Weights {
    /// (H, E)
    pub w_xh: Array2<f64>,
    /// (H, H)
    pub w_hh: Array2<f64>,
    /// (H)
    pub b: Array1<f64>,
}

pub fn read_in_pieces(xs: &Array2<f64>, h0: &Array1<f64>, weights: &Weights, piece: usize) -> Array2<f64> {
    let (len, hidden) = (xs.nrows(), h0.len());
    let mut all: Vec<f64> = Vec::with_capacity(len * hidden);
    let mut state: Vec<f64> = h0.to_vec();
    let mut start = 0;
    while start + piece <= len {
        let stop = start + piece;
        for t in start..stop {
            let new: Vec<f64> = (0..hidden)
                .map(|i| {
                    let from_input: f64 = (0..xs.ncols()).map(|j| weights.w_xh[(i, j)] * xs[(t, j)]).sum();
                    let from_state: f64 = (0..hidden).map(|j| weights.w_hh[(i, j)] * state[j]).sum();
                    f64::tanh(from_input + from_state + weights.b[i])
                })
                .collect();
            all.extend(&new);
            state = new;
        }
        start = stop;
    }
    all.resize(len * hidden, 0.0);
    Array2::from_shape_vec((len, hidden), all).unwrap()
}

pub fn truncated_backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
    piece: usize,
) -> Weights {
    let (len, hidden) = states.dim();
    let mut g = Weights {
        w_xh: Array2::zeros((hidden, xs.ncols())),
        w_hh: Array2::zeros(w_hh.raw_dim()),
        b: Array1::zeros(hidden),
    };
    let pieces = len.div_ceil(piece);
    for p in 0..pieces {
        let (start, stop) = (p * piece, len.min((p + 1) * piece));
        let mut da_next = vec![0.0; hidden];
        let mut t = stop;
        while t > start {
            t -= 1;
            let mut da = vec![0.0; hidden];
            for i in 0..hidden {
                let back: f64 = (0..hidden).map(|j| w_hh[(j, i)] * da_next[j]).sum();
                da[i] = (d_states[(t, i)] + back) * (1.0 - states[(t, i)].powi(2));
            }
            for i in 0..hidden {
                g.b[i] += da[i];
                for j in 0..xs.ncols() {
                    g.w_xh[(i, j)] += da[i] * xs[(t, j)];
                }
                for j in 0..hidden {
                    let previous = if t > 0 { states[(t - 1, j)] } else { h0[j] };
                    g.w_hh[(i, j)] += da[i] * previous;
                }
            }
            da_next = da;
        }
    }
    g
}
