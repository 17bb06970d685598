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
    let Settings { learning_rate: lr, beta1: for_squares, beta2: for_mean, epsilon, weight_decay } = settings;
    state.steps += 1;
    state.m = *for_mean * &state.m + (1.0 - for_mean) * g;
    state.v = *for_squares * &state.v + (1.0 - for_squares) * (g * g);
    let m_hat = &state.m / (1.0 - for_mean.powi(state.steps));
    let v_hat = &state.v / (1.0 - for_squares.powi(state.steps));
    if decays {
        *w *= 1.0 - lr * weight_decay;
    }
    *w -= &(*lr * m_hat / (v_hat.sqrt() + *epsilon));
}
