//! What the page says of C12.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format::{count, number, percent},
    statistics::{Summary, range},
    table::{Columns, digits},
};
use stages::Parts;

use super::{CONTEXT, CountedModel, EXPERIMENT, TEXT, models::Cache};
use crate::{
    finding::{Draft, Effect, Finding},
    session::Session,
    study::{
        parts::{self, Bound, Part},
        text::Values,
    },
};

/// The published models that are drawn: of each family a small and a large one. The table has all.
const DRAWN: [&str; 16] = [
    "MiniLM L6",
    "T5 small",
    "BERT base",
    "GPT-2",
    "T5 1.1 base",
    "BERT large",
    "BLOOM 560M",
    "GPT-2 XL",
    "GPT-J 6B",
    "LLaMA 1 and 2, 7B",
    "Falcon 7B",
    "LLaMA 3, 8B",
    "GPT-NeoX 20B",
    "Falcon 40B",
    "LLaMA 2, 70B",
    "BLOOM 176B",
];

pub fn conclude(models: &[CountedModel], characters: usize, session: &Session, parts: &[Part]) -> Finding {
    let words = parts::words(parts, EXPERIMENT.basis);
    let values = values(words, models, characters).maybe("alphabet", session.alphabet.limit());
    let claimed = models.iter().filter(|model| model.most_of_blocks() && model.is_as_predicted()).count();
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "models with the feed-forward share that the rule predicts".into(),
            unit: format!("of {} models", models.len()),
            found: Summary::exact(claimed as f64),
            needed: Bound::Exactly(models.len() as f64),
        })
        .figure("c12-shares", shares_figure(models))
        .figure("c12-size", size_figure(characters))
        .figure("c12-cache", cache_figure(models))
        .parts("c12-parts", parts)
        .table("c12-counts", table(models))
        .table("c12-caches", cache_table(models))
        .finding(parts::verdict(parts))
}

fn values(words: Values, models: &[CountedModel], characters: usize) -> Values {
    let share = |m: &CountedModel| format!("{} ({})", m.name, percent(m.parts.feed_forward_share(), 3));
    let mut ordered: Vec<&CountedModel> = models.iter().collect();
    ordered.sort_by(|a, b| a.parts.feed_forward_share().total_cmp(&b.parts.feed_forward_share()));
    let below: Vec<String> = ordered.iter().filter(|m| m.parts.feed_forward_share() <= 0.5).map(|m| share(m)).collect();
    let [low, high] = range(models.iter().map(|m| m.parts.feed_forward_share_of_blocks()));
    let needed = |rows: usize| number(rows as f64 / 4.0, 3);
    let exceptions: Vec<&str> = models.iter().filter(|m| !m.is_as_predicted()).map(|m| &*m.name).collect();
    let predicted = match &exceptions[..] {
        [] => "all".to_owned(),
        few => format!("all but {}", few.join(", ")),
    };
    let shared = named(models, "LLaMA 2, 70B");
    let kept = shared.cache.map_or(0, Cache::bytes);
    let saving = shared.cache.map_or(1, Cache::saving);
    words
        .with("above", models.len() - below.len())
        .with("models", models.len())
        .with("most", ordered.last().map_or_else(String::new, |m| share(m)))
        .with("below", below.join(", "))
        .with("predicted", predicted)
        .with("embeddings of GPT-2", percent(share_outside(named(models, "GPT-2")), 2))
        .with("embeddings of BLOOM", percent(share_outside(named(models, "BLOOM 176B")), 2))
        .with("shared", &shared.name)
        .with("saving", saving)
        .with("kept", kilobytes(kept))
        .with("without sharing", kilobytes(saving * kept))
        .with("low", number(100.0 * low, 3))
        .with("high", percent(high, 3))
        .with("characters", characters)
        .with("ours", needed(characters + CONTEXT))
        .with("gpt2", needed(50_257 + 1_024))
}

/// # Panics
/// If there is no such model.
fn named<'m>(models: &'m [CountedModel], name: &str) -> &'m CountedModel {
    models.iter().find(|model| model.name == name).unwrap_or_else(|| panic!("{name} was counted"))
}

/// The share of embeddings, positions and an output layer of its own.
fn share_outside(model: &CountedModel) -> f64 {
    model.parts.outside_blocks() as f64 / model.parts.total() as f64
}

fn kilobytes(bytes: u64) -> String {
    format!("{} kB", count((bytes + 500) / 1000))
}

fn shares_figure(models: &[CountedModel]) -> Bars {
    let models: Vec<_> = models.iter().filter(|m| m.published.is_none() || DRAWN.contains(&&*m.name)).collect();
    let series = Parts::NAMES.into_iter().enumerate().map(|(i, part)| {
        let share = |m: &CountedModel| 100.0 * m.parts.counts()[i] as f64 / m.parts.total() as f64;
        BarSeries::new(part, models.iter().map(|&model| Summary::exact(share(model))))
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

/// The decoders whose heads share keys and values.
fn cache_figure(models: &[CountedModel]) -> Bars {
    let sharing = || models.iter().filter_map(|m| Some((m, m.cache.filter(|cache| cache.saving() > 1)?)));
    let bars = |name: &str, bytes: fn(Cache) -> u64| {
        BarSeries::new(name, sharing().map(|(_, cache)| Summary::exact(bytes(cache) as f64 / 1000.0)))
    };
    let series = [
        bars("a head of keys for each of queries", |cache| cache.saving() * cache.bytes()),
        bars("heads of keys as published", Cache::bytes),
    ];
    let names = sharing().map(|(model, cache)| {
        let [queries, keys] = cache.heads;
        format!("{}, {queries} heads of queries, {keys} of keys", model.name)
    });
    Bars::grouped(Axis::log10("kilobytes kept for each token"), names, series)
}

fn cache_table(models: &[CountedModel]) -> Columns<(&CountedModel, Cache)> {
    Table::of(models.iter().filter_map(|model| Some((model, model.cache?))))
        .column("model", |(model, _)| &*model.name)
        .column("heads of queries", |(_, cache)| cache.heads[0])
        .column("of keys", |(_, cache)| cache.heads[1])
        .column("bytes for each token", |(_, cache)| cache.bytes())
        .column("without sharing", |(_, cache)| cache.saving() * cache.bytes())
        .column("times as many", |(_, cache)| cache.saving())
        .column("longest text, tokens", |(_, cache)| cache.context)
        .column("its cache, GB", |(_, cache)| digits((cache.context * cache.bytes()) as f64 / 1e9, 3))
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
