//! Switching off a random part of the numbers.

use ndarray::{ArrayD, Zip};
use ndarray_rand::rand::RngCore;
use tensor::{Backward, Context, Cost, Inputs, Outputs, Real, Tensor, record};

/// In training, each number becomes 0 with probability p and is divided by 1 - p otherwise, so that its mean stays;
/// in evaluation nothing happens (Srivastava et al. 2014, section 4; scaling in training is the usual inverted form).
///
/// y = x·m, where m is 0 with probability p and 1/(1 - p) otherwise, drawn from the stream of (seed, step, site).
///
/// ```
/// use ndarray::Array1;
/// use nn::Dropout;
/// use tensor::{Context, Parameters, Tensor};
///
/// let parameters = Parameters::new();
/// let (dropout, x) = (Dropout::new(0.75, "embedding"), Tensor::constant(Array1::ones(8)));
/// assert_eq!(dropout.forward(&Context::eval(&parameters), &x).value(), x.value());
///
/// let y = dropout.forward(&Context::train(&parameters, 1, 0), &x);
/// assert_eq!(y.value().as_slice().unwrap(), [0.0, 4.0, 4.0, 0.0, 4.0, 0.0, 0.0, 4.0]);
/// ```
#[derive(Clone, Debug)]
pub struct Dropout {
    rate: f64,
    site: String,
}

impl Dropout {
    /// Drops with probability p = `rate`. `site` names the place in the model; two places that share a name also
    /// share their masks.
    ///
    /// # Panics
    /// If the rate is not in 0..1.
    #[track_caller]
    pub fn new(rate: f64, site: impl Into<String>) -> Self {
        assert!((0.0..1.0).contains(&rate), "dropout: the rate must be at least 0 and below 1, got {rate}");
        Dropout { rate, site: site.into() }
    }

    /// Drops, if the pass is recorded.
    ///
    /// # Shapes
    /// - `x`: any; returns the same shape.
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        if self.rate == 0.0 || !cx.is_training() {
            return x.clone();
        }
        let [y] = record(&[x], || {
            let mask = self.mask(cx, x.shape());
            let y = Zip::from(x.value()).and(&mask).map_collect(|&x, &m| kept(x, m));
            ([y.into_shared()], Masked { mask })
        });
        y
    }

    fn mask(&self, cx: &Context<'_>, shape: &[usize]) -> ArrayD<Real> {
        let threshold = (self.rate * 2_f64.powi(32)) as u32;
        let kept = (1.0 / (1.0 - self.rate)) as Real;
        let mut rng = cx.rng(&self.site);
        ArrayD::from_shape_simple_fn(shape, || if rng.next_u32() < threshold { 0.0 } else { kept })
    }
}

/// x·m, and 0 where m is 0, whatever x is.
fn kept(x: Real, m: Real) -> Real {
    if m == 0.0 { 0.0 } else { x * m }
}

/// y = x·m, so dx = dy·m.
struct Masked {
    mask: ArrayD<Real>,
}

impl Backward for Masked {
    fn name(&self) -> &'static str {
        "dropout"
    }
    fn cost(&self) -> Cost {
        Cost::elementwise(self.mask.len(), 3 * self.mask.len())
    }
    fn saved_bytes(&self) -> usize {
        self.mask.len() * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let mut gradient = dy.only();
        gradient.zip_mut_with(&self.mask, |dy, &m| *dy = kept(*dy, m));
        dx.add(0, gradient);
    }
}
