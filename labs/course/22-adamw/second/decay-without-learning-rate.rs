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
    let t = state.steps;
    let (b1, b2) = (settings.beta1, settings.beta2);
    for ((index, parameter), gradient) in w.indexed_iter_mut().zip(g.iter()) {
        let m = &mut state.m[index];
        *m = b1 * *m + (1.0 - b1) * gradient;
        let v = &mut state.v[index];
        *v = b2 * *v + (1.0 - b2) * gradient * gradient;
        if decays {
            *parameter -= settings.weight_decay * *parameter;
        }
        let m_hat = *m / (1.0 - b1.powi(t));
        let v_hat = *v / (1.0 - b2.powi(t));
        *parameter -= settings.learning_rate * m_hat / (v_hat.sqrt() + settings.epsilon);
    }
}
