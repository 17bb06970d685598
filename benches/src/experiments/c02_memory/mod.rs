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
        parts::{Bound, Part},
    },
    verdict::{Basis, Verdict, succeeds_more},
};
use findings::conclude;
use training::{Case, Family, Outcome, RETENTION, RETENTION_ROWS, Task, Variant};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the table shows every beginning of every cell.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C2",
    text: TEXT,
    thresholds: &[("ahead", FAR.number()), ("all", 100.0 * ALL_RECALLED), ("later", RETENTION[LATER] as f64)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    // Fisher's exact test decides nothing with three against three.
    seeds: Seeds { planned: [4, 5, 10], least: 4 },
    seconds: [25, 90, 540],
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
    let lengths: &[usize] = session.budget.pick(&[], &[], &[50, 100, 200]);
    let steps = session.budget.steps(1000, 3000, 6000);
    let recall = gaps.iter().map(|&gap| Task::Recall { gap });
    let tasks: Vec<Task> = recall.chain(lengths.iter().map(|&length| Task::Adding { length })).collect();
    let cells = measure(session, &tasks, steps)?;
    Ok(conclude(&Memories { cells, shortest: tasks[0], longest: tasks[gaps.len() - 1], steps }))
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
        let [lstm, rnn] = [Family::Lstm, Family::Rnn].map(|family| self.best(self.longest, family));
        let untold = grid::find(&self.cells, &Case { task: self.longest, variant: Variant::LstmBias });
        let learns = |claim, lstm: &Cell| {
            let [first, second] = [lstm, rnn].map(|cell| [met(cell), cell.outcomes.len()]);
            Part {
                claim,
                found: format!("{} of {} trainings, and {} of {} of the RNN", first[0], first[1], second[0], second[1]),
                needed: "more of its trainings, by Fisher's exact test".to_owned(),
                verdict: succeeds_more(first, second),
            }
        };
        let [keeping, losing] = [Family::Lstm, Family::Rnn].map(|family| self.best(self.shortest, family));
        let [kept, lost] = [keeping, losing].map(|cell| cell.each(|outcome| outcome.retained(LATER)));
        let retains = Summary::of_differences_right(&kept, &lost, RETENTION_ROWS);
        // Who has not learned the short gap has nothing to retain.
        let learned = [keeping, losing].iter().all(|cell| met(cell) == cell.outcomes.len());
        [
            learns("the LSTM learns to recall over the longest gap more often", lstm),
            learns("so does an LSTM that is not told the gap", untold),
            Part {
                claim: "once trained, it retains longer",
                found: retains.to_string(),
                needed: FAR.to_string(),
                verdict: if learned { FAR.judge(&retains) } else { Verdict::Undecided },
            },
        ]
    }

    /// The best of a family on a task, by the seed of the search.
    fn best(&self, task: Task, family: Family) -> &Cell {
        let wanted = |cell: &&Cell| cell.case.task == task && cell.case.variant.family() == family;
        let best = self.cells.iter().filter(wanted).min_by(|a, b| a.score.order(&b.score));
        best.expect("every family is measured on every task")
    }
}

/// How many seeds recalled everything, or met the goal.
fn met(cell: &Cell) -> usize {
    let task = cell.case.task;
    let met = |outcome: &&Outcome| {
        if task.is_recall() { outcome.accuracy() >= ALL_RECALLED } else { outcome.error <= task.goal() }
    };
    cell.outcomes.iter().filter(met).count()
}
