//! The figures of C6, and what C5 shows and says in the same way.

use report::{
    figure::{Axis, BarSeries, Bars, Lines},
    format,
    statistics::Summary,
};
use stages::LayerKind;

use super::{
    counts::{LayerCounts, WIDTH},
    stage_counts::StageCounts,
    times::LayerTimes,
};
use crate::{
    finding::Draft,
    study::{
        operations::{Operations, work_per_token},
        text::{Values, semicolons},
    },
};

fn length() -> Axis {
    Axis::log2("text length T, tokens")
}

pub fn chains(counted: &[LayerCounts]) -> Lines {
    by_length(counted, Axis::log10("longest chain, operations"), |_, operations| operations.span as f64)
}

pub fn work(counted: &[LayerCounts]) -> Lines {
    by_length(counted, Axis::log10("work, operations a token"), work_per_token)
}

fn by_length(counted: &[LayerCounts], y: Axis, value: fn(usize, Operations) -> f64) -> Lines {
    Lines::new(length(), y, counted.iter().map(|c| c.by_length.series(c.kind.name(), value)))
}

/// What a further token adds to the chain of each stage.
pub fn growth(stages: &[StageCounts]) -> Bars {
    let values = stages.iter().map(|stage| Summary::exact(stage.operations.spans().growth()[1]));
    let axis = Axis::linear("operations a token").from_zero();
    Bars::grouped(axis, stages.iter().map(|stage| stage.name), [BarSeries::new("operations a token", values)])
}

/// Adds the figures of the times, whose names begin with `id`: over one sequence, and over a batch.
pub fn draw_times<'t>(draft: Draft<'t>, id: &str, timed: &[LayerTimes; 2]) -> Draft<'t> {
    timed.iter().fold(draft, |draft, t| {
        let [time, threads] = ["time", "threads"].map(|figure| format!("{id}-{figure}-{}", t.batch));
        draft.figure(&time, seconds(t)).maybe_figure(&threads, gains(t))
    })
}

fn seconds(t: &LayerTimes) -> Lines {
    let curve = |&kind: &LayerKind| {
        let a_token = |length, seconds| 1e6 * seconds / (length * t.batch) as f64;
        t.curve(kind, t.most_threads()).series(kind.name(), a_token)
    };
    Lines::new(length(), Axis::log10("time, µs a token (measured)"), t.kinds.iter().map(curve))
}

/// What threads gain in training; nothing on one.
fn gains(t: &LayerTimes) -> Option<Lines> {
    let gain = Axis::linear("time on one thread / time on all (measured)").from_zero();
    let curve = |&kind: &LayerKind| t.gain(kind).series(kind.name(), |_, gain| gain);
    let lines = || Lines::new(length(), gain, t.kinds.iter().map(curve)).level("no gain", 1.0);
    (t.most_threads() > 1).then(lines)
}

/// What the text says of the times: which of two rivals trains faster, and what threads gain in training of these layers.
pub fn time_values(timed: &[LayerTimes; 2], rivals: [LayerKind; 2], gaining: &[LayerKind]) -> Values {
    let [one, many] = timed;
    let threads = one.most_threads();
    let race = |t: &LayerTimes| Some(format!("on {}, {}", t.what(), t.faster(rivals, threads)));
    Values::default()
        .with("threads", format::counted(threads, "thread"))
        .with("races", semicolons(timed, race))
        .with("one", one.longest())
        .maybe("gains", one.gains_at_longest(gaining))
        .with("many", many.longest())
        .maybe("gains of many", many.gains_at_longest(gaining))
        .with("width", WIDTH)
        .with("repetitions", one.repetitions)
}
