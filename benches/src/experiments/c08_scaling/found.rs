//! The numbers of C8, and how they are compared.

use report::statistics::Summary;

use super::{
    recall::{Case, Trained},
    saturation::{Saturation, Scores},
};
use crate::study::grid::{self, Cell};

/// What was measured of a head before and in training.
pub struct Found {
    /// By width, then by way.
    pub at_first: Vec<AtFirst>,
    pub trained: Vec<Cell<Case, Trained>>,
}

/// One width and way, every seed.
pub struct AtFirst {
    pub width: usize,
    pub scores: Scores,
    pub seeds: Vec<Saturation>,
}

impl Found {
    /// How many times as many steps the undivided scores take at a width, and the logarithm of that.
    pub fn slower(&self, width: usize) -> (Summary, Summary) {
        let [with, without] = Scores::ALL.map(|scores| self.steps_of(width, scores));
        ratio(&without, &with)
    }

    /// Of every seed, until half is learned.
    pub fn steps_of(&self, width: usize, scores: Scores) -> Vec<f64> {
        self.of(width, scores).each(|trained| trained.steps() as f64)
    }

    /// A number of every seed.
    pub fn at(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.at_first.iter().filter(|a| (a.width, a.scores) == (width, scores));
        found.flat_map(|a| a.seeds.iter().map(&value)).collect()
    }

    /// The trainings at a width.
    pub fn of(&self, width: usize, scores: Scores) -> &Cell<Case, Trained> {
        grid::find(&self.trained, &Case { width, scores })
    }
}

/// The geometric mean of a[i] / b[i], and the mean of the logarithms.
pub fn ratio(a: &[f64], b: &[f64]) -> (Summary, Summary) {
    let ratios: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / b).collect();
    let logarithms: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
    (Summary::of_magnitudes(&ratios), Summary::of(&logarithms))
}
