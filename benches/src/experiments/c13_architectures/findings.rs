//! What the page says of C13.

use grammar::tasks::{LENGTHS, Task};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars},
    format::{count, number, percent},
    statistics::{Reach, Summary, by_size},
    table::{Columns, digits},
};
use transformer::families::Family;

use super::{
    EXPERIMENT, MARGIN, Measurements, TEXT,
    criterion::{families, named},
    training::{Commonest, Curriculum, FINE},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{
        grid::{self, Study},
        parts::{self, Bound, Part},
        text::{Values, semicolons},
    },
    verdict::Basis,
};

/// What is answered without a model.
const COMMONEST: &str = "always the commonest answer";

/// What each family is asked: from sentences alone, then on every task.
const WAYS: [(&str, [&str; 3]); 5] = [
    (
        "sentences alone",
        [
            "the _ sleeps: the hidden words are made at the holes",
            "reads the _ sleeps, says big cat <end>",
            "=> the cat sleeps",
        ],
    ),
    (
        "fill in the blank",
        ["the _ sleeps: the word is made at the hole", "reads the _ sleeps, says cat", "the _ sleeps => cat"],
    ),
    (
        "classify",
        [
            "a novel idea _: the sense is made at the hole",
            "reads a novel idea, says novel/new",
            "a novel idea => novel/new",
        ],
    ),
    (
        "translate",
        [
            "the cat sleeps _ _ _ _ ..: all words at once, up to the first <end>",
            "reads the cat sleeps, says el gato duerme <end> word by word",
            "the cat sleeps => el gato duerme <end>, word by word",
        ],
    ),
    (
        "continue",
        [
            "the cat _ _ _ ..: all words at once, up to the first <end>",
            "reads the cat, says sleeps <end> word by word",
            "the cat => sleeps <end>, word by word",
        ],
    ),
];

pub fn conclude(measured: &Measurements) -> Finding {
    let tasks = Task::ALL.map(Task::name);
    let bars = |value: &dyn Fn(Task, Family) -> Summary| {
        Family::ALL.map(|family| BarSeries::new(family.name(), Task::ALL.map(|task| value(task, family))))
    };
    let commonest = measured.commonest.iter().map(|commonest| Summary::exact(commonest.right));
    let right = bars(&|task, family| measured.right(task, family));
    let right = right.into_iter().chain([BarSeries::new(COMMONEST, commonest)]);
    let surprise = bars(&|task, family| measured.nats(task, family));
    let ways = Table::of(WAYS).column("task", |(task, _)| *task);
    let ways = families(Family::EncoderDecoder)
        .into_iter()
        .enumerate()
        .fold(ways, |table, (i, family)| table.column(family.name(), move |(_, ways)| ways[i]));
    let (parts, loss) = (measured.parts(Family::EncoderDecoder), Axis::linear("loss, nats per token of the answer"));
    Draft::new(TEXT, &measured.values(&parts))
        .effect(Effect {
            what: "smallest lead of the model named for a task".into(),
            unit: "accuracy".into(),
            found: measured.smallest_lead(Family::EncoderDecoder),
            needed: Bound::More(-MARGIN),
        })
        .figure("c13-right", Bars::grouped(Axis::linear("accuracy").within(0.0, 1.0), tasks, right))
        .figure("c13-nats", Bars::grouped(loss.from_zero(), tasks, surprise))
        .parts("c13-parts", &parts)
        .table("c13-differences", measured.differences())
        .table("c13-numbers", measured.numbers())
        .table("c13-ways", ways)
        .table("c13-examples", measured.examples())
        .finding(parts::verdict(&parts))
}

impl Measurements {
    fn right(&self, task: Task, family: Family) -> Summary {
        Summary::of_right(&self.each(task, family, |outcome| outcome.right), self.sizes.held_out)
    }

    /// No mean of losses lies below 0, so the interval is cut off there.
    pub(super) fn nats(&self, task: Task, family: Family) -> Summary {
        let whole = Summary::of(&self.each(task, family, |outcome| outcome.nats));
        if whole.low() >= 0.0 { whole } else { Summary { reach: Some(Reach::Between(0.0, whole.high())), ..whole } }
    }

