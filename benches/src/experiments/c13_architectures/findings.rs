//! What the page says of C13.

use grammar::tasks::{LENGTHS, Task};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars},
    format::number,
    statistics::{Reach, Summary, by_size},
    table::{Cell as Shown, Columns, digits},
};

use super::{Case, Cell, LEARNING_RATES, MARGIN, Measured, TEXT, models::Kind, named, training::Commonest};
use crate::{
    finding::{Draft, Finding},
    study::text::{Values, semicolons},
};

/// What is answered without a model.
const COMMONEST: &str = "always the commonest answer";

pub fn conclude(measured: &Measured) -> Finding {
    let right = kinds(|task, kind| measured.right(task, kind));
    let commonest = measured.commonest.iter().map(|commonest| Summary::exact(commonest.right));
    let right = right.into_iter().chain([BarSeries::new(COMMONEST, commonest)]);
    let surprise = kinds(|task, kind| nats(measured.cell(task, kind)));
    let tasks = Task::ALL.map(Task::name);
    Draft::new(TEXT, &measured.values())
        .figure("c13-right", Bars::grouped(Axis::linear("part answered right").within(0.0, 1.0), tasks, right))
        .figure("c13-nats", Bars::grouped(Axis::linear("nats a token of the answer").from_zero(), tasks, surprise))
        .table("c13-ways", ways())
        .table("c13-numbers", measured.numbers())
        .table("c13-differences", measured.differences())
        .table("c13-examples", measured.examples())
        .finding(measured.verdict())
}

/// A bar of each kind for every task.
fn kinds(value: impl Fn(Task, Kind) -> Summary) -> [BarSeries; 3] {
    Kind::ALL.map(|kind| BarSeries::new(kind.name(), Task::ALL.map(|task| value(task, kind))))
}

