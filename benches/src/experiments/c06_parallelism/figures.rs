//! The figures of C6, which are those of C5 too.

use report::figure::{Axis, BarSeries, Bars, Lines, Series};
use report::statistics::Summary;

use super::{
    counts::Counted,
    layers::{Counts, Kind, per_token},
    stages::Read,
    times::{Pass, Timed},
};

fn length() -> Axis {
    Axis::log2("text length T, tokens")
}

pub fn chains(counted: &[Counted]) -> Lines {
    by_length(counted, Axis::log10("longest chain, operations"), |(_, counts)| counts.span as f64)
}

pub fn work(counted: &[Counted]) -> Lines {
    by_length(counted, Axis::log10("work, operations a token"), per_token)
}

fn by_length(counted: &[Counted], y: Axis, value: fn(&(usize, Counts)) -> f64) -> Lines {
    let series = counted
        .iter()
        .map(|c| Series::exact(c.kind.name(), c.by_length.iter().map(|counts| (counts.0 as f64, value(counts)))));
    Lines::new(length(), y, series)
}

/// What a further token adds to the chain of each stage.
pub fn growth(read: &[Read]) -> Bars {
    let values = read.iter().map(|r| Summary::exact(r.chain_growth().1));
    let names = read.iter().map(|r| r.reader.name());
    let axis = Axis::linear("operations a token").from_zero();
    Bars::grouped(axis, names, [BarSeries::new("operations a token", values)])
}

pub fn times(t: &Timed, threads: usize) -> Lines {
    let a_token = |kind| {
        let times = t.seconds(kind, threads, Pass::Training).into_iter().zip(&t.setting.lengths);
        times.map(|(seconds, n)| 1e6 * seconds / (n * t.setting.batch) as f64).collect()
    };
    of_kinds(t, Axis::log10("time, µs a token (measured)"), a_token)
}

/// What threads gain in training; nothing on one.
pub fn gains(t: &Timed, threads: usize) -> Option<Lines> {
    let gain = Axis::linear("time on one thread / time on all (measured)").from_zero();
    let lines = of_kinds(t, gain, |kind| t.gain(kind, threads, Pass::Training)).level("no gain", 1.0);
    (threads > 1).then_some(lines)
}

fn of_kinds(t: &Timed, y: Axis, values: impl Fn(Kind) -> Vec<f64>) -> Lines {
    let lengths = t.setting.lengths.iter().map(|n| *n as f64);
    let series = t.setting.kinds.iter().map(|&kind| Series::exact(kind.name(), lengths.clone().zip(values(kind))));
    Lines::new(length(), y, series)
}
