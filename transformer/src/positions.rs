//! Where a token stands. Attention sees a set, not a sequence: permute its inputs and the outputs permute with them. So
//! each token's vector gets a vector of its position added (Vaswani et al. 2017, section 3.5).

use std::ops::Range;

use ndarray::{Array2, Ix2};
use serde::{Deserialize, Serialize};
use tensor::{Context, Cost, Init, Initializer, ParameterId, Parameters, Real, Tensor, metered};

/// How a model tells positions apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Positions {
    /// Not at all: what it makes of a token depends on which tokens there are, not on where.
    None,
    /// By [`sinusoidal`] vectors, at any length.
    #[default]
    Sinusoidal,
    /// By a learned vector for each position, up to a greatest length.
    Learned {
        /// The number of positions.
        context: usize,
    },
}

/// The sinusoids of Vaswani et al. 2017, section 3.5, for the first T = `positions` positions:
///
/// PE(t, 2i) = sin(t / 10000^(2i/D)), PE(t, 2i+1) = cos(t / 10000^(2i/D))
///
/// Each pair of columns is the hand of a clock, from one turn in 2π tokens to one in 10000·2π. A shift of the position
/// turns every hand by an angle of its own, whatever the position was.
///
/// # Shapes
/// - returns (T, D); if D = `width` is odd, the last column is a sine.
///
/// ```
/// use ndarray::array;
/// use tensor::check::assert_close;
/// let expected = array![[0.0, 1.0, 0.0, 1.0], [0.84147098, 0.54030231, 0.00999983, 0.99995000]]; // sin 1, cos 1, sin 0.01, cos 0.01
/// assert_close("positions", &transformer::sinusoidal(2, 4), &expected, 1e-7);
/// ```
// ANCHOR: sinusoidal
pub fn sinusoidal(positions: usize, width: usize) -> Array2<Real> {
    sinusoids(0..positions, width)
}

/// [`sinusoidal`] of some positions.
pub(crate) fn sinusoids(positions: Range<usize>, width: usize) -> Array2<Real> {
    let exponent = |column: usize| (column - column % 2) as f64 / width as f64;
    let wavelengths: Vec<f64> = (0..width).map(|column| 10_000_f64.powf(exponent(column))).collect();
    Array2::from_shape_fn((positions.len(), width), |(t, column)| {
        let angle = (positions.start + t) as f64 / wavelengths[column];
        (if column % 2 == 0 { angle.sin() } else { angle.cos() }) as Real
    })
}
// ANCHOR_END: sinusoidal

/// A learned vector for each position, as in GPT. The paper found no difference in quality to sinusoids (table 3, row
/// E); but there is nothing to look up beyond the context.
///
/// | symbol | parameter | shape |
/// |---|---|---|
/// | P | `weight` | (context, D) |
///
/// ```
/// use ndarray::array;
/// use tensor::{Context, Init, Initializer, Parameters, shared};
/// use transformer::LearnedPositions;
///
/// let mut parameters = Parameters::new();
/// let positions = LearnedPositions::new(&mut Init::new(&mut parameters, 1), 3, 2, Initializer::Constant(0.0));
/// parameters.set(parameters.find("weight").unwrap(), shared(array![[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]));
/// let last_two = positions.forward(&Context::eval(&parameters), 1..3);
/// assert_eq!(last_two.value(), &shared(array![[2.0, 3.0], [4.0, 5.0]]));
/// ```
#[derive(Clone, Debug)]
pub struct LearnedPositions {
    weight: ParameterId,
    context: usize,
}

impl LearnedPositions {
    /// Vectors of D = `width` numbers for positions 0..`context`.
    pub fn new(init: &mut Init<'_>, context: usize, width: usize, weight: Initializer) -> Self {
        LearnedPositions { weight: init.param("weight", &[context, width], weight), context }
    }

    /// The vectors of some positions, to be added to those of the tokens that stand there.
    ///
    /// # Shapes
    /// - returns (T, D), T the length of `positions`.
    ///
    /// # Panics
    /// If a position lies beyond the context.
    #[track_caller]
    pub fn forward(&self, cx: &Context<'_>, positions: Range<usize>) -> Tensor {
        assert!(positions.end <= self.context, "positions {positions:?} go beyond the context of {}", self.context);
        cx.get(self.weight).slice(0, positions) // (T, D)
    }

    /// Adds to each row the vector of its position, and records nothing: for models that only read on.
    ///
    /// # Shapes
    /// - `x`: (B, D), `positions`: B
    ///
    /// # Panics
    /// If a position lies beyond the context.
    #[track_caller]
    pub fn add_to(&self, parameters: &Parameters, x: &mut Array2<Real>, positions: &[usize]) {
        let table = parameters.get(self.weight).value().view().into_dimensionality::<Ix2>().expect("a table");
        metered("add", Cost::elementwise(x.len(), 3 * x.len()), || {
            for (mut x, &position) in x.outer_iter_mut().zip(positions) {
                assert!(position < self.context, "position {position} lies beyond the context of {}", self.context);
                x += &table.row(position);
            }
        });
    }
}
