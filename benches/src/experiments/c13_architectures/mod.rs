//! C13: encoder-only, encoder-decoder and decoder-only suit different tasks.
//!
//! Each is pre-trained on sentences alone, in its own way, and then learns each of four tasks from the same labelled
//! sentences, at equal parameters and equal steps, in the form in which it is used: BERT's holes, T5's answers to what an
//! encoder has read, GPT's continuations.

mod criterion;
mod findings;
#[cfg(test)]
mod tests;
mod training;

use grammar::tasks::{Corpus, Sizes, Task};
use transformer::families::Family;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::grid,
    verdict::Basis,
};
use training::{Commonest, Curriculum, FamilyCell};

const TEXT: &str = include_str!("text.md");

/// Compares the three on all tasks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C13",
    text: TEXT,
    thresholds: &[("margin", MARGIN)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(73), Some(239)],
    memory: Memory { alone: [12, 12, 200], thread: [7, 7, 15] },
    run,
};

/// What counts as a difference, as a part of the answers.
const MARGIN: f64 = 0.05;

/// What was trained, and what came of it.
struct Measurements {
    /// On sentences alone, and on each task.
    steps: [u64; 2],
    width: usize,
    sizes: Sizes,
    /// In the order of [`Family::ALL`].
    cells: Vec<FamilyCell>,
    commonest: [Commonest; Task::ALL.len()],
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let budget = session.budget;
    if budget == Budget::Quick {
        return Ok(Finding::unmeasured(
            "Not measured at quick: pre-training and four tasks take more than its three minutes.",
        ));
    }
    let rehearsal = budget == Budget::Rehearsal;
    let pick = |standard: usize, thorough| if rehearsal { 40 } else { budget.pick(0, standard, thorough) };
    let (alone, judged) = (pick(20_000, 50_000), pick(400, 1_000));
    let sizes = Sizes { alone, training: pick(4_000, 10_000), validation: judged / 2, held_out: judged };
    let (width, [alone, task]) = (budget.pick(32, 48, 64), [budget.steps(0, 900, 2_300), budget.steps(0, 400, 900)]);
    let corpus = Corpus::new(sizes);
    let curriculum = Curriculum { corpus: &corpus, width, blocks: 1, alone, task };
    let cells = grid::measure(session, "C13, four tasks", &curriculum, &Family::ALL)?;
    let commonest = Task::ALL.map(|task| Commonest::of(&corpus, task));
    Ok(findings::conclude(&Measurements { steps: [alone, task], width, sizes, cells, commonest }))
}
