//! The function between the two maps of a feed-forward layer.

use serde::{Deserialize, Serialize};
use tensor::kernels::elementwise::{
    combine, gelu, gelu_derivative, gelu_tanh, gelu_tanh_derivative, map, map_inplace, silu, silu_derivative,
};
use tensor::{Real, Tensor};

/// The function between the two maps of a feed-forward layer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// x·Φ(x), exactly (Hendrycks & Gimpel 2016).
    #[default]
    Gelu,
    /// Its approximation by tanh, as in GPT-2.
    GeluTanh,
    /// max(x, 0), as in the paper (equation 2).
    Relu,
    /// x·σ(x) (Hendrycks & Gimpel 2016), also called Swish, as in LLaMA.
    Silu,
}

impl Activation {
    /// The function, applied to every element.
    pub fn apply(self, x: &Tensor) -> Tensor {
        match self {
            Activation::Gelu => x.gelu(),
            Activation::GeluTanh => x.gelu_tanh(),
            Activation::Relu => x.relu(),
            Activation::Silu => x.silu(),
        }
    }

    /// f of one number.
    pub(crate) fn of(self, x: Real) -> Real {
        match self {
            Activation::Gelu => gelu(x),
            Activation::GeluTanh => gelu_tanh(x),
            Activation::Relu => relu(x),
            Activation::Silu => silu(x),
        }
    }

    /// f of each number, in place.
    pub(crate) fn apply_to(self, x: &mut [Real]) {
        match self {
            Activation::Gelu => map_inplace(x, gelu),
            Activation::GeluTanh => map_inplace(x, gelu_tanh),
            Activation::Relu => map_inplace(x, relu),
            Activation::Silu => map_inplace(x, silu),
        }
    }

    /// y = f(x).
    pub(crate) fn map(self, y: &mut [Real], x: &[Real]) {
        match self {
            Activation::Gelu => map(y, x, gelu),
            Activation::GeluTanh => map(y, x, gelu_tanh),
            Activation::Relu => map(y, x, relu),
            Activation::Silu => map(y, x, silu),
        }
    }

    /// dy·f'(x), in the place of dy.
    pub(crate) fn differentiate(self, dy: &mut [Real], x: &[Real]) {
        match self {
            Activation::Gelu => combine(dy, x, |dy, x| dy * gelu_derivative(x)),
            Activation::GeluTanh => combine(dy, x, |dy, x| dy * gelu_tanh_derivative(x)),
            Activation::Relu => combine(dy, x, |dy, x| if x > 0.0 { dy } else { 0.0 }),
            Activation::Silu => combine(dy, x, |dy, x| dy * silu_derivative(x)),
        }
    }
}

fn relu(x: Real) -> Real {
    if x < 0.0 { 0.0 } else { x }
}
