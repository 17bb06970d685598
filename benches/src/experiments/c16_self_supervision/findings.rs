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
    languages::{self, SYMBOLS, language},
    measuring::{self, AT_PRESET, Measured, ORDERS},
    parts,
    settings::{Factor, Setting, TOKENS},
    training::{LEARNING_RATES, LearningCurve, STAGES},
};
use crate::{
    finding::{Draft, Finding},
    session::Session,
    study::{
        parts::{remainder, verdict},
        text::{Values, semicolons},
    },
    verdict::{Verdict, exceeds},
};

pub fn conclude(measured: &Measured, session: &Session) -> Finding {
    let parts = parts(measured);
    let values =
        values(measured, session).with("remainder", remainder(&parts)).maybe("alphabet", session.alphabet.limit());
    let training = AT_PRESET.map(|stage| Series::new(stage.to_string(), curve(measured.cell(stage, measured.preset))));
    let [_, bigram, five_gram] = measured.counted(measured.preset);
    let training = Lines::new(Axis::log2("characters read"), held_out(), training);
    let figures = [
        ("c16-steps", Factor::Steps),
        ("c16-context", Factor::Context),
        ("c16-parameters", Factor::Size),
        ("c16-text", Factor::Text),
    ];
    let draft = Draft::new(TEXT, &values)
        .figure("c16-training", training.level("counted pairs", bigram).level("5-gram", five_gram));
    let varied = !measured.factors.is_empty();
    let draft = figures
        .into_iter()
        .fold(draft, |draft, (name, factor)| draft.maybe_figure(name, varied.then(|| factor_lines(measured, factor))));
    draft
        .figure("c16-markov", excess(measured))
        .maybe_figure("c16-orders", orders(measured))
        .parts("c16-criterion", &parts)
        .table("c16-stages", stages(measured))
        .table("c16-differences", differences(measured))
        .maybe_table("c16-factors", varied.then(|| factors(measured)))
        .table("c16-markov-table", languages(measured, &session.seeds))
        .finding(verdict(&parts))
}

fn values(measured: &Measured, session: &Session) -> Values {
    let mean = |values: &[f64], digits| format::number(Summary::of(values).mean, digits);
    let losses = AT_PRESET.map(|stage| format!("{stage} {}", mean(&measured.losses(stage, measured.preset), 3)));
    let of_order = measured.languages().filter(|(order, _)| *order == ORDER);
    let distances =
        of_order.map(|(_, cell)| format!("{} {}", cell.case.stage, mean(&cell.each(LearningCurve::loss), 2)));
    let best = session.seeds.iter().map(|&seed| language(ORDER, seed).entropy_rate());
    let varied = !measured.factors.is_empty();
    let [_, bigram, five_gram] = measured.counted(measured.preset).map(|loss| format::number(loss, 3));
    let rate = |stage, setting| format::number(measured.cell(stage, setting).learning_rate, 2);
    let rates = || {
        let [quarter, all] = [0, 1].map(|i| Factor::Steps.around(measured.preset)[i]);
        STAGES.map(|stage| format!("{stage} {} and {}", rate(stage, quarter), rate(stage, all))).join(", ")
    };
    Values::default()
        .with("losses", losses.join(", "))
        .with("bigram", bigram)
        .with("five-gram", five_gram)
        .with("uniform", format::number(measured.uniform(), 3))
        .with("distances", distances.collect::<Vec<_>>().join(", "))
        .with("order", ORDER)
        .with("entropy", mean(&best.collect::<Vec<_>>(), 3))
        .maybe("rnn", varied.then(|| crossings(measured, Stage::Rnn)))
        .maybe("lstm", varied.then(|| crossings(measured, Stage::Lstm)))
        .maybe("rates by steps", varied.then(rates))
        .with("steps", format::count(measured.preset.steps))
        .with("context", measured.preset.context)
        .with("language context", languages::CONTEXT)
        .with("rates", LEARNING_RATES.len())
        .with("tokens", SYMBOLS)
}

