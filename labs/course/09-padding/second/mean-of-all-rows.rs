use ndarray::{Array1, Array2, Array3};

pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (b_n, t_n, h_n) = states.dim();
    let mut found = Array2::zeros((b_n, h_n));
    for b in 0..b_n {
        for t in 0..t_n {
            if t + 1 == lengths[b] {
                for k in 0..h_n {
                    found[(b, k)] = states[(b, t, k)];
                }
            }
        }
    }
    found
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (b_n, _, h_n) = states.dim();
    let mut sums = Array2::<f64>::zeros((b_n, h_n));
    let mut tokens = 0;
    for b in 0..b_n {
        for t in 0..lengths[b] {
            for k in 0..h_n {
                sums[(b, k)] += states[(b, t, k)];
            }
            tokens += 1;
        }
    }
    let per_row = tokens as f64 / b_n as f64;
    sums.mapv(|v| v / per_row)
}
