//! Positions as angles.

use std::borrow::Borrow;
use std::f64::consts::TAU;
use std::ops::Range;

use ndarray::{ArcArray2, Array2, ArrayViewMut3, Axis, Ix3, s};
use serde::{Deserialize, Serialize};
use tensor::{Backward, Cost, Inputs, Outputs, Real, Tensor, concat, record, shared, stack};

use crate::{ConfigError, Form};

/// Rotary positions (Su et al. 2021, section 3.2.2): pairs of numbers of a query or key at position t are turned by the
/// angle t·ω_i, one pair after the other more slowly. The product of a query at t and a key at s then depends on t - s
/// alone.
///
/// ω_i = base^(-2i/R), i = 0 .. R/2 - 1, R the numbers of a head that are turned
///
/// (a, b) ← (a·cos tω_i - b·sin tω_i, b·cos tω_i + a·sin tω_i)
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotary {
    /// R, how many numbers of each head are turned, the first ones; the others know nothing of positions.
    pub dimensions: usize,
    /// The base of the frequencies.
    pub base: f64,
    /// Which numbers are a pair.
    #[serde(default)]
    pub pairing: Pairing,
    /// How angles are changed for texts longer than those of the training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scaling: Option<RotaryScaling>,
}

/// Which two numbers of a head are turned together. A permutation of the rows of W_Q and W_K makes one of the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pairing {
    /// Number i and number i + R/2, as in GPT-NeoX and LLaMA.
    #[default]
    Halves,
    /// Number 2i and number 2i + 1, as in the paper and GPT-J.
    Adjacent,
}

/// How the frequencies are changed so that a model reads texts longer than those of its training, C tokens.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RotaryScaling {
    /// All are divided by a factor (Chen et al. 2023).
    Linear {
        /// By how much.
        factor: f64,
    },
    /// Of a text of T > C tokens the base grows by (factor·T/C - factor + 1)^(R/(R - 2)): what is near is told apart as
    /// before ("NTK-aware", bloc97 2023).
    Dynamic {
        /// How many times as many tokens.
        factor: f64,
        /// C.
        context: usize,
    },
    /// LLaMA 3's: frequencies that turn less than `low` times in C tokens are divided by the factor, those that turn more
    /// than `high` times stay, and between the two it is a mixture.
    Llama3 {
        /// By how much the lowest are divided.
        factor: f64,
        /// Turns.
        low: f64,
        /// Turns.
        high: f64,
        /// C.
        context: usize,
    },
    /// YaRN (Peng et al. 2023, section 3.2): as `Llama3`, mixed by the number of the pair and not by its frequency, and
    /// queries and keys grow by a factor of their own.
    Yarn {
        /// By how much the lowest are divided.
        factor: f64,
        /// Turns in C tokens from which on a frequency stays, β in the paper.
        fast: f64,
        /// Turns below which it is divided, α in the paper.
        slow: f64,
        /// Whether the pairs between which the mixture lies are rounded outwards, to whole numbers.
        rounded: bool,
        /// √(1/t) in the paper: what queries and keys are multiplied with.
        growth: f64,
        /// C.
        context: usize,
    },
}

impl Rotary {
    /// All R = `dimensions` numbers of a head, in halves, with the paper's base of 10,000.
    pub fn new(dimensions: usize) -> Self {
        Rotary { dimensions, base: 10_000.0, pairing: Pairing::Halves, scaling: None }
    }

