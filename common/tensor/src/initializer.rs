//! How parameters begin.

use ndarray::{Array1, Array2, ArrayD, ArrayViewMutD, Axis, Zip};
use ndarray_rand::RandomExt;
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::{StandardNormal, Uniform};
use rand_chacha::ChaCha8Rng;

use crate::Real;

/// A distribution of first values. Matrices are [out, in]: `fan_in` is the last axis and `fan_out` the first.
///
/// Every variant draws in double precision, so both builds of [`Real`] begin with the same numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initializer {
    /// The same number everywhere.
    Constant(f64),
    /// Uniform in ±`bound`.
    Uniform {
        /// The largest absolute value.
        bound: f64,
    },
    /// Normal with mean 0.
    Normal {
        /// The standard deviation.
        std: f64,
    },
    /// Normal with mean 0, several matrices one below the other, of which the first has a deviation of its own.
    StackedNormal {
        /// The rows of the first.
        rows: usize,
        /// Its standard deviation.
        first: f64,
        /// That of all others.
        others: f64,
    },
    /// Uniform in ±sqrt(6 / (fan_in + fan_out)) (Glorot & Bengio 2010, equation 16).
    Xavier,
    /// Normal with standard deviation sqrt(2 / fan_in), for layers followed by a rectifier (He et al. 2015, equation 10).
    Kaiming,
    /// A matrix with orthonormal rows or columns, whichever are fewer (Saxe et al. 2014, section 3), times `gain`.
    Orthogonal {
        /// The factor.
        gain: f64,
    },
    /// The identity matrix, stacked as often as the rows allow (Le et al. 2015, section 3), times `gain`.
    Identity {
        /// The factor.
        gain: f64,
    },
    /// A bias of several gates, one constant for each block: `&[0.0, 1.0, 0.0, 0.0]` is an LSTM's forget bias of 1
    /// (Gers et al. 2000; Jozefowicz et al. 2015).
    Blocks(&'static [f64]),
    /// A bias of several gates that spreads the time constants of the units over 1..`horizon` steps: unit j draws
    /// b_j = ln(u), u uniform in [1, horizon - 1], and block g begins with `signs[g]`·b_j (Tallec & Ollivier 2018,
    /// equation 16). An LSTM (i, f, g, o) has signs `[-1, 1, 0, 0]`.
    Chrono {
        /// The longest time span, in steps, that units should bridge; more than 2.
        horizon: f64,
        /// The factor of each gate's block.
        signs: &'static [f64],
    },
}

impl Initializer {
    /// Draws the numbers of an array.
    #[track_caller]
    pub(crate) fn draw_into(self, mut array: ArrayViewMutD<'_, Real>, rng: &mut ChaCha8Rng) {
        let drawn = self.draw_f64(array.shape(), rng);
        Zip::from(&mut array).and(&drawn).for_each(|number, &drawn| *number = drawn as Real);
    }

    #[track_caller]
    fn draw_f64(self, shape: &[usize], rng: &mut ChaCha8Rng) -> ArrayD<f64> {
        let uniform = |bound: f64, rng: &mut _| {
            let unit = Uniform::new_inclusive(-1.0, 1.0).expect("the bounds are finite and in order");
            ArrayD::random_using(shape, unit, rng) * bound
        };
        match self {
            Initializer::Constant(value) => ArrayD::from_elem(shape, value),
            Initializer::Uniform { bound } => uniform(bound, rng),
            Initializer::Normal { std } => ArrayD::random_using(shape, StandardNormal, rng) * std,
            Initializer::StackedNormal { rows, first, others } => {
                let mut drawn = ArrayD::random_using(shape, StandardNormal, rng);
                for (row, mut values) in drawn.outer_iter_mut().enumerate() {
                    values *= if row < rows { first } else { others };
                }
                drawn
            }
            Initializer::Xavier => {
                let [out, fan_in] = matrix(self, shape);
                uniform((6.0 / (fan_in + out) as f64).sqrt(), rng)
            }
            Initializer::Kaiming => {
                let [_, fan_in] = matrix(self, shape);
                ArrayD::random_using(shape, StandardNormal, rng) * (2.0 / fan_in as f64).sqrt()
            }
            Initializer::Orthogonal { gain } => {
                let [out, fan_in] = matrix(self, shape);
                (orthonormal(out, fan_in, rng) * gain).into_dyn()
            }
            Initializer::Identity { gain } => {
                let [out, fan_in] = matrix(self, shape);
                Array2::from_shape_fn((out, fan_in), |(i, j)| if i % fan_in == j { gain } else { 0.0 }).into_dyn()
            }
            Initializer::Blocks(values) => {
                let size = block(self, shape, values.len());
                Array1::from_shape_fn(shape[0], |i| values[i / size]).into_dyn()
            }
            Initializer::Chrono { horizon, signs } => {
                let size = block(self, shape, signs.len());
                assert!(horizon > 2.0, "chrono initialisation needs a horizon above 2 steps, got {horizon}");
                let bias: Vec<f64> = (0..size).map(|_| rng.random_range(1.0..=horizon - 1.0).ln()).collect();
                Array1::from_shape_fn(shape[0], |i| signs[i / size] * bias[i % size]).into_dyn()
            }
        }
    }
}

