//! Normalisation of each position by itself.

use ndarray::{Array1, Array2, ArrayView1, Axis, Ix1, IxDyn};
use tensor::{
    Array, Backward, Context, Cost, Init, Initializer, Inputs, Outputs, ParameterId, Real, Tensor, record, shared,
};

/// Layer normalisation over the last axis (Ba et al. 2016, equation 4):
/// y = g · (x - μ) / √(σ² + ε) + b, with mean μ and variance σ² = Σ(x - μ)²/D of each vector x of width D.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | g | `weight` | (D) |
/// | b | `bias` | (D) |
/// | ε | 10⁻⁵, as in PyTorch | |
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
}

impl LayerNorm {
    const EPSILON: Real = 1e-5;

    /// For vectors of D = `width` numbers; g begins at 1 and b at 0.
    pub fn new(init: &mut Init<'_>, width: usize) -> Self {
        let weight = init.param("weight", &[width], Initializer::Constant(1.0));
        LayerNorm { weight, bias: Some(init.param("bias", &[width], Initializer::Constant(0.0))) }
    }

    /// The same without b.
    pub fn without_bias(init: &mut Init<'_>, width: usize) -> Self {
        LayerNorm { weight: init.param("weight", &[width], Initializer::Constant(1.0)), bias: None }
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
        layer_norm(x, &cx.get(self.weight), bias.as_ref(), Self::EPSILON) // (.., D)
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
        let rows = x.value().len() / width.max(1);
        let mut normal = x.value().to_shape((rows, width)).expect("the shapes were checked").to_owned();
        let mut inverse = Array1::zeros(rows);
        for (mut row, inverse) in normal.rows_mut().into_iter().zip(&mut inverse) {
            row -= row.sum() / width as Real;
            *inverse = 1.0 / (row.dot(&row) / width as Real + epsilon).sqrt();
            row *= *inverse;
        }
        let gain: ArrayView1<'_, Real> = weight.view::<Ix1>("layer_norm");
        let mut y = &normal * &gain;
        if let Some(bias) = bias {
            y += &bias.view::<Ix1>("layer_norm");
        }
        let y = y.into_shape_with_order(x.shape()).expect("one number for each of x");
        let saved = Normalized {
            normal,
            inverse,
            weight: weight.value().clone(),
            has_bias: bias.is_some(),
            shape: x.value().raw_dim(),
        };
        ([shared(y)], saved)
    });
    y
}

struct Normalized {
    /// (x - μ)/√(σ² + ε), (rows, D).
    normal: Array2<Real>,
    /// 1/√(σ² + ε), (rows).
    inverse: Array1<Real>,
    weight: Array,
    has_bias: bool,
    shape: IxDyn,
}

impl Backward for Normalized {
    fn name(&self) -> &'static str {
        "layer_norm"
    }
    fn cost(&self) -> Cost {
        let n = self.normal.len();
        Cost { span: 4, ..Cost::elementwise(7 * n, 2 * n + 2 * self.weight.len()) }
    }
    fn saved_bytes(&self) -> usize {
        (self.normal.len() + self.inverse.len() + self.weight.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let Normalized { normal, inverse, weight, has_bias, shape } = *self;
        let dy = dy.only().into_shape_with_order(normal.raw_dim()).expect("one gradient for each number of y");
        // y = g·n + b, so dg = Σ dy·n and db = Σ dy over the rows
        dx.add(1, (&dy * &normal).sum_axis(Axis(0)).into_dyn());
        if has_bias {
            dx.add(2, dy.sum_axis(Axis(0)).into_dyn());
        }
        // n = (x - μ)/√(σ² + ε) and dn = g·dy, so dx = (dn - mean(dn) - n·mean(dn·n))/√(σ² + ε)
        let mut dn = dy * &weight.view().into_dimensionality::<Ix1>().expect("a vector");
        for ((mut dn, n), inverse) in dn.rows_mut().into_iter().zip(normal.rows()).zip(inverse) {
            let (mean, slope) = (dn.sum() / n.len() as Real, dn.dot(&n) / n.len() as Real);
            dn.zip_mut_with(&n, |dn, &n| *dn = (*dn - mean - n * slope) * inverse);
        }
        dx.add(0, dn.into_shape_with_order(shape).expect("one gradient for each number of x"));
    }
}
