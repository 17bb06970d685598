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
    state.m = average(&state.m, g, settings.beta1);
    state.v = average(&state.v, &g.mapv(|x| x.powi(2)), settings.beta2);
    let m_hat = state.m.mapv(|m| m / (1.0 - settings.beta1.powi(state.steps)));
    let v_hat = state.v.mapv(|v| v / (1.0 - settings.beta2.powi(state.steps)));
    if decays {
        w.mapv_inplace(|x| x - settings.learning_rate * settings.weight_decay * x);
    }
    for ((x, m), v) in w.iter_mut().zip(&m_hat).zip(&v_hat) {
        *x -= settings.learning_rate * m / (v.sqrt() + settings.epsilon);
    }
}

/// A running mean: beta of the new, the rest of the old.
fn average(old: &Array2<f64>, new: &Array2<f64>, beta: f64) -> Array2<f64> {
    new * beta + old * (1.0 - beta)
}
