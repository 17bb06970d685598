//! C2: how long a recurrent network remembers, and whether the gate or the beginning makes it.

mod findings;
#[cfg(test)]
mod tests;
mod training;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid::{self, Score, Study, Trial},
        parallel::Reporter,
    },
    verdict::{Basis, Verdict, exceeds},
};
use findings::conclude;
use training::{Case, Family, Outcome, Task, Variant};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the table shows every beginning of every cell.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C2",
    text: TEXT,
    thresholds: &[("ahead", FAR), ("all", 100.0 * ALL_RECALLED)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [25, 90, 540],
    memory: Memory { alone: [90, 90, 90], thread: [40, 40, 40] },
    run,
};

/// What counts as recalling everything.
const ALL_RECALLED: f64 = 0.99;

/// How much more of the symbols the LSTM has to recall.
const FAR: f64 = 0.1;

/// A variant on a task, with the learning rate that did best on the seed of the search.
type Cell = grid::Cell<Case, Outcome>;

/// How much memory each variant's cell has, in at most so many steps.
struct Remembering {
    steps: u64,
}

impl Study for Remembering {
    type Case = Case;
    type Outcome = Outcome;
    const LEARNING_RATES: &'static [f64] = &[1e-3, 3e-3, 1e-2];

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    /// Who reached the goal is better, the sooner the better, or else whose error is smaller.
    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        let Outcome { error, steps, reached, .. } = training::train(trial, reporter);
        Ok(Score(if reached { steps as f64 } else { f64::INFINITY }, error))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Outcome> {
        Ok(training::train(trial, reporter))
    }
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let gaps: &[usize] = session.budget.pick(&[10, 30], &[10, 30, 100], &[10, 30, 100, 300]);
    let lengths: &[usize] = session.budget.pick(&[], &[50], &[50, 100, 200]);
    let steps = session.budget.steps(1000, 3000, 6000);
    let recall = gaps.iter().map(|&gap| Task::Recall { gap });
    let tasks: Vec<Task> = recall.chain(lengths.iter().map(|&length| Task::Adding { length })).collect();
    let (cells, longest) = (measure(session, &tasks, steps)?, tasks[gaps.len() - 1]);
    let found = Found { cells, longest, steps };
    Ok(conclude(&found, found.verdict()))
}

fn measure(session: &Session, tasks: &[Task], steps: u64) -> anyhow::Result<Vec<Cell>> {
    let cases = tasks.iter().flat_map(|&task| Variant::ALL.map(|variant| Case { task, variant }));
    grid::measure(session, "C2, memory", &Remembering { steps }, &cases.collect::<Vec<_>>())
}

struct Found {
    /// By task, and within a task in the order of [`Variant::ALL`].
    cells: Vec<Cell>,
    /// The longest gap that was asked for.
    longest: Task,
    /// The most that a training makes.
    steps: u64,
}

impl Found {
    fn verdict(&self) -> Verdict {
        let [lstm, rnn] = [Family::Lstm, Family::Rnn].map(|family| self.best(family).each(Outcome::accuracy));
        judge(&lstm, &rnn)
    }

    /// The best of a family at the longest gap, by the seed of the search.
    fn best(&self, family: Family) -> &Cell {
        let wanted = |cell: &&Cell| cell.case.task == self.longest && cell.case.variant.family() == family;
        let best = self.cells.iter().filter(wanted).min_by(|a, b| a.score.order(&b.score));
        best.expect("every family is measured at the longest gap")
    }
}

fn judge(lstm: &[f64], rnn: &[f64]) -> Verdict {
    if lstm.iter().chain(rnn).all(|&accuracy| accuracy >= ALL_RECALLED) {
        return Verdict::Undecided;
    }
    exceeds(&Summary::of_differences(lstm, rnn), FAR)
}
