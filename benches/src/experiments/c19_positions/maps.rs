//! Linear maps from the vector of a position to that of another: the one that the equation of the sinusoids gives, and those
//! that are fitted.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView2, Axis, s};
use report::statistics::by_size;
use serde::{Deserialize, Serialize};

/// k, the offsets that maps are asked for.
pub const OFFSETS: [usize; 5] = [1, 2, 4, 8, 16];

/// What is added to the diagonal of the normal equations, as a share of its mean: the fit chooses among these.
const RIDGES: [f64; 6] = [1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0];

/// M with P\[t\]·M ≈ P\[t + k\] for every position t.
pub struct Map {
    offset: usize,
    /// (D, D).
    matrix: Array2<f64>,
}

impl Map {
    /// The rotations of the sinusoids: sin(a + b) = sin a·cos b + cos a·sin b, cos(a + b) = cos a·cos b − sin a·sin b.
    pub fn rotation(offset: usize, width: usize) -> Self {
        let mut matrix = Array2::zeros((width, width));
        for column in (0..width).step_by(2) {
            let (sin, cos) = (offset as f64 / wavelength(column, width)).sin_cos();
            let turn = ndarray::array![[cos, -sin], [sin, cos]]; // from (sin a, cos a)
            matrix.slice_mut(s![column..column + 2, column..column + 2]).assign(&turn);
        }
        Self { offset, matrix }
    }

    /// Least squares on the positions of `table`, with the ridge with which a fit on the first three quarters of them
    /// predicts the last quarter best.
    ///
    /// # Shapes
    /// - `table`: (T, D), T more than the offset.
    pub fn fitted(offset: usize, table: ArrayView2<'_, f64>) -> Self {
        let quarter = 3 * table.nrows() / 4;
        let first = table.slice(s![..quarter, ..]);
        let error = |ridge: &f64| {
            Self::with_ridge(offset, first, *ridge).error(table, quarter - offset..table.nrows() - offset)
        };
        let best = RIDGES.iter().min_by(|a, b| by_size(&error(a), &error(b))).expect("there are ridges");
        Self::with_ridge(offset, table, *best)
    }

    fn with_ridge(offset: usize, table: ArrayView2<'_, f64>, ridge: f64) -> Self {
        let pairs = table.nrows() - offset;
        let (from, to) = (table.slice(s![..pairs, ..]), table.slice(s![offset.., ..])); // (T - k, D) each
        let mut normal = from.t().dot(&from); // (D, D)
        let shift = ridge * normal.diag().sum() / normal.nrows() as f64;
        normal.diag_mut().mapv_inplace(|x| x + shift);
        Self { offset, matrix: solve(normal, from.t().dot(&to)) }
    }

    /// How far the predictions from these positions are from the right vectors, as a share of the length of the right ones;
    /// the root of the mean square.
    ///
    /// # Shapes
    /// - `table`: (T, D), `from` among its first T - k positions.
    pub fn error(&self, table: ArrayView2<'_, f64>, from: Range<usize>) -> f64 {
        let (missed, right) = self.squares(table, from);
        (missed.sum() / right.sum()).sqrt()
    }

    /// The same for each wave: a pair of columns, (D / 2).
    pub fn errors(&self, table: ArrayView2<'_, f64>, from: Range<usize>) -> Vec<f64> {
        let (missed, right) = self.squares(table, from);
        let pair = |squares: &Array1<f64>, wave| squares.slice(s![2 * wave..2 * wave + 2]).sum();
        (0..missed.len() / 2).map(|wave| (pair(&missed, wave) / pair(&right, wave)).sqrt()).collect()
    }

    /// By columns, the squares of what is missed and of what is right.
    fn squares(&self, table: ArrayView2<'_, f64>, from: Range<usize>) -> (Array1<f64>, Array1<f64>) {
        let right = table.slice(s![from.start + self.offset..from.end + self.offset, ..]);
        let missed = table.slice(s![from, ..]).dot(&self.matrix) - right;
        let squares = |x: ArrayView2<'_, f64>| x.mapv(|x| x * x).sum_axis(Axis(0));
        (squares(missed.view()), squares(right))
    }
}

