//! AdamW.

use ndarray::Array2;

/// What AdamW remembers of a parameter.
pub struct Moments {
    /// Mean of the gradients.
    pub m: Array2<f64>,
    /// Mean of their squares.
    pub v: Array2<f64>,
    /// Steps that were done before this one.
    pub steps: i32,
}

/// What is chosen once for a training.
pub struct Settings {
    /// η
    pub learning_rate: f64,
    /// β₁
    pub beta1: f64,
    /// β₂
    pub beta2: f64,
    /// ε
    pub epsilon: f64,
    /// λ
    pub weight_decay: f64,
}

/// One step: changes `w`, the means, and the number of steps. `decays` says whether w decays.
pub fn adamw_step(w: &mut Array2<f64>, g: &Array2<f64>, state: &mut Moments, decays: bool, settings: &Settings) {
    let step = state.steps + 1;
    let first = 1.0 - settings.beta1.powi(step);
    let second = 1.0 - settings.beta2.powi(step);
    for i in 0..w.nrows() {
        for j in 0..w.ncols() {
            let gradient = g[[i, j]];
            let m = settings.beta1 * state.m[[i, j]] + (1.0 - settings.beta1) * gradient;
            let v = settings.beta2 * state.v[[i, j]] + (1.0 - settings.beta2) * gradient * gradient;
            state.m[[i, j]] = m;
            state.v[[i, j]] = v;
            if decays {
                w[[i, j]] -= settings.learning_rate * settings.weight_decay * w[[i, j]];
            }
            w[[i, j]] -= settings.learning_rate * (m / first) / ((v / second).sqrt() + settings.epsilon);
        }
    }
}
