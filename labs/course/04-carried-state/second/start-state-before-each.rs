use ndarray::{Array1, Array2, Axis};

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
    let mut h: Vec<f64> = h0.to_vec();
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
    let (t_len, n) = states.dim();
    let mut da = Array2::<f64>::zeros((t_len, n));
    let mut prev = Array2::<f64>::zeros((t_len, n));
    for t in (0..t_len).rev() {
        let mut dh = d_states.row(t).to_owned();
        let ends_piece = t + 1 == t_len || (t + 1) % piece == 0;
        if !ends_piece {
            dh += &w_hh.t().dot(&da.row(t + 1));
        }
        let slope = states.row(t).mapv(|h| 1.0 - h.powi(2));
        da.row_mut(t).assign(&(dh * slope));
        if t % piece == 0 {
            prev.row_mut(t).assign(h0);
        } else {
            prev.row_mut(t).assign(&states.row(t - 1));
        }
    }
    Weights { w_xh: da.t().dot(xs), w_hh: da.t().dot(&prev), b: da.sum_axis(Axis(0)) }
}
