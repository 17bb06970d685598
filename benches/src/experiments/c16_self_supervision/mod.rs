//! C16: text is its own supervision.

mod counts;
mod markov;
pub mod text;
pub mod training;

use report::{
    Table,
    figure::{Axis, Figure, Lines, Plot, Reference, Series},
    format,
    statistics::Summary,
};
use stages::Stage;

use crate::{
    budget::Budget,
    finding::{Draft, Experiment, Finding, Input, Memory},
    lab::Lab,
    study::text::Values,
    verdict::{Verdict, exceeds},
};
use markov::{CONTEXT as LANGUAGE_CONTEXT, OnMarkov, SYMBOLS};
use text::{CONTEXT, OnText, Swept, WINDOWS};
use training::{LEARNING_RATES, STAGES};

const TEXT: &str = include_str!("text.md");

/// See the criterion; the figures show the loss against training, text and size.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C16",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds, Input::Text],
    memory: Memory { alone: [20, 20, 60], thread: [10, 10, 24] },
    run,
};

/// How close is close to the best possible loss, in nats.
const CLOSE: f64 = 0.05;

/// The order of the languages that the criterion speaks of.
const ORDER: usize = 2;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let text = lab.once("language models of C16 on the text", || text::measure(lab))?;
    let markov = lab.once("language models of C16 on generated languages", || markov::measure(lab))?;
    Ok(report(&text, &markov, lab))
}

fn judge(text: &OnText, markov: &[OnMarkov], budget: Budget) -> Verdict {
    let beats = |losses: Vec<f64>, bound: f64| {
        exceeds(&Summary::of(&losses.iter().map(|loss| bound - loss).collect::<Vec<_>>()), 0.0, budget)
    };
    let counts = STAGES.map(|stage| beats(text.losses(stage), text.bigram));
    let more = match &text.amounts[..] {
        [least, .., all] => Some(exceeds(&Summary::of_differences(&least.losses, &all.losses), 0.0, budget)),
        _ => None,
    };
    let close = markov.iter().filter(|on| on.order == ORDER).map(|on| beats(on.distances(), CLOSE));
    let parts: Vec<Verdict> = counts.into_iter().chain(more).chain(close).collect();
    Verdict::all(&parts.into_iter().map(|part| part.after_training(budget)).collect::<Vec<_>>())
}

fn report(text: &OnText, markov: &[OnMarkov], lab: &Lab) -> Finding {
    let values = values(text, markov).maybe("alphabet", lab.alphabet.limit());
    Draft::new(TEXT, &values)
        .with_figures(figures(text, markov))
        .with_tables(vec![stages_table(text), pairs_table(text), markov_table(markov)])
        .finding(judge(text, markov, lab.budget))
}

/// What the text says.
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

fn figures(text: &OnText, markov: &[OnMarkov]) -> Vec<Figure> {
    let levels = |lines: Lines| {
        lines
            .with(Reference::Level { label: "counted pairs".into(), y: text.bigram })
            .with(Reference::Level { label: "counted characters".into(), y: text.unigram })
    };
    let loss = || Axis::linear("held-out loss, nats a character");
    let by_stage = text.stages.iter().map(|on| {
        Series::new(on.stage.to_string(), learning_curve(on.trained.iter().map(|trained| &trained.curve[..])))
    });
    let swept =
        |swept: &[Swept]| vec![Series::new("gpt", swept.iter().map(|s| (s.amount as f64, Summary::of(&s.losses))))];
    let excess = markov
        .iter()
        .filter(|on| on.order == ORDER)
        .map(|on| Series::new(on.stage.to_string(), learning_curve(on.excess.iter().map(|curve| &curve[..]))));
    let mut figures = vec![
        Figure::new(
            "c16-training",
            "Predicting the next character",
            "Loss on text that was not trained on, after so many characters; about equal parameters.",
            Plot::Lines(levels(Lines::new(Axis::log2("characters read"), loss(), by_stage))),
        ),
        Figure::new(
            "c16-text",
            "More text",
            "gpt with equally many steps on the first part of the training text. Little text is read often and learnt \
             by heart.",
            Plot::Lines(levels(Lines::new(Axis::log2("characters of training text"), loss(), swept(&text.amounts)))),
        ),
        Figure::new(
            "c16-parameters",
            "More parameters",
            "gpt of several widths, with equally many steps on all of the text.",
            Plot::Lines(Lines::new(Axis::log10("parameters"), loss(), swept(&text.sizes))),
        ),
        Figure::new(
            "c16-markov",
            "Distance to the best possible loss",
            "Random languages in which the next token depends on the last two. The best loss is that of who knows the language, \
             on the same held-out tokens.",
            Plot::Lines(
                Lines::new(Axis::log2("tokens read"), Axis::log10("loss above the best, nats a token"), excess)
                    .with(Reference::Level { label: "close".into(), y: CLOSE }),
            ),
        ),
    ];
    let orders = |stage: Stage| {
        let of_stage = markov.iter().filter(move |on| on.stage == stage);
        Series::new(stage.to_string(), of_stage.map(|on| (on.order as f64, Summary::of(&on.distances()))))
    };
    let by_order: Vec<Series> = STAGES.map(orders).into();
    if by_order.iter().any(|series| series.points.len() > 1) {
        figures.push(Figure::new(
            "c16-orders",
            "Languages with a longer memory",
            "The same distance at the end of training, by the number of tokens that decide about the next.",
            Plot::Lines(Lines::new(
                Axis::linear("order of the language"),
                Axis::log10("loss above the best, nats a token"),
                by_order,
            )),
        ));
    }
    figures
}

