//! C20: the output vector times the embedding matrix gives the token probabilities.
//!
//! Two things are asked. Whether it is so: in trained models, the product is computed again and held against what the model
//! says. And whether one table is enough: models that make their scores with the embeddings' table are compared with models
//! that have a table of their own for it, at equal parameters.

mod exactness;
mod findings;
#[cfg(test)]
mod tests;
mod training;

use report::{
    statistics::{Summary, largest},
    table::digits,
};
use serde::{Deserialize, Serialize};
use tensor::Real;

use crate::{
    finding::{Experiment, Finding, Input, Memory, Seeds},
    session::Session,
    study::{
        grid,
        parts::{Bound, Part},
        tying::Tying,
    },
    verdict::{Basis, Verdict},
};
use training::{Predicting, Trained};

const TEXT: &str = include_str!("text.md");

/// Computes the scores again, and compares one table with two.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C20",
    text: TEXT,
    thresholds: &[("rounding", ROUNDING), ("ahead", AHEAD.number())],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    basis: Basis::Estimated,
    seeds: Seeds::INTERVAL,
    seconds: [None, Some(15), Some(60)],
    memory: Memory { alone: [30, 30, 30], thread: [15, 15, 15] },
    run,
};

/// How far rounding may move a score, as a share of the largest, or the loss, in nats.
const ROUNDING: f64 = if size_of::<Real>() == size_of::<f64>() { 1e-12 } else { 1e-5 };
/// How much lower the loss of one table has to be than that of two with as many parameters in all, in nats per token.
const AHEAD: Bound = Bound::More(0.02);

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Case {
    /// One table for both.
    Tied,
    /// Two tables, and narrower, so that the parameters are as many.
    AsManyParameters,
    /// Two tables of the same width.
    AsWide,
}

impl Case {
    const ALL: [Self; 3] = [Self::Tied, Self::AsManyParameters, Self::AsWide];

    fn name(self) -> &'static str {
        match self {
            Self::Tied => "one table",
            Self::AsManyParameters => "two tables, as many parameters",
            Self::AsWide => "two tables, as wide",
        }
    }

    fn tying(self) -> Tying {
        if self == Self::Tied { Tying::Tied } else { Tying::Untied }
    }
}

/// The models of one kind.
type Cell = grid::Cell<Case, Trained>;

fn run(session: &Session) -> anyhow::Result<Finding> {
    let predicting = Predicting::new(session)?;
    let cells = grid::measure(session, "C20, one table or two", &predicting, &Case::ALL)?;
    Ok(findings::conclude(&cells, &predicting, &parts(&cells)))
}

fn parts(cells: &[Cell]) -> [Part; 2] {
    let wrong = largest(cells.iter().flat_map(|cell| cell.each(|trained| trained.exact.wrong)));
    [
        Part {
            claim: "the product, behind a softmax, gives the probabilities of every model",
            found: digits(wrong, 2),
            unit: "of the largest score, or nats".to_owned(),
            needed: format!("at most {}", report::format::number(ROUNDING, 1)),
            verdict: Verdict::exact(wrong <= ROUNDING),
        },
        Part {
            unit: "nats per token".to_owned(),
            ..Part::of(
                "one table predicts better than two with as many parameters",
                &ahead(cells, Case::AsManyParameters),
                AHEAD,
            )
        },
    ]
}

/// By how much the loss of one table is lower than that of a model with two.
fn ahead(cells: &[Cell], other: Case) -> Summary {
    let [one, two] = [Case::Tied, other].map(|case| grid::find(cells, &case).each(Trained::loss));
    Summary::of_differences(&two, &one)
}
