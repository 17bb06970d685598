//! The affine map.

use ndarray::{Array2, Ix1, Ix2};
use tensor::{
    Context, Cost, Init, Initializer, ParameterId, Parameters, Real, Tensor, aligned_zeros, kernels, metered,
};

use super::Embedding;

/// An affine map of the last axis: y = x·Wᵀ + b.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | W | `weight` | (O, I) |
/// | b | `bias` | (O) |
///
/// ```
/// use ndarray::{arr1, arr2};
/// use nn::Linear;
/// use tensor::{Context, Init, Parameters, Tensor, shared};
///
/// let mut parameters = Parameters::new();
/// let layer = Linear::new(&mut Init::new(&mut parameters, 1), 3, 2);
/// parameters.set(parameters.find("weight").unwrap(), shared(arr2(&[[1.0, 2.0, 3.0], [0.0, -1.0, 1.0]])));
/// parameters.set(parameters.find("bias").unwrap(), shared(arr1(&[10.0, 20.0])));
///
/// let x = Tensor::constant(arr2(&[[1.0, 1.0, 2.0]]));
/// let y = layer.forward(&Context::eval(&parameters), &x);
/// assert_eq!(y.value(), &shared(arr2(&[[19.0, 21.0]])));
/// ```
#[derive(Clone, Debug)]
pub struct Linear {
    weight: ParameterId,
    bias: Option<ParameterId>,
}

impl Linear {
    /// From I = `inputs` to O = `outputs` numbers, with a bias; both parameters begin uniform in ±1/√I, as in
    /// PyTorch.
    pub fn new(init: &mut Init<'_>, inputs: usize, outputs: usize) -> Self {
        let bound = if inputs == 0 { 0.0 } else { 1.0 / (inputs as f64).sqrt() };
        let uniform = Initializer::Uniform { bound };
        Self::with(init, inputs, outputs, uniform, Some(uniform))
    }

    /// From I = `inputs` to O = `outputs` numbers, the weight and, if there is one, the bias beginning as told.
    pub fn with(
        init: &mut Init<'_>,
        inputs: usize,
        outputs: usize,
        weight: Initializer,
        bias: Option<Initializer>,
    ) -> Self {
        Linear {
            weight: init.param("weight", &[outputs, inputs], weight),
            bias: bias.map(|bias| init.param("bias", &[outputs], bias)),
        }
    }

    /// The map of parameters that exist already: W (O, I) and, if there is one, b (O). For layers whose parameters have
    /// names of their own.
    pub fn of(weight: ParameterId, bias: Option<ParameterId>) -> Self {
        Linear { weight, bias }
    }

    /// The scores of every token by the embedding's own table: y = x·Wᵀ with its W, no bias and no parameter of its
    /// own (Press & Wolf 2017, section 3).
    ///
    /// Every row of the table is then a class, PAD's too, so a row that holds NaN or an infinity makes the scores of its
    /// token NaN or infinite, and with them every distribution; hidden is PAD as an input alone.
    // ANCHOR: tied
    pub fn tied(embedding: &Embedding) -> Self {
        Linear::of(embedding.weight(), None)
    }
    // ANCHOR_END: tied

    /// Applies the map.
    ///
    /// # Shapes
    /// - `x`: (.., I); returns (.., O).
    ///
    /// # Panics
    /// If the last axis of `x` is not I.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, x: &Tensor) -> Tensor {
        let bias = self.bias.map(|bias| cx.get(bias));
        x.linear(&cx.get(self.weight), bias.as_ref()) // (.., O)
    }

    /// Adds what the map makes of few vectors to others, and records nothing: y ← y + x·Wᵀ + b. For models that only read
    /// on; [`add_matvec`](kernels::add_matvec) does it.
    ///
    /// # Shapes
    /// - `x`: (B, I), `y`: (B, O)
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn add_to(&self, parameters: &Parameters, y: &mut Array2<Real>, x: &Array2<Real>) {
        let weight = parameters.get(self.weight).value().view().into_dimensionality::<Ix2>().expect("a matrix");
        metered("linear", Cost::product(x.nrows(), weight.ncols(), weight.nrows()), || {
            kernels::add_matvec(y.view_mut(), x.view(), weight);
        });
        if let Some(bias) = self.bias {
            *y += &parameters.get(bias).value().view().into_dimensionality::<Ix1>().expect("a vector");
        }
    }

    /// What the map makes of few vectors; [`add_to`](Self::add_to) zeros.
    ///
    /// # Shapes
    /// - `x`: (B, I); returns (B, O).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn apply(&self, parameters: &Parameters, x: &Array2<Real>) -> Array2<Real> {
        let mut y = aligned_zeros((x.nrows(), parameters.get(self.weight).value().shape()[0]));
        self.add_to(parameters, &mut y, x);
        y
    }

    /// W.
    pub fn weight(&self) -> ParameterId {
        self.weight
    }

    /// b, if there is one.
    pub fn bias(&self) -> Option<ParameterId> {
        self.bias
    }
}
