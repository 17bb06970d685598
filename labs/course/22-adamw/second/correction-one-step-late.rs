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
    let s = settings;
    state.m.zip_mut_with(g, |m, &g| *m = s.beta1 * *m + (1.0 - s.beta1) * g);
    state.v.zip_mut_with(g, |v, &g| *v = s.beta2 * *v + (1.0 - s.beta2) * g.powi(2));
    let m_hat = state.m.mapv(|m| m / (1.0 - s.beta1.powi(state.steps)));
    let v_hat = state.v.mapv(|v| v / (1.0 - s.beta2.powi(state.steps)));
    if decays {
        w.mapv_inplace(|w| w * (1.0 - s.learning_rate * s.weight_decay));
    }
    *w -= &(m_hat * s.learning_rate / (v_hat.sqrt() + s.epsilon));
    state.steps += 1;
}
