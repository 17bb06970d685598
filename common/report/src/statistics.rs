//! Few numbers, summarised honestly.
//!
//! A training run is repeated with a handful of seeds, so the normal distribution's 1.96 would claim too much:
//! intervals are Student's t with n − 1 degrees of freedom (Student, *The Probable Error of a Mean*, 1908).
//! With three seeds the factor is 4.30; with one there is no interval at all, and every place that prints a
//! [`Summary`] says so.

#[cfg(test)]
mod tests;

use std::{cmp::Ordering, fmt};

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Hypergeometric, StudentsT};

use crate::format;

/// The mean of n measurements and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of measurements.
    pub n: usize,
    /// Their mean.
    pub mean: f64,
    /// How far the 95 % Student-t interval of the mean reaches to either side; `None` for one measurement.
    pub reach: Option<Reach>,
}

/// From a mean to the ends of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reach {
    /// So much more and so much less.
    Plus(f64),
    /// So many times as much, and so many times less: the interval of a mean of logarithms.
    Times(f64),
    /// From here to there: an interval that was cut off where no mean can lie.
    Between(f64, f64),
}

impl Summary {
    /// Summarises `values`.
    ///
    /// # Panics
    /// If `values` is empty.
    #[track_caller]
    pub fn of(values: &[f64]) -> Self {
        assert!(!values.is_empty(), "Summary::of: no values");
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n as f64;
        if n == 1 {
            return Self::exact(mean);
        }
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let deviation = (squares / (n - 1) as f64).sqrt();
        Self { n, mean, reach: Some(Reach::Plus(t_975(n - 1) * deviation / (n as f64).sqrt())) }
    }

    /// The geometric mean of `values`, with the interval of the mean of their logarithms: for what spreads over orders
    /// of magnitude, where an arithmetic mean would be that of the largest.
    ///
    /// # Panics
    /// If `values` is empty.
    #[track_caller]
    pub fn of_magnitudes(values: &[f64]) -> Self {
        let logarithms = Self::of(&values.iter().map(|value| value.ln()).collect::<Vec<_>>());
        let reach = logarithms.reach.map(|_| Reach::Times((logarithms.high() - logarithms.mean).exp()));
        Self { n: logarithms.n, mean: logarithms.mean.exp(), reach }
    }

    /// The mean of shares, such as accuracies. No mean of them can lie outside 0..=1, so Student's interval, which knows
    /// nothing of bounds, is cut off there.
    ///
    /// # Panics
    /// If `values` is empty, or one of them is a number below 0 or above 1.
    #[track_caller]
    pub fn of_shares(values: &[f64]) -> Self {
        let fits = values.iter().all(|value| value.is_nan() || (0.0..=1.0).contains(value));
        assert!(fits, "Summary::of_shares: {values:?} are no shares");
        let whole = Self::of(values);
        let outside = whole.low() < 0.0 || whole.high() > 1.0;
        let cut = || Reach::Between(whole.low().max(0.0), whole.high().min(1.0));
        Self { reach: if outside { Some(cut()) } else { whole.reach }, ..whole }
    }

    /// The mean share of right answers over several trainings that were all asked the same `items` questions.
    ///
    /// Other seeds and other questions could both have given another share. To the seeds' spread (Student's t) this adds
    /// the sampling of the questions (Wilson, *Probable Inference*, 1927), the distances to the ends squared and summed
    /// (Zou and Donner, *Construction of confidence limits*, 2008). So seeds that agree do not make certain.
    ///
    /// # Panics
    /// As [`of_shares`](Self::of_shares); or if there are no questions.
    #[track_caller]
    pub fn of_right(values: &[f64], items: usize) -> Self {
        let seeds = Self::of_shares(values);
        let [below, above] = wilson(seeds.mean, items);
        let [low, high] = [
            seeds.mean - (seeds.mean - seeds.low()).hypot(seeds.mean - below),
            seeds.mean + (seeds.high() - seeds.mean).hypot(above - seeds.mean),
        ];
        Self { reach: seeds.reach.map(|_| Reach::Between(low.max(0.0), high.min(1.0))), ..seeds }
    }

    /// Summarises `a[i] - b[i]`, shares of right answers to the same `items` questions with the same i-th seed, as
    /// [`of_right`](Self::of_right) does. Where both answer the same questions right it is wider than it need be.
    ///
    /// # Panics
    /// As [`of_right`](Self::of_right) and [`of_differences`](Self::of_differences).
    #[track_caller]
    pub fn of_differences_right(a: &[f64], b: &[f64], items: usize) -> Self {
        let (seeds, [p, q]) = (Self::of_differences(a, b), [a, b].map(|shares| Self::of_shares(shares).mean));
        let ([p_low, p_high], [q_low, q_high]) = (wilson(p, items), wilson(q, items));
        let [down, up] = [(p - p_low).hypot(q_high - q), (p_high - p).hypot(q - q_low)];
        let [low, high] =
            [seeds.mean - (seeds.mean - seeds.low()).hypot(down), seeds.mean + (seeds.high() - seeds.mean).hypot(up)];
        Self { reach: seeds.reach.map(|_| Reach::Between(low, high)), ..seeds }
    }

