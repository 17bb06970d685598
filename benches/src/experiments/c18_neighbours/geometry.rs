//! Where vectors lie: neighbours, and the plane in which they differ most.

use ndarray::{Array1, Array2, ArrayView2, Axis};
use report::statistics::by_size;
use serde::{Deserialize, Serialize};
use tensor::Real;

use super::language::Known;

/// How many of the words have a nearest neighbour that is like them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// Of the same class.
    pub class: f64,
    /// Of another class and of the same rank in it: as frequent within its class.
    pub rank: f64,
}

/// The nearest neighbour of every word by the cosine between their vectors, the first of them if there are several.
///
/// # Shapes
/// - `table`: (V, D); returns V.
pub fn neighbours(table: ArrayView2<'_, Real>) -> Vec<usize> {
    let mut rows = table.mapv(f64::from);
    for mut row in rows.rows_mut() {
        let length = row.dot(&row).sqrt();
        row /= length;
    }
    let cosines = rows.dot(&rows.t()); // (V, V)
    let nearest = |(word, row): (usize, ndarray::ArrayView1<'_, f64>)| {
        let others = row.into_iter().enumerate().filter(|(other, _)| *other != word);
        others.rev().max_by(|a, b| by_size(a.1, b.1)).expect("there are several words").0
    };
    cosines.outer_iter().enumerate().map(nearest).collect()
}

impl Near {
    pub fn of(neighbours: &[usize], known: &[Known]) -> Self {
        let pairs = || neighbours.iter().enumerate().map(|(word, &other)| (known[word], known[other]));
        let share = |alike: fn(&(Known, Known)) -> bool| pairs().filter(alike).count() as f64 / known.len() as f64;
        Self { class: share(|(a, b)| a.class == b.class), rank: share(|(a, b)| a.class != b.class && a.rank == b.rank) }
    }
}

/// Sweeps of the power iteration, after which two directions that differ by a hundredth in variance are told apart.
const SWEEPS: usize = 1_000;

/// The place of every row in the plane in which rows differ most: the first two principal components, each turned so that its
/// largest coordinate is positive.
///
/// # Shapes
/// - `table`: (V, D); returns V places.
pub fn plane(table: ArrayView2<'_, Real>) -> Vec<[f64; 2]> {
    let mut rows = table.mapv(f64::from);
    let mean = rows.mean_axis(Axis(0)).expect("there are rows");
    rows -= &mean;
    let [first, second] = [(); 2].map(|()| {
        let direction = longest_direction(&rows);
        let along = rows.dot(&direction); // V
        for (mut row, &length) in rows.rows_mut().into_iter().zip(&along) {
            row.scaled_add(-length, &direction);
        }
        let largest = along.iter().copied().max_by(|a, b| by_size(&a.abs(), &b.abs())).unwrap_or(1.0);
        along * largest.signum()
    });
    first.into_iter().zip(second).map(|(x, y)| [x, y]).collect()
}

/// The direction in which the rows reach furthest, of length 1.
///
/// # Shapes
/// - `rows`: (V, D); returns D.
fn longest_direction(rows: &Array2<f64>) -> Array1<f64> {
    let covariance = rows.t().dot(rows); // (D, D)
    let longest = covariance.outer_iter().max_by(|a, b| by_size(&a.dot(a), &b.dot(b))).expect("there are columns");
    let mut direction = longest.to_owned();
    for _ in 0..SWEEPS {
        direction /= direction.dot(&direction).sqrt();
        direction = covariance.dot(&direction);
    }
    let length = direction.dot(&direction).sqrt();
    direction / length
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn neighbours_point_the_same_way_however_long_they_are() {
        let table = array![[1.0, 0.1], [0.1, 1.0], [9.0, 0.0], [0.0, 0.2]];
        assert_eq!(neighbours(table.view()), [2, 3, 0, 1]);
        let known = [(0, 0), (1, 0), (0, 1), (2, 0)].map(|(class, rank)| Known { class, rank });
        assert_eq!(Near::of(&neighbours(table.view()), &known), Near { class: 0.5, rank: 0.5 });
    }

    #[test]
    fn the_plane_is_that_of_the_two_longest_directions() {
        let table = array![[4.0, 0.0, 0.1], [-4.0, 0.0, 0.1], [0.0, 2.0, -0.1], [0.0, -2.0, -0.1]];
        let expected: [[f64; 2]; 4] = [[4.0, 0.0], [-4.0, 0.0], [0.0, 2.0], [0.0, -2.0]];
        for (found, expected) in plane(table.view()).iter().zip(expected) {
            let turned = [expected.map(|x| -x), [-expected[0], expected[1]], [expected[0], -expected[1]], expected];
            let close = |place: &[f64; 2]| place.iter().zip(found).all(|(a, b)| (a - b).abs() < 1e-6);
            assert!(turned.iter().any(close), "{found:?}");
        }
    }
}