    pub(super) fn validate(&self, width: usize) -> Result<(), ConfigError> {
        let dimensions = self.dimensions;
        if dimensions == 0 || !dimensions.is_multiple_of(2) || dimensions > width {
            return Err(ConfigError::Rotated { dimensions, width });
        }
        // What must hold of a setting, and how that is said.
        let above =
            |least: f64, what, value: f64, possible| (what, value, value > least && value.is_finite(), possible);
        let factor = |value: f64| ("a factor", value, value >= 1.0 && value.is_finite(), "a number of at least 1");
        let context = |tokens: usize| above(0.0, "a context", tokens as f64, "a number of at least 1");
        let mut settings = vec![above(1.0, "a base", self.base, "a number above 1")];
        match self.scaling {
            None => {}
            Some(RotaryScaling::Linear { factor: by }) => settings.push(factor(by)),
            Some(RotaryScaling::Dynamic { factor: by, context: tokens }) => {
                settings.extend([factor(by), context(tokens)])
            }
            Some(RotaryScaling::Llama3 { factor: by, low, high, context: tokens }) => settings.extend([
                factor(by),
                above(0.0, "a low frequency factor", low, "a number above 0"),
                above(low, "a high frequency factor", high, "above the low frequency factor"),
                context(tokens),
            ]),
            Some(RotaryScaling::Yarn { factor: by, fast, slow, growth, context: tokens, .. }) => settings.extend([
                factor(by),
                above(0.0, "slow turns", slow, "a number above 0"),
                above(0.0, "fast turns", fast, "a number above 0"),
                above(0.0, "a growth", growth, "a number above 0"),
                context(tokens),
            ]),
        }
        match settings.into_iter().find(|&(_, _, is_possible, _)| !is_possible) {
            Some((what, value, _, possible)) => Err(ConfigError::Positions { what, value, possible }),
            None => Ok(()),
        }
    }

    /// Whether what a key is depends on how long the text is that it stands in, so that no cache can keep it.
    pub fn depends_on_length(&self, tokens: usize) -> bool {
        matches!(self.scaling, Some(RotaryScaling::Dynamic { context, .. }) if tokens > context)
    }

    /// ω of every pair in a text of `tokens` tokens, and what queries and keys are multiplied with.
    pub fn frequencies(&self, tokens: usize) -> (Vec<f64>, f64) {
        let r = self.dimensions as f64;
        let of_base = |base: f64| (0..self.dimensions / 2).map(move |i| base.powf(-2.0 * i as f64 / r));
        let plain = of_base(self.base);
        match self.scaling {
            None => (plain.collect(), 1.0),
            Some(RotaryScaling::Linear { factor }) => (plain.map(|frequency| frequency / factor).collect(), 1.0),
            Some(RotaryScaling::Dynamic { factor, context }) => {
                let longer = tokens.max(context) as f64 / context as f64;
                (of_base(self.base * (factor * longer - (factor - 1.0)).powf(r / (r - 2.0))).collect(), 1.0)
            }
            Some(RotaryScaling::Llama3 { factor, low, high, context }) => {
                let changed = |frequency: f64| {
                    let turns = context as f64 * frequency / TAU;
                    let kept = ((turns - low) / (high - low)).clamp(0.0, 1.0);
                    (1.0 - kept) * frequency / factor + kept * frequency
                };
                (plain.map(changed).collect(), 1.0)
            }
            Some(RotaryScaling::Yarn { factor, fast, slow, rounded, growth, context }) => {
                let pair_of = |turns: f64| r * (context as f64 / (turns * TAU)).ln() / (2.0 * self.base.ln());
                let (mut first, mut last) = (pair_of(fast), pair_of(slow));
                if rounded {
                    (first, last) = (first.floor(), last.ceil());
                }
                let (first, mut last) = (first.max(0.0), last.min(r - 1.0));
                if first == last {
                    last += 0.001;
                }
                let changed = |(i, frequency): (usize, f64)| {
                    let divided = ((i as f64 - first) / (last - first)).clamp(0.0, 1.0);
                    divided * frequency / factor + (1.0 - divided) * frequency
                };
                (plain.enumerate().map(changed).collect(), growth)
            }
        }
    }

    /// The angles of some positions of a text that ends with them.
    pub fn angles(&self, positions: Range<usize>) -> RotaryAngles {
        let frequencies = self.frequencies(positions.end);
        RotaryAngles::of(self.dimensions / 2, positions.map(|position| (position, &frequencies)))
    }

    /// The angles of one position of each of several texts, which ends with it.
    pub fn angles_of_last(&self, positions: impl ExactSizeIterator<Item = usize>) -> RotaryAngles {
        RotaryAngles::of(self.dimensions / 2, positions.map(|position| (position, self.frequencies(position + 1))))
    }

