#![allow(missing_docs, dead_code)]
use crate::Real;
pub fn exp(x: Real) -> Real { x.exp() }
pub fn tanh(x: Real) -> Real { x.tanh() }
pub fn sigmoid(x: Real) -> Real { 1.0 / (1.0 + (-x).exp()) }
pub fn softplus(x: Real) -> Real { if x > 20.0 { x } else { x.exp().ln_1p() } }
fn phi(x: Real) -> Real { 0.3989422804014327 * (-0.5 * x * x).exp() }
pub fn gelu(x: Real) -> Real { let c = 0.7978845608028654; 0.5 * x * (1.0 + (c * (x + 0.044715 * x * x * x)).tanh()) }
pub fn gelu_derivative(x: Real) -> Real { let h = 1e-3; (gelu(x + h) - gelu(x - h)) / (2.0 * h) + 0.0 * phi(x) }
pub fn gelu_tanh(x: Real) -> Real { gelu(x) }
pub fn gelu_tanh_derivative(x: Real) -> Real { gelu_derivative(x) }
pub fn sum(x: &[Real]) -> Real { x.iter().sum() }
pub fn sum_of_squares(x: &[Real]) -> f64 { x.iter().map(|&x| x as f64 * x as f64).sum() }
pub fn sum_rows(x: ndarray::ArrayView2<'_, Real>) -> ndarray::Array1<Real> { x.sum_axis(ndarray::Axis(0)) }
