//! C6: self-attention and feed-forward layers process all tokens at once.
//!
//! Counted from operations that ran: the work, the longest chain of operations that wait for each other, and the way from the
//! first token to the last, of single layers; and the chain of every stage as a whole. Timed: the same layers at equal width, over short texts and long ones, on one thread and on all. The
//! verdict rests on what is counted; what it is worth on this machine is what the times say.

pub mod counts;
pub mod layers;
mod stages;
pub mod times;

use report::{
    Table,
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    format,
};

use self::stages::{Read, Reader};
use crate::{
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    verdict::Verdict,
};
use counts::{Counted, WIDTH, table, verdict};
use layers::{Counts, Kind};
use times::{Faster, Pass, Setting, Timed};

const TEXT: &str = include_str!("text.md");

/// Counts and times layers over ever longer texts.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C6",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget],
    memory: Memory { alone: [64, 64, 64], thread: [25, 25, 25] },
    run,
};

/// Which layers are compared in time, the recurrent one first.
const RIVALS: [[Kind; 2]; 4] =
    [[Kind::Rnn, Kind::Attention], [Kind::Rnn, Kind::Block], [Kind::Lstm, Kind::Attention], [Kind::Lstm, Kind::Block]];

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let counted: Vec<Counted> = Kind::COUNTED.into_iter().map(Counted::of).collect();
    let read = Reader::all().into_iter().map(Read::of).collect::<anyhow::Result<Vec<_>>>()?;
    let mut threads = vec![1, lab.threads];
    threads.dedup();
    let powers_up_to = |longest: usize| (4..).map(|p| 1 << p).take_while(|&n| n <= longest).collect();
    let repetitions = lab.budget.pick(5, 15, 31);
    let lengths = powers_up_to(lab.budget.pick(1_024, 2_048, 4_096));
    let one = Setting { kinds: Kind::LAYERS.into(), batch: 1, width: WIDTH, lengths, threads, repetitions };
    let many = Setting { batch: 16, lengths: powers_up_to(lab.budget.pick(256, 1_024, 2_048)), ..one.clone() };
    let task = lab.progress.task("C6, timing layers", 2 * (repetitions as u64 + 1));
    let timed = [Timed::measure(one, &task)?, Timed::measure(many, &task)?];
    drop(task);
    Ok(Finding {
        verdict: Verdict::all(&[verdict(&counted), stages::verdict(&read)]),
        answer: answer(&counted, &read, &timed, lab.threads),
        figures: figures(&counted, &read, &timed, lab.threads),
        tables: vec![table(&counted), stages::table(&read), crossings(&timed)],
        notice: notice(&timed, lab.threads),
        limits: vec![
            format!(
                "Times are of single layers of width {WIDTH} in this project's own code on this machine; crossings move with \
                 width, batch, cores and implementation. On thousands of cores the chain decides, on a few the work does."
            ),
            "Equal width is not equal size: a block has 12·D² weights, an lstm layer 8·D², an rnn layer 2·D². All do two operations \
             for each weight and token; the scores of attention come on top."
                .to_owned(),
            "An operation on whole arrays counts as one step of the chain, however many numbers it adds up.".to_owned(),
            "Times are medians of interleaved repetitions, and the only numbers of this section that another run does not \
             repeat to the last digit."
                .to_owned(),
        ],
    })
}