/// At which settings gpt's loss is below that of another stage, and at which above.
fn crossings(measured: &Measured, rival: Stage) -> String {
    let settings =
        measured.factors.iter().flat_map(|factor| factor.around(measured.preset).into_iter().map(|s| (*factor, s)));
    let settings: Vec<(Factor, Setting)> = settings.filter(|(_, setting)| *setting != measured.preset).collect();
    let said = |verdict| {
        let these = semicolons(&settings, |&(factor, setting)| {
            (exceeds(&measured.ahead(rival, setting), 0.0) == verdict).then(|| factor.value(setting))
        });
        if these.is_empty() { "none".to_owned() } else { these }
    };
    format!("lower at {}. Higher at {}", said(Verdict::Shown), said(Verdict::Reverse))
}

/// Tokens read against the mean over the seeds of what was measured then.
fn curve(cell: &measuring::Cell) -> Vec<(f64, Summary)> {
    let looks = cell.outcomes.iter().map(|curve| curve.points.len()).min().unwrap_or(0);
    let tokens = |look: usize| cell.outcomes[0].points[look].0 as f64;
    (0..looks).map(|look| (tokens(look), cell.mean(|curve| curve.points[look].1))).collect()
}

fn held_out() -> Axis {
    Axis::linear("held-out loss, nats a character")
}

fn factor_lines(measured: &Measured, factor: Factor) -> Lines {
    let settings = factor.around(measured.preset);
    let parameters = |stage, setting: Setting| setting.model(stage, measured.vocabulary).parameter_count() as f64;
    let x = |stage, setting: Setting| match factor {
        Factor::Steps => setting.steps as f64 * TOKENS as f64,
        Factor::Context => setting.context as f64,
        Factor::Size | Factor::State => parameters(stage, setting),
        Factor::Text => (measured.characters / setting.part()) as f64,
    };
    let label = match factor {
        Factor::Steps => "characters read",
        Factor::Context => "context, characters",
        Factor::Size | Factor::State => "parameters",
        Factor::Text => "characters of training text",
    };
    let trained = STAGES.map(|stage| {
        let loss = |&setting: &Setting| (x(stage, setting), Summary::of(&measured.losses(stage, setting)));
        Series::new(stage.to_string(), settings.iter().map(loss))
    });
    let counted = settings.iter().map(|&setting| (x(Stage::Gpt, setting), measured.counted(setting)[2]));
    Lines::new(Axis::log2(label), held_out(), trained.into_iter().chain([Series::exact("5-gram", counted)]))
}

fn above_best() -> Axis {
    Axis::log10("loss above the best, nats a token")
}

fn excess(measured: &Measured) -> Lines {
    let of_order = measured.languages().filter(|(order, _)| *order == ORDER);
    let series = of_order.map(|(_, cell)| Series::new(cell.case.stage.to_string(), curve(cell)));
    Lines::new(Axis::log2("tokens read"), above_best(), series).level("close", CLOSE.number())
}

/// None if there is only one order.
fn orders(measured: &Measured) -> Option<Lines> {
    let by_order = STAGES.map(|stage| {
        let of_stage = measured.languages().filter(|(_, cell)| cell.case.stage == stage);
        Series::new(stage.to_string(), of_stage.map(|(order, cell)| (order as f64, cell.mean(LearningCurve::loss))))
    });
    let several = by_order.iter().any(|series| series.points.len() > 1);
    several.then(|| Lines::new(Axis::linear("order of the language"), above_best(), by_order))
}

/// The mean of all seeds, if all were trained in this run.
fn seconds(cell: &measuring::Cell) -> Option<Cell> {
    let times: Option<Vec<f64>> = cell.outcomes.iter().map(|curve| Some(curve.time?.as_secs_f64())).collect();
    times.map(|times| digits(Summary::of(&times).mean, 2))
}

