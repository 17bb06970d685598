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
    let [correction1, correction2] = [beta1, beta2].map(|beta| 1.0 - (f64::from(state.steps) * beta.ln()).exp());
    for ((row, column), weight) in w.indexed_iter_mut() {
        let at = [row, column];
        state.m[at] += (1.0 - beta1) * (g[at] - state.m[at]);
        state.v[at] += (1.0 - beta2) * (g[at] * g[at] - state.v[at]);
        let step = state.m[at] / correction1 / ((state.v[at] / correction2).sqrt() + epsilon);
        let decay = if decays { weight_decay * *weight } else { 0.0 };
        *weight -= learning_rate * (step + decay);
    }
}
