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
    BETTER, CLOSE, EXPERIMENT, ORDER, TEXT,
    languages::{self, SYMBOLS, language},
    measuring::{self, AT_PRESET, Measured, ORDERS},
    settings::{Factor, Setting, TOKENS},
    smallest_lead,
    training::{LEARNING_RATES, LearningCurve, STAGES},
};
use crate::{
    finding::{Draft, Effect, Finding},
    glance::Column,
    session::Session,
    study::{
        parts,
        text::{Values, semicolons},
    },
    verdict::{Verdict, exceeds},
};

pub fn conclude(measured: &Measured, session: &Session) -> Finding {
    let parts = super::parts(measured);
    let words = parts::words(&parts, EXPERIMENT.basis);
    let values = values(words, measured, session).maybe("alphabet", session.alphabet.limit());
    let at_preset = AT_PRESET.map(|stage| measured.cell(stage, measured.preset));
    let training = at_preset.map(|cell| Series::new(cell.case.title(), curve(cell)));
    let [_, bigram, five_gram] = measured.counted(measured.preset);
    let training = Lines::new(Axis::log2("characters read"), held_out(), training);
    let figures = [
        ("c16-steps", Factor::Steps),
        ("c16-context", Factor::Context),
        ("c16-parameters", Factor::Size),
        ("c16-text", Factor::Text),
    ];
    let draft = Draft::new(TEXT, &values)
        .effect(Effect {
            what: "smallest lead of a network over the 5-gram".into(),
            unit: "nats per character".into(),
            found: smallest_lead(measured),
            needed: BETTER,
        })
        .figure("c16-training", training.level("counted pairs", bigram).level("5-gram", five_gram));
    let draft = at_preset
        .into_iter()
        .fold(draft, |draft, cell| draft.glance(cell.case.stage, Column::Loss, cell.mean(LearningCurve::loss)));
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
        .finding(parts::verdict(&parts))
}

fn values(words: Values, measured: &Measured, session: &Session) -> Values {
    let mean = |values: &[f64], digits| format::number(Summary::of(values).mean, digits);
    let loss = |cell: &measuring::Cell, digits| {
        format!("{} {}", cell.case.title(), mean(&cell.each(LearningCurve::loss), digits))
    };
    let losses = AT_PRESET.map(|stage| loss(measured.cell(stage, measured.preset), 3));
    let of_order = measured.languages().filter(|(order, _)| *order == ORDER);
    let distances = of_order.map(|(_, cell)| loss(cell, 2));
    let best = session.seeds.iter().map(|&seed| language(ORDER, seed).entropy_rate());
    let varied = !measured.factors.is_empty();
    let [_, bigram, five_gram] = measured.counted(measured.preset).map(|loss| format::number(loss, 3));
    let rate = |stage, setting| format::number(measured.cell(stage, setting).learning_rate, 2);
    let rates = || {
        let [quarter, all] = [0, 1].map(|i| Factor::Steps.around(measured.preset)[i]);
        STAGES
            .map(|stage| format!("{} {} and {}", stage.about().title, rate(stage, quarter), rate(stage, all)))
            .join(", ")
    };
    let words = if varied {
        words.with("rnn", crossings(measured, Stage::Rnn)).with("lstm", crossings(measured, Stage::Lstm))
    } else {
        words
    };
    words
        .with("losses", losses.join(", "))
        .with("bigram", bigram)
        .with("five-gram", five_gram)
        .with("uniform", format::number(measured.uniform(), 3))
        .with("distances", distances.collect::<Vec<_>>().join(", "))
        .with("entropy", mean(&best.collect::<Vec<_>>(), 3))
        .maybe("rates by steps", varied.then(rates))
        .with("steps", format::count(measured.preset.steps))
        .with("context", measured.preset.context)
        .with("language context", languages::CONTEXT)
        .with("rates", LEARNING_RATES.len())
        .with("tokens", SYMBOLS)
}

/// At which settings gpt's loss is below that of another stage, and at which above.
fn crossings(measured: &Measured, rival: Stage) -> String {
    let settings: Vec<(Factor, Setting)> =
        measured.varied().filter(|(_, setting)| *setting != measured.preset).collect();
    let said = |verdict| {
        let these = semicolons(&settings, |&(factor, setting)| {
            (exceeds(&measured.ahead(rival, setting), 0.0) == verdict).then(|| factor.value(setting))
        });
        if these.is_empty() { "no setting".to_owned() } else { these }
    };
    format!("lower at {}, and higher at {}", said(Verdict::Shown), said(Verdict::Reverse))
}

/// Tokens read against the mean over the seeds of what was measured then.
fn curve(cell: &measuring::Cell) -> Vec<(f64, Summary)> {
    let looks = cell.outcomes.iter().map(|curve| curve.points.len()).min().unwrap_or(0);
    let tokens = |look: usize| cell.outcomes[0].points[look].0 as f64;
    (0..looks).map(|look| (tokens(look), cell.mean(|curve| curve.points[look].1))).collect()
}

fn held_out() -> Axis {
    Axis::linear("held-out loss, nats per character")
}

