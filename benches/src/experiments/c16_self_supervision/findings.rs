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
    CLOSE, ORDER, TEXT,
    languages::{self, LanguageCase, SYMBOLS, language},
    parts,
    settings::{Factor, Setting, TOKENS},
    text::{self, AT_PRESET, ORDERS, OnText},
    training::{LEARNING_RATES, LearningCurve, STAGES},
};
use crate::{
    finding::{Draft, Finding},
    session::Session,
    study::{
        grid,
        parts::{remainder, verdict},
        text::{Values, semicolons},
    },
    verdict::{Verdict, exceeds},
};

pub fn conclude(text: &OnText, languages: &[languages::Cell], session: &Session) -> Finding {
    let parts = parts(text, languages);
    let values = values(text, languages, session)
        .with("remainder", remainder(&parts))
        .maybe("alphabet", session.alphabet.limit());
    let training = AT_PRESET.map(|stage| Series::new(stage.to_string(), curve(text.cell(stage, text.preset))));
    let [_, bigram, five_gram] = text.counted(text.preset);
    let training = Lines::new(Axis::log2("characters read"), held_out(), training);
    let figures = [
        ("c16-steps", Factor::Steps),
        ("c16-context", Factor::Context),
        ("c16-parameters", Factor::Size),
        ("c16-text", Factor::Text),
    ];
    let draft = Draft::new(TEXT, &values)
        .figure("c16-training", training.level("counted pairs", bigram).level("5-gram", five_gram));
    let varied = !text.factors().is_empty();
    let draft = figures
        .into_iter()
        .fold(draft, |draft, (name, factor)| draft.maybe_figure(name, varied.then(|| factor_lines(text, factor))));
    draft
        .figure("c16-markov", excess(languages))
        .maybe_figure("c16-orders", orders(languages))
        .parts("c16-criterion", &parts)
        .table("c16-stages", stages(text))
        .table("c16-differences", differences(text))
        .maybe_table("c16-factors", varied.then(|| factors(text)))
        .table("c16-markov-table", languages_table(languages, &session.seeds))
        .finding(verdict(&parts))
}

fn values(text: &OnText, languages: &[languages::Cell], session: &Session) -> Values {
    let mean = |values: &[f64], digits| format::number(Summary::of(values).mean, digits);
    let losses = AT_PRESET.map(|stage| format!("{stage} {}", mean(&text.losses(stage, text.preset), 3)));
    let of_order = languages.iter().filter(|cell| cell.case.order == ORDER);
    let distances = of_order.map(|cell| format!("{} {}", cell.case.stage, mean(&cell.each(LearningCurve::loss), 2)));
    let best = session.seeds.iter().map(|&seed| language(ORDER, seed).entropy_rate());
    let varied = !text.factors().is_empty();
    let [_, bigram, five_gram] = text.counted(text.preset).map(|loss| format::number(loss, 3));
    let rate = |stage, setting| format::number(text.cell(stage, setting).learning_rate, 2);
    let rates = || {
        let [quarter, all] = [0, 1].map(|i| Factor::Steps.around(text.preset)[i]);
        STAGES.map(|stage| format!("{stage} {} and {}", rate(stage, quarter), rate(stage, all))).join(", ")
    };
    Values::default()
        .with("losses", losses.join(", "))
        .with("bigram", bigram)
        .with("five-gram", five_gram)
        .with("uniform", format::number(text.uniform(), 3))
        .with("distances", distances.collect::<Vec<_>>().join(", "))
        .with("order", ORDER)
        .with("entropy", mean(&best.collect::<Vec<_>>(), 3))
        .maybe("rnn", varied.then(|| crossings(text, Stage::Rnn)))
        .maybe("lstm", varied.then(|| crossings(text, Stage::Lstm)))
        .maybe("rates by steps", varied.then(rates))
        .with("steps", format::count(text.preset.steps))
        .with("context", text.preset.context)
        .with("language context", languages::CONTEXT)
        .with("rates", LEARNING_RATES.len())
        .with("tokens", SYMBOLS)
}

