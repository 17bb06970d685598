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

pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    let (steps, e) = xs.dim();
    let h = h0.len();
    let mut dw_xh = Array2::zeros((h, e));
    let mut dw_hh = Array2::zeros((h, h));
    let mut db = Array1::zeros(h);
    let mut back = Array1::<f64>::zeros(h);
    for t in (0..steps).rev() {
        let mut da = vec![0.0; h];
        for i in 0..h {
            let dh = d_states[[t, i]] + back[i];
            da[i] = dh * (1.0 - states[[t, i]] * states[[t, i]]);
        }
        for i in 0..h {
            for j in 0..e {
                dw_xh[[i, j]] += da[i] * xs[[t, j]];
            }
            for j in 0..h {
                let prev = if t > 0 { states[[t - 1, j]] } else { h0[j] };
                dw_hh[[i, j]] += da[i] * prev;
            }
            db[i] += da[i];
        }
        for i in 0..h {
            let mut sum = 0.0;
            for j in 0..h {
                sum += w_hh[[i, j]] * da[j];
            }
            back[i] = sum;
        }
    }
    (Weights { w_xh: dw_xh, w_hh: dw_hh, b: db }, back)
}
