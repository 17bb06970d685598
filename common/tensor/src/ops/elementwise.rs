//! Functions of one number, applied to every element.

use super::{bytes, standard};
use crate::kernels::elementwise;
use crate::operation::{Backward, Cost, Inputs, Outputs};
use crate::tape::record;
use crate::{Array, Real, Tensor};

/// y = f(x). The derivative is written in what is cheapest to keep: x, or y, which lives on anyway.
struct Elementwise<D> {
    name: &'static str,
    kept: Array,
    /// f'(x), as a function of what is kept.
    derivative: D,
}

/// A function of one number that kernels can share among threads and inline into their loops.
trait Scalar: Fn(Real) -> Real + Send + Sync + 'static {}
impl<F: Fn(Real) -> Real + Send + Sync + 'static> Scalar for F {}

impl<D: Scalar> Backward for Elementwise<D> {
    fn name(&self) -> &'static str {
        self.name
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.kept.len(), 2 * self.kept.len())
    }
    fn saved_bytes(&self) -> usize {
        bytes([&self.kept])
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let mut gradient = dy.only();
        let dy = gradient.as_slice_mut().expect("gradients are in standard layout");
        let kept = self.kept.as_slice().expect("kept in standard layout");
        elementwise::combine(dy, kept, |dy, kept| dy * (self.derivative)(kept));
        dx.add(0, gradient);
    }
}

enum Keep {
    Input,
    Output,
}

impl Tensor {
    #[track_caller]
    fn elementwise(&self, name: &'static str, f: impl Scalar, keep: Keep, derivative: impl Scalar) -> Tensor {
        let [y] = record(&[self], || {
            let x = standard(self.value());
            let mut y = Array::zeros(x.raw_dim());
            elementwise::map(
                y.as_slice_mut().expect("new arrays are in standard layout"),
                x.as_slice().expect("just made standard"),
                f,
            );
            let kept = match keep {
                Keep::Input => x,
                Keep::Output => y.clone(),
            };
            ([y], Elementwise { name, kept, derivative })
        });
        y
    }

    /// e^x.
    pub fn exp(&self) -> Tensor {
        self.elementwise("exp", elementwise::exp, Keep::Output, |y| y)
    }

    /// The natural logarithm.
    pub fn ln(&self) -> Tensor {
        self.elementwise("ln", Real::ln, Keep::Input, |x| 1.0 / x)
    }

    /// The square root.
    pub fn sqrt(&self) -> Tensor {
        self.elementwise("sqrt", Real::sqrt, Keep::Output, |y| 0.5 / y)
    }

    // ANCHOR: elementwise
    /// The hyperbolic tangent.
    pub fn tanh(&self) -> Tensor {
        self.elementwise("tanh", elementwise::tanh, Keep::Output, |y| 1.0 - y * y)
    }

    /// The logistic function 1 / (1 + e^-x).
    pub fn sigmoid(&self) -> Tensor {
        self.elementwise("sigmoid", elementwise::sigmoid, Keep::Output, |y| y * (1.0 - y))
    }

    /// max(x, 0). The derivative at 0 is taken as 0, and at NaN as NaN.
    pub fn relu(&self) -> Tensor {
        self.elementwise("relu", elementwise::relu, Keep::Output, elementwise::relu_derivative)
    }

    /// ln(1 + e^x).
    pub fn softplus(&self) -> Tensor {
        self.elementwise("softplus", elementwise::softplus, Keep::Input, elementwise::sigmoid)
    }
    // ANCHOR_END: elementwise

    /// The Gaussian error linear unit x·Φ(x), in its exact form with erf (Hendrycks & Gimpel 2016, section 2).
    pub fn gelu(&self) -> Tensor {
        self.elementwise("gelu", elementwise::gelu, Keep::Input, elementwise::gelu_derivative)
    }

    /// The Gaussian error linear unit in its approximate form with tanh (Hendrycks & Gimpel 2016, section 2), as in
    /// GPT-2; differs from [`gelu`](Self::gelu) by up to 4.8e-4.
    pub fn gelu_tanh(&self) -> Tensor {
        self.elementwise("gelu_tanh", elementwise::gelu_tanh, Keep::Input, elementwise::gelu_tanh_derivative)
    }

    /// x·σ(x), the sigmoid linear unit (Hendrycks & Gimpel 2016, section 2), also called Swish.
    pub fn silu(&self) -> Tensor {
        self.elementwise("silu", elementwise::silu, Keep::Input, elementwise::silu_derivative)
    }
}
