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
    state.steps += 1;
    state.m = &state.m * settings.beta1 + g * (1.0 - settings.beta1);
    state.v = &state.v * settings.beta2 + g * g * (1.0 - settings.beta2);
    if decays {
        *w *= 1.0 - settings.learning_rate * settings.weight_decay;
    }
    let step = &state.m / &(state.v.sqrt() + settings.epsilon);
    w.scaled_add(-settings.learning_rate, &step);
}
