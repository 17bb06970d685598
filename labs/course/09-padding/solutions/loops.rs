use ndarray::{Array1, Array2, Array3};

/// Reads on as long as there are tokens.
pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, steps, hidden) = states.dim();
    let mut last = Array2::zeros((batch, hidden));
    for t in 0..steps {
        for row in 0..batch {
            for unit in 0..hidden {
                last[[row, unit]] = if t < lengths[row] { states[[row, t, unit]] } else { last[[row, unit]] };
            }
        }
    }
    last
}

pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    let (batch, steps, hidden) = states.dim();
    let mut means = Array2::zeros((batch, hidden));
    for t in (0..steps).rev() {
        for row in 0..batch {
            for unit in 0..hidden {
                if t < lengths[row] {
                    means[[row, unit]] += states[[row, t, unit]] / lengths[row] as f64;
                }
            }
        }
    }
    means
}
