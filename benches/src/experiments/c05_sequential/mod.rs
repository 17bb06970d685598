//! C5: looking back does not end the waiting.
//!
//! The layers, what is counted of them and how they are timed are those of C6.

use crate::experiments::c06_parallelism::counts::{Counted, WIDTH as COUNTED_WIDTH, verdict};
use crate::experiments::c06_parallelism::layers::Kind;
use crate::experiments::c06_parallelism::times::{Pass, Setting, Timed};
use crate::experiments::c06_parallelism::{time_figures, words};
use report::{
    Table,
    figure::{Axis, Figure, Lines, Plot, Series},
    format,
};

use crate::{
    finding::{Draft, Experiment, Finding, Input, Memory},
    lab::Lab,
    study::text::{Values, semicolons},
};

const TEXT: &str = include_str!("text.md");

/// Counts and times translators over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C5",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget],
    memory: Memory { alone: [60, 60, 60], thread: [12, 12, 12] },
    run,
};

/// D of the translators that are timed.
const WIDTH: usize = 128;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let counted = Kind::TRANSLATORS.map(Counted::of);
    let mut threads = vec![1, lab.threads];
    threads.dedup();
    let powers_up_to = |longest: usize| (4..).map(|p| 1 << p).take_while(|&n| n <= longest).collect();
    let repetitions = lab.budget.pick(3, 9, 21);
    let one = Setting {
        kinds: Kind::TRANSLATORS.into(),
        batch: 1,
        width: WIDTH,
        lengths: powers_up_to(lab.budget.pick(256, 512, 1_024)),
        threads,
        repetitions,
    };
    let many = Setting { batch: 16, lengths: powers_up_to(lab.budget.pick(64, 256, 512)), ..one.clone() };
    let task = lab.progress.task("C5, timing translators", 2 * (repetitions as u64 + 1));
    let timed = [Timed::measure(one, &task)?, Timed::measure(many, &task)?];
    drop(task);
    Ok(conclude(&counted, &timed, lab.threads))
}

fn conclude(counted: &[Counted; 2], timed: &[Timed], threads: usize) -> Finding {
    let spans = counted
        .iter()
        .map(|c| Series::exact(c.kind.name(), c.by_length.iter().map(|(n, counts)| (*n as f64, counts.span as f64))));
    let chains = Lines::new(Axis::log2("text length T, tokens"), Axis::log10("longest chain, operations"), spans);
    let mut figures = vec![Figure::new(
        "c05-chain",
        "Operations that have to wait for each other",
        "The longest chain of dependent array operations from reading T tokens to scoring a translation of T tokens, counted \
         from what ran.",
        Plot::Lines(chains),
    )];
    figures.extend(timed.iter().flat_map(|t| time_figures("c05", "a reading and a writing layer", t, threads)));
    Draft::new(TEXT, &values(counted, timed, threads))
        .with_figures(figures)
        .with_tables(vec![table(counted)])
        .finding(verdict(counted))
}

/// What the text says.
fn values(counted: &[Counted; 2], timed: &[Timed], threads: usize) -> Values {
    let [attention, transformer] = counted;
    let last = |c: &Counted| c.by_length.last().map_or((0, 0), |(length, counts)| (*length, counts.span));
    let (length, chain) = last(attention);
    let work = |c: &Counted| c.by_length.last().map_or(0.0, |(n, counts)| counts.work as f64 / *n as f64);
    let race = |t: &Timed| {
        let faster = words(&t.faster(Kind::TRANSLATORS, threads, Pass::Training), Kind::TRANSLATORS);
        Some(format!("on {}, {faster}", t.what()))
    };
    // Nothing to compare on one thread.
    let with_gains = |i: usize| timed.get(i).filter(|_| threads > 1);
    let what = |t: &Timed| {
        let longest = t.setting.lengths.last().copied().unwrap_or(0);
        format!("{} of {}", t.what(), format::count(longest as u64))
    };
    let gains = |t: &Timed| {
        let gain = |kind| format::number(t.gain(kind, threads, Pass::Training).last().copied().unwrap_or(1.0), 2);
        Kind::TRANSLATORS.map(|kind: Kind| format!("{} {}", kind.name(), gain(kind))).join(", ")
    };
    let [recurrent, other] = Kind::TRANSLATORS.map(Kind::name);
    Values::default()
        .with("recurrent", recurrent)
        .with("other", other)
        .with("each", format::number(attention.chain_growth().0, 3))
        .with("length", length)
        .with("chain", format::count(chain))
        .with("constant", format::count(last(transformer).1))
        .with("threads", format::counted(threads, "thread"))
        .with("races", semicolons(timed, race))
        .with("longer", format::number(chain as f64 / last(transformer).1 as f64, 3))
        .with("more", format::number(work(attention) / work(transformer), 2))
        .maybe("first", with_gains(0).map(what))
        .maybe("first gains", with_gains(0).map(gains))
        .maybe("second", with_gains(1).map(what))
        .maybe("second gains", with_gains(1).map(gains))
        .with("width", WIDTH)
}

/// Chains, ways and work by length.
fn table(counted: &[Counted]) -> Table {
    let columns = ["translator", "#tokens", "#longest chain", "#operations a token"];
    let caption = format!("Counted over T tokens and a translation of T tokens, width {COUNTED_WIDTH}");
    let mut table = Table::new("c05-counts", caption, &columns);
    for c in counted {
        for (length, counts) in &c.by_length {
            table.row([
                c.kind.name().to_owned(),
                length.to_string(),
                format::count(counts.span),
                format::number(counts.work as f64 / *length as f64, 3),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{budget::Budget, experiments::c06_parallelism::layers::Layer, verdict::Verdict};
    use report::progress::Progress;

    #[test]
    fn step_01_chains_of_this_project() {
        let span = |kind, positions| Layer::new(kind, 8).count(positions, 8).span;
        let growth = |kind| [(3, 4), (4, 7)].map(|(a, b)| (span(kind, b) - span(kind, a)) / (b - a) as u64);
        // Each token is read in one step and written in another.
        let [near, far] = growth(Kind::LookingBack);
        assert!(near == far && near > 2, "{near} {far}");
        assert_eq!(growth(Kind::Translator), [0, 0]);
    }

    #[test]
    fn step_02_the_finding() {
        let lab = Lab::new(Budget::Quick, vec![1], data::corpus::book(), Progress::Quiet);
        let counted = Kind::TRANSLATORS.map(Counted::of);
        let setting = Setting {
            kinds: Kind::TRANSLATORS.into(),
            batch: 1,
            width: 8,
            lengths: vec![2, 4],
            threads: vec![1, 2],
            repetitions: 1,
        };
        let timed = [Timed::measure(setting, &lab.progress.task("", 2)).unwrap()];
        let finding = conclude(&counted, &timed, 2);
        assert_eq!(finding.verdict, Verdict::Shown);
        assert_eq!(finding.figures.len(), 3);
        let [attention, transformer] = counted;
        assert_eq!(verdict(&[Counted { kind: Kind::LookingBack, ..transformer }]), Verdict::NotShown);
        assert_eq!(verdict(&[Counted { kind: Kind::Translator, ..attention }]), Verdict::NotShown);
    }
}
