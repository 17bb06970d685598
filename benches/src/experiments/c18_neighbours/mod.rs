//! C18: embeddings place similar tokens near each other.
//!
//! In a generated language it is known which words are similar: those of one class stand in the same places. A small GPT
//! reads the language, and is asked before and after training which words lie nearest to each other.

mod findings;
mod geometry;
mod language;
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
        tying::Tying,
    },
    verdict::Basis,
};
use language::{CLASSES, WORDS};
use training::{Learned, Learning};

const TEXT: &str = include_str!("text.md");

/// Asks which words are neighbours.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C18",
    text: TEXT,
    thresholds: &[("more", MORE.number()), ("classes", CLASSES as f64), ("words", WORDS as f64)],
    reads: &[Input::Budget, Input::Seeds],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(8), Some(45)],
    memory: Memory { alone: [10, 10, 10], thread: [5, 5, 5] },
    run,
};

/// How many more of the words have a neighbour of their class after training than before, as a share.
const MORE: Bound = Bound::More(0.3);

/// The models with one table or with two.
type Cell = grid::Cell<Tying, Learned>;

/// A table of a model: the embeddings' or the output's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Table {
    /// The one table of a tied model.
    Shared,
    /// The embeddings of an untied one.
    Input,
    /// What an untied one makes its scores with.
    Output,
}

impl Table {
    const ALL: [Self; 3] = [Self::Shared, Self::Input, Self::Output];

    fn name(self) -> &'static str {
        match self {
            Self::Shared => "one table for both",
            Self::Input => "embeddings of two tables",
            Self::Output => "output of two tables",
        }
    }

    /// The models that have it, and which of their tables it is.
    fn of(self, cells: &[Cell]) -> (&Cell, usize) {
        let (tying, table) = match self {
            Self::Shared => (Tying::Tied, 0),
            Self::Input => (Tying::Untied, 0),
            Self::Output => (Tying::Untied, 1),
        };
        (grid::find(cells, &tying), table)
    }

    /// By how much the share of words with a neighbour of their class grows in training.
    fn gain(self, cells: &[Cell]) -> Summary {
        let (cell, table) = self.of(cells);
        let [before, after] =
            [Learned::before, Learned::after].map(|look| cell.each(|learned| look(learned, table).class));
        Summary::of_differences(&after, &before)
    }
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let learning = Learning { steps: session.budget.steps(0, 1_200, 6_000) };
    let cells = grid::measure(session, "C18, words in classes", &learning, &[Tying::Tied, Tying::Untied])?;
    Ok(findings::conclude(&cells, learning.steps))
}

fn parts(cells: &[Cell]) -> [Part; 3] {
    Table::ALL.map(|table| {
        let claim = match table {
            Table::Shared => "the one table of a tied model",
            Table::Input => "the embeddings of an untied model",
            Table::Output => "the output table of an untied model",
        };
        Part { unit: "more of the words".to_owned(), ..Part::of(claim, &table.gain(cells), MORE) }
    })
}
