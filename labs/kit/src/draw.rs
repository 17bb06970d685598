//! The inputs of a question, from a seed.

use ndarray::{Array, Dimension, ShapeBuilder};
use ndarray_rand::rand::{Rng, SeedableRng, seq::index};
use ndarray_rand::rand_distr::StandardNormal;
use rand_chacha::ChaCha8Rng;

/// Draws the inputs of one question. Those of the first questions are small, so that people can follow them; later ones
/// are larger. Real numbers have two decimals, for the same reason.
pub struct Draw {
    random: ChaCha8Rng,
    number: usize,
}

impl Draw {
    pub(crate) fn new(seed: u64, exercise: usize, number: usize) -> Self {
        let mut key = [0; 32];
        for (bytes, word) in key.chunks_exact_mut(8).zip([seed, exercise as u64, number as u64]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Draw { random: ChaCha8Rng::from_seed(key), number }
    }

    /// Which question of the exercise this is, from 0.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Sizes of axes, each 2 or more, and no two the same: arrays of equal sizes would hide what was transposed.
    pub fn sizes<const N: usize>(&mut self) -> [usize; N] {
        let choice = N + (self.number / 4).min(4);
        let drawn = index::sample(&mut self.random, choice, N);
        std::array::from_fn(|axis| 2 + drawn.index(axis))
    }

    /// Numbers of mean 0 and variance 1.
    pub fn normal<D: Dimension>(&mut self, shape: impl ShapeBuilder<Dim = D>) -> Array<f64, D> {
        self.array(shape, |draw| rounded(draw.random.sample(StandardNormal)))
    }

    /// Numbers from `low` up to `high`, all equally likely.
    pub fn between<D: Dimension>(&mut self, shape: impl ShapeBuilder<Dim = D>, low: f64, high: f64) -> Array<f64, D> {
        self.array(shape, |draw| rounded(draw.random.random_range(low..high)))
    }

    /// Whole numbers below `end`, all equally likely.
    pub fn below<D: Dimension>(&mut self, shape: impl ShapeBuilder<Dim = D>, end: usize) -> Array<usize, D> {
        self.array(shape, |draw| draw.random.random_range(0..end))
    }

    fn array<T, D: Dimension>(
        &mut self,
        shape: impl ShapeBuilder<Dim = D>,
        mut element: impl FnMut(&mut Self) -> T,
    ) -> Array<T, D> {
        Array::from_shape_simple_fn(shape, || element(self))
    }
}

fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_different_and_grow() {
        let sizes = |number| Draw::new(1, 0, number).sizes::<3>();
        for number in 0..32 {
            let [a, b, c] = sizes(number);
            assert!(a != b && b != c && a != c && a.min(b).min(c) >= 2, "{a} {b} {c}");
        }
        assert_eq!(sizes(0).iter().sum::<usize>(), 2 + 3 + 4);
        assert!((16..32).any(|number| sizes(number).into_iter().max() == Some(8)));
    }

    #[test]
    fn a_question_depends_on_seed_exercise_and_number() {
        let drawn = |seed, exercise, number| Draw::new(seed, exercise, number).normal(5);
        assert_eq!(drawn(1, 2, 3), drawn(1, 2, 3));
        for other in [drawn(0, 2, 3), drawn(1, 0, 3), drawn(1, 2, 0)] {
            assert_ne!(drawn(1, 2, 3), other);
        }
    }
}
