//! A time series to forecast: trend, two seasons, noise.

use std::f64::consts::TAU;

use ndarray::{Array2, ArrayView2};
use ndarray_rand::rand::Rng;
use ndarray_rand::rand_distr::StandardNormal;

use crate::random::stream;

/// Series with a trend and two seasons, each row another one:
///
/// ```text
/// y_t = slope t / n + a_1 sin(2 pi t / p_1 + f_1) + a_2 sin(2 pi t / p_2 + f_2) + noise e_t
/// ```
///
/// for t in 0..n, n = `history + horizon`, with slope uniform in [-1, 1), a_1 and a_2 in [0.5, 1.5), f_1 and f_2 in
/// [0, 2 pi), and e_t standard normal. A forecaster reads the first `history` values and gives the `horizon` values
/// after them. None can be better, in the mean, than a squared error of `noise^2`.
///
/// ```
/// use data::tasks::{SeasonalSeries, seasonal_naive};
///
/// let series = SeasonalSeries::default();
/// let batch = series.batch(64, 1, 0);
/// assert_eq!((batch.history.dim(), batch.future.dim()), ((64, 56), (64, 28)));
///
/// let forecast = seasonal_naive(batch.history.view(), 28, 28);
/// let error = (&forecast - &batch.future).mapv(|e| e * e).mean().unwrap();
/// assert_eq!(format!("{error:.4}"), "0.0561"); // noise twice, 0.02; trend of 28 steps, 0.037
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonalSeries {
    /// The lengths of the two seasons, p_1 and p_2. The longer a multiple of the shorter makes the naive forecast apt.
    pub periods: [usize; 2],
    /// The standard deviation of the noise.
    pub noise: f64,
    /// How many values are given.
    pub history: usize,
    /// How many values are asked for.
    pub horizon: usize,
}

impl Default for SeasonalSeries {
    /// Days, with the week and four weeks as seasons: eight weeks are given, four asked for.
    fn default() -> Self {
        Self { periods: [7, 28], noise: 0.1, history: 56, horizon: 28 }
    }
}

/// Series, and how they go on.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesBatch {
    /// The values that are given, (B, history).
    pub history: Array2<f64>,
    /// The values that follow, (B, horizon).
    pub future: Array2<f64>,
}

impl SeasonalSeries {
    /// `rows` series (B), each drawn independently.
    pub fn batch(&self, rows: usize, seed: u64, step: u64) -> SeriesBatch {
        let mut rng = stream(seed, step, "seasonal series");
        let length = self.history + self.horizon;
        let mut values = Array2::zeros((rows, length)); // (B, history + horizon)
        for mut row in values.rows_mut() {
            let slope = rng.random_range(-1.0..1.0);
            let seasons =
                self.periods.map(|period| (period as f64, rng.random_range(0.5..1.5), rng.random_range(0.0..TAU)));
            for (t, value) in row.iter_mut().enumerate() {
                let t = t as f64;
                let noise: f64 = rng.sample(StandardNormal);
                *value = slope * t / length as f64 + self.noise * noise;
                for (period, amplitude, phase) in seasons {
                    *value += amplitude * (TAU * t / period + phase).sin();
                }
            }
        }
        let (history, future) = values.view().split_at(ndarray::Axis(1), self.history);
        SeriesBatch { history: history.to_owned(), future: future.to_owned() }
    }
}

/// The forecast that every other has to beat: each value is the one a season earlier (Hyndman & Athanasopoulos,
/// *Forecasting: Principles and Practice*, "Some simple forecasting methods").
///
/// # Shapes
/// - history: (B, T)
/// - the forecast: (B, horizon)
///
/// ```
/// use data::tasks::seasonal_naive;
///
/// let history = ndarray::array![[9.0, 1.0, 2.0, 3.0]];
/// assert_eq!(seasonal_naive(history.view(), 3, 5), ndarray::array![[1.0, 2.0, 3.0, 1.0, 2.0]]);
/// ```
///
/// # Panics
/// If `period` is 0 or the history is shorter than one period.
#[track_caller]
pub fn seasonal_naive(history: ArrayView2<'_, f64>, period: usize, horizon: usize) -> Array2<f64> {
    let (rows, length) = history.dim();
    assert!(
        0 < period && period <= length,
        "seasonal_naive: a history of shape ({rows}, {length}) has no season of {period}"
    );
    Array2::from_shape_fn((rows, horizon), |(b, t)| history[[b, length - period + t % period]])
}