#[track_caller]
fn matrix(initializer: Initializer, shape: &[usize]) -> [usize; 2] {
    match *shape {
        [out, fan_in] => [out, fan_in],
        _ => panic!("{initializer:?} needs a matrix [out, in], got shape {shape:?}"),
    }
}

#[track_caller]
fn block(initializer: Initializer, shape: &[usize], blocks: usize) -> usize {
    match *shape {
        [n] if blocks > 0 && n % blocks == 0 => n / blocks,
        _ => panic!("{initializer:?} needs a vector of {blocks} equal blocks, got shape {shape:?}"),
    }
}

/// Gram-Schmidt on a Gaussian matrix, along the shorter axis; each vector is projected twice, which keeps the result
/// orthogonal to rounding (Giraud et al. 2005).
fn orthonormal(rows: usize, columns: usize, rng: &mut ChaCha8Rng) -> Array2<f64> {
    let mut q: Array2<f64> = Array2::random_using((rows.min(columns), rows.max(columns)), StandardNormal, rng);
    for i in 0..q.nrows() {
        let (done, mut rest) = q.view_mut().split_at(Axis(0), i);
        let mut vector = rest.row_mut(0);
        for _ in 0..2 {
            for other in done.rows() {
                let projection: f64 = other.dot(&vector);
                vector.scaled_add(-projection, &other);
            }
        }
        let norm: f64 = vector.dot(&vector).sqrt();
        vector /= norm;
    }
    if rows <= columns { q } else { q.reversed_axes() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stream;

    fn draw(initializer: Initializer, shape: &[usize]) -> ArrayD<f64> {
        initializer.draw_f64(shape, &mut stream(7, 0, "w"))
    }

    fn variance(x: &ArrayD<f64>) -> f64 {
        x.iter().map(|x| x * x).sum::<f64>() / x.len() as f64
    }

    #[test]
    fn orthogonal_rows_or_columns_whichever_are_fewer_are_orthonormal_times_the_gain() {
        for (shape, transpose) in [([5, 12], false), ([12, 5], true)] {
            let q = draw(Initializer::Orthogonal { gain: 3.0 }, &shape).into_dimensionality::<ndarray::Ix2>().unwrap();
            let gram = if transpose { q.t().dot(&q) } else { q.dot(&q.t()) };
            for ((i, j), &product) in gram.indexed_iter() {
                approx::assert_abs_diff_eq!(product, if i == j { 9.0 } else { 0.0 }, epsilon = 1e-13);
            }
        }
    }

    #[test]
    fn the_random_initialisers_have_the_variance_of_their_papers() {
        let shape = [300, 200];
        let close = |initializer, expected: f64| {
            let measured = variance(&draw(initializer, &shape));
            assert!((measured / expected - 1.0).abs() < 0.02, "{initializer:?}: {measured} instead of {expected}");
        };
        close(Initializer::Normal { std: 0.5 }, 0.25);
        close(Initializer::Uniform { bound: 0.3 }, 0.3 * 0.3 / 3.0);
        close(Initializer::Xavier, 2.0 / 500.0);
        close(Initializer::Kaiming, 2.0 / 200.0);
    }

    #[test]
    fn the_first_of_several_matrices_has_a_deviation_of_its_own() {
        let drawn = draw(Initializer::StackedNormal { rows: 2, first: 3.0, others: 0.5 }, &[5, 4]);
        let unit = draw(Initializer::Normal { std: 1.0 }, &[5, 4]);
        for (row, (drawn, unit)) in drawn.outer_iter().zip(unit.outer_iter()).enumerate() {
            assert_eq!(drawn, &unit * if row < 2 { 3.0 } else { 0.5 });
        }
    }

    #[test]
    fn identity_is_stacked_and_scaled() {
        let stacked = draw(Initializer::Identity { gain: 2.0 }, &[4, 2]);
        assert_eq!(stacked, ndarray::array![[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [0.0, 2.0]].into_dyn());
    }

    #[test]
    fn gate_biases_lie_in_their_blocks() {
        let forget = draw(Initializer::Blocks(&[0.0, 1.0, 0.0, 0.0]), &[8]);
        assert_eq!(forget.as_slice().unwrap(), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]);
        let chrono = draw(Initializer::Chrono { horizon: 100.0, signs: &[-1.0, 1.0, 0.0, 0.0] }, &[400]);
        let chrono = chrono.as_slice().unwrap();
        for j in 0..100 {
            assert_eq!(chrono[j], -chrono[100 + j]);
            assert!((0.0..=99_f64.ln()).contains(&chrono[100 + j]));
            assert_eq!(chrono[200 + j], 0.0);
        }
        let mean_span = (0..100).map(|j| chrono[100 + j].exp()).sum::<f64>() / 100.0;
        assert!((mean_span - 50.0).abs() < 10.0, "time constants are uniform in 1..99, their mean was {mean_span}");
    }

    #[test]
    #[should_panic(expected = "Xavier needs a matrix [out, in], got shape [3]")]
    fn a_vector_has_no_fan() {
        draw(Initializer::Xavier, &[3]);
    }
}
