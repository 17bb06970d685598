//! AdamW (Loshchilov & Hutter 2019, algorithm 2, in the form of PyTorch).
//!
//! In step t = 1, 2, .. a parameter w with the gradient g becomes
//!
//! ```text
//! m ← β₁ m + (1 - β₁) g          mean of the gradients
//! v ← β₂ v + (1 - β₂) g²         mean of their squares
//! m̂ = m / (1 - β₁ᵗ)              both began at zero: this takes the bias out
//! v̂ = v / (1 - β₂ᵗ)
//! w ← (1 - η λ) w                weight decay, of matrices; biases and gains do not decay
//! w ← w - η m̂ / (√v̂ + ε)
//! ```

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
///
/// # Shapes
/// - `w`, `g`, `state.m` and `state.v`: the same
pub fn adamw_step(w: &mut Array2<f64>, g: &Array2<f64>, state: &mut Moments, decays: bool, settings: &Settings) {
    todo!()
}
