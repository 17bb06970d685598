//! What a report says, for programs: the file `claims.json` beside the page.
//!
//! ```json
//! {
//!   "schema": 1,
//!   "circumstances": { "program": "lineage 0.1.0", "machine": "...", "threads": 2, "date": "2026-11-27",
//!                      "text": "SHA-256 of the text", "own_text": false },
//!   "claims": [{
//!     "id": "C2", "claim": "...", "basis": "estimated", "verdict": "shown", "budget": "thorough",
//!     "seeds": [1, 2, 3], "seconds": 18.2, "command": "...", "experiment": "hash of the code that measures and judges",
//!     "effect": { "what": "...", "unit": "accuracy", "needed": { "more": 0.1 },
//!                 "found": { "mean": 0.9, "low": 0.8, "high": 1.0, "n": 3 } },
//!     "glance": [{ "stage": "lstm", "column": "gap", "value": { "mean": 30.0, "low": null, "high": null, "n": 1 } }],
//!     "key_figure": { "name": "c02-recall", "title": "...", "caption": "how to read it" },
//!     "figures": [{ "name": "c02-recall", "series": [{ "name": "...", "points": [[10.0, 1.0, 0.99, 1.0]] }] }]
//!   }]
//! }
//! ```
//!
//! `needed` is `more`, `times` (the effect is then a mean of natural logarithms), `within` or `exactly`. `null` stands for an
//! interval that is not there and for what is not a number. A point is x (of bars, the number of the category), mean, low end, high
//! end; of a long curve, at most [`figure::MOST_POINTS`] of them; all are in the CSV of the same name. Numbers have
//! six significant digits.

use report::{
    figure::{self, Figure},
    statistics::{Reach, Summary},
};
use serde::{Deserialize, Serialize};
use stages::AnyStage;

use crate::{
    budget::Budget,
    finding,
    glance::{self, Column},
    study::parts::Bound,
    verdict::{Basis, Verdict},
};

/// The file beside the page.
pub const FILE: &str = report::diff::CLAIMS;

/// The version of the schema.
pub const SCHEMA: u32 = report::diff::SCHEMA;

/// The content of the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// [`SCHEMA`].
    pub schema: u32,
    /// What all claims were measured on.
    pub circumstances: Circumstances,
    /// In the order of the curriculum.
    pub claims: Vec<Claim>,
}

/// What a comparison was made with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Circumstances {
    /// With its version.
    pub program: String,
    /// Processor, operating system and instruction set.
    pub machine: String,
    /// Used.
    pub threads: usize,
    /// When it was finished: year, month, day.
    pub date: String,
    /// The SHA-256 of the text that was read.
    pub text: String,
    /// Whether the user gave that text.
    pub own_text: bool,
}

/// One claim.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The curriculum's number: `C1`.
    pub id: String,
    /// As courses make it.
    pub claim: String,
    /// What it rests on.
    pub basis: Basis,
    /// By the experiment's criterion.
    pub verdict: Verdict,
    /// How much was trained.
    pub budget: Budget,
    /// It was repeated with these.
    pub seeds: Vec<u64>,
    /// How long that took; `None` if trainings were kept from an earlier comparison.
    pub seconds: Option<f64>,
    /// Repeats it.
    pub command: String,
    /// The hash of the code that measures and judges.
    pub experiment: String,
    /// The answer, as the page says it.
    pub answer: String,
    /// Held against the criterion.
    pub effect: Option<Effect>,
    /// Its cells of the lineage at a glance.
    pub glance: Vec<Cell>,
    /// The figure that shows the answer; its drawing is the SVG of the same name.
    pub key_figure: Option<KeyFigure>,
    /// What the figures show.
    pub figures: Vec<figure::Data>,
}

/// What is said of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFigure {
    /// Its name, and that of its files.
    pub name: String,
    /// What the reader sees.
    pub title: String,
    /// How to read it.
    pub caption: String,
}

/// See [`finding::Effect`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// What it is.
    pub what: String,
    /// Its unit.
    pub unit: String,
    /// What was measured.
    pub found: Estimate,
    /// What it has to be.
    pub needed: Bound,
}

/// See [`glance::Cell`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The row.
    pub stage: AnyStage,
    /// The column.
    pub column: Column,
    /// What was measured.
    pub value: Estimate,
}

/// A mean, and its 95 % interval if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// `None` if it is not a number.
    pub mean: Option<f64>,
    /// The lower end.
    pub low: Option<f64>,
    /// The upper end.
    pub high: Option<f64>,
    /// Of so many measurements.
    pub n: usize,
}

impl From<&Figure> for KeyFigure {
    fn from(Figure { name, title, caption, .. }: &Figure) -> Self {
        Self { name: name.clone(), title: title.clone(), caption: caption.clone() }
    }
}

impl From<&finding::Effect> for Effect {
    fn from(finding::Effect { what, unit, found, needed }: &finding::Effect) -> Self {
        Self { what: what.clone(), unit: unit.clone(), found: found.into(), needed: *needed }
    }
}

impl From<&glance::Cell> for Cell {
    fn from(glance::Cell { stage, column, value }: &glance::Cell) -> Self {
        Self { stage: *stage, column: *column, value: value.into() }
    }
}

impl From<&Summary> for Estimate {
    fn from(summary: &Summary) -> Self {
        let end = |end: f64| summary.reach.and(figure::rounded(end));
        Self { mean: figure::rounded(summary.mean), low: end(summary.low()), high: end(summary.high()), n: summary.n }
    }
}

impl From<&Estimate> for Summary {
    fn from(Estimate { mean, low, high, n }: &Estimate) -> Self {
        let reach = low.zip(*high).map(|(low, high)| Reach::Between(low, high));
        Self { n: *n, mean: mean.unwrap_or(f64::NAN), reach }
    }
}