    /// This less another that was estimated from other questions: the distances to the ends squared and summed, as in
    /// [`of_right`](Self::of_right).
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let low = (self.mean - self.low()).hypot(other.high() - other.mean);
        let high = (self.high() - self.mean).hypot(other.mean - other.low());
        let mean = self.mean - other.mean;
        let reach = self.reach.and(other.reach).map(|_| Reach::Between(mean - low, mean + high));
        Self { n: self.n.min(other.n), mean, reach }
    }

    /// With an interval for one of several effects any of which would do: so wide that all of them hold together in 95 of
    /// 100 cases (Bonferroni).
    #[must_use]
    pub fn of_several(self, effects: usize) -> Self {
        let wider = t_quantile(1.0 - 0.025 / effects as f64, self.n - 1) / t_975(self.n - 1);
        let ends = |low: f64, high: f64| {
            Reach::Between(self.mean - wider * (self.mean - low), self.mean + wider * (high - self.mean))
        };
        Self { reach: self.reach.map(|_| ends(self.low(), self.high())), ..self }
    }

    /// One number without an interval: a count, or a single measurement.
    pub fn exact(value: f64) -> Self {
        Self { n: 1, mean: value, reach: None }
    }

    /// Summarises `a[i] - b[i]`, where both were measured with the same i-th seed.
    ///
    /// What a seed does to both sides cancels, so the interval is narrower than that of two separate means.
    ///
    /// # Panics
    /// If the lengths differ or are zero.
    #[track_caller]
    pub fn of_differences(a: &[f64], b: &[f64]) -> Self {
        assert_eq!(a.len(), b.len(), "Summary::of_differences: {} values against {}", a.len(), b.len());
        let differences: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        Self::of(&differences)
    }

    /// Lower end of the interval; the mean itself where there is none.
    pub fn low(&self) -> f64 {
        match self.reach {
            None => self.mean,
            Some(Reach::Plus(half_width)) => self.mean - half_width,
            Some(Reach::Times(factor)) => self.mean / factor,
            Some(Reach::Between(low, _)) => low,
        }
    }

    /// Upper end of the interval; the mean itself where there is none.
    pub fn high(&self) -> f64 {
        match self.reach {
            None => self.mean,
            Some(Reach::Plus(half_width)) => self.mean + half_width,
            Some(Reach::Times(factor)) => self.mean * factor,
            Some(Reach::Between(_, high)) => high,
        }
    }
}

/// `1.932 ± 0.014`, `0.0020 ×÷ 3.1`, `0.70 (0.12 to 1.00)`, or the bare mean where there is no interval.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self.reach {
            None => format::with_interval(self.mean, None),
            Some(Reach::Plus(half_width)) => format::with_interval(self.mean, Some(half_width)),
            Some(Reach::Times(factor)) => format::with_factor(self.mean, factor),
            Some(Reach::Between(low, high)) => format::with_ends(self.mean, low, high),
        })
    }
}

/// The 97.5 % quantile of Student's t, which leaves 2.5 % on either side.
fn t_975(degrees_of_freedom: usize) -> f64 {
    t_quantile(0.975, degrees_of_freedom)
}

fn t_quantile(probability: f64, degrees_of_freedom: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, degrees_of_freedom as f64) {
        Ok(t) => t.inverse_cdf(probability),
        Err(_) => f64::INFINITY,
    }
}

/// The ends of Wilson's 95 % interval of a share that was measured on `items` questions.
#[track_caller]
fn wilson(share: f64, items: usize) -> [f64; 2] {
    assert!(items > 0, "a share of no questions");
    let (n, z) = (items as f64, 1.959_963_984_540_054_f64);
    let middle = share + z * z / (2.0 * n);
    let half_width = z * (share * (1.0 - share) / n + (z / (2.0 * n)).powi(2)).sqrt();
    [middle - half_width, middle + half_width].map(|end| end / (1.0 + z * z / n))
}

/// How probable it is that the first succeeds in at least so many of its trainings, each given as successes and trainings,
/// if both succeed equally often (Fisher's exact test, one-sided).
///
/// # Panics
/// If there are more successes than trainings.
#[track_caller]
pub fn fisher(first: [usize; 2], second: [usize; 2]) -> f64 {
    let [[a, n], [b, m]] = [first, second].map(|counts| counts.map(|count| count as u64));
    assert!(a <= n && b <= m, "fisher: {first:?} and {second:?} are no successes of trainings");
    match Hypergeometric::new(n + m, a + b, n) {
        Ok(by_chance) if a > 0 => by_chance.sf(a - 1),
        _ => 1.0,
    }
}

/// How probable it is that at least so many trials succeed, given as successes and trials, if each succeeds with this
/// probability (binomial test, one-sided).
///
/// ```
/// assert!((report::statistics::by_chance([6, 6], 0.5) - 1.0 / 64.0).abs() < 1e-12);
/// ```
pub fn by_chance([successes, trials]: [usize; 2], probability: f64) -> f64 {
    match Binomial::new(probability, trials as u64) {
        Ok(binomial) if successes > 0 => binomial.sf(successes as u64 - 1),
        _ => 1.0,
    }
}

/// The largest of numbers that are not negative: 0 if there are none, NaN if one is.
pub fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |most, value| if value > most || value.is_nan() { value } else { most })
}

/// The least and the largest of numbers: both NaN if one is, +∞ and −∞ if there are none.
pub fn range(values: impl IntoIterator<Item = f64>) -> [f64; 2] {
    values.into_iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| {
        if value.is_nan() {
            [value; 2]
        } else {
            [if value < low { value } else { low }, if value > high { value } else { high }]
        }
    })
}

/// The number in the middle, or the mean of the two there: NaN if one is, or if there are none.
pub fn median(mut values: Vec<f64>) -> f64 {
    if values.is_empty() || values.iter().any(|value| value.is_nan()) {
        return f64::NAN;
    }
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { 0.5 * (values[middle - 1] + values[middle]) }
}

/// The order of numbers, in which all that are NaN come last, whatever their sign bit.
pub fn by_size(a: &f64, b: &f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(b))
}
