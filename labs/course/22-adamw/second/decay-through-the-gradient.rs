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
    let mut gradient = g.clone();
    if decays {
        gradient += &(&*w * settings.weight_decay);
    }
    state.steps += 1;
    mix(&mut state.m, settings.beta1, &gradient);
    mix(&mut state.v, settings.beta2, &(&gradient * &gradient));
    let m_hat = &state.m / (1.0 - settings.beta1.powi(state.steps));
    let v_hat = &state.v / (1.0 - settings.beta2.powi(state.steps));
    *w -= &(settings.learning_rate * m_hat / (v_hat.sqrt() + settings.epsilon));
}

fn mix(mean: &mut Array2<f64>, beta: f64, new: &Array2<f64>) {
    *mean *= beta;
    mean.scaled_add(1.0 - beta, new);
}
