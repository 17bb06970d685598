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
    machine::Machine,
    study::{
        operations::{Operations, work_per_token},
        text::Values,
    },
};

fn length() -> Axis {
    Axis::log2("text length T, tokens")
}

pub fn chains(counted: &[LayerCounts]) -> Lines {
    by_length(counted, Axis::log10("sequential operations"), |_, operations| operations.span as f64)
}

pub fn work(counted: &[LayerCounts]) -> Lines {
    by_length(counted, Axis::log10("floating-point operations a token"), work_per_token)
}

fn by_length(counted: &[LayerCounts], y: Axis, value: fn(usize, Operations) -> f64) -> Lines {
    Lines::new(length(), y, counted.iter().map(|c| c.by_length.series(c.kind.name(), value)))
}

/// What a further token adds to the chain of each stage.
pub fn growth(stages: &[StageCounts]) -> Bars {
    let values = stages.iter().map(|stage| Summary::exact(stage.operations.spans().growth()[1]));
    let axis = Axis::linear("sequential operations a token").from_zero();
    Bars::grouped(axis, stages.iter().map(|stage| stage.name), [BarSeries::new("sequential operations", values)])
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
    let gain = Axis::linear("speed-up, times as fast as on one thread (measured)").from_zero();
    let curve = |&kind: &LayerKind| t.gain(kind).series(kind.name(), |_, gain| gain);
    let lines = || Lines::new(length(), gain, t.kinds.iter().map(curve)).level("no gain", 1.0);
    (t.most_threads() > 1).then(lines)
}

/// How many times as much a layer takes as its rival, over the longest text that was both counted and timed.
pub struct Ratios {
    pub length: usize,
    chain: f64,
    work: f64,
    /// On each number of threads.
    time: Vec<f64>,
}

impl Ratios {
    /// Of the first of two rivals.
    ///
    /// # Panics
    /// If no length was both counted and timed.
    pub fn of(counted: &[LayerCounts], timed: &LayerTimes, rivals: [LayerKind; 2]) -> Self {
        let is_timed = |&(length, _): &(usize, Operations)| timed.curve(rivals[0], 1).at(length).is_some();
        let [(length, layer), (_, rival)] = rivals.map(|kind| {
            let of_kind = counted.iter().filter(|c| c.kind == kind);
            of_kind.flat_map(|c| c.by_length.points()).filter(is_timed).last().expect("a length is counted and timed")
        });
        let time = |&threads: &usize| {
            let [layer, rival] = rivals.map(|kind| timed.curve(kind, threads));
            layer.divided_by(&rival).at(length).unwrap_or(f64::NAN)
        };
        Self {
            length,
            chain: layer.span as f64 / rival.span as f64,
            work: layer.work as f64 / rival.work as f64,
            time: timed.threads.iter().map(time).collect(),
        }
    }
}

/// What is counted beside what was measured: over one sequence, and over a batch.
pub fn beside(timed: &[LayerTimes; 2], ratios: &[Ratios; 2], [_, rival]: [LayerKind; 2]) -> Bars {
    let times = timed[0].threads.iter().map(|threads| format!("time on {}", format::counted(*threads, "thread")));
    let counted = ["sequential operations", "arithmetic"].map(str::to_owned);
    let series = timed.iter().zip(ratios).map(|(t, ratios)| {
        let values = [ratios.chain, ratios.work].into_iter().chain(ratios.time.iter().copied());
        BarSeries::new(t.sequences(ratios.length), values.map(Summary::exact))
    });
    let axis = Axis::log10(format!("times as much as the {} (measured)", rival.name()));
    Bars::grouped(axis, counted.into_iter().chain(times), series)
}

/// What the text says of the times: how two rivals compare over one sequence, and what threads gain in training of these
/// layers.
pub fn time_values(timed: &[LayerTimes; 2], rivals: &Ratios, gaining: &[LayerKind]) -> Values {
    let [one, many] = timed;
    let machine = Machine::this();
    Values::default()
        .with("machine", machine.processor.unwrap_or(machine.platform))
        .with("threads", format::counted(one.most_threads(), "thread"))
        .with("length", rivals.length)
        .with("longer", format::number(rivals.chain, 3))
        .with("time", format::number(rivals.time[rivals.time.len() - 1], 2))
        .with("one", one.longest())
        .maybe("gains", one.gains_at_longest(gaining))
        .with("many", many.longest())
        .maybe("gains of many", many.gains_at_longest(gaining))
        .with("width", WIDTH)
        .with("repetitions", one.repetitions)
}
