//! What the page says of C6.

use report::{
    Table, format,
    table::{Cell, Columns, digits},
};

use super::{
    TEXT,
    counts::{Counted, LENGTH, WIDTH},
    figures::{chains, gains, growth, times, work},
    layers::{Kind, per_token},
    stages::{self, Read},
    stages_verdict,
    times::{Pass, Timed},
    verdict,
};
use crate::{
    finding::{Draft, Finding},
    study::text::{Values, semicolons},
    verdict::Verdict,
};

/// Which layers are compared in time, the recurrent one first.
const RIVALS: [[Kind; 2]; 4] =
    [[Kind::Rnn, Kind::Attention], [Kind::Rnn, Kind::Block], [Kind::Lstm, Kind::Attention], [Kind::Lstm, Kind::Block]];

pub fn conclude(counted: &[Counted], read: &[Read], timed: &[Timed; 2], threads: usize) -> Finding {
    let [one, many] = timed;
    Draft::new(TEXT, &values(counted, read, timed, threads))
        .figure("c06-chain", chains(counted))
        .figure("c06-stages", growth(read))
        .figure("c06-work", work(counted))
        .figure("c06-time-1", times(one, threads))
        .maybe_figure("c06-threads-1", gains(one, threads))
        .figure("c06-time-16", times(many, threads))
        .maybe_figure("c06-threads-16", gains(many, threads))
        .table("c06-counts", counts_table(counted))
        .table("c06-stage-counts", stages_table(read))
        .table("c06-crossings", crossings(timed))
        .finding(Verdict::all(&[verdict(counted), stages_verdict(read)]))
}

fn values(counted: &[Counted], read: &[Read], timed: &[Timed; 2], threads: usize) -> Values {
    let [rnn, lstm, attention, feed_forward, block] = Kind::LAYERS.map(|kind| {
        let found = counted.iter().find(|c| c.kind == kind);
        found.expect("what is timed is counted too")
    });
    let (length, lstm_counts) = lstm.longest();
    let span = |c: &Counted| c.longest().1.span;
    let rivals = [Kind::Lstm, Kind::Block];
    let [one, many] = timed;
    let [lstm_time, block_time] = rivals.map(|kind| one.at(kind, threads, Pass::Training, length));
    let time = lstm_time.zip(block_time).map(|(lstm, block)| format::number(lstm / block, 2));
    let adds = |recurrent: bool| {
        let of = read.iter().filter(move |r| r.reader.is_recurrent() == recurrent);
        let add = |r: &Read| format!("{} {}", r.reader.name(), format::number(r.chain_growth().1, 3));
        of.map(add).collect::<Vec<_>>().join(", ")
    };
    let order = [Kind::Block, Kind::Lstm, Kind::Rnn];
    Values::default()
        .with("attention", span(attention))
        .with("feed-forward", span(feed_forward))
        .with("block", span(block))
        .with("rnn", format::number(rnn.chain_growth().0, 3))
        .with("lstm", format::number(lstm.chain_growth().0, 3))
        .with("recurrent", adds(true))
        .with("others", adds(false))
        .with("on threads", format::counted(threads, "thread"))
        .with("length", length)
        .with("longer", format::number(lstm_counts.span as f64 / span(block) as f64, 3))
        .maybe("time", time)
        .with("races", semicolons(timed, |t| Some(t.race(rivals, threads))))
        .with("threads", threads)
        .with("one", one.longest())
        .maybe("gains", one.gains_at_longest(&order, threads))
        .with("many", many.longest())
        .maybe("gains of many", many.gains_at_longest(&order, threads))
        .with("width", WIDTH)
        .with("repetitions", one.setting.repetitions)
        .with("positions", LENGTH)
        .with("layers", stages::LAYERS)
        .with("stage width", stages::WIDTH)
        .with("ranges", timed.each_ref().map(Timed::range).join(" and "))
}

/// Counted beside what table 1 of Vaswani et al. 2017 says.
fn counts_table(counted: &[Counted]) -> Columns<&Counted> {
    let paper = |c: &Counted| match c.kind {
        Kind::Rnn | Kind::Lstm => ["O(n·d²)", "O(n)", "O(n)"],
        Kind::ScaledDotProduct => ["O(n²·d)", "O(1)", "O(1)"],
        _ => ["–"; 3],
    };
    let way = |way: Option<u64>| way.map_or(Cell::from("none"), Cell::from);
    Table::of(counted)
        .column("layer", |c| c.kind.name())
        .column("work, paper", |c| paper(c)[0])
        .column("exponent of T", |c| digits(c.exponents()[0], 3))
        .column("exponent of D", |c| digits(c.exponents()[1], 3))
        .column("chain, paper", |c| paper(c)[1])
        .column("chain, T = 16", |c| c.by_length[0].1.span)
        .column("chain, T = 512", |c| c.longest().1.span)
        .column("longest way, paper", |c| paper(c)[2])
        .column("way, T = 16", |c| way(c.ways[0].1))
        .column("way, T = 64", |c| way(c.ways[c.ways.len() - 1].1))
}

fn stages_table(read: &[Read]) -> Columns<&Read> {
    let [first, last] = [0, stages::LENGTHS.len() - 1];
    let [short, long] = [first, last].map(|at| stages::LENGTHS[at]);
    Table::of(read)
        .column("stage", |r| r.reader.name())
        .column("exercise", |r| r.reader.task())
        .column(format!("chain, T = {short}"), |r| r.by_length[first].1.span)
        .column(format!("chain, T = {long}"), |r| r.by_length[last].1.span)
        .column("for each further token", |r| digits(r.chain_growth().1, 3))
        .column(format!("operations a token, T = {short}"), |r| digits(per_token(&r.by_length[first]), 3))
        .column(format!("operations a token, T = {long}"), |r| digits(per_token(&r.by_length[last]), 3))
}

/// Which layer is faster from which length on.
fn crossings(timed: &[Timed]) -> Columns<([Kind; 2], &Timed, usize)> {
    let of = |rivals| timed.iter().flat_map(move |t| t.setting.threads.iter().map(move |&on| (rivals, t, on)));
    let faster = |pass| move |&(rivals, t, on): &([Kind; 2], &Timed, usize)| t.faster(rivals, on, pass).words(rivals);
    Table::of(RIVALS.into_iter().flat_map(of))
        .column("layers", |([first, second], ..)| format!("{}, {}", first.name(), second.name()))
        .column("what", |(_, t, _)| t.what())
        .column("threads", |(.., on)| *on)
        .column("faster forward (measured)", faster(Pass::Forward))
        .column("faster in training (measured)", faster(Pass::Training))
}
