//! What the page says of C5.

use report::{
    Table, format,
    table::{Columns, digits},
};
use stages::LayerKind;

use super::TEXT;
use crate::{
    experiments::c06_parallelism::{
        counts::LayerCounts,
        figures::{chains, draw_times, time_values},
        times::LayerTimes,
    },
    finding::{Draft, Finding},
    study::{
        operations::{Operations, work_per_token},
        text::Values,
    },
    verdict::Verdict,
};

pub fn conclude(counted: &[LayerCounts; 2], timed: &[LayerTimes; 2], verdict: Verdict) -> Finding {
    let values = values(counted, timed);
    draw_times(Draft::new(TEXT, &values).figure("c05-chain", chains(counted)), "c05", timed)
        .table("c05-counts", counts_table(counted))
        .finding(verdict)
}

fn values(counted: &[LayerCounts; 2], timed: &[LayerTimes; 2]) -> Values {
    let [(length, attention), (_, transformer)] = counted.each_ref().map(|c| c.by_length.last());
    let [recurrent, other] = LayerKind::TRANSLATORS.map(LayerKind::name);
    let more = work_per_token(length, attention) / work_per_token(length, transformer);
    time_values(timed, LayerKind::TRANSLATORS, &LayerKind::TRANSLATORS)
        .with("recurrent", recurrent)
        .with("other", other)
        .with("each", format::number(counted[0].by_length.spans().growth()[0], 3))
        .with("length", length)
        .with("chain", format::count(attention.span))
        .with("constant", format::count(transformer.span))
        .with("longer", format::number(attention.span as f64 / transformer.span as f64, 3))
        .with("more", format::number(more, 2))
}

fn counts_table(counted: &[LayerCounts]) -> Columns<(LayerKind, usize, Operations)> {
    let of = |c: &LayerCounts| {
        let kind = c.kind;
        c.by_length.points().map(move |(length, operations)| (kind, length, operations)).collect::<Vec<_>>()
    };
    Table::of(counted.iter().flat_map(of))
        .column("translator", |(kind, ..)| kind.name())
        .column("tokens", |(_, length, _)| *length)
        .column("longest chain", |(.., operations)| operations.span)
        .column("operations a token", |(_, length, operations)| digits(work_per_token(*length, *operations), 3))
}
