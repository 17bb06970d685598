//! What the page says of C16.

use nn::metrics::perplexity;
use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::Summary,
    table::{Cell, Columns, digits},
};
use stages::Stage;

use super::{
    CLOSE, ORDER, TEXT, judge,
    markov::{CONTEXT as LANGUAGE_CONTEXT, OnMarkov, SYMBOLS},
    text::{CONTEXT, OnText, StageOnText, Swept, WINDOWS},
    training::{LEARNING_RATES, STAGES},
};
use crate::{
    finding::{Draft, Finding},
    session::Session,
    study::text::Values,
};

pub fn conclude(text: &OnText, markov: &[OnMarkov], session: &Session) -> Finding {
    let values = values(text, markov).maybe("alphabet", session.alphabet.limit());
    let levels = |lines: Lines| lines.level("counted pairs", text.bigram).level("counted characters", text.unigram);
    let loss = || Axis::linear("held-out loss, nats a character");
    let training = text.stages.iter().map(|on| {
        Series::new(on.stage.to_string(), learning_curve(on.trained.iter().map(|trained| &trained.curve[..])))
    });
    Draft::new(TEXT, &values)
        .figure("c16-training", levels(Lines::new(Axis::log2("characters read"), loss(), training)))
        .figure("c16-text", levels(Lines::new(Axis::log2("characters of training text"), loss(), swept(&text.amounts))))
        .figure("c16-parameters", Lines::new(Axis::log10("parameters"), loss(), swept(&text.sizes)))
        .figure("c16-markov", excess(markov))
        .maybe_figure("c16-orders", orders(markov))
        .table("c16-stages", stages(text))
        .table("c16-differences", differences(text))
        .table("c16-markov-table", languages(markov))
        .finding(judge(text, markov))
}

fn values(text: &OnText, markov: &[OnMarkov]) -> Values {
    let losses = STAGES.map(|stage| format!("{stage} {}", Summary::of(&text.losses(stage))));
    let of_order = || markov.iter().filter(|on| on.order == ORDER);
    let distances: Vec<String> =
        of_order().map(|on| format!("{} {}", on.stage, Summary::of(&on.distances()))).collect();
    let best: Vec<f64> = of_order().flat_map(|on| on.best.iter().copied()).collect();
    let [amounts, sizes] = [&text.amounts, &text.sizes].map(|swept| match &swept[..] {
        [least, .., most] => Some([least, most]),
        _ => None,
    });
    let amount = |ends: Option<[&Swept; 2]>, i: usize| ends.map(|ends| format::count(ends[i].amount as u64));
    let lower =
        |ends: Option<[&Swept; 2]>| ends.map(|[least, most]| Summary::of_differences(&least.losses, &most.losses));
    Values::default()
        .with("losses", losses.join(", "))
        .with("bigram", format::number(text.bigram, 3))
        .with("uniform", format::number(text.uniform, 3))
        .with("order", ORDER)
        .with("distances", distances.join(", "))
        .maybe("little text", amount(amounts, 0))
        .maybe("all text", amount(amounts, 1))
        .maybe("lower by text", lower(amounts))
        .maybe("small", amount(sizes, 0))
        .maybe("large", amount(sizes, 1))
        .maybe("lower by size", lower(sizes))
        .maybe("entropy", (!best.is_empty()).then(|| format::number(Summary::of(&best).mean, 3)))
        .with("context", CONTEXT)
        .with("language context", LANGUAGE_CONTEXT)
        .with("rates", LEARNING_RATES.len())
        .with("windows", WINDOWS)
        .with("tokens", SYMBOLS)
}

/// A curve for each stage: tokens read against the mean over the seeds of what was measured then.
fn learning_curve<'c>(curves: impl Iterator<Item = &'c [(u64, f64)]>) -> Vec<(f64, Summary)> {
    let curves: Vec<&[(u64, f64)]> = curves.collect();
    let looks = curves.iter().map(|curve| curve.len()).min().unwrap_or(0);
    let at = |look: usize| {
        let values: Vec<f64> = curves.iter().map(|curve| curve[look].1).collect();
        (curves[0][look].0 as f64, Summary::of(&values))
    };
    (0..looks).map(at).collect()
}

fn swept(swept: &[Swept]) -> [Series; 1] {
    [Series::new("gpt", swept.iter().map(|s| (s.amount as f64, Summary::of(&s.losses))))]
}

fn above_best() -> Axis {
    Axis::log10("loss above the best, nats a token")
}

fn excess(markov: &[OnMarkov]) -> Lines {
    let of_order = markov.iter().filter(|on| on.order == ORDER);
    let series =
        of_order.map(|on| Series::new(on.stage.to_string(), learning_curve(on.excess.iter().map(|curve| &curve[..]))));
    Lines::new(Axis::log2("tokens read"), above_best(), series).level("close", CLOSE)
}

/// None if there is only one order.
fn orders(markov: &[OnMarkov]) -> Option<Lines> {
    let by_order = STAGES.map(|stage| {
        let of_stage = markov.iter().filter(|on| on.stage == stage);
        Series::new(stage.to_string(), of_stage.map(|on| (on.order as f64, Summary::of(&on.distances()))))
    });
    let several = by_order.iter().any(|series| series.points.len() > 1);
    several.then(|| Lines::new(Axis::linear("order of the language"), above_best(), by_order))
}

/// The stages, and behind them what needs no training.
fn stages(text: &OnText) -> Columns<Result<&StageOnText, (&'static str, f64)>> {
    let untrained = [("counted pairs", text.bigram), ("counted characters", text.unigram), ("guessing", text.uniform)];
    let loss = |on: &StageOnText| Summary::of(&text.losses(on.stage));
    Table::of(text.stages.iter().map(Ok).chain(untrained.map(Err)))
        .column("model", |row| row.map_or_else(|(name, _)| name.to_owned(), |on| on.stage.to_string()))
        .column("parameters", |row| row.ok().map(|on| on.parameters))
        .column("learning rate", |row| row.ok().map(|on| digits(on.learning_rate, 2)))
        .column("nats a character", |row| row.map_or_else(|(_, loss)| digits(loss, 4), |on| Cell::from(loss(on))))
        .column("perplexity", |row| digits(perplexity(row.map_or_else(|(_, loss)| loss, |on| loss(on).mean)), 3))
}

/// What a seed does to both sides cancels in the differences.
fn differences(text: &OnText) -> Columns<[Stage; 2]> {
    let pairs = STAGES.into_iter().enumerate().flat_map(|(i, a)| STAGES[i + 1..].iter().map(move |b| [a, *b]));
    Table::of(pairs).column("first minus second", |[a, b]| format!("{a} − {b}")).column("nats a character", |pair| {
        let [a, b] = pair.map(|stage| text.losses(stage));
        Summary::of_differences(&a, &b)
    })
}

fn languages(markov: &[OnMarkov]) -> Columns<&OnMarkov> {
    Table::of(markov)
        .column("model", |on| on.stage.to_string())
        .column("order", |on| on.order)
        .column("parameters", |on| on.parameters)
        .column("learning rate", |on| digits(on.learning_rate, 2))
        .column("entropy", |on| Summary::of(&on.best))
        .column("distance to the best loss", |on| Summary::of(&on.distances()))
}
