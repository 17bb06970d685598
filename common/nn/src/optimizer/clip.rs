//! Clipping by the global norm.

/// What all gradients are multiplied by so that their common Euclidean norm ‖g‖ is at most `limit`:
/// min(1, limit/(‖g‖ + 10⁻⁶)) (Pascanu et al. 2013, section 3.2, with PyTorch's safeguard). To be given to
/// [`Update::scale`](super::Update::scale), which saves a pass over the gradients. NaN where the norm is.
///
/// ```
/// use nn::clip_factor;
/// assert_eq!(clip_factor(0.5, 1.0), 1.0);
/// assert!((clip_factor(4.0, 1.0) - 0.25).abs() < 1e-6);
/// assert!(clip_factor(f64::NAN, 1.0).is_nan());
/// ```
pub fn clip_factor(norm: f64, limit: f64) -> f64 {
    let factor = limit / (norm + 1e-6);
    if factor > 1.0 { 1.0 } else { factor }
}
