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
///
/// nanoGPT's form of the cosine, so its settings give the same rates here. A constant schedule stays at η.
///
/// ```
/// use nn::{Decay, Schedule};
/// let schedule = Schedule { decay: Decay::Cosine, peak: 1e-3, minimum: 1e-4, warmup: 100, end: 2000 };
/// assert_eq!(schedule.at(0), 1e-3 / 101.0);
/// assert_eq!(schedule.at(100), 1e-3);
/// assert_eq!(schedule.at(1050), 5.5e-4); // half way
/// assert_eq!(schedule.at(2000), 1e-4);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// How it falls.
    pub decay: Decay,
    /// The highest learning rate.
    pub peak: f64,
    /// The learning rate at and after `end`; a constant schedule does not read it.
    pub minimum: f64,
    /// How many steps it rises.
    pub warmup: u64,
    /// The step at which it reaches the minimum; a constant schedule does not read it.
    pub end: u64,
}

impl Schedule {
    /// The same rate at every step.
    pub fn constant(rate: f64) -> Self {
        Schedule { decay: Decay::Constant, peak: rate, minimum: rate, warmup: 0, end: 0 }
    }

    /// The learning rate of a step, counted from 0.
    pub fn at(&self, step: u64) -> f64 {
        if step < self.warmup {
            return self.peak * (step + 1) as f64 / (self.warmup + 1) as f64;
        }
        if self.decay == Decay::Constant {
            return self.peak;
        }
        if step >= self.end {
            return self.minimum;
        }
        let ratio = (step - self.warmup) as f64 / (self.end - self.warmup) as f64;
        let left = match self.decay {
            Decay::Cosine => 0.5 * (1.0 + (PI * ratio).cos()),
            _ => 1.0 - ratio,
        };
        self.minimum + left * (self.peak - self.minimum)
    }
}
