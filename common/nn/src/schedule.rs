//! The learning rate as a function of the step.

use std::f64::consts::PI;

use serde::{Deserialize, Serialize};

/// How the learning rate falls after the warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// It stays.
    Constant,
    /// In a straight line.
    Linear,
    /// Along half a cosine (Loshchilov & Hutter 2017, equation 5, without restarts).
    Cosine,
    /// With the inverse square root of the step, without end (Vaswani et al. 2017, equation 3).
    InverseSquareRoot,
}

/// A learning rate that rises to its peak over the warm-up and then falls to its minimum.
///
/// At step t, counted from 0, with peak η, minimum μ, warm-up w and end s:
///
/// | steps | learning rate |
/// |---|---|
/// | t < w | η·(t + 1)/(w + 1) |
/// | w ≤ t < s, linear | μ + (1 - r)·(η - μ), r = (t - w)/(s - w) |
/// | w ≤ t < s, cosine | μ + (1 + cos πr)/2·(η - μ) |
/// | t ≥ s | μ |
/// | t ≥ w, inverse square root | η·√((w + 1)/(t + 1)) |
///
/// nanoGPT's form of the cosine, so its settings give the same rates here. A run of s steps makes the steps 0 to s - 1: its
/// last rate is close to the minimum, which only a step s would have. A constant schedule stays at η; it and the inverse
/// square root know neither minimum nor end.
///
/// ```
/// use nn::{Decay, Schedule};
/// let schedule = Schedule { decay: Decay::Cosine, peak: 1e-3, minimum: 1e-4, warmup: 100, end: 2000 };
/// assert_eq!(schedule.at(0), 1e-3 / 101.0);
/// assert_eq!(schedule.at(100), 1e-3);
/// assert_eq!(schedule.at(1050), 5.5e-4); // half way
/// assert_eq!(schedule.at(2000), 1e-4);
/// assert!(schedule.at(1999) > 1e-4); // the last of 2,000 steps
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// How it falls.
    pub decay: Decay,
    /// The highest learning rate.
    pub peak: f64,
    /// The learning rate at and after `end`, where there is an end.
    pub minimum: f64,
    /// How many steps it rises.
    pub warmup: u64,
    /// The step, counted from 0, at which it reaches the minimum, where it does: the first after a run of so many steps.
    pub end: u64,
}

impl Schedule {
    /// The same rate at every step.
    pub fn constant(rate: f64) -> Self {
        Schedule { decay: Decay::Constant, peak: rate, minimum: rate, warmup: 0, end: 0 }
    }

    /// The schedule of the Transformer (Vaswani et al. 2017, section 5.3): width^(-1/2)·min(n^(-1/2), n·W^(-3/2)) at
    /// its n-th step, n = t + 1, with W = `warmup` steps of warming up. The paper's base model has a width of 512 and
    /// 4000 steps.
    ///
    /// # Panics
    /// If `width` or `warmup` is 0.
    ///
    /// ```
    /// let schedule = nn::Schedule::transformer(512, 4000);
    /// assert!((schedule.at(3999) - 6.987712429686843e-4).abs() < 1e-15); // the highest, (512·4000)^(-1/2)
    /// assert!((schedule.at(15_999) / schedule.at(3999) - 0.5).abs() < 1e-15); // four times the steps
    /// ```
    #[track_caller]
    pub fn transformer(width: usize, warmup: u64) -> Self {
        assert!(width > 0 && warmup > 0, "schedule: a width of {width} and a warm-up of {warmup} steps");
        let peak = 1.0 / (width as f64 * warmup as f64).sqrt();
        Schedule { decay: Decay::InverseSquareRoot, peak, minimum: 0.0, warmup: warmup - 1, end: 0 }
    }

    /// The learning rate of a step, counted from 0.
    pub fn at(&self, step: u64) -> f64 {
        if step < self.warmup {
            return self.peak * (step + 1) as f64 / (self.warmup + 1) as f64;
        }
        let towards_minimum = |left: fn(f64) -> f64| {
            if step >= self.end {
                return self.minimum;
            }
            let ratio = (step - self.warmup) as f64 / (self.end - self.warmup) as f64;
            self.minimum + left(ratio) * (self.peak - self.minimum)
        };
        match self.decay {
            Decay::Constant => self.peak,
            Decay::Linear => towards_minimum(|ratio| 1.0 - ratio),
            Decay::Cosine => towards_minimum(|ratio| 0.5 * (1.0 + (PI * ratio).cos())),
            Decay::InverseSquareRoot => self.peak * ((self.warmup + 1) as f64 / (step + 1) as f64).sqrt(),
        }
    }
}
