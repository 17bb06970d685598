//! Few numbers, summarised honestly.
//!
//! A training run is repeated with a handful of seeds, so the normal distribution's 1.96 would claim too much:
//! intervals are Student's t with n − 1 degrees of freedom (Student, *The Probable Error of a Mean*, 1908).
//! With three seeds the factor is 4.30; with one there is no interval at all, and every place that prints a
//! [`Summary`] says so.

use std::fmt;

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::format;

/// The mean of n measurements and how well it is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// Number of measurements.
    pub n: usize,
    /// Their arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (divisor n − 1); `None` for one measurement.
    pub deviation: Option<f64>,
    /// Half the width of the 95 % Student-t interval of the mean; `None` for one measurement.
    pub half_width: Option<f64>,
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
        Self { n, mean, deviation: Some(deviation), half_width: Some(t_975(n - 1) * deviation / (n as f64).sqrt()) }
    }

    /// One number without an interval: a count, or a single measurement.
    pub fn exact(value: f64) -> Self {
        Self { n: 1, mean: value, deviation: None, half_width: None }
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
        self.mean - self.half_width.unwrap_or(0.0)
    }

    /// Upper end of the interval; the mean itself where there is none.
    pub fn high(&self) -> f64 {
        self.mean + self.half_width.unwrap_or(0.0)
    }
}

/// `1.932 ± 0.014`, or the bare mean where there is no interval.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format::with_interval(self.mean, self.half_width))
    }
}

/// The 97.5 % quantile of Student's t, which leaves 2.5 % on either side.
fn t_975(degrees_of_freedom: usize) -> f64 {
    match StudentsT::new(0.0, 1.0, degrees_of_freedom as f64) {
        Ok(t) => t.inverse_cdf(0.975),
        Err(_) => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_quantiles_agree_with_the_printed_table() {
        for (degrees, expected) in [(1, 12.706_205), (2, 4.302_653), (4, 2.776_445), (9, 2.262_157), (30, 2.042_272)] {
            let t = t_975(degrees);
            assert!((t - expected).abs() < 1e-5, "{degrees} degrees of freedom: {t}, expected {expected}");
        }
    }

    #[test]
    fn step_02_three_values_by_hand() {
        // Mean 4, deviations -2, -1, 3, squares 4 + 1 + 9 = 14, variance 7; half width 4.302653 sqrt(7 / 3).
        let s = Summary::of(&[2.0, 3.0, 7.0]);
        assert_eq!((s.n, s.mean), (3, 4.0));
        assert!((s.deviation.unwrap() - 7f64.sqrt()).abs() < 1e-12);
        assert!((s.half_width.unwrap() - 6.572_410).abs() < 1e-5, "{s:?}");
        assert!((s.high() - 10.572_410).abs() < 1e-5);
    }

    #[test]
    fn step_03_one_value_has_no_interval() {
        let s = Summary::of(&[1.5]);
        assert_eq!((s.deviation, s.half_width), (None, None));
        assert_eq!((s.low(), s.high()), (1.5, 1.5));
        assert_eq!(s.to_string(), "1.5");
    }

    #[test]
    fn step_04_pairing_removes_what_the_seed_does_to_both() {
        let (a, b) = ([1.0, 5.0, 9.0], [0.5, 4.5, 8.5]);
        let paired = Summary::of_differences(&a, &b);
        assert_eq!((paired.mean, paired.half_width), (0.5, Some(0.0)));
        assert!(Summary::of(&a).half_width.unwrap() > 9.0);
    }

    #[test]
    #[should_panic(expected = "3 values against 2")]
    fn step_05_pairs_need_equal_lengths() {
        Summary::of_differences(&[1.0, 2.0, 3.0], &[1.0, 2.0]);
    }
}
