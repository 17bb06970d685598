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
        figures::{Ratios, beside, chains, draw_times, time_values},
        times::LayerTimes,
    },
    finding::{Draft, Finding},
    study::{
        counted::Counted,
        operations::{Operations, work_per_token},
        text::Values,
    },
};

pub fn conclude(counted: &[LayerCounts; 2], timed: &[LayerTimes; 2], judged: &Counted) -> Finding {
    let ratios = timed.each_ref().map(|timed| Ratios::of(counted, timed, LayerKind::TRANSLATORS));
    let values = values(counted, timed, &ratios).with("reply", judged.reply()).with("remainder", judged.remainder());
    let draft = Draft::new(TEXT, &values)
        .effect(judged.effect("translators whose sequential operations are as claimed"))
        .figure("c05-beside", beside(timed, &ratios, LayerKind::TRANSLATORS))
        .figure("c05-chain", chains(counted));
    draw_times(draft, "c05", timed).table("c05-counts", counts_table(counted)).finding(judged.verdict())
}

fn values(counted: &[LayerCounts; 2], timed: &[LayerTimes; 2], ratios: &[Ratios; 2]) -> Values {
    let [recurrent, transformer] = counted.each_ref().map(|c| &c.by_length);
    time_values(timed, &ratios[0], &LayerKind::TRANSLATORS)
        .with("each", format::number(recurrent.spans().growth()[0], 3))
        .with("constant", format::count(transformer.last().1.span))
}

fn counts_table(counted: &[LayerCounts]) -> Columns<(LayerKind, usize, Operations)> {
    let of = |c: &LayerCounts| {
        let kind = c.kind;
        c.by_length.points().map(move |(length, operations)| (kind, length, operations)).collect::<Vec<_>>()
    };
    Table::of(counted.iter().flat_map(of))
        .column("translator", |(kind, ..)| kind.name())
        .column("tokens", |(_, length, _)| *length)
        .column("sequential operations", |(.., operations)| operations.span)
        .column("floating-point operations a token", |(_, length, operations)| {
            digits(work_per_token(*length, *operations), 3)
        })
}
