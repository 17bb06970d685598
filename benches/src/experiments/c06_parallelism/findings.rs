//! What the page says of C6.

use report::{
    Table, format,
    statistics::Summary,
    table::{Cell, Columns, digits},
};
use stages::LayerKind;

use super::{
    TEXT,
    counts::{LENGTH, LayerCounts},
    figures::{Ratios, beside, chains, draw_times, growth, time_values, work},
    stage_counts::{self, StageCounts},
    stage_speeds::{self, COUNTED, StageSpeed},
    times::LayerTimes,
};
use crate::{
    finding::{Draft, Finding},
    glance::Column,
    study::{counted::Counted, operations::work_per_token, text::Values},
};

/// Which layers are compared in time, the recurrent one first.
const RIVALS: [[LayerKind; 2]; 4] = [
    [LayerKind::Rnn, LayerKind::Attention],
    [LayerKind::Rnn, LayerKind::Block],
    [LayerKind::Lstm, LayerKind::Attention],
    [LayerKind::Lstm, LayerKind::Block],
];

pub fn conclude(
    counted: &[LayerCounts],
    stages: &[StageCounts],
    timed: &[LayerTimes; 2],
    speeds: &[StageSpeed],
    judged: &Counted,
) -> Finding {
    let rivals = [LayerKind::Lstm, LayerKind::Block];
    let ratios = timed.each_ref().map(|timed| Ratios::of(counted, timed, rivals));
    let values = time_values(timed, &ratios[0], &[LayerKind::Block, LayerKind::Lstm, LayerKind::Rnn])
        .with("reply", judged.reply())
        .with("remainder", judged.remainder());
    let values = counted_values(values, counted, stages);
    let draft = Draft::new(TEXT, &values)
        .effect(judged.effect("layers and stages whose sequential operations are as claimed"))
        .figure("c06-beside", beside(timed, &ratios, rivals))
        .figure("c06-chain", chains(counted))
        .figure("c06-stages", growth(stages))
        .figure("c06-work", work(counted));
    draw_times(speeds.iter().fold(draft, glance), "c06", timed)
        .table("c06-speeds", speeds_table(speeds, &timed[0].threads))
        .table("c06-counts", counts_table(counted))
        .table("c06-stage-counts", stages_table(stages))
        .table("c06-crossings", crossings(timed))
        .finding(judged.verdict())
}

fn glance<'t>(draft: Draft<'t>, StageSpeed { stage, operations, tokens, .. }: &StageSpeed) -> Draft<'t> {
    [
        (Column::SequentialOperations, Summary::exact(operations.span as f64)),
        (Column::Arithmetic, Summary::exact(work_per_token(COUNTED, *operations) / 1e6)),
        (Column::OneThread, tokens[0]),
        (Column::AllThreads, tokens[tokens.len() - 1]),
    ]
    .into_iter()
    .fold(draft, |draft, (column, value)| draft.glance(*stage, column, value))
}

fn counted_values(values: Values, counted: &[LayerCounts], stages: &[StageCounts]) -> Values {
    let [lstm, block] = [LayerKind::Lstm, LayerKind::Block]
        .map(|kind| &counted.iter().find(|c| c.kind == kind).expect("what is timed is counted too").by_length);
    let adds = |recurrent: bool| {
        let of = stages.iter().filter(move |stage| stage.recurrent == recurrent);
        let add =
            |stage: &StageCounts| format!("{} {}", stage.name, format::number(stage.operations.spans().growth()[1], 3));
        of.map(add).collect::<Vec<_>>().join(", ")
    };
    values
        .with("block", block.last().1.span)
        .with("lstm", format::number(lstm.spans().growth()[0], 3))
        .with("recurrent", adds(true))
        .with("others", adds(false))
        .with("positions", LENGTH)
        .with("layers", stage_counts::LAYERS)
        .with("stage width", stage_counts::WIDTH)
        .with("parameters", format::count(stage_speeds::parameters() as u64))
        .with("counted", COUNTED)
        .with("rows", stage_speeds::BATCH)
        .with("context", stage_speeds::CONTEXT)
}

fn speeds_table<'s>(speeds: &'s [StageSpeed], threads: &[usize]) -> Columns<&'s StageSpeed> {
    let table = Table::of(speeds)
        .column("stage", |speed| speed.stage.about().title)
        .column("parameters", |speed| speed.parameters as u64)
        .column("sequential operations", |speed| speed.operations.span)
        .column("operations a token, millions", |speed| digits(work_per_token(COUNTED, speed.operations) / 1e6, 3));
    threads.iter().enumerate().fold(table, |table, (i, threads)| {
        let threads = format::counted(*threads, "thread");
        table.column(format!("training tokens a second, {threads} (measured)"), |speed| speed.tokens[i])
    })
}

/// Counted beside what table 1 of Vaswani et al. 2017 says.
fn counts_table(counted: &[LayerCounts]) -> Columns<&LayerCounts> {
    let paper = |c: &LayerCounts| match c.kind {
        LayerKind::Rnn | LayerKind::Lstm => ["O(n·d²)", "O(n)", "O(n)"],
        LayerKind::ScaledDotProduct => ["O(n²·d)", "O(1)", "O(1)"],
        _ => ["–"; 3],
    };
    let none = || Cell::from("none");
    Table::of(counted)
        .column("layer", |c| c.kind.name())
        .column("arithmetic, paper", |c| paper(c)[0])
        .column("exponent of T", |c| digits(c.by_length.exponent_of_work(), 3))
        .column("exponent of D", |c| digits(c.by_width.exponent_of_work(), 3))
        .column("sequential operations, paper", |c| paper(c)[1])
        .column("sequential operations, T = 16", |c| c.by_length.first().1.span)
        .column("sequential operations, T = 512", |c| c.by_length.last().1.span)
        .column("longest path, paper", |c| paper(c)[2])
        .column("path, T = 16", |c| c.ways.as_ref().map_or_else(none, |ways| ways.first().1.into()))
        .column("path, T = 64", |c| c.ways.as_ref().map_or_else(none, |ways| ways.last().1.into()))
}

fn stages_table(stages: &[StageCounts]) -> Columns<&StageCounts> {
    let [short, long] = [stages[0].operations.first(), stages[0].operations.last()].map(|(length, _)| length);
    let work = |(length, operations)| digits(work_per_token(length, operations), 3);
    Table::of(stages)
        .column("stage", |stage| stage.name)
        .column(format!("sequential operations, T = {short}"), |stage| stage.operations.first().1.span)
        .column(format!("sequential operations, T = {long}"), |stage| stage.operations.last().1.span)
        .column("for each further token", |stage| digits(stage.operations.spans().growth()[1], 3))
        .column(format!("arithmetic a token, T = {short}"), |stage| work(stage.operations.first()))
        .column(format!("arithmetic a token, T = {long}"), |stage| work(stage.operations.last()))
}

/// Which layer is faster from which length on.
fn crossings(timed: &[LayerTimes]) -> Columns<([LayerKind; 2], &LayerTimes, usize)> {
    let of = |rivals| timed.iter().flat_map(move |t| t.threads.iter().map(move |&on| (rivals, t, on)));
    Table::of(RIVALS.into_iter().flat_map(of))
        .column("layers", |([first, second], ..)| format!("{}, {}", first.name(), second.name()))
        .column("trained on", |(_, t, _)| t.what())
        .column("threads", |(.., on)| *on)
        .column("faster in training (measured)", |&(rivals, t, on)| t.faster(rivals, on))
}
