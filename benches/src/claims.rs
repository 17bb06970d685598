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
//!     "answer": "Yes. ...",
//!     "effect": { "what": "...", "unit": "accuracy", "needed": { "more": 0.1 },
//!                 "found": { "mean": 0.9, "low": 0.8, "high": 1.0, "n": 3 } },
//!     "glance": [{ "stage": "lstm", "column": "gap", "value": { "mean": 30.0, "low": null, "high": null, "n": 1 } }],
//!     "key_figure": { "name": "c02-recall", "title": "...", "caption": "how to read it" },
//!     "figures": [{ "name": "c02-recall", "axes": ["gap, tokens", "accuracy"], "scales": ["log2", "linear"],
//!                   "levels": [["guessing", 0.125]], "categories": [],
//!                   "series": [{ "name": "...", "points": [[10.0, 1.0, 0.99, 1.0]] }] }]
//!   }]
//! }
//! ```
//!
//! - A claim for which the budget had no time is not here.
//! - Units: `seconds` are seconds of the clock, `null` where trainings were kept from an earlier comparison; an effect
//!   names its `unit`, a figure the labels and scales of its `axes` (of bars one, that of their values), and a column has
//!   that of [`Column::heading`].
//! - `effect` is `null` where nothing was measured. `needed` is `more`, `times` (the effect is then a mean of natural
//!   logarithms), `within` (at most so much, either way) or `exactly`.
//! - `low` and `high` are `null` where there is no interval or it has no end, `mean` where it is no number; `n` measurements.
//! - `levels` are lines across a figure of curves.
//! - A point is x (of bars, the place in `categories`, counted from 0), mean, low end, high end; of a long curve, at most
//!   [`figure::MOST_POINTS`] of them; all are in the CSV of the same name. Heat maps and maps of points are in their CSV alone.
//! - What was measured has six significant digits.
//! - Words: `basis` counted, estimated; `verdict` shown, not-shown, reverse, undecided; `budget` rehearsal, quick, standard,
//!   thorough; `scales` linear, log2, log10; `column` sequential-operations, arithmetic, one-thread, all-threads, loss, gap, pairs, short-sentences,
//!   long-sentences; `stage` as on the command line.

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

impl Claims {
    /// What no comparison writes, though it fits the schema; none if there is no such thing.
    pub fn fault(&self) -> Option<String> {
        let date = &self.circumstances.date;
        let fits = |(sign, like): (u8, u8)| if like == b'-' { sign == b'-' } else { sign.is_ascii_digit() };
        if date.len() != DAY.len() || !date.bytes().zip(DAY.bytes()).all(fits) {
            return Some(format!("its date is not a day like {DAY}"));
        }
        let reversed = |claim: &&Claim| {
            let effect = claim.effect.iter().map(|effect| &effect.found);
            let mut all = effect.chain(claim.glance.iter().map(|cell| &cell.value));
            all.any(|estimate| estimate.low.zip(estimate.high).is_some_and(|(low, high)| low > high))
        };
        let claim = self.claims.iter().find(reversed)?;
        Some(format!("an interval of {} ends before it begins", claim.id))
    }
}

/// As a date is written.
pub const DAY: &str = "2026-11-27";

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

impl From<&Effect> for finding::Effect {
    fn from(Effect { what, unit, found, needed }: &Effect) -> Self {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn documentation() -> String {
        let lines = include_str!("claims.rs").lines().map_while(|line| line.strip_prefix("//!"));
        lines.flat_map(|line| [line.trim(), "\n"]).collect()
    }

    #[test]
    fn the_example_of_the_documentation_is_read_and_leaves_nothing_out() {
        let documentation = documentation();
        let (_, example) = documentation.split_once("```json").unwrap();
        let (example, _) = example.split_once("```").unwrap();
        let written: serde_json::Value = serde_json::from_str(example).unwrap();
        let read: Claims = serde_json::from_str(example).unwrap();
        assert_eq!(serde_json::to_value(&read).unwrap(), written, "a field is left out");
        assert_eq!(read.fault(), None);
    }

    #[test]
    fn the_documentation_has_all_words() {
        let columns = Column::ALL.map(|column| serde_json::to_string(&column).unwrap()).to_vec();
        let verdicts = [Verdict::Shown, Verdict::NotShown, Verdict::Reverse, Verdict::Undecided];
        let verdicts = verdicts.map(|verdict| serde_json::to_string(&verdict).unwrap()).to_vec();
        let budgets = [Budget::Rehearsal, Budget::Quick, Budget::Standard, Budget::Thorough];
        let budgets = budgets.map(|budget| serde_json::to_string(&budget).unwrap()).to_vec();
        for word in [columns, verdicts, budgets].concat() {
            assert!(documentation().contains(word.trim_matches('"')), "{word} is missing");
        }
    }
}
