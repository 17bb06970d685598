//! C12: most parameters sit in the feed-forward layers.
//!
//! Nothing is trained and nothing estimated: parameters are counted, by name in our own models and from the configuration in
//! published ones ([`published`]).

mod published;

use anyhow::{Context as _, bail};
use data::{CharacterTokenizer, Tokenizer};
use gpt::{Gpt, GptConfig};
use tensor::{Init, Parameters};

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format,
    statistics::{Summary, range},
    table::{Columns, digits},
};

use crate::{
    finding::{Draft, Experiment, Finding, Input, Memory},
    session::Session,
    study::text::Values,
    verdict::Verdict,
};
use published::{Counts, published};

const TEXT: &str = include_str!("text.md");

/// Counts the parameters of each part of a Transformer.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C12",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Text],
    memory: Memory { alone: [47, 47, 47], thread: [0, 0, 0] },
    run,
};

/// Layers and width of our own models: the two ends of what trains on a laptop, and nanoGPT's smallest between them.
const OURS: [(usize, usize); 3] = [(1, 16), (4, 128), (6, 384)];
/// The context of our own models.
const CONTEXT: usize = 64;

/// A model and its counts.
struct Counted {
    name: String,
    counts: Counts,
    published: Option<u64>,
}

fn run(session: &Session) -> anyhow::Result<Finding> {
    let characters = CharacterTokenizer::from_text(session.alphabet.text.as_str()).vocabulary_size();
    let mut models = Vec::new();
    for (layers, width) in OURS {
        let config = GptConfig::new(characters, CONTEXT, layers, width, 4);
        let name = format!("our gpt, {layers} × {width}");
        models.push(Counted { name, counts: count(&config)?, published: None });
    }
    models.extend(published().into_iter().map(|p| Counted {
        name: p.name.to_owned(),
        counts: p.counts,
        published: Some(p.total),
    }));
    let shares: Vec<f64> = models.iter().map(|model| model.counts.feed_forward_share()).collect();
    let values = values(&models, characters).maybe("alphabet", session.alphabet.limit());
    Ok(Draft::new(TEXT, &values)
        .figure("c12-shares", shares_figure(&models))
        .figure("c12-size", size_figure(characters))
        .table("c12-counts", table(&models))
        .finding(verdict(&shares)))
}

/// The criterion.
fn verdict(shares: &[f64]) -> Verdict {
    let each = shares.iter().map(|&share| match share {
        share if share > 0.5 => Verdict::Shown,
        share if share < 0.5 => Verdict::Reverse,
        _ => Verdict::NotShown,
    });
    Verdict::all(&each.collect::<Vec<_>>())
}

/// The parameters of a model of ours by part.
///
/// # Errors
/// If no model can have this configuration, or a parameter belongs to no part.
fn count(config: &GptConfig) -> anyhow::Result<Counts> {
    let mut parameters = Parameters::new();
    Gpt::new(&mut Init::new(&mut parameters, 1), config.clone()).context("the sizes of C12 make no model")?;
    let mut counts = Counts::default();
    for (_, parameter) in parameters.iter() {
        let name = parameter.name();
        *part(&mut counts, name).with_context(|| format!("{name} belongs to no part of a Transformer"))? +=
            parameter.value().len() as u64;
    }
    if counts.total() != parameters.count() as u64 {
        bail!("the parts hold {} parameters, the model {}", counts.total(), parameters.count());
    }
    Ok(counts)
}

/// The part that a parameter of this name belongs to.
fn part<'c>(counts: &'c mut Counts, name: &str) -> Option<&'c mut u64> {
    let components: Vec<&str> = name.split('.').collect();
    match components[..] {
        ["wte", _] => Some(&mut counts.token_embedding),
        ["wpe", _] => Some(&mut counts.positions),
        ["h", _, "attn", ..] => Some(&mut counts.attention),
        ["h", _, "mlp", ..] => Some(&mut counts.feed_forward),
        ["h", _, "ln_1" | "ln_2", _] | ["ln_f", _] => Some(&mut counts.norms),
        ["lm_head", _] => Some(&mut counts.head),
        _ => None,
    }
}