/// The tokens in which the hand of a column's clock makes one turn, divided by 2π.
pub fn wavelength(column: usize, width: usize) -> f64 {
    10_000_f64.powf((column - column % 2) as f64 / width as f64)
}

/// How well a map that was fitted on the first half of a table does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitted {
    /// k.
    pub offset: usize,
    /// Its error on the positions that it was fitted on.
    pub inside: f64,
    /// Its error on those of the second half.
    pub beyond: f64,
}

/// Fits a map for each offset on the first half of the positions.
///
/// # Shapes
/// - `table`: (T, D), T more than twice the largest offset.
pub fn fit(table: ArrayView2<'_, f64>) -> Vec<Fitted> {
    let half = table.nrows() / 2;
    let fit = |offset| {
        let map = Map::fitted(offset, table.slice(s![..half, ..]));
        let inside = map.error(table, 0..half - offset);
        Fitted { offset, inside, beyond: map.error(table, half..table.nrows() - offset) }
    };
    OFFSETS.map(fit).to_vec()
}

/// X with A·X = B for a symmetric A with positive eigenvalues, by Cholesky's A = L·Lᵀ.
///
/// # Shapes
/// - `a`: (n, n), `b`: (n, m); returns (n, m).
fn solve(mut a: Array2<f64>, mut b: Array2<f64>) -> Array2<f64> {
    let n = a.nrows();
    for j in 0..n {
        let row = a.slice(s![j, ..j]).to_owned();
        let pivot = (a[[j, j]] - row.dot(&row)).sqrt();
        a[[j, j]] = pivot;
        for i in j + 1..n {
            a[[i, j]] = (a[[i, j]] - a.slice(s![i, ..j]).dot(&row)) / pivot;
        }
    }
    for i in 0..n {
        let known = a.slice(s![i, ..i]).dot(&b.slice(s![..i, ..]));
        let next = (&b.row(i) - &known) / a[[i, i]];
        b.row_mut(i).assign(&next);
    }
    for i in (0..n).rev() {
        let known = a.slice(s![i + 1.., i]).dot(&b.slice(s![i + 1.., ..]));
        let next = (&b.row(i) - &known) / a[[i, i]];
        b.row_mut(i).assign(&next);
    }
    b
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn step_01_a_system_is_solved() {
        let a = array![[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]];
        let x = array![[1.0, -2.0], [0.5, 3.0], [-1.0, 0.25]];
        let found = solve(a.clone(), a.dot(&x));
        assert!((found - x).iter().all(|difference: &f64| difference.abs() < 1e-14));
    }

    #[test]
    fn step_02_a_shift_is_a_rotation() {
        let table = transformer::sinusoidal(300, 6).mapv(f64::from);
        for offset in OFFSETS {
            assert!(Map::rotation(offset, 6).error(table.view(), 0..300 - offset) < 1e-6);
        }
    }

    #[test]
    fn step_03_a_fit_finds_a_map_that_there_is_and_misses_one_that_there_is_not() {
        // Three waves that all turn within the first half are found again; random vectors are not.
        let waves = Array2::from_shape_fn((200, 6), |(t, column)| {
            let angle = t as f64 / [3.0, 5.0, 7.0][column / 2];
            if column % 2 == 0 { angle.sin() } else { angle.cos() }
        });
        assert!(fit(waves.view()).iter().all(|fitted| fitted.inside < 1e-6 && fitted.beyond < 1e-6));
        let random = tensor::check::random_tensor(&[200, 6], 1, "positions").mapv(f64::from);
        let random = random.into_dimensionality().unwrap();
        assert!(fit(random.view()).iter().all(|fitted| fitted.beyond > 0.9));
    }
}
