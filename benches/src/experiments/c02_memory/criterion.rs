//! How C2 is judged.

use report::statistics::Summary;

use super::{
    Cell,
    training::{Case, Outcome, RETENTION_ROWS, SUM_ERROR, Task, Variant},
};
use crate::{
    study::{
        grid,
        parts::{Bound, Part},
    },
    verdict::succeeds_more,
};

/// What counts as recalling everything.
pub const ALL_RECALLED: f64 = 0.99;

/// How much more a trained LSTM has to recall than a trained RNN over a gap that neither was trained with, which is this one
/// of [`RETENTION`](super::training::RETENTION).
pub const FAR: Bound = Bound::More(0.1);
pub const LATER: usize = 1;

/// All cells of the grid, and which tasks the claim speaks of.
pub struct Memories {
    /// By task, and within a task in the order of [`Variant::ALL`].
    pub cells: Vec<Cell>,
    pub shortest: Task,
    pub longest: Task,
    /// The most that a training makes.
    pub steps: u64,
}

impl Memories {
    /// Whether the LSTM learns to recall over the longest gap more often, told how long it is or not, and whether, once
    /// trained with the shortest, it recalls more over a longer one.
    pub fn parts(&self) -> [Part; 3] {
        let [lstm, rnn] = [Variant::LSTM, Variant::RNN].map(|variants| self.best(self.longest, variants));
        let untold = grid::find(&self.cells, &Case { task: self.longest, variant: Variant::LstmBias });
        let learns = |claim, lstm: &Cell| {
            let [[often, of_lstm], [seldom, of_rnn]] = [lstm, rnn].map(met);
            Part {
                claim,
                found: often.into(),
                unit: format!("of {of_lstm} trainings, against {seldom} of {of_rnn}"),
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
    pub fn retained(&self) -> Summary {
        let of = |variants| self.best(self.shortest, variants).each(|outcome| outcome.retained[LATER]);
        Summary::of_differences_right(&of(Variant::LSTM), &of(Variant::RNN), RETENTION_ROWS)
    }

    /// The longest gap that every seed of the best of these learned; 0 if there is none.
    pub fn longest_learned(&self, variants: &[Variant]) -> usize {
        let tasks = self.cells.iter().map(|cell| cell.case.task);
        let learned = tasks.filter(|&task| task.is_recall() && learned(self.best(task, variants)));
        learned.map(Task::gap).max().unwrap_or(0)
    }

    /// The best of these on a task, by the seed of the search.
    pub fn best(&self, task: Task, variants: &[Variant]) -> &Cell {
        let wanted = |cell: &&Cell| cell.case.task == task && variants.contains(&cell.case.variant);
        let best = self.cells.iter().filter(wanted).min_by(|a, b| a.score.order(&b.score));
        best.expect("every variant is measured on every task")
    }
}

/// How many seeds recalled everything or met the goal of the sums, and of how many.
pub fn met(cell: &Cell) -> [usize; 2] {
    let met = |outcome: &&Outcome| match cell.case.task {
        Task::Recall { .. } => outcome.accuracy() >= ALL_RECALLED,
        Task::Adding { .. } => outcome.error <= SUM_ERROR,
    };
    [cell.outcomes.iter().filter(met).count(), cell.outcomes.len()]
}

/// Whether all seeds did.
pub fn learned(cell: &Cell) -> bool {
    let [met, all] = met(cell);
    met == all
}