fn ways() -> Columns<(Task, [&'static str; 3])> {
    let ways = [
        (
            Task::Fill,
            ["the _ sleeps: the word is made at the hole", "reads the _ sleeps, says cat", "the _ sleeps => cat"],
        ),
        (
            Task::Classify,
            [
                "a novel idea _: the sense is made at the hole",
                "reads a novel idea, says novel/new",
                "a novel idea => novel/new",
            ],
        ),
        (
            Task::Translate,
            [
                "the cat sleeps _ _ _ _ ..: all words at once, up to the first <end>",
                "reads the cat sleeps, says el gato duerme <end> word by word",
                "the cat sleeps => el gato duerme <end>, word by word",
            ],
        ),
        (
            Task::Continue,
            [
                "the cat _ _ _ ..: all words at once, up to the first <end>",
                "reads the cat, says sleeps <end> word by word",
                "the cat => sleeps <end>, word by word",
            ],
        ),
    ];
    let task = Table::of(ways).column("task", |(task, _)| task.name());
    Kind::ALL.iter().enumerate().fold(task, |table, (i, kind)| table.column(kind.name(), move |(_, ways)| ways[i]))
}

impl Measured {
    fn right(&self, task: Task, kind: Kind) -> Summary {
        self.cell(task, kind).share(|outcome| outcome.right)
    }

    fn values(&self) -> Values {
        let [encoder, both, decoder] = Kind::ALL;
        let right = |task, kind| share(&self.right(task, kind));
        let nats = |kind| nats(self.cell(Task::Continue, kind));
        let always = |commonest: &Commonest| {
            format!("{} “{}”, {}", commonest.task.name(), commonest.answer, number(commonest.right, 3))
        };
        let [training, held_out] = self.sentences;
        Values::default()
            .with("tasks", semicolons(&self.commonest, |commonest| Some(self.ranking(commonest))))
            .with("held out", held_out)
            .with("filled, decoder", right(Task::Fill, decoder))
            .with("filled, encoder", right(Task::Fill, encoder))
            .with("always", semicolons(&self.commonest, |commonest| Some(always(commonest))))
            .with("translated, encoder", right(Task::Translate, encoder))
            .with("continued, encoder", right(Task::Continue, encoder))
            .with("translated, decoder", right(Task::Translate, decoder))
            .with("continued, decoder", right(Task::Continue, decoder))
            .with("nats, encoder", nats(encoder))
            .with("nats, both", nats(both))
            .with("nats, decoder", nats(decoder))
            .with("width", self.width)
            .with("steps", self.steps)
            .with("training", training)
            .with("shortest", LENGTHS.start())
            .with("longest", LENGTHS.end())
            .with("unseen", number(unseen(held_out), 2))
            .with("margin", MARGIN)
            .with("rates", LEARNING_RATES.map(|rate| number(rate, 2)).join(", "))
            .with("tried", LEARNING_RATES.len())
    }

    /// Every model on a task, the best first.
    fn ranking(&self, commonest: &Commonest) -> String {
        let task = commonest.task;
        let mut kinds = Kind::ALL;
        kinds.sort_by(|a, b| by_size(&self.right(task, *b).mean, &self.right(task, *a).mean));
        let each = kinds.map(|kind| format!("{} {}", kind.name(), share(&self.right(task, kind))));
        format!("{}: {} ({COMMONEST}: {})", task.name(), each.join(", "), number(commonest.right, 3))
    }

    /// Every cell, and behind those of each task the answer that needs no model.
    fn numbers(&self) -> Columns<Result<&Cell, &Commonest>> {
        let rows = self.commonest.iter().flat_map(|commonest| {
            let cells = Kind::ALL.map(|kind| Ok(self.cell(commonest.task, kind)));
            cells.into_iter().chain([Err(commonest)])
        });
        Table::of(rows)
            .column("task", |row| row.map_or_else(|commonest| commonest.task, |cell| cell.case.task).name())
            .column("model", |row| match row {
                Ok(cell) => cell.case.kind.name().to_owned(),
                Err(commonest) => format!("{COMMONEST}: {}", commonest.answer),
            })
            .column("parameters", |row| row.map_or(0, |cell| cell.outcomes[0].parameters))
            .column("learning rate", |row| row.ok().map(|cell| digits(cell.learning_rate, 2)))
            .column("answered right", |row| match row {
                Ok(cell) => Shown::from(share(&cell.share(|outcome| outcome.right))),
                Err(commonest) => digits(commonest.right, 3),
            })
            .column("nats a token", |row| row.ok().map(nats))
    }

    fn differences(&self) -> Columns<Case> {
        let others = |task| Kind::ALL.into_iter().filter(move |kind| *kind != named(task));
        Table::of(Task::ALL.into_iter().flat_map(|task| others(task).map(move |kind| Case { task, kind })))
            .column("task", |case| case.task.name())
            .column("named for it", |case| named(case.task).name())
            .column("other", |case| case.kind.name())
            .column("ahead", |case| self.ahead(case.task, case.kind))
    }

    fn examples(&self) -> Columns<(Task, usize)> {
        let shown = |task, kind| &self.cell(task, kind).outcomes[0].shown;
        let questions = |task| 0..shown(task, Kind::ALL[0]).len();
        let table = Table::of(Task::ALL.into_iter().flat_map(|task| questions(task).map(move |i| (task, i))))
            .column("task", |(task, _)| task.name())
            .column("question", |(task, i)| shown(*task, Kind::ALL[0])[*i][0].clone());
        Kind::ALL
            .into_iter()
            .fold(table, |table, kind| table.column(kind.name(), |(task, i)| shown(*task, kind)[*i][1].clone()))
    }
}

/// A part of the answers; where all seeds have the same, they give no interval.
fn share(right: &Summary) -> String {
    match right.reach {
        Some(_) if right.high() - right.low() < 1e-9 => format!("{} (every seed)", number(right.mean, 3)),
        _ => right.to_string(),
    }
}

/// The loss of every seed. No mean of losses lies below 0, so the interval is cut off there.
fn nats(cell: &Cell) -> Summary {
    let whole = cell.mean(|outcome| outcome.nats);
    if whole.low() >= 0.0 { whole } else { Summary { reach: Some(Reach::Between(0.0, whole.high())), ..whole } }
}

/// The part of all questions of which none may be among so many, once in twenty times.
fn unseen(questions: usize) -> f64 {
    1.0 - 0.05f64.powf(1.0 / questions as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{experiments::c13_architectures::training::Outcome, study::grid::Score};

    #[test]
    fn no_loss_is_below_zero() {
        let cell = |losses: [f64; 3]| {
            let outcome = |nats| Outcome { parameters: 1, right: 0.0, nats, shown: Vec::new() };
            Cell {
                case: Case { task: Task::Classify, kind: Kind::DecoderOnly },
                learning_rate: 1e-2,
                score: Score(0.0, 0.0),
                outcomes: losses.map(outcome).into(),
            }
        };
        // Mean 0.5, deviations -0.4, -0.3, 0.7: half width 4.302653 sqrt(0.37 / 3) = 1.511.
        let cut = nats(&cell([0.1, 0.2, 1.2]));
        assert_eq!((cut.low(), cut.mean), (0.0, 0.5));
        assert!((cut.high() - 2.011).abs() < 1e-3, "{cut}");
        assert_eq!(nats(&cell([1.0, 1.1, 1.2])).to_string(), "1.10 ± 0.25");
    }

    #[test]
    fn seeds_that_agree_give_no_interval() {
        assert_eq!(share(&Summary::of_shares(&[0.0; 3])), "0 (every seed)");
        assert_eq!(share(&Summary::of_shares(&[0.2; 3])), "0.2 (every seed)");
        assert_eq!(share(&Summary::of_shares(&[0.2, 0.3, 0.4])), Summary::of(&[0.2, 0.3, 0.4]).to_string());
        assert_eq!(share(&Summary::of_shares(&[0.2])), "0.2");
        assert!(((1.0 - unseen(50)).powi(50) - 0.05).abs() < 1e-12);
    }
}
