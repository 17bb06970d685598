//! A vector for every token.

use data::Token;
use ndarray::{Array2, ArrayViewD, Ix2};
use tensor::{Context, Init, Initializer, ParameterId, Parameters, Real, Tensor, aligned_zeros};

/// A table with one row for every token: y = W\[token\].
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | W | `weight` | (V, E) |
///
/// It is the product of a one-hot vector with W, without the multiplications by zero: only rows that were looked up
/// have a gradient that is not zero.
///
/// ```
/// use ndarray::{arr1, arr2};
/// use nn::Embedding;
/// use tensor::{Context, Init, Parameters, shared};
///
/// let mut parameters = Parameters::new();
/// let layer = Embedding::new(&mut Init::new(&mut parameters, 1), 3, 2);
/// parameters.set(layer.weight(), shared(arr2(&[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])));
///
/// let y = layer.forward(&Context::eval(&parameters), arr1(&[2, 0, 2]).view().into_dyn());
/// assert_eq!(y.value(), &shared(arr2(&[[4.0, 5.0], [0.0, 1.0], [4.0, 5.0]])));
/// ```
#[derive(Clone, Debug)]
pub struct Embedding {
    weight: ParameterId,
}

impl Embedding {
    /// A table of V = `vocabulary` rows of E = `width` standard normal numbers, as in PyTorch.
    pub fn new(init: &mut Init<'_>, vocabulary: usize, width: usize) -> Self {
        Self::with(init, vocabulary, width, Initializer::Normal { std: 1.0 })
    }

    /// A table of V = `vocabulary` rows of E = `width` numbers that begin as told.
    pub fn with(init: &mut Init<'_>, vocabulary: usize, width: usize, weight: Initializer) -> Self {
        Embedding { weight: init.param("weight", &[vocabulary, width], weight) }
    }

    /// Looks tokens up.
    ///
    /// # Shapes
    /// - `tokens`: any shape, each below V; returns that shape with an axis E appended.
    ///
    /// # Panics
    /// If a token is not below V.
    // ANCHOR: forward
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, tokens: ArrayViewD<'_, Token>) -> Tensor {
        cx.get(self.weight).gather(tokens) // (.., E)
    }
    // ANCHOR_END: forward

    /// The same, and records nothing: for models that only read on.
    ///
    /// # Shapes
    /// - `tokens`: (B), each below V; returns (B, E).
    ///
    /// # Panics
    /// If a token is not below V.
    #[track_caller]
    pub fn apply(&self, parameters: &Parameters, tokens: &[Token]) -> Array2<Real> {
        let table = parameters.get(self.weight).value().view().into_dimensionality::<Ix2>().expect("a table");
        let mut y = aligned_zeros((tokens.len(), table.ncols()));
        for (mut y, &token) in y.outer_iter_mut().zip(tokens) {
            assert!((token as usize) < table.nrows(), "embedding: row {token} of a table of shape {:?}", table.shape());
            y.assign(&table.row(token as usize));
        }
        y
    }

    /// W.
    pub fn weight(&self) -> ParameterId {
        self.weight
    }
}
