//! C2: how long a recurrent network remembers, and whether the gate or the initialisation makes it.

mod findings;
#[cfg(test)]
mod tests;
mod training;

use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::{Basis, succeeds_more},
};
use training::{Case, Outcome, RETENTION, RETENTION_ROWS, Remembering, Task, Variant};

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
    seconds: [18, 155, 1000],
    memory: Memory { alone: [90, 90, 90], thread: [40, 40, 40] },
    run,
};

/// What counts as recalling everything.
const ALL_RECALLED: f64 = 0.99;

/// How much more a trained LSTM has to recall than a trained RNN over a gap that neither was trained with, which is this one
/// of [`RETENTION`].
const FAR: Bound = Bound::More(0.1);
const LATER: usize = 1;

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

struct Memories {
    /// By task, and within a task in the order of [`Variant::ALL`].
    cells: Vec<Cell>,
    shortest: Task,
    longest: Task,
    /// The most that a training makes.
    steps: u64,
}

impl Memories {
    /// Whether the LSTM learns to recall over the longest gap more often, told how long it is or not, and whether, once
    /// trained with the shortest, it recalls more over a longer one.
    fn parts(&self) -> [Part; 3] {
        let [lstm, rnn] = [Variant::LSTM, Variant::RNN].map(|variants| self.best(self.longest, variants));
        let untold = grid::find(&self.cells, &Case { task: self.longest, variant: Variant::LstmBias });
        let learns = |claim, lstm: &Cell| {
            let [[often, of_lstm], [seldom, of_rnn]] = [lstm, rnn].map(met);
            Part {
                claim,
                found: format!("{often} of {of_lstm} trainings against {seldom} of {of_rnn}"),
                needed: "more, by Fisher's exact test".to_owned(),
                verdict: succeeds_more([often, of_lstm], [seldom, of_rnn]),
            }
        };
        let short = [Variant::LSTM, Variant::RNN].map(|variants| self.best(self.shortest, variants));
        [
            learns("the LSTM learns the longest gap more often than the RNN", lstm),
            learns("an LSTM that is not told the gap learns it more often than the RNN", untold),
            // Who has not learned the short gap has nothing to retain.
            Part::of(
                "trained with the shortest gap, the LSTM recalls more than the RNN over a longer one",
                &self.retained(),
                FAR,
            )
            .only_if(short.into_iter().all(learned)),
        ]
    }

    /// How much more the LSTM recalls than the RNN over a longer gap than the one that both were trained with.
    fn retained(&self) -> Summary {
        let of = |variants| self.best(self.shortest, variants).each(|outcome| outcome.retained[LATER]);
        Summary::of_differences_right(&of(Variant::LSTM), &of(Variant::RNN), RETENTION_ROWS)
    }

    /// The longest gap that every seed of the best of these learned; 0 if there is none.
    fn longest_learned(&self, variants: &[Variant]) -> usize {
        let tasks = self.cells.iter().map(|cell| cell.case.task);
        let learned = tasks.filter(|&task| task.is_recall() && learned(self.best(task, variants)));
        learned.map(Task::gap).max().unwrap_or(0)
    }

    /// The best of these on a task, by the seed of the search.
    fn best(&self, task: Task, variants: &[Variant]) -> &Cell {
        let wanted = |cell: &&Cell| cell.case.task == task && variants.contains(&cell.case.variant);
        let best = self.cells.iter().filter(wanted).min_by(|a, b| a.score.order(&b.score));
        best.expect("every variant is measured on every task")
    }
}

/// How many seeds recalled everything or met the goal of the sums, and of how many.
fn met(cell: &Cell) -> [usize; 2] {
    let met = |outcome: &&Outcome| match cell.case.task {
        Task::Recall { .. } => outcome.accuracy() >= ALL_RECALLED,
        Task::Adding { .. } => outcome.error <= training::SUM_ERROR,
    };
    [cell.outcomes.iter().filter(met).count(), cell.outcomes.len()]
}

/// Whether all seeds did.
fn learned(cell: &Cell) -> bool {
    let [met, all] = met(cell);
    met == all
}
