//! C13: encoder-only, encoder-decoder and decoder-only suit different tasks.
//!
//! Each of the three learns each of four tasks from the same sentences, at equal parameters and equal steps, in the form in
//! which it is used: BERT's holes, T5's answers to what an encoder has read, GPT's continuations.

mod findings;
mod models;
mod tasks;
pub mod training;

use report::statistics::Summary;

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    study::{
        grid::{self, Score, Trial},
        parallel::Reporter,
    },
    verdict::{Verdict, exceeds},
};
use findings::Report;
use models::Kind;
use tasks::{Corpus, Task};
use training::{Commonest, Job, Outcome};

const TEXT: &str = include_str!("text.md");

/// Compares the three on all tasks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C13",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [12, 12, 12], thread: [7, 7, 7] },
    run,
};

/// What counts as a difference, as a part of the answers.
pub const MARGIN: f64 = 0.05;

/// Which model courses name for a task.
pub fn named(task: Task) -> Kind {
    match task {
        Task::Fill | Task::Classify => Kind::EncoderOnly,
        Task::Translate => Kind::EncoderDecoder,
        Task::Continue => Kind::DecoderOnly,
    }
}

/// The highest learning rates that every model is tried with on every task.
pub const LEARNING_RATES: [f64; 3] = [3e-3, 1e-2, 3e-2];

/// How large everything is.
#[derive(Clone, Copy, Debug)]
struct Sizes {
    /// D.
    width: usize,
    /// Of an encoder and of a decoder.
    blocks: usize,
    /// Of each training.
    steps: u64,
    /// Sentences to learn from.
    training: usize,
    /// Sentences to judge by.
    held_out: usize,
}

impl Sizes {
    fn of(budget: Budget) -> Self {
        Self {
            width: budget.pick(32, 48, 64),
            blocks: 1,
            steps: budget.steps(100, 1_600, 4_000),
            training: budget.pick(1_000, 10_000, 30_000),
            held_out: budget.pick(50, 200, 400),
        }
    }
}

/// One model on one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Which task.
    pub task: Task,
    /// Which model.
    pub kind: Kind,
}

/// What was measured of one model on one task.
pub type Cell = grid::Cell<Case, Outcome>;

impl Cell {
    /// The part of the answers that is right, for each seed.
    pub fn right(&self) -> Vec<f64> {
        self.each(|outcome| outcome.right)
    }
}

/// All that was measured: for each task every model.
pub struct Study {
    /// Steps of each training.
    pub steps: u64,
    /// D.
    pub width: usize,
    /// Sentences learnt from, and judged by.
    pub sentences: [usize; 2],
    /// By task, then by model.
    pub cells: Vec<Cell>,
    /// By task.
    pub commonest: [Commonest; Task::ALL.len()],
}

/// The trainings, on one corpus.
struct Learning<'c> {
    corpus: &'c Corpus,
    sizes: Sizes,
}

impl Learning<'_> {
    fn job(&self, trial: &Trial<Case>) -> Job {
        let Trial { case: Case { task, kind }, learning_rate, seed, steps } = *trial;
        let Sizes { width, blocks, .. } = self.sizes;
        Job { kind, task, seed, steps, learning_rate, width, blocks }
    }
}

impl grid::Study for Learning<'_> {
    type Case = Case;
    type Outcome = Outcome;
    const LEARNING_RATES: &'static [f64] = &LEARNING_RATES;

    fn steps(&self, _: &Case) -> u64 {
        self.sizes.steps
    }

    fn search_steps(&self, _: &Case) -> u64 {
        self.sizes.steps.div_ceil(4)
    }

    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        Ok(Score(self.job(trial).search(self.corpus, reporter)?, 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Outcome> {
        self.job(trial).measure(self.corpus, reporter)
    }
}

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let study = Study::new(lab, Sizes::of(lab.budget))?;
    Ok(conclude(&study, lab.budget))
}

fn conclude(study: &Study, budget: Budget) -> Finding {
    let report = Report { study };
    Finding {
        verdict: study.verdict(budget),
        answer: report.answer(),
        figures: report.figures(),
        tables: report.tables(),
        notice: report.notice(),
        limits: report.limits(),
    }
}

impl Study {
    /// Trains every model on every task.
    fn new(lab: &Lab, sizes: Sizes) -> anyhow::Result<Self> {
        let corpus = Corpus::new(sizes.training, sizes.held_out, sizes.held_out);
        let cases = Task::ALL.into_iter().flat_map(|task| Kind::ALL.map(|kind| Case { task, kind }));
        let learning = Learning { corpus: &corpus, sizes };
        Ok(Self {
            steps: sizes.steps,
            width: sizes.width,
            sentences: [sizes.training, sizes.held_out],
            cells: grid::measure(lab, "C13, four tasks", &learning, &cases.collect::<Vec<_>>())?,
            commonest: Task::ALL.map(|task| Commonest::of(&corpus, task)),
        })
    }

