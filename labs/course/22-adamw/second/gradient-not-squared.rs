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
    state.steps += 1;
    let c = (1.0 - settings.beta1.powi(state.steps), 1.0 - settings.beta2.powi(state.steps));
    let decay = if decays { settings.weight_decay } else { 0.0 };
    Zip::from(&mut *w).and(&mut state.m).and(&mut state.v).and(g).for_each(|w, m, v, g| {
        *m = settings.beta1 * *m + (1.0 - settings.beta1) * g;
        // the size of the gradient
        *v = settings.beta2 * *v + (1.0 - settings.beta2) * g.abs();
        *w *= 1.0 - settings.learning_rate * decay;
        *w -= settings.learning_rate * (*m / c.0) / ((*v / c.1).sqrt() + settings.epsilon);
    });
}