/// At which settings gpt's loss is below that of another stage, and at which above.
fn crossings(text: &OnText, rival: Stage) -> String {
    let settings =
        text.factors().iter().flat_map(|factor| factor.around(text.preset).into_iter().map(|s| (*factor, s)));
    let settings: Vec<(Factor, Setting)> = settings.filter(|(_, setting)| *setting != text.preset).collect();
    let said = |verdict| {
        let these = semicolons(&settings, |&(factor, setting)| {
            (exceeds(&text.ahead(rival, setting), 0.0) == verdict).then(|| factor.value(setting))
        });
        if these.is_empty() { "none".to_owned() } else { these }
    };
    format!("lower at {}. Higher at {}", said(Verdict::Shown), said(Verdict::Reverse))
}

/// Tokens read against the mean over the seeds of what was measured then.
fn curve<C>(cell: &grid::Cell<C, LearningCurve>) -> Vec<(f64, Summary)> {
    let looks = cell.outcomes.iter().map(|curve| curve.points.len()).min().unwrap_or(0);
    let tokens = |look: usize| cell.outcomes[0].points[look].0 as f64;
    (0..looks).map(|look| (tokens(look), cell.mean(|curve| curve.points[look].1))).collect()
}

fn held_out() -> Axis {
    Axis::linear("held-out loss, nats a character")
}

fn factor_lines(text: &OnText, factor: Factor) -> Lines {
    let settings = factor.around(text.preset);
    let parameters = |stage, setting: Setting| setting.model(stage, text.vocabulary).parameter_count() as f64;
    let x = |stage, setting: Setting| match factor {
        Factor::Steps => setting.steps as f64 * TOKENS as f64,
        Factor::Context => setting.context as f64,
        Factor::Size | Factor::State => parameters(stage, setting),
        Factor::Text => (text.characters / setting.part) as f64,
    };
    let label = match factor {
        Factor::Steps => "characters read",
        Factor::Context => "context, characters",
        Factor::Size | Factor::State => "parameters",
        Factor::Text => "characters of training text",
    };
    let trained = STAGES.map(|stage| {
        let loss = |&setting: &Setting| (x(stage, setting), Summary::of(&text.losses(stage, setting)));
        Series::new(stage.to_string(), settings.iter().map(loss))
    });
    let counted = settings.iter().map(|&setting| (x(Stage::Gpt, setting), text.counted(setting)[2]));
    Lines::new(Axis::log2(label), held_out(), trained.into_iter().chain([Series::exact("5-gram", counted)]))
}

fn above_best() -> Axis {
    Axis::log10("loss above the best, nats a token")
}

fn excess(languages: &[languages::Cell]) -> Lines {
    let of_order = languages.iter().filter(|cell| cell.case.order == ORDER);
    let series = of_order.map(|cell| Series::new(cell.case.stage.to_string(), curve(cell)));
    Lines::new(Axis::log2("tokens read"), above_best(), series).level("close", CLOSE.number())
}

/// None if there is only one order.
fn orders(languages: &[languages::Cell]) -> Option<Lines> {
    let by_order = STAGES.map(|stage| {
        let of_stage = languages.iter().filter(|cell| cell.case.stage == stage);
        let distance = |cell: &languages::Cell| (cell.case.order as f64, cell.mean(LearningCurve::loss));
        Series::new(stage.to_string(), of_stage.map(distance))
    });
    let several = by_order.iter().any(|series| series.points.len() > 1);
    several.then(|| Lines::new(Axis::linear("order of the language"), above_best(), by_order))
}

/// The mean of all seeds, if all were trained in this run.
fn seconds(cell: &text::Cell) -> Option<Cell> {
    let times: Option<Vec<f64>> = cell.outcomes.iter().map(|curve| Some(curve.time?.as_secs_f64())).collect();
    times.map(|times| digits(Summary::of(&times).mean, 2))
}

