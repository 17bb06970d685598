//! What the page says of C11.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Scale, Series},
    format::{self, counted},
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    Cell, EXPERIMENT, MORE_THAN_ONE_HEAD, SHOWN, TEXT,
    heads::{Head, Opened},
    learned, least,
    training::{LEARNED, Learning, TASK, WIDTH},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{
        grid::{self, Study},
        parts,
        text::Values,
    },
};

/// The relations of the task.
const RELATIONS: [&str; 2] = ["the token before", "the partner in colour"];

/// From encoders that made at most so many steps.
pub fn conclude(cells: &[Cell], steps: u64) -> Finding {
    let parts = super::parts(cells);
    let [one, two, shown] = [1, 2, SHOWN].map(|heads| grid::find(cells, &heads));
    let words = parts::words(&parts, EXPERIMENT.basis);
    Draft::new(TEXT, &values(words, one, two, shown).with("all steps", format::count(steps)))
        .effect(Effect {
            what: "weight of two heads, each on its own relation".into(),
            unit: "of the attention".into(),
            found: two.mean(|trained| trained.then.looked()),
            needed: MORE_THAN_ONE_HEAD,
        })
        .figure("c11-weights", looks(two))
        .figure("c11-ablation", ablation(two))
        .figure("c11-learning", learning(cells))
        .figure("c11-all", all_heads(&shown.outcomes[0].end.heads))
        .parts("c11-parts", &parts)
        .table("c11-steps", steps_table(cells))
        .table("c11-each-head", each_head(cells))
        .finding(parts::verdict(&parts))
}

/// The mean over the encoders, when both relations are learned.
fn then(cell: &Cell, value: impl Fn(&Opened) -> f64) -> Summary {
    cell.mean(|trained| value(&trained.then))
}

fn steps(cell: &Cell) -> Summary {
    cell.magnitude(|trained| trained.steps as f64)
}

fn values(words: Values, one: &Cell, two: &Cell, shown: &Cell) -> Values {
    let percent = |share: Summary| format::percent(share.mean, 2);
    let lost = |head: usize, r: usize| {
        let share = then(two, |opened| opened.losses()[head][r]).mean;
        if share.abs() < 0.005 { "hardly any".to_owned() } else { format::percent(share, 2) }
    };
    let weight = |r: usize| percent(one.mean(|trained| trained.end.heads[0].weights[r]));
    let right = |r: usize| percent(one.mean(|trained| trained.end.right[r]));
    let taken = |cell| format!("{}{}", least(cell), format::number(steps(cell).mean, 2));
    let moment = "when both relations are learned";
    let heads: Vec<&Head> = shown.outcomes.iter().flat_map(|trained| &trained.end.heads).collect();
    let [before, partner, neither] =
        [Some(0), Some(1), None].map(|relation| heads.iter().filter(|head| head.relation() == relation).count());
    words
        .with("moment", if learned(two) { moment.to_owned() } else { format!("{moment}, or at the end") })
        .with("looked", percent(then(two, Opened::looked)))
        .with("first before", lost(0, 0))
        .with("first partner", lost(0, 1))
        .with("second before", lost(1, 0))
        .with("second partner", lost(1, 1))
        .with("steps of two", taken(two))
        .with("steps of one", taken(one))
        .with("before", weight(0))
        .with("partner", weight(1))
        .with("right before", right(0))
        .with("right partner", right(1))
        .with("width", WIDTH)
        .with("colours", TASK.colours)
        .with("rates", Learning::LEARNING_RATES.len())
        .with("symbols", TASK.symbols)
        .with("shown", SHOWN)
        .with("learned", LEARNED)
        .with(
            "duplicates",
            format!("{before} look most at the token before, {partner} at the partner, {neither} at neither"),
        )
        .with("uniform", 1.0 / TASK.colours as f64)
}

/// The weight of the two heads on the places of the two relations.
fn looks(two: &Cell) -> Bars {
    let series = RELATIONS.into_iter().enumerate().map(|(r, relation)| {
        let weights = [0, 1].map(|head| then(two, |opened| opened.named()[head].weights[r]));
        BarSeries::new(format!("on {relation}"), weights)
    });
    let heads = RELATIONS.map(|relation| format!("head of {relation}"));
    Bars::grouped(Axis::linear("attention weight").within(0.0, 1.0), heads, series)
}

fn right() -> Axis {
    Axis::linear("accuracy on held-out rows").within(0.0, 1.0)
}

fn ablation(two: &Cell) -> Bars {
    let series = RELATIONS.into_iter().enumerate().map(|(r, relation)| {
        let without = |head: usize| then(two, |opened| opened.named()[head].without[r]);
        let right = [then(two, |opened| opened.right[r]), without(0), without(1)];
        BarSeries::new(format!("answers about {relation}"), right)
    });
    let without = RELATIONS.map(|relation| format!("without the head of {relation}"));
    Bars::grouped(right(), ["both heads".to_owned()].into_iter().chain(without), series)
}

fn learning(cells: &[Cell]) -> Lines {
    let series = cells.iter().map(|cell| {
        let looks = cell.outcomes[0].curve.iter().enumerate();
        let worse = |look: usize| cell.share(|trained| trained.curve[look].1);
        Series::new(counted(cell.case, "head"), looks.map(|(look, (step, _))| (*step as f64, worse(look))))
    });
    Lines::new(Axis::log2("training steps"), right(), series).level("learned", LEARNED)
}

fn all_heads(heads: &[Head]) -> Heat {
    Heat {
        x: "place".into(),
        y: "head".into(),
        value: "weight".into(),
        scale: Scale::Linear,
        columns: Labels::Names(vec!["before".to_owned(), "partner".to_owned()]),
        rows: Labels::Places((1..=heads.len()).map(|head| head.to_string()).collect()),
        values: heads.iter().map(|head| head.weights.to_vec()).collect(),
    }
}

fn steps_table(cells: &[Cell]) -> Columns<&Cell> {
    let got_there = |cell: &Cell| cell.outcomes.iter().filter(|trained| trained.learned).count();
    let right = |r: usize| move |cell: &&Cell| cell.share(|trained| trained.end.right[r]);
    Table::of(cells)
        .column("heads", |cell| cell.case)
        .column("width of each", |cell| WIDTH / cell.case)
        .column("parameters", |cell| cell.outcomes[0].parameters)
        .column("learning rate", |cell| digits(cell.learning_rate, 2))
        .column("steps", |cell| steps(cell))
        .column("seeds that learned both", |cell| format!("{} of {}", got_there(cell), cell.outcomes.len()))
        .column("accuracy at the end, token before", right(0))
        .column("accuracy at the end, partner", right(1))
}

/// Every head of the first seed's encoders.
fn each_head(cells: &[Cell]) -> Columns<(&Opened, usize)> {
    let lost =
        |r: usize| move |&(opened, i): &(&Opened, usize)| digits(opened.right[r] - opened.heads[i].without[r], 3);
    let weight = |r: usize| move |&(opened, i): &(&Opened, usize)| digits(opened.heads[i].weights[r], 3);
    let opened = cells.iter().map(|cell| &cell.outcomes[0].end);
    Table::of(opened.flat_map(|opened| (0..opened.heads.len()).map(move |i| (opened, i))))
        .column("heads", |(opened, _)| opened.heads.len())
        .column("head", |(_, i)| i + 1)
        .column("looks most at", |(opened, i)| opened.heads[*i].relation().map_or("neither", |r| RELATIONS[r]))
        .column("weight on the token before", weight(0))
        .column("on the partner", weight(1))
        .column("answers lost, token before", lost(0))
        .column("partner", lost(1))
}
