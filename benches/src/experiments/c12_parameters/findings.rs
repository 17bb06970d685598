//! What the page says of C12.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format::{count, number, percent},
    statistics::{Summary, range},
    table::{Columns, digits},
};
use stages::Parts;

use super::{CONTEXT, CountedModel, EXPERIMENT, TEXT};
use crate::{
    finding::{Draft, Effect, Finding},
    session::Session,
    study::{parts::Bound, text::Values},
    verdict::Verdict,
};

pub fn conclude(models: &[CountedModel], characters: usize, session: &Session, verdict: Verdict) -> Finding {
    let values = values(models, characters).maybe("alphabet", session.alphabet.limit());
    let claimed = models.iter().filter(|model| model.is_as_claimed()).count();
    Draft::new(TEXT, &values.with("reply", verdict.reply(EXPERIMENT.basis)))
        .effect(Effect {
            what: "models with the feed-forward share that the rule predicts".into(),
            unit: format!("of {} models", models.len()),
            found: Summary::exact(claimed as f64),
            needed: Bound::Exactly(models.len() as f64),
        })
        .figure("c12-shares", shares_figure(models))
        .figure("c12-size", size_figure(characters))
        .table("c12-counts", table(models))
        .finding(verdict)
}

fn values(models: &[CountedModel], characters: usize) -> Values {
    let share = |m: &CountedModel| format!("{} ({})", m.name, percent(m.parts.feed_forward_share(), 3));
    let mut ordered: Vec<&CountedModel> = models.iter().collect();
    ordered.sort_by(|a, b| a.parts.feed_forward_share().total_cmp(&b.parts.feed_forward_share()));
    let below: Vec<String> = ordered.iter().filter(|m| m.parts.feed_forward_share() <= 0.5).map(|m| share(m)).collect();
    let [low, high] = range(models.iter().map(|m| m.parts.feed_forward_share_of_blocks()));
    let needed = |rows: usize| number(rows as f64 / 4.0, 3);
    let predicted = models.iter().filter(|m| m.is_large() == (m.parts.feed_forward_share() > 0.5)).count();
    Values::default()
        .with("above", models.len() - below.len())
        .with("models", models.len())
        .with("most", ordered.last().map_or_else(String::new, |m| share(m)))
        .with("below", below.join(", "))
        .with("predicted", if predicted == models.len() { "all".to_owned() } else { predicted.to_string() })
        .with("low", number(100.0 * low, 3))
        .with("high", percent(high, 3))
        .with("characters", characters)
        .with("ours", needed(characters + CONTEXT))
        .with("gpt2", needed(50_257 + 1_024))
}

fn shares_figure(models: &[CountedModel]) -> Bars {
    let series = Parts::NAMES.into_iter().enumerate().map(|(i, part)| {
        let share = |m: &CountedModel| 100.0 * m.parts.counts()[i] as f64 / m.parts.total() as f64;
        BarSeries::new(part, models.iter().map(|model| Summary::exact(share(model))))
    });
    let names = models.iter().map(|m| format!("{}, {}", m.name, count(m.parts.total())));
    Bars::stacked(Axis::linear("share of all parameters, %").within(0.0, 100.0), names, series)
}

/// The share as a function of size, weights only: 8·L·D² of 12·L·D² + (V + C)·D.
fn size_figure(characters: usize) -> Lines {
    let curve = |rows: usize| {
        let share = move |x: f64| 100.0 * 8.0 * x / (12.0 * x + rows as f64);
        (3..=19).map(move |power| f64::from(power).exp2()).map(move |x| (x, share(x)))
    };
    let vocabularies = [
        (format!("{characters} characters, {CONTEXT} positions"), characters + CONTEXT),
        ("GPT-2: 50,257 tokens, 1,024 positions".to_owned(), 50_257 + 1_024),
        ("BLOOM: 250,880 tokens".to_owned(), 250_880),
    ];
    let series = vocabularies.into_iter().map(|(name, rows)| Series::exact(name, curve(rows)));
    Lines::new(Axis::log2("layers × width"), Axis::linear("feed-forward share, %").within(0.0, 80.0), series)
        .level("half", 50.0)
        .level("two thirds", 200.0 / 3.0)
}

fn table(models: &[CountedModel]) -> Columns<&CountedModel> {
    let model = Table::of(models).column("model", |model| &*model.name);
    let parts = Parts::NAMES.into_iter().enumerate();
    parts
        .fold(model, |table, (i, part)| table.column(part, move |model| model.parts.counts()[i]))
        .column("all", |model| model.parts.total())
        .column("published", |model| model.published)
        .column("L · D", |model| model.size)
        .column("(V + C)/4", |model| digits(model.needed_size, 3))
        .column("feed-forward, %", |model| digits(100.0 * model.parts.feed_forward_share(), 3))
        .column("of the blocks, %", |model| digits(100.0 * model.parts.feed_forward_share_of_blocks(), 3))
}
