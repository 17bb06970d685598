//! What the page says of C1.

use ndarray::Array2;
use report::{
    Table,
    figure::{Axis, Heat, Labels, Lines, Scale},
    format,
    statistics::{Summary, largest},
    table::{Columns, digits},
};

use super::{
    TEXT,
    measured::{CHANGED, StageMeasurements},
    sweeps::{self, Sweeps},
};
use crate::{
    finding::{Draft, Finding},
    study::{
        operations::{Operations, work_per_token},
        text::Values,
    },
    verdict::Verdict,
};

/// A cell, and how it was evaluated with each seed.
pub type SweptCell = (&'static str, Vec<Sweeps>);

pub fn conclude(measured: &[StageMeasurements], swept: &[SweptCell], verdict: Verdict) -> Finding {
    let values = values(measured, swept);
    let mut draft = Draft::new(TEXT, &values);
    for m in measured {
        draft = draft.figure(&format!("c01-moved-{}", m.stage), heat(&m.changes));
    }
    draft
        .figure("c01-span", lines(measured, "longest chain, operations", |_, operations| operations.span as f64))
        .figure("c01-work", lines(measured, "work, operations a token", work_per_token))
        .table("c01-counts", counts(measured))
        .table("c01-sweeps", evaluations(swept))
        .finding(verdict)
}

fn values(measured: &[StageMeasurements], swept: &[SweptCell]) -> Values {
    let (recurrent, others): (Vec<_>, Vec<_>) = measured.iter().partition(|m| m.stage.about().recurrent);
    let growth =
        |m: &&StageMeasurements| format!("{} in {}", format::number(m.operations.spans().growth()[0], 3), m.stage);
    let constant = |m: &&StageMeasurements| {
        let [(short, a), (long, b)] = [m.operations.first(), m.operations.last()];
        format!("{} takes {} for {short} tokens and {} for {long}", m.stage, a.span, b.span)
    };
    let number =
        |cell: &SweptCell| format!("{} in {}", format::number(over_seeds(cell, |s| s.number as f64).mean, 3), cell.0);
    Values::default()
        .with("growth", recurrent.iter().map(growth).collect::<Vec<_>>().join(", "))
        .with("others", others.iter().map(constant).collect::<Vec<_>>().join("; "))
        .with("sweeps", swept.iter().map(number).collect::<Vec<_>>().join(", "))
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
    let series = measured.iter().map(|m| m.operations.series(m.stage.to_string(), value));
    Lines::new(Axis::log2("text length T, tokens"), Axis::log10(title), series)
}

fn counts(measured: &[StageMeasurements]) -> Columns<(&StageMeasurements, usize, Operations)> {
    let rows =
        measured.iter().flat_map(|m| m.operations.points().map(move |(length, operations)| (m, length, operations)));
    Table::of(rows)
        .column("stage", |(m, ..)| m.stage.to_string())
        .column("tokens", |(_, length, _)| *length)
        .column("longest chain", |(.., operations)| operations.span)
        .column("chain a token", |(_, length, operations)| digits(operations.span as f64 / *length as f64, 3))
        .column("work, Mflop", |(.., operations)| digits(operations.work as f64 / 1e6, 3))
        .column("earlier outputs", |(m, ..)| if m.keeps_the_past() { "same bits" } else { "moved" })
        .column("later outputs", |(m, ..)| if m.moves_the_rest() { "all moved" } else { "not all moved" })
}

fn over_seeds((_, seeds): &SweptCell, value: fn(&Sweeps) -> f64) -> Summary {
    Summary::of(&seeds.iter().map(value).collect::<Vec<_>>())
}

/// Step by step and in sweeps.
fn evaluations(swept: &[SweptCell]) -> Columns<&SweptCell> {
    Table::of(swept)
        .column("cell", |(cell, _)| *cell)
        .column("sweeps", |cell| over_seeds(cell, |s| s.number as f64))
        .column("chain, step by step", |(_, seeds)| seeds[0].step_by_step.span)
        .column("chain, in sweeps", |cell| over_seeds(cell, |s| s.in_sweeps.span as f64))
        .column("arithmetic, times as much", |cell| {
            over_seeds(cell, |s| s.in_sweeps.work as f64 / s.step_by_step.work as f64)
        })
        .column("largest error of an output", |(_, seeds)| digits(largest(seeds.iter().map(|s| s.error)), 2))
}
