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
    let hidden = h0.len();
    let emb = xs.ncols();
    let steps = xs.nrows();
    let mut states = Array2::<f64>::zeros((steps, hidden));
    let mut h: Vec<f64> = vec![0.0; hidden];
    for begin in (0..steps).step_by(piece) {
        for t in begin..steps.min(begin + piece) {
            let mut next = vec![0.0; hidden];
            for i in 0..hidden {
                let mut a = weights.b[i];
                for j in 0..emb {
                    a += weights.w_xh[[i, j]] * xs[[t, j]];
                }
                for j in 0..hidden {
                    a += weights.w_hh[[i, j]] * h[j];
                }
                next[i] = a.tanh();
                states[[t, i]] = next[i];
            }
            h = next;
        }
    }
    states
}

pub fn truncated_backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
    piece: usize,
) -> Weights {
    let steps = xs.nrows();
    let emb = xs.ncols();
    let hid = h0.len();
    let mut w_xh = Array2::<f64>::zeros((hid, emb));
    let mut g_hh = Array2::<f64>::zeros((hid, hid));
    let mut b = Array1::<f64>::zeros(hid);
    let mut next_da = vec![0.0; hid];
    for t in (0..steps).rev() {
        if (t + 1) % piece == 0 {
            next_da.fill(0.0);
        }
        let mut da = vec![0.0; hid];
        for i in 0..hid {
            let mut dh = d_states[[t, i]];
            for k in 0..hid {
                dh += w_hh[[k, i]] * next_da[k];
            }
            let h = states[[t, i]];
            da[i] = dh * (1.0 - h * h);
        }
        for i in 0..hid {
            b[i] += da[i];
            for j in 0..emb {
                w_xh[[i, j]] += da[i] * xs[[t, j]];
            }
            for j in 0..hid {
                let h_prev = if t > 0 { states[[t - 1, j]] } else { h0[j] };
                g_hh[[i, j]] += da[i] * h_prev;
            }
        }
        next_da = da;
    }
    Weights { w_xh, w_hh: g_hh, b }
}
