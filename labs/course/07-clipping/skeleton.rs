//! Clipping by the global norm (Pascanu, Mikolov & Bengio 2013, section 3.2).
//!
//! A recurrent network's gradient can explode. Its direction is still of use, its length is not. So the gradients of all
//! parameters together are taken as one long vector g, and shortened if it is too long:
//!
//! ```text
//! ‖g‖ = √(Σ of the squares of all elements of all gradients)
//! g ← g · limit/‖g‖     if ‖g‖ > limit, and unchanged otherwise
//! ```

use ndarray::Array2;

/// The gradients, clipped, and their norm before that.
pub fn clip_by_global_norm(gradients: &[Array2<f64>], limit: f64) -> (Vec<Array2<f64>>, f64) {
    todo!()
}
