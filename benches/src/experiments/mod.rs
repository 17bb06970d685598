//! The experiments, one folder for each claim of the curriculum.

mod c01_recurrence;
mod c02_memory;
mod c03_bottleneck;
mod c04_alignment;
mod c05_sequential;
mod c06_parallelism;
mod c07_order;
mod c08_scaling;
mod c09_context;
mod c10_masking;
mod c11_heads;
mod c12_parameters;
mod c13_architectures;
mod c16_self_supervision;
mod c17_tokenizer;
mod c18_neighbours;
mod c19_positions;
mod c20_tying;
mod c21_controls;
mod c22_window;
mod c26_recall;

use crate::finding::Experiment;

pub use c16_self_supervision::measuring::SHORTEST_TEXT;

/// All of them, in the order of the curriculum.
pub const ALL: &[Experiment] = &[
    c01_recurrence::EXPERIMENT,
    c02_memory::EXPERIMENT,
    c03_bottleneck::EXPERIMENT,
    c04_alignment::EXPERIMENT,
    c05_sequential::EXPERIMENT,
    c06_parallelism::EXPERIMENT,
    c07_order::EXPERIMENT,
    c08_scaling::EXPERIMENT,
    c09_context::EXPERIMENT,
    c10_masking::EXPERIMENT,
    c11_heads::EXPERIMENT,
    c12_parameters::EXPERIMENT,
    c13_architectures::EXPERIMENT,
    c16_self_supervision::EXPERIMENT,
    c17_tokenizer::EXPERIMENT,
    c18_neighbours::EXPERIMENT,
    c19_positions::EXPERIMENT,
    c20_tying::EXPERIMENT,
    c21_controls::EXPERIMENT,
    c22_window::EXPERIMENT,
    c26_recall::EXPERIMENT,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::Budget;

    #[test]
    fn what_runs_with_a_budget_runs_with_every_longer_one() {
        for experiment in ALL {
            let runs =
                [Budget::Quick, Budget::Standard, Budget::Thorough].map(|budget| experiment.planned(budget).is_some());
            assert!(runs.is_sorted() && runs[2], "{}", experiment.id);
            assert!(experiment.planned(Budget::Rehearsal).is_some());
        }
    }
}
