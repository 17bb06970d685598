//! C2: how long a recurrent network remembers, and whether the gate or the initialisation makes it.

mod criterion;
mod findings;
#[cfg(test)]
mod tests;
mod training;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::grid,
    verdict::Basis,
};
use criterion::{ALL_RECALLED, FAR, LATER, Memories};
use training::{Case, Outcome, RETENTION, Remembering, Task, Variant};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the table shows every initialisation of every cell.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C2",
    text: TEXT,
    thresholds: &[("ahead", FAR.number()), ("all", 100.0 * ALL_RECALLED), ("later", RETENTION[LATER] as f64)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    // Fisher's exact test decides nothing with three against three.
    seeds: Seeds { planned: [4, 5, 10], least: 4 },
    seconds: [Some(18), Some(155), Some(1200)],
    memory: Memory { alone: [90, 90, 640], thread: [40, 40, 640] },
    run,
};

/// A variant on a task, with the learning rate that did best on the seed of the search.
type Cell = grid::Cell<Case, Outcome>;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let gaps: &[usize] = session.budget.pick(&[10, 30], &[10, 30, 100], &[10, 30, 100, 300]);
    let lengths: &[usize] = session.budget.pick(&[], &[], &[100]);
    let recall = gaps.iter().map(|&gap| Task::Recall { gap });
    let tasks: Vec<Task> = recall.chain(lengths.iter().map(|&length| Task::Adding { length })).collect();
    let steps = session.budget.steps(1000, 3000, 3000);
    let cells = measure(session, &tasks, steps)?;
    Ok(findings::conclude(&Memories { cells, shortest: tasks[0], longest: tasks[gaps.len() - 1], steps }))
}

fn measure(session: &Session, tasks: &[Task], steps: u64) -> anyhow::Result<Vec<Cell>> {
    let cases = tasks.iter().flat_map(|&task| Variant::ALL.map(|variant| Case { task, variant }));
    grid::measure(session, "C2, memory", &Remembering { steps }, &cases.collect::<Vec<_>>())
}
