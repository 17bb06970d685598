//! The experiments, one file for each claim of the curriculum.

mod c01;
mod c02;
mod c02_report;
mod c02_training;
mod workers;

use crate::finding::Experiment;

/// All of them, in the order of the curriculum.
pub const ALL: &[Experiment] = &[
    c01::EXPERIMENT,
    c02::EXPERIMENT,
];
