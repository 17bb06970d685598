//! Normalisation of each position by its size alone.

use ndarray::{Array1, Array2, Ix1};
use tensor::{
    Array, Backward, Context, Cost, Init, Initializer, Inputs, Outputs, ParameterId, Parameters, Real, Tensor,
    aligned_zeros, kernels, metered, record, shared,
};

/// Root mean square normalisation over the last axis (Zhang & Sennrich 2019, equation 4):
/// y = g · x / √(Σx²/D + ε) of each vector x of width D.
///
/// Nothing is taken away, so a vector of which all numbers are alike keeps what it says; of
/// [`LayerNorm`](super::LayerNorm) it would lose everything.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | g | `weight` | (D) |
///
/// ```
/// use ndarray::arr2;
/// use nn::RmsNorm;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close};
///
/// let mut parameters = Parameters::new();
/// let layer = RmsNorm::new(&mut Init::new(&mut parameters, 1), 2, 1e-6);
/// let x = Tensor::constant(arr2(&[[1.0, 7.0]])); // the mean of 1 and 49 is 25
/// let y = layer.forward(&Context::eval(&parameters), &x);
/// assert_close("y", y.value(), &arr2(&[[0.2, 1.4]]).into_dyn(), 1e-6);
/// ```
#[derive(Clone, Debug)]
pub struct RmsNorm {
    weight: ParameterId,
    epsilon: Real,
}

impl RmsNorm {
    /// For vectors of D = `width` numbers; g begins at 1.
    pub fn new(init: &mut Init<'_>, width: usize, epsilon: f64) -> Self {
        RmsNorm { weight: init.param("weight", &[width], Initializer::Constant(1.0)), epsilon: epsilon as Real }
    }

    /// Normalises every vector.
    ///
    /// # Shapes
    /// - `x`: (.., D); returns the same shape.
    ///
    /// # Panics
    /// If the last axis of `x` is not D.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        rms_norm(x, &cx.get(self.weight), self.epsilon) // (.., D)
    }

    /// The same of plain vectors, and records nothing: for models that only read on.
    ///
    /// # Shapes
    /// - `x`: (B, D); returns (B, D).
    ///
    /// # Panics
    /// If the width of `x` is not D.
    #[track_caller]
    pub fn apply(&self, parameters: &Parameters, x: &Array2<Real>) -> Array2<Real> {
        let weight = parameters.get(self.weight).value();
        let weight = weight.as_slice().expect("parameters are in standard layout");
        assert_eq!(x.ncols(), weight.len(), "rms_norm: x (B, D) {:?} and weight (D) do not fit", x.shape());
        metered("rms_norm", cost(x.len(), weight.len()), || {
            let mut y = aligned_zeros(x.dim());
            for (mut y, x) in y.outer_iter_mut().zip(x.outer_iter()) {
                let (y, x) = (y.as_slice_mut().expect("new"), x.to_slice().expect("a stream is in standard layout"));
                kernels::rms_norm_row(y, x, weight, self.epsilon);
            }
            y
        })
    }

    /// g.
    pub fn weight(&self) -> ParameterId {
        self.weight
    }
}

/// What [`RmsNorm`] computes, as one operation: y = g · x / √(Σx²/D + ε).
///
/// # Shapes
/// - `x`: (.., D), `weight` (g): (D); returns the shape of `x`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn rms_norm(x: &Tensor, weight: &Tensor, epsilon: Real) -> Tensor {
    let width = match (x.shape(), weight.shape()) {
        (&[.., width], &[w]) if w == width => width,
        (x, weight) => panic!("rms_norm: x (.., D) {x:?} and weight (D) {weight:?} do not fit"),
    };
    let [y] = record(&[x, weight], || {
        let rows = (x.value().len() / width.max(1), width);
        let flat = x.value().to_shape(rows).expect("the shapes were checked");
        let (y, rstd) = kernels::rms_norm(flat.view(), weight.view::<Ix1>("rms_norm"), epsilon);
        let y = y.into_shape_with_order(x.shape()).expect("one number for each of x");
        ([shared(y)], Normalization { x: x.value().clone(), weight: weight.value().clone(), rstd })
    });
    y
}

/// Of `n` numbers: a mean of squares, then scaling.
fn cost(n: usize, width: usize) -> Cost {
    Cost { span: 3, ..Cost::elementwise(4 * n, 2 * n + width) }
}

struct Normalization {
    x: Array,
    weight: Array,
    /// 1/√(Σx²/D + ε) of each vector.
    rstd: Array1<Real>,
}

impl Backward for Normalization {
    fn name(&self) -> &'static str {
        "rms_norm"
    }
    fn cost(&self) -> Cost {
        cost(self.x.len(), self.weight.len())
    }
    fn saved_bytes(&self) -> usize {
        (self.x.len() + self.weight.len() + self.rstd.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Normalization { x, weight, rstd } = *self;
        let rows = (rstd.len(), weight.len());
        let mut dy = dy.only().into_shape_with_order(rows).expect("one gradient for each number of y");
        let flat = x.to_shape(rows).expect("the shapes were checked");
        let gain = weight.view().into_dimensionality::<Ix1>().expect("a vector");
        let dweight = kernels::rms_norm_backward(dy.view_mut(), flat.view(), gain, rstd.view());
        dx.add(0, dy.into_shape_with_order(x.raw_dim()).expect("one gradient for each number of x"));
        dx.add(1, dweight.into_dyn());
    }
}
