//! C13: encoder-only, encoder-decoder and decoder-only suit different tasks.
//!
//! Each of the three learns each of four tasks from the same sentences, at equal parameters and equal steps, in the form in
//! which it is used: BERT's holes, T5's answers to what an encoder has read, GPT's continuations.

mod findings;
mod models;
#[cfg(test)]
mod tests;
mod training;

use grammar::tasks::{Corpus, Sizes, Task};
use report::statistics::Summary;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::grid,
    verdict::{Basis, Verdict, exceeds},
};
use models::Kind;
use training::{Case, Cell, Commonest, Learning};

const TEXT: &str = include_str!("text.md");

/// Compares the three on all tasks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C13",
    text: TEXT,
    thresholds: &[("margin", MARGIN)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [1, 80, 480],
    memory: Memory { alone: [12, 12, 12], thread: [7, 7, 7] },
    run,
};

/// What counts as a difference, as a part of the answers.
const MARGIN: f64 = 0.05;

/// The highest learning rates that every model is tried with on every task.
const LEARNING_RATES: [f64; 3] = [3e-3, 1e-2, 3e-2];

/// Which model courses name for a task.
fn named(task: Task) -> Kind {
    match task {
        Task::Fill | Task::Classify => Kind::EncoderOnly,
        Task::Translate => Kind::EncoderDecoder,
        Task::Continue => Kind::DecoderOnly,
    }
}

struct Measured {
    steps: u64,
    width: usize,
    /// Learnt from, and judged by.
    sentences: [usize; 2],
    /// By task, then by model.
    cells: Vec<Cell>,
    commonest: [Commonest; Task::ALL.len()],
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let budget = session.budget;
    let sentences = [budget.pick(1_000, 10_000, 30_000), budget.pick(50, 200, 400)];
    let (width, steps) = (budget.pick(32, 48, 64), budget.steps(100, 1_600, 4_000));
    let corpus =
        Corpus::new(Sizes { alone: 0, training: sentences[0], validation: sentences[1], held_out: sentences[1] });
    let cases = Task::ALL.into_iter().flat_map(|task| Kind::ALL.map(|kind| Case { task, kind }));
    let learning = Learning { corpus: &corpus, width, blocks: 1, steps };
    let cells = grid::measure(session, "C13, four tasks", &learning, &cases.collect::<Vec<_>>())?;
    let commonest = Task::ALL.map(|task| Commonest::of(&corpus, task));
    Ok(findings::conclude(&Measured { steps, width, sentences, cells, commonest }))
}

impl Measured {
    #[track_caller]
    fn cell(&self, task: Task, kind: Kind) -> &Cell {
        grid::find(&self.cells, &Case { task, kind })
    }

    /// By how much the model that is named for a task is ahead of another there.
    fn ahead(&self, task: Task, other: Kind) -> Summary {
        let [named, other] = [named(task), other].map(|kind| self.cell(task, kind).each(|outcome| outcome.right));
        Summary::of_differences(&named, &other)
    }

    fn verdict(&self) -> Verdict {
        let rivals = Task::ALL.into_iter().flat_map(|task| Kind::ALL.map(|kind| (task, kind)));
        let rivals: Vec<(Task, Kind)> = rivals.filter(|&(task, kind)| kind != named(task)).collect();
        let not_behind = rivals.iter().map(|&(task, kind)| {
            let ahead = self.ahead(task, kind);
            exceeds(&Summary { mean: ahead.mean + MARGIN, ..ahead }, 0.0)
        });
        let not_for_all = Kind::ALL.map(|kind| {
            let elsewhere = rivals.iter().filter(|&&(_, rival)| rival == kind);
            any(elsewhere.map(|&(task, kind)| exceeds(&self.ahead(task, kind), MARGIN)).collect())
        });
        Verdict::all(&not_behind.chain(not_for_all).collect::<Vec<_>>())
    }
}

/// The verdict of what holds if one of its parts does.
fn any(parts: Vec<Verdict>) -> Verdict {
    let open = parts.iter().find(|part| matches!(part, Verdict::Undecided { .. }));
    if parts.contains(&Verdict::Shown) { Verdict::Shown } else { open.copied().unwrap_or(Verdict::NotShown) }
}