/// What the text says of them.
fn values(models: &[Counted], characters: usize) -> Values {
    let share = |m: &Counted| format!("{} ({} %)", m.name, percent(m.counts.feed_forward_share()));
    let mut ordered: Vec<&Counted> = models.iter().collect();
    ordered.sort_by(|a, b| a.counts.feed_forward_share().total_cmp(&b.counts.feed_forward_share()));
    let below: Vec<String> =
        ordered.iter().filter(|m| m.counts.feed_forward_share() <= 0.5).map(|m| share(m)).collect();
    let [low, high] = range(models.iter().map(|m| m.counts.feed_forward_share_of_blocks()));
    let length = |rows: usize| format::number(rows as f64 / 4.0, 3);
    Values::default()
        .with("above", models.len() - below.len())
        .with("models", models.len())
        .with("most", ordered.last().map_or_else(String::new, |m| share(m)))
        .with("below", if below.is_empty() { "none".to_owned() } else { below.join(", ") })
        .with("low", percent(low))
        .with("high", percent(high))
        .with("characters", characters)
        .with("ours", length(characters + CONTEXT))
        .with("gpt2", length(50_257 + 1_024))
}

fn shares_figure(models: &[Counted]) -> Bars {
    let series = Counts::NAMES.into_iter().enumerate().map(|(i, part)| {
        let share = |m: &Counted| 100.0 * m.counts.parts()[i] as f64 / m.counts.total() as f64;
        BarSeries::new(part, models.iter().map(|model| Summary::exact(share(model))))
    });
    let names = models.iter().map(|m| format!("{}, {}", m.name, size(m.counts.total())));
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

fn table(models: &[Counted]) -> Columns<&Counted> {
    let model = Table::of(models).column("model", |model| &*model.name);
    let parts = Counts::NAMES.into_iter().enumerate();
    parts
        .fold(model, |table, (i, part)| table.column(part, move |model| model.counts.parts()[i]))
        .column("all", |model| model.counts.total())
        .column("published", |model| model.published)
        .column("feed-forward, %", |model| digits(100.0 * model.counts.feed_forward_share(), 3))
        .column("of the blocks, %", |model| digits(100.0 * model.counts.feed_forward_share_of_blocks(), 3))
}

fn percent(share: f64) -> String {
    format::number(100.0 * share, 3)
}

/// Three digits and a word: `124 million`.
fn size(count: u64) -> String {
    let (unit, word) = match count {
        1_000_000_000.. => (1e9, " billion"),
        1_000_000.. => (1e6, " million"),
        _ => (1.0, ""),
    };
    format::number(count as f64 / unit, 3) + word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_criterion_can_fail() {
        assert_eq!(verdict(&[0.51, 0.9]), Verdict::Shown);
        assert_eq!(verdict(&[0.51, 0.45]), Verdict::NotShown);
        assert_eq!(verdict(&[0.1, 0.45]), Verdict::Reverse);
        assert_eq!(verdict(&[0.5]), Verdict::NotShown);
    }

    /// V = 5, C = 3, L = 2, D = 4, no biases.
    #[test]
    fn step_02_parts_are_counted_by_name() {
        let counts = count(&GptConfig::new(5, 3, 2, 4, 2)).unwrap();
        let by_hand = Counts {
            token_embedding: 5 * 4,
            positions: 3 * 4,
            attention: 2 * 4 * 4 * 4,
            feed_forward: 2 * 8 * 4 * 4,
            norms: 5 * 4,
            head: 0,
        };
        assert_eq!(counts, by_hand);
        assert_eq!(part(&mut Counts::default(), "h.0.gate.weight"), None);
    }

    #[test]
    fn step_03_biases_count_with_their_part() {
        let mut config = GptConfig::new(50_257, 1_024, 1, 64, 4);
        config.block.bias = true;
        let counts = count(&config).unwrap();
        assert_eq!(counts.attention, 4 * 64 * 64 + 4 * 64);
        assert_eq!(counts.feed_forward, 8 * 64 * 64 + 5 * 64);
        assert_eq!(counts.norms, 3 * 2 * 64);
    }

    #[test]
    fn step_04_sizes_in_words() {
        assert_eq!(size(5_392), "5,392");
        assert_eq!(size(124_439_808), "124 million");
        assert_eq!(size(6_738_415_616), "6.74 billion");
    }

    /// GPT-2 itself is the counterexample.
    #[test]
    fn step_05_the_experiment_runs() {
        let session = Session::new(
            crate::budget::Budget::Quick,
            vec![1],
            data::corpus::book(),
            report::progress::Progress::Quiet,
        );
        let finding = run(&session).unwrap();
        assert_eq!(finding.verdict, Verdict::NotShown);
        assert!(finding.answer.contains("GPT-2 (45.5 %)"), "{}", finding.answer);
    }
}