fn stages_table(text: &OnText) -> Table {
    let mut table = Table::new(
        "c16-stages",
        "Held-out loss at the end of training",
        &["model", "#parameters", "#learning rate", "#nats a character", "#perplexity"],
    );
    for on in &text.stages {
        let loss = Summary::of(&text.losses(on.stage));
        table.row([
            on.stage.to_string(),
            format::count(on.parameters as u64),
            format::number(on.learning_rate, 2),
            loss.to_string(),
            format::number(nn::metrics::perplexity(loss.mean), 3),
        ]);
    }
    for (name, loss) in
        [("counted pairs", text.bigram), ("counted characters", text.unigram), ("guessing", text.uniform)]
    {
        let perplexity = format::number(nn::metrics::perplexity(loss), 3);
        table.row([name.to_owned(), "".into(), "".into(), format::number(loss, 4), perplexity]);
    }
    table
}

/// What a seed does to both sides cancels in the differences.
fn pairs_table(text: &OnText) -> Table {
    let mut table = Table::new(
        "c16-differences",
        "Differences of the held-out loss on equal seeds",
        &["first minus second", "#nats a character"],
    );
    for (i, first) in STAGES.into_iter().enumerate() {
        for second in &STAGES[i + 1..] {
            let difference = Summary::of_differences(&text.losses(first), &text.losses(*second));
            table.row([format!("{first} − {second}"), difference.to_string()]);
        }
    }
    table
}

fn markov_table(markov: &[OnMarkov]) -> Table {
    let mut table = Table::new(
        "c16-markov-table",
        format!("Random languages over {SYMBOLS} tokens, another one for each seed"),
        &["model", "#order", "#parameters", "#learning rate", "#entropy", "#distance to the best loss"],
    );
    for on in markov {
        table.row([
            on.stage.to_string(),
            on.order.to_string(),
            format::count(on.parameters as u64),
            format::number(on.learning_rate, 2),
            Summary::of(&on.best).to_string(),
            Summary::of(&on.distances()).to_string(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c16_self_supervision::text::StageOnText;
    use crate::experiments::c16_self_supervision::training::Trained;

    /// Losses of rnn, lstm and gpt, of gpt on little text, and distances to the best loss; all for three seeds.
    fn judged(stages: [f64; 3], little: f64, distances: [f64; 3], budget: Budget) -> Verdict {
        let three = |value: f64| vec![value - 1e-3, value, value + 1e-3];
        let trained = |loss: f64| three(loss).into_iter().map(|loss| Trained { curve: vec![(1, loss)] }).collect();
        let stages = STAGES.into_iter().zip(stages).map(|(stage, loss)| StageOnText {
            stage,
            parameters: 1,
            learning_rate: 1.0,
            trained: trained(loss),
        });
        let stages: Vec<StageOnText> = stages.collect();
        let all = stages[2].trained.iter().map(Trained::loss).collect();
        let amounts = vec![Swept { amount: 1, losses: three(little) }, Swept { amount: 2, losses: all }];
        let text = OnText { stages, amounts, sizes: Vec::new(), uniform: 4.0, unigram: 3.0, bigram: 2.5 };
        let markov = STAGES.into_iter().zip(distances).map(|(stage, distance)| OnMarkov {
            stage,
            order: ORDER,
            parameters: 1,
            learning_rate: 1.0,
            excess: three(distance).into_iter().map(|excess| vec![(1, excess)]).collect(),
            best: three(1.0),
        });
        judge(&text, &markov.collect::<Vec<_>>(), budget)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let (good, close) = ([2.2, 2.0, 1.9], [0.01; 3]);
        let thorough = |stages, little, distances| judged(stages, little, distances, Budget::Thorough);
        assert_eq!(thorough(good, 2.4, close), Verdict::Shown);
        assert_eq!(thorough([2.6, 2.0, 1.9], 2.4, close), Verdict::NotShown);
        assert_eq!(thorough(good, 1.8, close), Verdict::NotShown);
        assert_eq!(thorough(good, 2.4, [0.01, 0.2, 0.01]), Verdict::NotShown);
        let open = Verdict::open(Budget::Quick);
        assert_eq!(judged([2.6, 2.0, 1.9], 2.4, close, Budget::Quick), open);
        assert_eq!(judged(good, 2.4, close, Budget::Quick), Verdict::Shown);
    }
}
