//! AdamW.

use ndarray::{Array2, Zip};

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
    let Settings { learning_rate, beta1, beta2, epsilon, weight_decay } = *settings;
    let t = state.steps + 1;
    let correction = 1.0 - beta1.powi(t);
    let shrink = if decays { 1.0 - learning_rate * weight_decay } else { 1.0 };
    Zip::from(w).and(g).and(&mut state.m).and(&mut state.v).for_each(|w, &g, m, v| {
        *m = beta1 * *m + (1.0 - beta1) * g;
        *v = beta2 * *v + (1.0 - beta2) * g * g;
        *w = shrink * *w - learning_rate * (*m / correction) / (v.sqrt() + epsilon);
    });
    state.steps = t;
}
