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

pub fn adamw_step(w: &mut Array2<f64>, g: &Array2<f64>, state: &mut Moments, decays: bool, settings: &Settings) {
    let Settings { learning_rate, beta1, beta2, epsilon, weight_decay } = settings;
    state.steps += 1;
    let t = state.steps;
    state.m = &state.m * *beta1 + g * (1.0 - beta1);
    state.v = &state.v * *beta2 + g * g * (1.0 - beta2);
    let m_hat = &state.m / (1.0 - beta1.powi(t));
    let v_hat = &state.v / (1.0 - beta2.powi(t));
    if decays {
        *w *= 1.0 - learning_rate * weight_decay;
    }
    *w -= &(m_hat / (v_hat + *epsilon).sqrt() * *learning_rate);
}
