//! The functions in `f64`, from the standard and the mathematical library.

#[inline(always)]
pub fn exp(x: f64) -> f64 {
    x.exp()
}

#[inline(always)]
pub fn tanh(x: f64) -> f64 {
    x.tanh()
}

#[inline(always)]
pub fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    let numerator = if x < 0.0 { e } else { 1.0 };
    numerator / (1.0 + e)
}

#[inline(always)]
pub fn softplus(x: f64) -> f64 {
    super::at_least(x, 0.0) + (-x.abs()).exp().ln_1p()
}

/// `Φ(x)`.
#[inline(always)]
fn normal(x: f64) -> f64 {
    0.5 * libm::erfc(-x * std::f64::consts::FRAC_1_SQRT_2)
}

#[inline(always)]
pub fn gelu(x: f64) -> f64 {
    // Below -40 the first factor only has to be finite: Φ is 0 there.
    super::at_least(x, -40.0) * normal(x)
}

#[inline(always)]
pub fn gelu_derivative(x: f64) -> f64 {
    const INV_SQRT_2_PI: f64 = 0.398_942_280_401_432_7;
    let bounded = super::at_most(super::at_least(x, -40.0), 40.0);
    normal(x) + bounded * INV_SQRT_2_PI * (-0.5 * bounded * bounded).exp()
}