fn factor_lines(measured: &Measured, factor: Factor) -> Lines {
    let settings = factor.around(measured.preset);
    let (label, x): (_, &dyn Fn(Stage, Setting) -> f64) = match factor {
        Factor::Steps => ("characters read", &|_, setting| setting.steps as f64 * TOKENS as f64),
        Factor::Context => ("context, characters", &|_, setting| setting.context as f64),
        Factor::Text => ("characters of training text", &|_, setting| (measured.characters / setting.part()) as f64),
        Factor::Size | Factor::State => ("parameters", &|stage, setting: Setting| {
            setting.model(stage, measured.vocabulary).parameter_count() as f64
        }),
    };
    let trained = STAGES.map(|stage| {
        let loss = |&setting: &Setting| (x(stage, setting), Summary::of(&measured.losses(stage, setting)));
        Series::new(stage.about().title, settings.iter().map(loss))
    });
    let counted = settings.iter().map(|&setting| (x(Stage::Gpt, setting), measured.counted(setting)[2]));
    Lines::new(Axis::log2(label), held_out(), trained.into_iter().chain([Series::exact("5-gram", counted)]))
}

fn above_best() -> Axis {
    Axis::log10("loss above the best possible, nats per token")
}

fn excess(measured: &Measured) -> Lines {
    let of_order = measured.languages().filter(|(order, _)| *order == ORDER);
    let series = of_order.map(|(_, cell)| Series::new(cell.case.title(), curve(cell)));
    Lines::new(Axis::log2("tokens read"), above_best(), series).level("close", CLOSE.number())
}

/// None if there is only one order.
fn orders(measured: &Measured) -> Option<Lines> {
    let by_order = STAGES.map(|stage| {
        let of_stage = measured.languages().filter(|(_, cell)| cell.case.stage == stage);
        Series::new(stage.about().title, of_stage.map(|(order, cell)| (order as f64, cell.mean(LearningCurve::loss))))
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
    let trained = trained.map(|cell| (cell.case.title().to_owned(), Some(cell), cell.mean(LearningCurve::loss)));
    let counted = ORDERS.map(|order| format!("{order}-gram")).into_iter().zip(measured.counted(measured.preset)).rev();
    let untrained = counted.chain([("guessing".to_owned(), measured.uniform())]);
    let untrained = untrained.map(|(name, loss)| (name, None, Summary::exact(loss)));
    Table::of(trained.into_iter().chain(untrained))
        .column("model", |(name, ..)| name.clone())
        .column("parameters", |(_, cell, _)| cell.map(|cell| parameters(measured, cell)))
        .column("learning rate", |(_, cell, _)| cell.map(|cell| digits(cell.learning_rate, 2)))
        .column("loss, nats per character", |(_, _, loss)| *loss)
        .column("perplexity", |(_, _, loss)| digits(perplexity(loss.mean), 3))
        .column("training, s (measured)", |(_, cell, _)| cell.and_then(seconds))
}

fn parameters(measured: &Measured, cell: &measuring::Cell) -> u64 {
    cell.case.setting.model(cell.case.stage, measured.vocabulary).parameter_count() as u64
}

/// What a seed does to both sides cancels in the differences.
fn differences(measured: &Measured) -> Columns<[Stage; 2]> {
    let pairs = AT_PRESET.into_iter().enumerate().flat_map(|(i, a)| AT_PRESET[i + 1..].iter().map(move |b| [a, *b]));
    Table::of(pairs).column("models", |[a, b]| format!("{} − {}", a.about().title, b.about().title)).column(
        "difference, nats per character",
        |pair| {
            let [a, b] = pair.map(|stage| measured.losses(stage, measured.preset));
            Summary::of_differences(&a, &b)
        },
    )
}

/// Every stage at every setting, those of a factor in a row.
fn factors(measured: &Measured) -> Columns<(Factor, Setting, &measuring::Cell)> {
    let rows = measured
        .varied()
        .flat_map(|(factor, setting)| STAGES.map(|stage| (factor, setting, measured.cell(stage, setting))));
    Table::of(rows)
        .column("setting", |(factor, setting, _)| factor.value(*setting))
        .column("model", |(_, _, cell)| cell.case.title())
        .column("parameters", |(_, _, cell)| parameters(measured, cell))
        .column("learning rate", |(_, _, cell)| digits(cell.learning_rate, 2))
        .column("loss, nats per character", |(_, _, cell)| cell.mean(LearningCurve::loss))
        .column("GPT is lower by", |(_, setting, cell)| {
            (cell.case.stage != Stage::Gpt).then(|| measured.ahead(cell.case.stage, *setting))
        })
        .column("5-gram", |(_, setting, _)| digits(measured.counted(*setting)[2], 4))
        .column("training, s (measured)", |(_, _, cell)| seconds(cell))
}

fn languages<'m>(measured: &'m Measured, seeds: &[u64]) -> Columns<(usize, &'m measuring::Cell)> {
    let entropies = |order| seeds.iter().map(|&seed| language(order, seed).entropy_rate()).collect::<Vec<_>>();
    Table::of(measured.languages())
        .column("model", |(_, cell)| cell.case.title())
        .column("order", |(order, _)| *order)
        .column("parameters", |(_, cell)| parameters(measured, cell))
        .column("learning rate", |(_, cell)| digits(cell.learning_rate, 2))
        .column("entropy, nats per token", |(order, _)| Summary::of(&entropies(*order)))
        .column("distance to the best possible loss", |(_, cell)| cell.mean(LearningCurve::loss))
}
