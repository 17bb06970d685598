//! Normalisation of each position by itself.

use ndarray::{Array1, Array2, Ix1};
use tensor::{
    Array, Backward, Context, Cost, Init, Initializer, Inputs, Outputs, ParameterId, Parameters, Real, Tensor,
    aligned_zeros, kernels, metered, record, shared,
};

/// Layer normalisation over the last axis (Ba et al. 2016, equation 4):
/// y = g · (x - μ) / √(σ² + ε) + b, with mean μ and variance σ² = Σ(x - μ)²/D of each vector x of width D.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | g | `weight` | (D) |
/// | b | `bias` | (D) |
/// | ε | 10⁻⁵, as in PyTorch, or [another](LayerNorm::with_epsilon) | |
///
/// ```
/// use ndarray::arr2;
/// use nn::LayerNorm;
/// use tensor::{Context, Init, Parameters, Tensor, check::assert_close};
///
/// let mut parameters = Parameters::new();
/// let layer = LayerNorm::new(&mut Init::new(&mut parameters, 1), 4);
/// let x = Tensor::constant(arr2(&[[1.0, 1.0, 5.0, 5.0]])); // μ = 3, σ = 2
/// let y = layer.forward(&Context::eval(&parameters), &x);
/// assert_close("y", y.value(), &arr2(&[[-1.0, -1.0, 1.0, 1.0]]).into_dyn(), 2e-6); // ε costs 1.25e-6
/// ```
#[derive(Clone, Debug)]
pub struct LayerNorm {
    weight: ParameterId,
    bias: Option<ParameterId>,
    epsilon: Real,
}

impl LayerNorm {
    /// PyTorch's ε.
    pub const EPSILON: f64 = 1e-5;

    /// For vectors of D = `width` numbers; g begins at 1 and b at 0.
    pub fn new(init: &mut Init<'_>, width: usize) -> Self {
        let weight = init.param("weight", &[width], Initializer::Constant(1.0));
        let bias = Some(init.param("bias", &[width], Initializer::Constant(0.0)));
        LayerNorm { weight, bias, epsilon: Self::EPSILON as Real }
    }

    /// The same without b.
    pub fn without_bias(init: &mut Init<'_>, width: usize) -> Self {
        let weight = init.param("weight", &[width], Initializer::Constant(1.0));
        LayerNorm { weight, bias: None, epsilon: Self::EPSILON as Real }
    }

    /// The same with another ε.
    #[must_use]
    pub fn with_epsilon(self, epsilon: f64) -> Self {
        LayerNorm { epsilon: epsilon as Real, ..self }
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
        let bias = self.bias.map(|bias| cx.get(bias));
        layer_norm(x, &cx.get(self.weight), bias.as_ref(), self.epsilon) // (.., D)
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
        let numbers = |id| parameters.get(id).value().as_slice().expect("parameters are in standard layout");
        let (weight, bias) = (numbers(self.weight), self.bias.map(numbers));
        assert_eq!(x.ncols(), weight.len(), "layer_norm: x (B, D) {:?} and weight (D) do not fit", x.shape());
        metered("layer_norm", cost(x.len(), weight.len()), || {
            let mut y = aligned_zeros(x.dim());
            for (mut y, x) in y.outer_iter_mut().zip(x.outer_iter()) {
                let (y, x) = (y.as_slice_mut().expect("new"), x.to_slice().expect("a stream is in standard layout"));
                kernels::layer_norm_row(y, x, weight, bias, self.epsilon);
            }
            y
        })
    }

    /// g.
    pub fn weight(&self) -> ParameterId {
        self.weight
    }

    /// b, if there is one.
    pub fn bias(&self) -> Option<ParameterId> {
        self.bias
    }
}

/// What [`LayerNorm`] computes, as one operation: y = g · (x - μ) / √(σ² + ε) + b.
///
/// # Shapes
/// - `x`: (.., D), `weight` (g): (D), `bias` (b): (D); returns the shape of `x`.
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn layer_norm(x: &Tensor, weight: &Tensor, bias: Option<&Tensor>, epsilon: Real) -> Tensor {
    let shapes = (x.shape(), weight.shape(), bias.map(Tensor::shape));
    let width = match shapes {
        (&[.., width], &[w], None) if w == width => width,
        (&[.., width], &[w], Some(&[b])) if w == width && b == width => width,
        (x, weight, bias) => {
            panic!("layer_norm: x (.., D) {x:?}, weight (D) {weight:?} and bias (D) {bias:?} do not fit")
        }
    };
    let inputs: &[&Tensor] = if let Some(bias) = bias { &[x, weight, bias] } else { &[x, weight] };
    let [y] = record(inputs, || {
        let rows = (x.value().len() / width.max(1), width);
        let flat = x.value().to_shape(rows).expect("the shapes were checked");
        let (gain, shift) = (weight.view::<Ix1>("layer_norm"), bias.map(|bias| bias.view::<Ix1>("layer_norm")));
        let kernels::Normalized { y, mean, rstd } = kernels::layer_norm(flat.view(), gain, shift, epsilon);
        let y = y.into_shape_with_order(x.shape()).expect("one number for each of x");
        let (x, weight, has_bias) = (x.value().clone(), weight.value().clone(), bias.is_some());
        ([shared(y)], Normalization { x, weight, has_bias, mean, rstd })
    });
    y
}

/// Of `n` numbers: a mean, a difference, a mean of squares, then scaling and shifting.
fn cost(n: usize, width: usize) -> Cost {
    Cost { span: 5, ..Cost::elementwise(7 * n, 2 * n + 2 * width) }
}

struct Normalization {
    x: Array,
    weight: Array,
    has_bias: bool,
    mean: Array1<kernels::Mean>,
    rstd: Array1<Real>,
}

impl Backward for Normalization {
    fn name(&self) -> &'static str {
        "layer_norm"
    }
    fn cost(&self) -> Cost {
        cost(self.x.len(), self.weight.len())
    }
    fn saved_bytes(&self) -> usize {
        (self.x.len() + self.weight.len() + self.rstd.len()) * size_of::<Real>()
            + self.mean.len() * size_of::<kernels::Mean>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Normalization { x, weight, has_bias, mean, rstd } = *self;
        let rows = (mean.len(), weight.len());
        let mut dy = dy.only().into_shape_with_order(rows).expect("one gradient for each number of y");
        let flat = x.to_shape(rows).expect("the shapes were checked");
        let gain = weight.view().into_dimensionality::<Ix1>().expect("a vector");
        let (dweight, dbias) = kernels::layer_norm_backward(dy.view_mut(), flat.view(), gain, mean.view(), rstd.view());
        dx.add(0, dy.into_shape_with_order(x.raw_dim()).expect("one gradient for each number of x"));
        dx.add(1, dweight.into_dyn());
        if has_bias {
            dx.add(2, dbias.into_dyn());
        }
    }
}
