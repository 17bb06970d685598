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
    let t = state.steps + 1;
    state.steps = t;
    if decays {
        let factor = 1.0 - settings.learning_rate * settings.weight_decay;
        w.map_inplace(|x| *x *= factor);
    }
    state.m *= settings.beta1;
    state.m += &(g * (1.0 - settings.beta1));
    state.v *= settings.beta2;
    state.v += &(g * g * (1.0 - settings.beta2));
    let unbiased_m = &state.m / (1.0 - settings.beta1.powi(t));
    let unbiased_v = &state.v / (1.0 - settings.beta2.powi(t));
    let root = (unbiased_v + settings.epsilon).sqrt();
    *w -= &(unbiased_m / root * settings.learning_rate);
}
