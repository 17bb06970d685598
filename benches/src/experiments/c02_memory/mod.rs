//! C2: how long a recurrent network remembers, and whether the gate or the beginning makes it.

mod findings;
mod training;

use findings::Report;
use training::{Case, Family, Outcome, Task, Variant};

use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Draft, Experiment, Finding, Input, Memory},
    lab::Lab,
    study::{
        grid::{self, Score, Study, Trial},
        parallel::Reporter,
    },
    verdict::{Verdict, exceeds},
};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the table shows every beginning of every cell.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C2",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [90, 90, 90], thread: [40, 40, 40] },
    run,
};

/// What counts as recalling everything.
pub const ALL_RECALLED: f64 = 0.99;

/// A tenth more of the symbols.
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

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let gaps: &[usize] = lab.budget.pick(&[10, 30], &[10, 30, 100], &[10, 30, 100, 300]);
    let lengths: &[usize] = lab.budget.pick(&[], &[50], &[50, 100, 200]);
    let steps = lab.budget.steps(1000, 3000, 6000);
    let recall = gaps.iter().map(|&gap| Task::Recall { gap });
    let tasks: Vec<Task> = recall.chain(lengths.iter().map(|&length| Task::Adding { length })).collect();
    Ok(conclude(&measure(lab, &tasks, steps)?, tasks[gaps.len() - 1], steps, lab.budget))
}

fn measure(lab: &Lab, tasks: &[Task], steps: u64) -> anyhow::Result<Vec<Cell>> {
    let cases = tasks.iter().flat_map(|&task| Variant::ALL.map(|variant| Case { task, variant }));
    grid::measure(lab, "C2, memory", &Remembering { steps }, &cases.collect::<Vec<_>>())
}

impl Cell {
    /// Of recall, for each seed; 0 where the training diverged.
    pub fn accuracies(&self) -> Vec<f64> {
        let accuracy = |outcome: &Outcome| if outcome.error == f64::INFINITY { 0.0 } else { 1.0 - outcome.error };
        self.outcomes.iter().map(accuracy).collect()
    }

    /// For each seed.
    pub fn errors(&self) -> Vec<f64> {
        self.outcomes.iter().map(|outcome| outcome.error).collect()
    }
}

/// The best of a family on a task, by the seed of the search.
pub fn best(cells: &[Cell], task: Task, family: Family) -> Option<&Cell> {
    let of_family = cells.iter().filter(|cell| cell.case.task == task && cell.case.variant.family() == family);
    of_family.min_by(|a, b| a.score.order(&b.score))
}

fn judge(lstm: &[f64], rnn: &[f64], budget: Budget) -> Verdict {
    if lstm.iter().chain(rnn).all(|&accuracy| accuracy >= ALL_RECALLED) {
        return Verdict::open(budget);
    }
    exceeds(&Summary::of_differences(lstm, rnn), FAR, budget)
}

fn conclude(cells: &[Cell], longest: Task, steps: u64, budget: Budget) -> Finding {
    let accuracies = |family| best(cells, longest, family).map(Cell::accuracies).unwrap_or_default();
    let report = Report { cells, longest };
    let verdict = judge(&accuracies(Family::Lstm), &accuracies(Family::Rnn), budget);
    Draft::new(TEXT, &report.values(steps)).with_figures(report.figures()).with_tables(report.tables()).finding(verdict)
}

#[cfg(test)]
mod tests {
    use super::*;
    use report::progress::Progress;

    #[test]
    fn step_01_the_criterion_can_fail() {
        let open = Verdict::open(Budget::Quick);
        let judged = |lstm, rnn| judge(&[lstm; 3], &[rnn; 3], Budget::Quick);
        assert_eq!(judged(1.0, 0.3), Verdict::Shown);
        assert_eq!(judged(0.3, 1.0), Verdict::Reverse);
        assert_eq!(judged(0.5, 0.48), Verdict::NotShown);
        assert_eq!(judged(1.0, 1.0), open);
        assert_eq!(judge(&[1.0; 3], &[1.0; 3], Budget::Thorough), Verdict::NotShown);
        assert_eq!(judge(&[1.0; 3], &[1.0, 0.1, 1.0], Budget::Quick), open);
    }

    #[test]
    fn step_04_a_diverged_training_recalled_nothing_and_no_accuracy_is_made_up() {
        let outcome = |error| Outcome { error, steps: 1, reached: false, gradients: Default::default() };
        let cell = |errors: &[f64]| Cell {
            case: Case { task: Task::Recall { gap: 2 }, variant: Variant::ALL[0] },
            learning_rate: 1.0,
            score: Score(0.5, 0.0),
            outcomes: errors.iter().map(|&error| outcome(error)).collect(),
        };
        assert_eq!(cell(&[0.25, f64::INFINITY]).accuracies(), [0.75, 0.0]);
        assert!(cell(&[f64::NAN]).accuracies()[0].is_nan());
    }

    #[test]
    fn step_02_cells_have_equal_parameters() {
        for task in [Task::Recall { gap: 100 }, Task::Adding { length: 50 }] {
            let counts = Variant::ALL.map(|variant| variant.size(task).1 as f64);
            let lstm = Variant::LstmChrono.size(task).1 as f64;
            let close = counts.iter().all(|count| (count / lstm - 1.0).abs() < 0.02);
            assert!(close, "{task:?}: {counts:?}");
        }
    }

    #[test]
    fn step_03_it_runs_and_gives_the_same_numbers_on_any_number_of_threads() {
        let tasks = [Task::Recall { gap: 2 }, Task::Adding { length: 4 }];
        let [one, two] = [1, 2].map(|threads| {
            let mut lab = Lab::new(Budget::Quick, vec![1, 2], data::corpus::book(), Progress::Quiet);
            lab.threads = threads;
            conclude(&measure(&lab, &tasks, 50).unwrap(), tasks[0], 50, Budget::Quick)
        });
        assert_eq!(one.tables, two.tables);
        assert_eq!(one.tables[0].rows.len(), Variant::ALL.len());
        assert_eq!(one.figures.len(), 4);
    }
}
