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
    let s = settings;
    state.m.zip_mut_with(g, |m, g| *m += (g - *m) * (1.0 - s.beta1));
    state.v.zip_mut_with(g, |v, g| *v += (g * g - *v) * (1.0 - s.beta2));
    if decays {
        let lost = &*w * (s.learning_rate * s.weight_decay);
        *w -= &lost;
    }
    let step = (&state.m / (1.0 - s.beta1.powi(t))) / ((&state.v / (1.0 - s.beta2.powi(t))).sqrt() + s.epsilon);
    w.scaled_add(s.learning_rate, &step);
    state.steps = t;
}
