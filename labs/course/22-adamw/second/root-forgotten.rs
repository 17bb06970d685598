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
    for r in 0..g.nrows() {
        for c in 0..g.ncols() {
            let at = (r, c);
            state.m[at] = state.m[at] * settings.beta1 + g[at] * (1.0 - settings.beta1);
            state.v[at] = state.v[at] * settings.beta2 + g[at].powi(2) * (1.0 - settings.beta2);
            let m = state.m[at] / (1.0 - settings.beta1.powi(state.steps));
            let v = state.v[at] / (1.0 - settings.beta2.powi(state.steps));
            let decay = if decays { settings.learning_rate * settings.weight_decay * w[at] } else { 0.0 };
            w[at] -= decay + settings.learning_rate * m / (v + settings.epsilon);
        }
    }
}