fn answer(counted: &[Counted], read: &[Read], timed: &[Timed], threads: usize) -> String {
    let of = |kind: Kind| counted.iter().find(|c| c.kind == kind);
    let chain =
        |kind| of(kind).and_then(|c| c.by_length.last()).map_or((0, 0), |(length, counts)| (*length, counts.span));
    let each = |kind| of(kind).map_or(0.0, |c| c.chain_growth().0);
    let (length, lstm) = chain(Kind::Lstm);
    let (_, block) = chain(Kind::Block);
    let rivals = [Kind::Lstm, Kind::Block];
    let ratio = timed.first().and_then(|t| {
        let [lstm, block] = rivals.map(|kind| t.at(kind, threads, Pass::Training, length));
        Some(format!(", and its training on one sequence {} times", format::number(lstm? / block?, 2)))
    });
    let races =
        timed.iter().map(|t| format!("on {}, {}", t.what(), words(&t.faster(rivals, threads, Pass::Training), rivals)));
    let adds = |recurrent: bool| {
        let of = read.iter().filter(move |r| r.reader.is_recurrent() == recurrent);
        of.map(|r| format!("{} {}", r.reader.name(), format::number(r.chain_growth().1, 3)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    let on = format::counted(threads, "thread");
    format!(
        "Self-attention takes a chain of {} operations, a feed-forward layer {} and a whole block {block}, at every length; a \
         layer of rnn adds {} and of lstm {} with every token. In whole models every further token adds: {}; {}. What that buys on {on} is another matter: at {length} tokens \
         the chain of lstm is {} times as long as that of the block{}. The faster of the two in training: {}.",
        chain(Kind::Attention).1,
        chain(Kind::FeedForward).1,
        format::number(each(Kind::Rnn), 3),
        format::number(each(Kind::Lstm), 3),
        adds(true),
        adds(false),
        format::number(lstm as f64 / block as f64, 3),
        ratio.unwrap_or_default(),
        races.collect::<Vec<_>>().join("; "),
    )
}

/// Which of two layers is faster where.
pub fn words(faster: &Faster, [first, second]: [Kind; 2]) -> String {
    let tokens = |at: &f64| format::number(*at, 2);
    let (first, second) = (first.name(), second.name());
    match faster {
        Faster::First => format!("always {first}"),
        Faster::Second => format!("always {second}"),
        Faster::FirstUpTo(at) => format!("{first} up to about {} tokens, then {second}", tokens(at)),
        Faster::SecondUpTo(at) => format!("{second} up to about {} tokens, then {first}", tokens(at)),
        Faster::Changing(at) => {
            format!(
                "now one, now the other, changing near {} tokens",
                at.iter().map(tokens).collect::<Vec<_>>().join(", ")
            )
        }
    }
}

fn notice(timed: &[Timed], threads: usize) -> Vec<String> {
    let mut notice = vec![
        "A short chain means that processors can share the work, not that there is less of it: for each token a block of width \
         D has about 24·D² + 4·T·D operations, an lstm layer 16·D², an rnn layer 4·D²."
            .to_owned(),
        "Table 1 of the paper reckons self-attention without its projections. With them the work grows with T·D² until T \
         exceeds 2·D, and only then with T²·D."
            .to_owned(),
    ];
    if threads > 1 {
        for t in timed {
            let last = t.setting.lengths.last().copied().unwrap_or(0);
            let gain = |kind| format::number(t.gain(kind, threads, Pass::Training).last().copied().unwrap_or(1.0), 2);
            notice.push(format!(
                "{threads} threads train on {} of {} tokens so many times as fast as one: block {}, lstm {}, rnn {}.",
                t.what(),
                format::count(last as u64),
                gain(Kind::Block),
                gain(Kind::Lstm),
                gain(Kind::Rnn),
            ));
        }
        notice.push(
            "The rows of a batch do not wait for each other in any layer, so a recurrent layer too has work to share, if \
             there is more than one row."
                .to_owned(),
        );
    }
    notice
}

fn figures(counted: &[Counted], read: &[Read], timed: &[Timed], threads: usize) -> Vec<Figure> {
    let length = || Axis::log2("text length T, tokens");
    let counts = |label: &str, value: fn(usize, &Counts) -> f64| {
        let points =
            |c: &Counted| c.by_length.iter().map(|(n, counts)| (*n as f64, value(*n, counts))).collect::<Vec<_>>();
        let series = counted.iter().map(|c| Series::exact(c.kind.name(), points(c)));
        Plot::Lines(Lines::new(length(), Axis::log10(label), series))
    };
    let mut figures = vec![
        Figure::new(
            "c06-chain",
            "Operations that have to wait for each other",
            format!(
                "The longest chain of dependent array operations in one layer of width {WIDTH}, counted from what ran; \
                 at other widths it is as long."
            ),
            counts("longest chain, operations", |_, counts| counts.span as f64),
        ),
        Figure::new(
            "c06-work",
            "Work for each token",
            format!(
                "Floating-point operations of one layer of width {WIDTH} over T tokens, divided by T. The curves of lstm and \
                 feed-forward lie nearly on each other: both have 8·D² weights."
            ),
            counts("work, operations a token", |n, counts| counts.work as f64 / n as f64),
        ),
    ];
    figures.insert(1, stages::figure(read));
    figures.extend(timed.iter().flat_map(|t| time_figures("c06", "one layer", t, threads)));
    figures
}

/// Training times by length, and what threads gain; `what` is timed.
pub fn time_figures(id: &str, what: &str, t: &Timed, threads: usize) -> Vec<Figure> {
    let length = || Axis::log2("text length T, tokens");
    let series = |of: &dyn Fn(Kind) -> Vec<f64>| {
        let lengths = t.setting.lengths.iter().map(|n| *n as f64);
        let kinds = t.setting.kinds.iter();
        kinds.map(|&kind| Series::exact(kind.name(), lengths.clone().zip(of(kind)))).collect::<Vec<_>>()
    };
    let per_token = |kind| {
        let times = t.seconds(kind, threads, Pass::Training).into_iter().zip(&t.setting.lengths);
        times.map(|(seconds, n)| 1e6 * seconds / (n * t.setting.batch) as f64).collect()
    };
    let mut figures = vec![Figure::new(
        format!("{id}-time-{}", t.setting.batch),
        format!("Training time for each token, {}", t.what()),
        format!(
            "Forward and backward of {what} of width {} on {}, medians of {} repetitions; they have no \
             interval.",
            t.setting.width,
            format::counted(threads, "thread"),
            t.setting.repetitions
        ),
        Plot::Lines(Lines::new(length(), Axis::log10("time, µs a token (measured)"), series(&per_token))),
    )];
    if threads > 1 {
        let gain = |kind| t.gain(kind, threads, Pass::Training);
        let lines = Lines::new(
            length(),
            Axis::linear("time on one thread / time on all (measured)").from_zero(),
            series(&gain),
        );
        figures.push(Figure::new(
            format!("{id}-threads-{}", t.setting.batch),
            format!("What {threads} threads gain, {}", t.what()),
            "Training as above. Operations that wait cannot be shared, and short ones are not worth sharing.",
            Plot::Lines(lines.with(Reference::Level { label: "no gain".into(), y: 1.0 })),
        ));
    }
    figures
}

/// Which layer is faster from which length on.
fn crossings(timed: &[Timed]) -> Table {
    let columns = ["layers", "what", "#threads", "faster forward (measured)", "faster in training (measured)"];
    let ranges = timed.iter().map(|t| {
        let [first, last] =
            [t.setting.lengths.first(), t.setting.lengths.last()].map(|n| n.copied().unwrap_or(0) as u64);
        format!("{} ({} to {} tokens)", t.what(), format::count(first), format::count(last))
    });
    let caption = format!("Which layer is faster at equal width {WIDTH}: {}", ranges.collect::<Vec<_>>().join(" and "));
    let mut table = Table::new("c06-crossings", caption, &columns);
    for rivals in RIVALS {
        for t in timed {
            for &threads in &t.setting.threads {
                let cell = |pass| words(&t.faster(rivals, threads, pass), rivals);
                table.row([
                    format!("{}, {}", rivals[0].name(), rivals[1].name()),
                    t.what(),
                    threads.to_string(),
                    cell(Pass::Forward),
                    cell(Pass::Training),
                ]);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crossings_in_words() {
        let words = |faster| words(&faster, [Kind::Rnn, Kind::Block]);
        assert_eq!(words(Faster::First), "always rnn");
        assert_eq!(words(Faster::SecondUpTo(128.4)), "transformer block up to about 128 tokens, then rnn");
        assert_eq!(words(Faster::Changing(vec![20.0, 40.0])), "now one, now the other, changing near 20, 40 tokens");
    }
}
