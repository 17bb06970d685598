//! What the page says of C20.

use data::{Tokenizer, visible};
use report::{
    Table,
    figure::{Axis, Lines, Series},
    format,
    statistics::largest,
    table::{Cell as TableCell, Columns, digits},
};

use super::{
    AHEAD, Case, Cell, EXPERIMENT, TEXT, ahead,
    training::{CONTEXT, LAYERS, Predicting, SHOWN, Trained, WIDTH},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{
        grid::{self, Study},
        parts::{self, Part},
        text::Values,
    },
};

pub fn conclude(cells: &[Cell], predicting: &Predicting, parts: &[Part]) -> Finding {
    let values = values(parts::words(parts, EXPERIMENT.basis), cells, predicting);
    Draft::new(TEXT, &values)
        .effect(Effect {
            what: "lead of one table over two with as many parameters".into(),
            unit: "nats per token".into(),
            found: ahead(cells, Case::AsManyParameters),
            needed: AHEAD,
        })
        .figure("c20-loss", learning(cells))
        .parts("c20-parts", parts)
        .table("c20-models", models(cells, predicting))
        .table("c20-example", example(grid::find(cells, &Case::Tied), predicting))
        .finding(parts::verdict(parts))
}

fn values(words: Values, cells: &[Cell], predicting: &Predicting) -> Values {
    let tied = grid::find(cells, &Case::Tied);
    let loss = |case| format::number(grid::find(cells, &case).mean(Trained::loss).mean, 3);
    let wrong = largest(cells.iter().flat_map(|cell| cell.each(|trained| trained.exact.wrong)));
    let share = predicting.of_tables(Case::Tied) as f64 / predicting.parameters(Case::Tied) as f64;
    let (read, ..) = &tied.outcomes[0].example;
    let read = predicting.tokenizer.decode(read);
    let tail: Vec<char> = read.chars().rev().take(30).collect();
    words
        .with("tied", loss(Case::Tied))
        .with("narrow", loss(Case::AsManyParameters))
        .with("wide", loss(Case::AsWide))
        .with("narrow width", predicting.config(Case::AsManyParameters).block.width)
        .with("wrong", format::number(wrong, 1))
        .with("negative", format::percent(tied.mean(|trained| trained.exact.negative).mean, 2))
        .with("more parameters", format::percent(share, 2))
        .with("read", visible(&tail.into_iter().rev().collect::<String>()))
        .with("shown", SHOWN)
        .with("vocabulary", format::count(predicting.tokenizer.vocabulary_size() as u64))
        .with("layers", LAYERS)
        .with("width", WIDTH)
        .with("context", CONTEXT)
        .with("steps", format::count(predicting.steps(&Case::Tied)))
        .with("rates", Predicting::LEARNING_RATES.len())
}

fn learning(cells: &[Cell]) -> Lines {
    let series = cells.iter().map(|cell| {
        let looks = 0..cell.outcomes[0].curve.len();
        let at = |look: usize| (cell.outcomes[0].curve[look].0 as f64, cell.mean(|trained| trained.curve[look].1));
        Series::new(cell.case.name(), looks.map(at))
    });
    Lines::new(Axis::log2("tokens read"), Axis::linear("held-out loss, nats per token"), series)
}

fn models(cells: &[Cell], predicting: &Predicting) -> Columns<Case> {
    let cell = |case: &Case| grid::find(cells, case);
    Table::of(Case::ALL)
        .column("model", |case| case.name())
        .column("width", |case| predicting.config(*case).block.width)
        .column("parameters", |case| predicting.parameters(*case))
        .column("of them in tables", |case| predicting.of_tables(*case))
        .column("learning rate", |case| digits(cell(case).learning_rate, 2))
        .column("loss, nats per token", |case| cell(case).mean(Trained::loss))
        .column("above one table", |case| (*case != Case::Tied).then(|| ahead(cells, *case)))
}

/// Of the first seed: the most probable tokens, and all of them together.
fn example(tied: &Cell, predicting: &Predicting) -> Columns<(String, f64, TableCell)> {
    let (_, candidates, all) = &tied.outcomes[0].example;
    let text = |token| format!("“{}”", visible(&predicting.tokenizer.decode(&[token])));
    let shown = candidates.iter().map(|c| (text(c.token), c.product, digits(c.probability, 3)));
    let sum = (
        format!("all {} together", format::count(predicting.tokenizer.vocabulary_size() as u64)),
        *all,
        digits(1.0, 3),
    );
    Table::of(shown.chain([sum]))
        .column("next token", |(text, ..)| text.clone())
        .column("output vector times embedding", |(_, product, _)| digits(*product, 3))
        .column("probability, by the softmax", |(.., probability)| probability.clone())
}