/// The stages, and behind them what needs no training, with their losses.
fn stages(measured: &Measured) -> Columns<(String, Option<&measuring::Cell>, Summary)> {
    let trained = AT_PRESET.map(|stage| measured.cell(stage, measured.preset));
    let trained = trained.map(|cell| (cell.case.stage.to_string(), Some(cell), cell.mean(LearningCurve::loss)));
    let counted = ORDERS.map(|order| format!("{order}-gram")).into_iter().zip(measured.counted(measured.preset)).rev();
    let untrained = counted.chain([("guessing".to_owned(), measured.uniform())]);
    let untrained = untrained.map(|(name, loss)| (name, None, Summary::exact(loss)));
    Table::of(trained.into_iter().chain(untrained))
        .column("model", |(name, ..)| name.clone())
        .column("parameters", |(_, cell, _)| cell.map(|cell| parameters(measured, cell)))
        .column("learning rate", |(_, cell, _)| cell.map(|cell| digits(cell.learning_rate, 2)))
        .column("nats a character", |(_, _, loss)| *loss)
        .column("perplexity", |(_, _, loss)| digits(perplexity(loss.mean), 3))
        .column("training, s (measured)", |(_, cell, _)| cell.and_then(seconds))
}

fn parameters(measured: &Measured, cell: &measuring::Cell) -> u64 {
    cell.case.setting.model(cell.case.stage, measured.vocabulary).parameter_count() as u64
}

/// What a seed does to both sides cancels in the differences.
fn differences(measured: &Measured) -> Columns<[Stage; 2]> {
    let pairs = AT_PRESET.into_iter().enumerate().flat_map(|(i, a)| AT_PRESET[i + 1..].iter().map(move |b| [a, *b]));
    Table::of(pairs).column("first minus second", |[a, b]| format!("{a} − {b}")).column("nats a character", |pair| {
        let [a, b] = pair.map(|stage| measured.losses(stage, measured.preset));
        Summary::of_differences(&a, &b)
    })
}

/// Every stage at every setting, those of a factor in a row.
fn factors(measured: &Measured) -> Columns<(Factor, Setting, &measuring::Cell)> {
    let mut rows = Vec::new();
    for &factor in measured.factors {
        for setting in factor.around(measured.preset) {
            rows.extend(STAGES.map(|stage| (factor, setting, measured.cell(stage, setting))));
        }
    }
    Table::of(rows)
        .column("setting", |(factor, setting, _)| factor.value(*setting))
        .column("model", |(_, _, cell)| cell.case.stage.to_string())
        .column("parameters", |(_, _, cell)| parameters(measured, cell))
        .column("learning rate", |(_, _, cell)| digits(cell.learning_rate, 2))
        .column("nats a character", |(_, _, cell)| cell.mean(LearningCurve::loss))
        .column("gpt is lower by", |(_, setting, cell)| {
            (cell.case.stage != Stage::Gpt).then(|| measured.ahead(cell.case.stage, *setting))
        })
        .column("5-gram", |(_, setting, _)| digits(measured.counted(*setting)[2], 4))
        .column("training, s (measured)", |(_, _, cell)| seconds(cell))
}

fn languages<'m>(measured: &'m Measured, seeds: &[u64]) -> Columns<(usize, &'m measuring::Cell)> {
    let entropies = |order| seeds.iter().map(|&seed| language(order, seed).entropy_rate()).collect::<Vec<_>>();
    Table::of(measured.languages())
        .column("model", |(_, cell)| cell.case.stage.to_string())
        .column("order", |(order, _)| *order)
        .column("parameters", |(_, cell)| parameters(measured, cell))
        .column("learning rate", |(_, cell)| digits(cell.learning_rate, 2))
        .column("entropy", |(order, _)| Summary::of(&entropies(*order)))
        .column("distance to the best loss", |(_, cell)| cell.mean(LearningCurve::loss))
}