/// The stages, and behind them what needs no training, with their losses.
fn stages(text: &OnText) -> Columns<(String, Option<&text::Cell>, Summary)> {
    let trained = AT_PRESET.map(|stage| text.cell(stage, text.preset));
    let trained = trained.map(|cell| (cell.case.stage.to_string(), Some(cell), cell.mean(LearningCurve::loss)));
    let counted = ORDERS.map(|order| format!("{order}-gram")).into_iter().zip(text.counted(text.preset)).rev();
    let untrained = counted.chain([("guessing".to_owned(), text.uniform())]);
    let untrained = untrained.map(|(name, loss)| (name, None, Summary::exact(loss)));
    Table::of(trained.into_iter().chain(untrained))
        .column("model", |(name, ..)| name.clone())
        .column("parameters", |(_, cell, _)| cell.map(|cell| parameters(text, cell)))
        .column("learning rate", |(_, cell, _)| cell.map(|cell| digits(cell.learning_rate, 2)))
        .column("nats a character", |(_, _, loss)| *loss)
        .column("perplexity", |(_, _, loss)| digits(perplexity(loss.mean), 3))
        .column("training, s (measured)", |(_, cell, _)| cell.and_then(seconds))
}

fn parameters(text: &OnText, cell: &text::Cell) -> u64 {
    cell.case.setting.model(cell.case.stage, text.vocabulary).parameter_count() as u64
}

/// What a seed does to both sides cancels in the differences.
fn differences(text: &OnText) -> Columns<[Stage; 2]> {
    let pairs = AT_PRESET.into_iter().enumerate().flat_map(|(i, a)| AT_PRESET[i + 1..].iter().map(move |b| [a, *b]));
    Table::of(pairs).column("first minus second", |[a, b]| format!("{a} − {b}")).column("nats a character", |pair| {
        let [a, b] = pair.map(|stage| text.losses(stage, text.preset));
        Summary::of_differences(&a, &b)
    })
}

/// Every stage at every setting, those of a factor in a row.
fn factors(text: &OnText) -> Columns<(Factor, Setting, &text::Cell)> {
    let mut rows = Vec::new();
    for &factor in text.factors() {
        for setting in factor.around(text.preset) {
            rows.extend(STAGES.map(|stage| (factor, setting, text.cell(stage, setting))));
        }
    }
    Table::of(rows)
        .column("setting", |(factor, setting, _)| factor.value(*setting))
        .column("model", |(_, _, cell)| cell.case.stage.to_string())
        .column("parameters", |(_, _, cell)| parameters(text, cell))
        .column("learning rate", |(_, _, cell)| digits(cell.learning_rate, 2))
        .column("nats a character", |(_, _, cell)| cell.mean(LearningCurve::loss))
        .column("gpt is lower by", |(_, setting, cell)| {
            (cell.case.stage != Stage::Gpt).then(|| text.ahead(cell.case.stage, *setting))
        })
        .column("5-gram", |(_, setting, _)| digits(text.counted(*setting)[2], 4))
        .column("training, s (measured)", |(_, _, cell)| seconds(cell))
}

fn languages_table<'c>(cells: &'c [languages::Cell], seeds: &[u64]) -> Columns<&'c languages::Cell> {
    let entropies = |order| seeds.iter().map(|&seed| language(order, seed).entropy_rate()).collect::<Vec<_>>();
    Table::of(cells)
        .column("model", |cell| cell.case.stage.to_string())
        .column("order", |cell| cell.case.order)
        .column("parameters", |cell| LanguageCase::model(cell.case).parameter_count() as u64)
        .column("learning rate", |cell| digits(cell.learning_rate, 2))
        .column("entropy", |cell| Summary::of(&entropies(cell.case.order)))
        .column("distance to the best loss", |cell| cell.mean(LearningCurve::loss))
}