    /// Turns the first H = `heads` heads of width d_k = `width`; what stands behind them stays.
    ///
    /// # Shapes
    /// - `x`: (B, T, C) with C at least H·d_k, at the places from `first` on of texts that end there; returns (B, T, C).
    ///
    /// ```
    /// use ndarray::array;
    /// use tensor::{Tensor, check::assert_close};
    /// use transformer::{Form, Rotary};
    ///
    /// let x = Tensor::constant(array![[[1.0, 0.0, 7.0], [1.0, 0.0, 7.0]]]);
    /// let y = Rotary::new(2).forward(&x, 1, 2, 0, Form::Fused); // by 0 and by 1
    /// assert_close("y", y.value(), &array![[[1.0, 0.0, 7.0], [0.54030231, 0.84147098, 7.0]]].into_dyn(), 1e-6);
    /// ```
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward(&self, x: &Tensor, heads: usize, width: usize, first: usize, form: Form) -> Tensor {
        let &[_, t, _] = x.shape() else { panic!("rotary: x (B, T, C) does not fit shape {:?}", x.shape()) };
        let angles = self.angles(first..first + t);
        match form {
            Form::Literal => self.literal(x, self.rotation(x.shape(), heads, width, &angles)),
            Form::Fused => self.forward_with(x, heads, width, &angles),
        }
    }

    /// [`forward`](Self::forward), fused, by angles that were computed before.
    ///
    /// # Shapes
    /// - `x`: (B, T, C) with C at least H·d_k, `angles` of T positions; returns (B, T, C).
    ///
    /// # Panics
    /// If the shapes do not fit.
    #[track_caller]
    pub fn forward_with(&self, x: &Tensor, heads: usize, width: usize, angles: &RotaryAngles) -> Tensor {
        let rotation = self.rotation(x.shape(), heads, width, angles);
        let [y] = record(&[x], || {
            let mut y = x.view::<Ix3>("rotary").as_standard_layout().into_owned();
            rotation.turn(y.view_mut(), 1.0);
            ([shared(y)], rotation)
        });
        y
    }

    /// The same in place, and records nothing.
    #[track_caller]
    pub(crate) fn turn(&self, x: ArrayViewMut3<'_, Real>, heads: usize, width: usize, angles: &RotaryAngles) {
        self.rotation(x.shape(), heads, width, angles).turn(x, 1.0);
    }

    #[track_caller]
    fn rotation(&self, shape: &[usize], heads: usize, width: usize, angles: &RotaryAngles) -> Rotation {
        let &[_, t, all] = shape else { panic!("rotary: x (B, T, C) does not fit shape {shape:?}") };
        let half = self.dimensions / 2;
        assert!(heads * width <= all && self.dimensions <= width, "rotary: {heads} heads of {width} in {all} numbers");
        assert_eq!(angles.cos.dim(), (t, half), "rotary: angles of {t} positions and {half} pairs");
        Rotation { pairing: self.pairing, dimensions: self.dimensions, heads, width, angles: angles.clone() }
    }

    /// The equation in small operations.
    // ANCHOR: rotary
    #[track_caller]
    fn literal(&self, x: &Tensor, Rotation { heads, width, angles, .. }: Rotation) -> Tensor {
        let [b, t, all] = *x.shape() else { unreachable!("checked") };
        let (r, half) = (self.dimensions, self.dimensions / 2);
        let split = x.slice(2, 0..heads * width).reshape(&[b, t, heads, width]);
        let (turned, rest) = (split.slice(3, 0..r), split.slice(3, r..width)); // (B, T, H, R) and (B, T, H, d_k - R)
        let [first, second] = match self.pairing {
            Pairing::Halves => [turned.slice(3, 0..half), turned.slice(3, half..r)],
            Pairing::Adjacent => {
                let pairs = turned.reshape(&[b, t, heads, half, 2]);
                [pairs.index(4, 0), pairs.index(4, 1)]
            }
        }; // (B, T, H, R/2) each
        let [cos, sin] = [angles.cos, angles.sin].map(|hand| Tensor::constant(hand.into_owned().insert_axis(Axis(1)))); // (T, 1, R/2)
        let first_turned = &(&first * &cos) - &(&second * &sin);
        let second_turned = &(&second * &cos) + &(&first * &sin);
        let turned = match self.pairing {
            Pairing::Halves => concat(3, &[&first_turned, &second_turned]),
            Pairing::Adjacent => stack(4, &[&first_turned, &second_turned]).reshape(&[b, t, heads, r]),
        };
        let y = concat(3, &[&turned, &rest]).reshape(&[b, t, heads * width]);
        concat(2, &[&y, &x.slice(2, heads * width..all)])
    }
    // ANCHOR_END: rotary
}

