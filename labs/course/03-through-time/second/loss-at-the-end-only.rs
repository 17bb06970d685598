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

fn add_outer(into: &mut Array2<f64>, left: &Array1<f64>, right: &Array1<f64>) {
    for (i, l) in left.iter().enumerate() {
        for (j, r) in right.iter().enumerate() {
            into[(i, j)] += l * r;
        }
    }
}

pub fn backward(
    xs: &Array2<f64>,
    h0: &Array1<f64>,
    states: &Array2<f64>,
    w_hh: &Array2<f64>,
    d_states: &Array2<f64>,
) -> (Weights, Array1<f64>) {
    let t_end = states.nrows();
    let width = h0.len();
    let mut grads = Weights {
        w_xh: Array2::zeros((width, xs.ncols())),
        w_hh: Array2::zeros((width, width)),
        b: Array1::zeros(width),
    };
    // the gradient starts at the end of the sequence ...
    let mut dh: Array1<f64> = match t_end {
        0 => Array1::zeros(width),
        _ => d_states.row(t_end - 1).to_owned(),
    };
    // ... and goes back from there
    for t in (0..t_end).rev() {
        let h = states.row(t);
        let da = &dh - &(&dh * &h * &h);
        add_outer(&mut grads.w_xh, &da, &xs.row(t).to_owned());
        if t == 0 {
            add_outer(&mut grads.w_hh, &da, h0);
        } else {
            add_outer(&mut grads.w_hh, &da, &states.row(t - 1).to_owned());
        }
        grads.b += &da;
        dh = w_hh.t().dot(&da);
    }
    (grads, dh)
}
