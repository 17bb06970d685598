//! What the page says of C1.

use ndarray::Array2;
use report::{
    Table,
    figure::{Axis, Heat, Labels, Lines, Scale, Series},
    format,
    table::{Columns, digits},
};

use super::{
    TEXT,
    measured::{CHANGED, Cost, Measured},
};
use crate::{
    finding::{Draft, Finding},
    study::text::{Values, semicolons},
    verdict::Verdict,
};

pub fn conclude(measured: &[Measured], verdict: Verdict) -> Finding {
    let values = values(measured);
    let mut draft = Draft::new(TEXT, &values);
    for m in measured {
        draft = draft.figure(&format!("c01-moved-{}", m.stage), m.heat());
    }
    draft
        .figure("c01-span", lines(measured, "longest chain, operations", |_, cost| cost.span as f64))
        .figure(
            "c01-work",
            lines(measured, "work, operations a token", |length, cost| cost.work as f64 / length as f64),
        )
        .table("c01-counts", table(measured))
        .finding(verdict)
}

fn values(measured: &[Measured]) -> Values {
    let (recurrent, others): (Vec<&Measured>, Vec<&Measured>) = measured.iter().partition(|m| m.is_recurrent());
    let growth = |m: &&Measured| format!("{} more in {}", format::number(m.growth(), 3), m.stage);
    let others = semicolons(others, |m| {
        let [(short, a), .., (long, b)] = m.costs[..] else { return None };
        Some(format!("{} takes {} for {short} tokens and {} for {long}", m.stage, a.span, b.span))
    });
    let reach = |m: &Measured| format!("{} of what its neighbour does in {}", format::number(m.reach(), 2), m.stage);
    Values::default()
        .with("growth", recurrent.iter().map(growth).collect::<Vec<_>>().join(", "))
        .with("others", others)
        .with("reach", measured.iter().map(reach).collect::<Vec<_>>().join(", "))
}

impl Measured {
    fn heat(&self) -> Heat {
        let sum = self.changes.iter().fold(Array2::<f64>::zeros((CHANGED, CHANGED)), |sum, changes| sum + changes);
        let places = Labels::Places((1..=CHANGED).map(|t| t.to_string()).collect());
        Heat {
            x: "output".into(),
            y: "changed token".into(),
            value: "largest change of a score, mean over the seeds".into(),
            scale: Scale::Log10,
            columns: places.clone(),
            rows: places,
            values: (sum / self.changes.len() as f64).outer_iter().map(|row| row.to_vec()).collect(),
        }
    }
}

fn lines(measured: &[Measured], title: &str, value: fn(usize, Cost) -> f64) -> Lines {
    let series = measured.iter().map(|m| {
        let points = m.costs.iter().map(|&(length, cost)| (length as f64, value(length, cost)));
        Series::exact(m.stage.to_string(), points)
    });
    Lines::new(Axis::log2("text length T, tokens"), Axis::log10(title), series)
}

fn table(measured: &[Measured]) -> Columns<(&Measured, usize, Cost)> {
    Table::of(measured.iter().flat_map(|m| m.costs.iter().map(move |&(length, cost)| (m, length, cost))))
        .column("stage", |(m, ..)| m.stage.to_string())
        .column("tokens", |(_, length, _)| *length)
        .column("longest chain", |(.., cost)| cost.span)
        .column("chain a token", |(_, length, cost)| digits(cost.span as f64 / *length as f64, 3))
        .column("work, Mflop", |(.., cost)| digits(cost.work as f64 / 1e6, 3))
        .column("earlier outputs", |(m, ..)| if m.keeps_the_past() { "same bits" } else { "moved" })
        .column("later outputs", |(m, ..)| if m.moves_the_rest() { "all moved" } else { "not all moved" })
}