    /// What was measured of a model on a task.
    ///
    /// # Panics
    /// If nothing was.
    #[track_caller]
    pub fn cell(&self, task: Task, kind: Kind) -> &Cell {
        match self.cells.iter().find(|cell| cell.case == Case { task, kind }) {
            Some(cell) => cell,
            None => panic!("{} did not learn to {}", kind.name(), task.name()),
        }
    }

    /// By how much the model that is named for a task is ahead of another there.
    pub fn ahead(&self, task: Task, other: Kind) -> Summary {
        Summary::of_differences(&self.cell(task, named(task)).right(), &self.cell(task, other).right())
    }

    fn verdict(&self, budget: Budget) -> Verdict {
        let rivals = Task::ALL.into_iter().flat_map(|task| Kind::ALL.map(|kind| (task, kind)));
        let rivals: Vec<(Task, Kind)> = rivals.filter(|&(task, kind)| kind != named(task)).collect();
        let not_behind = rivals.iter().map(|&(task, kind)| {
            let ahead = self.ahead(task, kind);
            exceeds(&Summary { mean: ahead.mean + MARGIN, ..ahead }, 0.0, budget)
        });
        let not_for_all = Kind::ALL.map(|kind| {
            let elsewhere = rivals.iter().filter(|&&(_, rival)| rival == kind);
            any(elsewhere.map(|&(task, kind)| exceeds(&self.ahead(task, kind), MARGIN, budget)).collect())
        });
        Verdict::all(&not_behind.chain(not_for_all).collect::<Vec<_>>()).after_training(budget)
    }
}

/// The verdict of what holds if one of its parts does.
fn any(parts: Vec<Verdict>) -> Verdict {
    let open = parts.iter().find(|part| matches!(part, Verdict::Undecided { .. }));
    if parts.contains(&Verdict::Shown) { Verdict::Shown } else { open.copied().unwrap_or(Verdict::NotShown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The right answers of each model (encoder-only, encoder-decoder, decoder-only) on each task.
    fn judged(right: [[f64; 3]; 4], seeds: usize, budget: Budget) -> Verdict {
        let cell = |(task, (kind, right)): (Task, (Kind, f64))| {
            let outcome = |seed: usize| Outcome {
                parameters: 1,
                right: right + 1e-3 * seed as f64 * if kind == Kind::EncoderOnly { 1.0 } else { -1.0 },
                nats: 1.0,
                shown: Vec::new(),
            };
            let (case, score) = (Case { task, kind }, Score(0.0, 0.0));
            Cell { case, learning_rate: 1e-2, score, outcomes: (0..seeds).map(outcome).collect() }
        };
        let all = Task::ALL
            .into_iter()
            .zip(right)
            .flat_map(|(task, right)| Kind::ALL.into_iter().zip(right).map(move |of_kind| (task, of_kind)));
        let commonest = Task::ALL.map(|_| Commonest { answer: "the".into(), right: 0.0 });
        Study { steps: 1, width: 32, sentences: [1, 1], cells: all.map(cell).collect(), commonest }.verdict(budget)
    }

    #[test]
    fn step_01_the_criterion_can_fail_in_every_part() {
        let as_named = [[0.5, 0.4, 0.4], [0.9, 0.9, 0.9], [0.2, 0.9, 0.9], [0.1, 0.8, 0.8]];
        let with = |task: usize, right| {
            let mut all = as_named;
            all[task] = right;
            judged(all, 3, Budget::Thorough)
        };
        assert_eq!(with(0, as_named[0]), Verdict::Shown);
        // Somebody is better than the one named,
        for (task, right) in [(0, [0.5, 0.6, 0.4]), (1, [0.8, 0.8, 0.9]), (2, [0.2, 0.8, 0.9]), (3, [0.1, 0.9, 0.8])] {
            assert_eq!(with(task, right), Verdict::NotShown, "{task}");
        }
        // or one does for all: the encoder-decoder, which is as good as the encoder everywhere else.
        assert_eq!(with(0, [0.5, 0.48, 0.4]), Verdict::NotShown);
        assert_eq!(with(1, [0.9, 0.8, 0.9]), Verdict::Shown);
        let short = [[0.5, 0.5, 0.5]; 4];
        assert_eq!(judged(short, 3, Budget::Thorough), Verdict::NotShown);
        assert_eq!(judged(short, 3, Budget::Quick), Verdict::open(Budget::Quick));
        assert_eq!(judged(as_named, 1, Budget::Quick), Verdict::Undecided { needs: None });
    }
}
