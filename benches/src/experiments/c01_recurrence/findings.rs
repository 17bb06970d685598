//! What the page says of C1.

use ndarray::Array2;
use report::{
    Table,
    figure::{Axis, Heat, Labels, Lines, Scale},
    format,
    statistics::{Summary, largest},
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    TEXT,
    measured::{CHANGED, StageMeasurements},
    sweeps::{self, Sweeps},
};
use crate::{
    finding::{Draft, Finding},
    study::{
        counted::Counted,
        operations::{Operations, work_per_token},
        text::{Values, semicolons},
    },
};

/// A cell, and how it was evaluated with each seed.
pub type SweptCell = (&'static str, Vec<Sweeps>);

pub fn conclude(measured: &[StageMeasurements], swept: &[SweptCell], counted: &Counted) -> Finding {
    let values = values(measured, swept).with("reply", counted.reply()).with("remainder", counted.remainder());
    let mut draft = Draft::new(TEXT, &values)
        .figure("c01-span", lines(measured, "sequential operations", |_, operations| operations.span as f64));
    for m in measured {
        draft = draft.figure(&format!("c01-moved-{}", m.stage), heat(&m.changes));
    }
    draft
        .effect(counted.effect("stages whose sequential operations are as claimed"))
        .figure("c01-work", lines(measured, "floating-point operations a token", work_per_token))
        .table("c01-counts", counts(measured))
        .table("c01-sweeps", evaluations(swept))
        .finding(counted.verdict())
}

fn values(measured: &[StageMeasurements], swept: &[SweptCell]) -> Values {
    let of = |stage| &measured.iter().find(|m| m.stage == stage).expect("every stage is measured").operations;
    let growth = |stage| format::number(of(stage).spans().growth()[0], 3);
    let [(short, first), (long, last)] = [of(Stage::Gpt).first(), of(Stage::Gpt).last()];
    let number = |cell: &SweptCell| {
        Some(format!("{} {}", cell.0, format::number(over_seeds(cell, |s| s.number as f64).mean, 3)))
    };
    Values::default()
        .with("rnn", growth(Stage::Rnn))
        .with("lstm", growth(Stage::Lstm))
        .with("short", short)
        .with("at short", first.span)
        .with("long", long)
        .with("at long", last.span)
        .with("sweeps", semicolons(swept, number))
        .with("steps", sweeps::LENGTH)
        .with("width", sweeps::WIDTH)
        .with("tolerance", format::number(sweeps::TOLERANCE, 1))
}

fn heat(changes: &[Array2<f64>]) -> Heat {
    let sum = changes.iter().fold(Array2::<f64>::zeros((CHANGED, CHANGED)), |sum, changes| sum + changes);
    let places = Labels::Places((1..=CHANGED).map(|t| t.to_string()).collect());
    Heat {
        x: "output".into(),
        y: "changed token".into(),
        value: "largest change of a score, mean over the seeds".into(),
        scale: Scale::Log10,
        columns: places.clone(),
        rows: places,
        values: (sum / changes.len() as f64).outer_iter().map(|row| row.to_vec()).collect(),
    }
}

fn lines(measured: &[StageMeasurements], title: &str, value: fn(usize, Operations) -> f64) -> Lines {
    let series = measured.iter().map(|m| m.operations.series(m.stage.about().title, value));
    Lines::new(Axis::log2("text length T, tokens"), Axis::log10(title), series)
}

fn counts(measured: &[StageMeasurements]) -> Columns<(&StageMeasurements, usize, Operations)> {
    let rows =
        measured.iter().flat_map(|m| m.operations.points().map(move |(length, operations)| (m, length, operations)));
    Table::of(rows)
        .column("stage", |(m, ..)| m.stage.about().title)
        .column("tokens", |(_, length, _)| *length)
        .column("sequential operations", |(.., operations)| operations.span)
        .column("for each token", |(_, length, operations)| digits(operations.span as f64 / *length as f64, 3))
        .column("arithmetic, Mflop", |(.., operations)| digits(operations.work as f64 / 1e6, 3))
        .column("earlier outputs", |(m, ..)| if m.keeps_the_past() { "same bits" } else { "moved" })
        .column("later outputs", |(m, ..)| if m.moves_the_rest() { "all moved" } else { "not all moved" })
}

fn over_seeds((_, seeds): &SweptCell, value: fn(&Sweeps) -> f64) -> Summary {
    Summary::of(&seeds.iter().map(value).collect::<Vec<_>>())
}

/// Step by step and in sweeps.
fn evaluations(swept: &[SweptCell]) -> Columns<&SweptCell> {
    Table::of(swept)
        .column("network", |(network, _)| *network)
        .column("sweeps", |cell| over_seeds(cell, |s| s.number as f64))
        .column("sequential operations, step by step", |(_, seeds)| seeds[0].step_by_step.span)
        .column("sequential operations, in sweeps", |cell| over_seeds(cell, |s| s.in_sweeps.span as f64))
        .column("arithmetic, times as much", |cell| {
            over_seeds(cell, |s| s.in_sweeps.work as f64 / s.step_by_step.work as f64)
        })
        .column("largest error of an output", |(_, seeds)| digits(largest(seeds.iter().map(|s| s.error)), 2))
}