/// cos tω and sin tω of some positions: all that turning takes. Every layer of a stack turns by the same angles, so they are
/// computed once and shared.
#[derive(Clone, Debug)]
pub struct RotaryAngles {
    /// (T, R/2), as `sin`, both multiplied with what queries and keys grow by.
    cos: ArcArray2<Real>,
    sin: ArcArray2<Real>,
}

impl RotaryAngles {
    /// Of R/2 = `pairs` pairs at some positions, with the frequencies and the growth that hold there.
    fn of<F: Borrow<(Vec<f64>, f64)>>(pairs: usize, positions: impl ExactSizeIterator<Item = (usize, F)>) -> Self {
        let mut cos = Array2::zeros((positions.len(), pairs));
        let mut sin = cos.clone();
        for (row, (position, frequencies)) in positions.enumerate() {
            let (frequencies, growth) = frequencies.borrow();
            for (pair, frequency) in frequencies.iter().enumerate() {
                let (s, c) = (position as f64 * frequency).sin_cos();
                cos[[row, pair]] = (growth * c) as Real;
                sin[[row, pair]] = (growth * s) as Real;
            }
        }
        Self { cos: cos.into_shared(), sin: sin.into_shared() }
    }
}

/// The turning of queries and keys, as one operation: the way back turns the gradient backwards.
struct Rotation {
    pairing: Pairing,
    dimensions: usize,
    heads: usize,
    width: usize,
    angles: RotaryAngles,
}

impl Rotation {
    /// Turns `x` (B, T, C) in place, backwards if `direction` is -1.
    fn turn(&self, mut x: ArrayViewMut3<'_, Real>, direction: Real) {
        let (half, RotaryAngles { cos, sin }) = (self.dimensions / 2, &self.angles);
        for mut x in x.outer_iter_mut() {
            for ((mut x, cos), sin) in x.outer_iter_mut().zip(cos.outer_iter()).zip(sin.outer_iter()) {
                let x = x.slice_mut(s![..self.heads * self.width]).into_slice().expect("standard layout");
                for x in x.chunks_exact_mut(self.width) {
                    for (i, (cos, sin)) in cos.iter().zip(&sin).enumerate() {
                        let (first, second) = match self.pairing {
                            Pairing::Halves => (i, i + half),
                            Pairing::Adjacent => (2 * i, 2 * i + 1),
                        };
                        let (a, b, sin) = (x[first], x[second], direction * sin);
                        (x[first], x[second]) = (a * cos - b * sin, b * cos + a * sin);
                    }
                }
            }
        }
    }
}

impl Backward for Rotation {
    fn name(&self) -> &'static str {
        "rotary"
    }
    fn cost(&self) -> Cost {
        let turned = self.angles.cos.len() * self.heads;
        Cost { span: 2, ..Cost::elementwise(6 * turned, 6 * turned) }
    }
    fn saved_bytes(&self) -> usize {
        (self.angles.cos.len() + self.angles.sin.len()) * size_of::<Real>()
    }
    fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
        let mut gradient = dy.only().into_dimensionality::<Ix3>().expect("a gradient has its value's shape");
        self.turn(gradient.view_mut(), -1.0);
        dx.add(0, gradient.into_dyn());
    }
}
