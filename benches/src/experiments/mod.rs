//! The experiments, one file for each claim of the curriculum.

mod c01;
mod c02_memory;
mod c03;
mod c03_figures;
mod c03_models;
mod c03_pairs;
mod c03_report;
mod c03_study;
mod c03_training;
mod c04;
mod c04_report;
mod c05;
mod c06;
mod c06_counts;
mod c06_layers;
mod c06_stages;
mod c06_times;
mod c07;
mod c07_order;
mod c07_permutation;
mod c08;
mod c08_recall;
mod c08_report;
mod c08_saturation;
mod c09;
mod c09_corpus;
mod c09_encoder;
mod c09_probe;
mod c10;
mod c10_jacobian;
mod c10_masked_gpt;
mod c10_report;
mod c10_stages;
mod c10_study;
mod c11;
mod c11_heads;
mod c11_report;
mod c12;
mod c12_published;
mod c13;
mod c13_models;
mod c13_report;
mod c13_tasks;
mod c13_training;
mod c16;
mod c16_counts;
mod c16_markov;
mod c16_text;
mod c16_training;

use crate::finding::Experiment;

pub use c16_text::SHORTEST_TEXT;

/// All of them, in the order of the curriculum.
pub const ALL: &[Experiment] = &[
    c01::EXPERIMENT,
    c02_memory::EXPERIMENT,
    c03::EXPERIMENT,
    c04::EXPERIMENT,
    c05::EXPERIMENT,
    c06::EXPERIMENT,
    c07::EXPERIMENT,
    c08::EXPERIMENT,
    c09::EXPERIMENT,
    c10::EXPERIMENT,
    c11::EXPERIMENT,
    c12::EXPERIMENT,
    c13::EXPERIMENT,
    c16::EXPERIMENT,
];
