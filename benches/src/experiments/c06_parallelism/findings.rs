//! What the page says of C6.

use report::{
    Table, format,
    table::{Cell, Columns, digits},
};
use stages::LayerKind;

use super::{
    TEXT,
    counts::{LENGTH, LayerCounts},
    figures::{chains, draw_times, growth, time_values, work},
    stage_counts::{self, StageCounts},
    times::LayerTimes,
};
use crate::{
    finding::{Draft, Finding},
    study::{operations::work_per_token, text::Values},
    verdict::Verdict,
};

/// Which layers are compared in time, the recurrent one first.
const RIVALS: [[LayerKind; 2]; 4] = [
    [LayerKind::Rnn, LayerKind::Attention],
    [LayerKind::Rnn, LayerKind::Block],
    [LayerKind::Lstm, LayerKind::Attention],
    [LayerKind::Lstm, LayerKind::Block],
];

pub fn conclude(counted: &[LayerCounts], stages: &[StageCounts], timed: &[LayerTimes; 2], verdict: Verdict) -> Finding {
    let values = values(counted, stages, timed);
    let draft = Draft::new(TEXT, &values)
        .figure("c06-chain", chains(counted))
        .figure("c06-stages", growth(stages))
        .figure("c06-work", work(counted));
    draw_times(draft, "c06", timed)
        .table("c06-counts", counts_table(counted))
        .table("c06-stage-counts", stages_table(stages))
        .table("c06-crossings", crossings(timed))
        .finding(verdict)
}

fn values(counted: &[LayerCounts], stages: &[StageCounts], timed: &[LayerTimes; 2]) -> Values {
    let [rnn, lstm, attention, feed_forward, block] =
        LayerKind::LAYERS.map(|kind| counted.iter().find(|c| c.kind == kind).expect("what is timed is counted too"));
    let span = |c: &LayerCounts| c.by_length.last().1.span;
    let grows = |c: &LayerCounts| format::number(c.by_length.spans().growth()[0], 3);
    let length = lstm.by_length.last().0;
    let [one, _] = timed;
    let rivals = [LayerKind::Lstm, LayerKind::Block];
    let [lstm_time, block_time] = rivals.map(|kind| one.curve(kind, one.most_threads()).at(length));
    let time = lstm_time.zip(block_time).map(|(lstm, block)| format::number(lstm / block, 2));
    let adds = |recurrent: bool| {
        let of = stages.iter().filter(move |stage| stage.recurrent == recurrent);
        let add =
            |stage: &StageCounts| format!("{} {}", stage.name, format::number(stage.operations.spans().growth()[1], 3));
        of.map(add).collect::<Vec<_>>().join(", ")
    };
    time_values(timed, rivals, &[LayerKind::Block, LayerKind::Lstm, LayerKind::Rnn])
        .with("attention", span(attention))
        .with("feed-forward", span(feed_forward))
        .with("block", span(block))
        .with("rnn", grows(rnn))
        .with("lstm", grows(lstm))
        .with("recurrent", adds(true))
        .with("others", adds(false))
        .with("length", length)
        .with("longer", format::number(span(lstm) as f64 / span(block) as f64, 3))
        .maybe("time", time)
        .with("positions", LENGTH)
        .with("layers", stage_counts::LAYERS)
        .with("stage width", stage_counts::WIDTH)
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
        .column("work, paper", |c| paper(c)[0])
        .column("exponent of T", |c| digits(c.by_length.exponent_of_work(), 3))
        .column("exponent of D", |c| digits(c.by_width.exponent_of_work(), 3))
        .column("chain, paper", |c| paper(c)[1])
        .column("chain, T = 16", |c| c.by_length.first().1.span)
        .column("chain, T = 512", |c| c.by_length.last().1.span)
        .column("longest way, paper", |c| paper(c)[2])
        .column("way, T = 16", |c| c.ways.as_ref().map_or_else(none, |ways| ways.first().1.into()))
        .column("way, T = 64", |c| c.ways.as_ref().map_or_else(none, |ways| ways.last().1.into()))
}

fn stages_table(stages: &[StageCounts]) -> Columns<&StageCounts> {
    let [short, long] = [stages[0].operations.first(), stages[0].operations.last()].map(|(length, _)| length);
    let work = |(length, operations)| digits(work_per_token(length, operations), 3);
    Table::of(stages)
        .column("stage", |stage| stage.name)
        .column(format!("chain, T = {short}"), |stage| stage.operations.first().1.span)
        .column(format!("chain, T = {long}"), |stage| stage.operations.last().1.span)
        .column("for each further token", |stage| digits(stage.operations.spans().growth()[1], 3))
        .column(format!("operations a token, T = {short}"), |stage| work(stage.operations.first()))
        .column(format!("operations a token, T = {long}"), |stage| work(stage.operations.last()))
}

/// Which layer is faster from which length on.
fn crossings(timed: &[LayerTimes]) -> Columns<([LayerKind; 2], &LayerTimes, usize)> {
    let of = |rivals| timed.iter().flat_map(move |t| t.threads.iter().map(move |&on| (rivals, t, on)));
    Table::of(RIVALS.into_iter().flat_map(of))
        .column("layers", |([first, second], ..)| format!("{}, {}", first.name(), second.name()))
        .column("what", |(_, t, _)| t.what())
        .column("threads", |(.., on)| *on)
        .column("faster in training (measured)", |&(rivals, t, on)| t.faster(rivals, on))
}