    fn values(&self, parts: &[Part]) -> Values {
        let [encoder, both, decoder] = families(Family::EncoderDecoder);
        let accuracy = |task, family| percent(self.right(task, family).mean, 2);
        let best = |task: Task| {
            let right = |family: &Family| self.right(task, *family).mean;
            let best = [encoder, both, decoder].into_iter().min_by(|a, b| by_size(&right(b), &right(a)))?;
            let named = named(task);
            let of_named =
                if best == named { "the same".into() } else { format!("{} {}", named.name(), accuracy(task, named)) };
            Some(format!("{}, {} {} ({of_named})", task.name(), best.name(), accuracy(task, best)))
        };
        let always = |commonest: &Commonest| {
            Some(format!("{} “{}” {}", commonest.task.name(), commonest.answer, percent(commonest.right, 2)))
        };
        let [alone, steps] = self.steps;
        let rates = Curriculum::LEARNING_RATES;
        parts::words(parts, EXPERIMENT.basis)
            .with("tasks", semicolons(Task::ALL, best))
            .with("deep", self.verdict(Family::DeepEncoderDecoder).words(EXPERIMENT.basis))
            .with("held out", count(self.sizes.held_out as u64))
            .with("filled, decoder", accuracy(Task::Fill, decoder))
            .with("filled, encoder", accuracy(Task::Fill, encoder))
            .with("always", semicolons(&self.commonest, always))
            .with("translated, encoder", accuracy(Task::Translate, encoder))
            .with("continued, encoder", accuracy(Task::Continue, encoder))
            .with("translated, decoder", accuracy(Task::Translate, decoder))
            .with("continued, decoder", accuracy(Task::Continue, decoder))
            .with("width", self.width)
            .with("alone", count(alone))
            .with("sentences alone", count(self.sizes.alone as u64))
            .with("steps", count(steps))
            .with("training", count(self.sizes.training as u64))
            .with("shortest", LENGTHS.start())
            .with("longest", LENGTHS.end())
            .with("fine", FINE)
            .with("rates", rates.iter().map(|rate| number(*rate, 2)).collect::<Vec<_>>().join(", "))
    }

    /// Every model on every task, and behind those of each task the answer that needs no model.
    fn numbers(&self) -> Columns<(usize, Option<Family>)> {
        let rows = (0..Task::ALL.len())
            .flat_map(|task| Family::ALL.into_iter().map(Some).chain([None]).map(move |family| (task, family)));
        let cell = |family: &Option<Family>| family.map(|family| grid::find(&self.cells, &family));
        Table::of(rows)
            .column("task", |(task, _)| Task::ALL[*task].name())
            .column("model", |(task, family)| match family {
                Some(family) => family.name().to_owned(),
                None => format!("{COMMONEST}: {}", self.commonest[*task].answer),
            })
            .column("parameters", move |(task, family)| {
                cell(family).map_or(0, |cell| cell.outcomes[0][*task].parameters)
            })
            .column("learning rate", move |(_, family)| cell(family).map(|cell| digits(cell.learning_rate, 2)))
            .column("accuracy", |(task, family)| match family {
                Some(family) => self.right(Task::ALL[*task], *family),
                None => Summary::exact(self.commonest[*task].right),
            })
            .column("loss, nats per token", |(task, family)| family.map(|family| self.nats(Task::ALL[*task], family)))
    }

    fn differences(&self) -> Columns<(Task, Family, Family)> {
        let deep = Self::rivals(Family::DeepEncoderDecoder)
            .filter(|&(_, named, rival)| [named, rival].contains(&Family::DeepEncoderDecoder));
        Table::of(Self::rivals(Family::EncoderDecoder).chain(deep))
            .column("task", |(task, ..)| task.name())
            .column("named for it", |(_, named, _)| named.name())
            .column("other", |(.., rival)| rival.name())
            .column("lead of the named model", |&(task, named, rival)| self.ahead(task, named, rival))
            .column("the other is not clearly better", |&rival| self.not_behind(rival).words(Basis::Counted))
    }

    fn examples(&self) -> Columns<(Task, usize)> {
        let shown = |task: Task, family, i: usize, which: usize| {
            grid::find(&self.cells, &family).outcomes[0][task as usize].shown[i][which].clone()
        };
        let questions = |task: Task| self.cells[0].outcomes[0][task as usize].shown.len();
        let rows = Task::ALL.into_iter().flat_map(|task| (0..questions(task)).map(move |i| (task, i)));
        let table = Table::of(rows)
            .column("task", |(task, _)| task.name())
            .column("question", |&(task, i)| shown(task, Family::ALL[0], i, 0));
        Family::ALL
            .into_iter()
            .fold(table, |table, family| table.column(family.name(), |&(task, i)| shown(task, family, i, 1)))
    }
}
