//! What the page says of C7.

use data::tasks::Question;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format,
    statistics::{Summary, largest},
    table::{Columns, digits},
};
use transformer::Positions;

use super::{
    TEXT,
    criterion::{Claimed, Permuted},
    permutation::{HEADS, LENGTH, Place, WIDTH},
    training::{Answers, POSITIONS, QUESTIONS, SYMBOLS},
};
use crate::{
    finding::{Draft, Finding},
    study::{counted::Counted, text::Values},
};

pub fn conclude(permuted: &[Permuted], trained: &[Answers], judged: &Counted) -> Finding {
    let values = values(permuted, trained).with("reply", judged.reply()).with("remainder", judged.remainder());
    Draft::new(TEXT, &values)
        .effect(judged.effect("computations whose outputs are as claimed"))
        .figure("c07-permuted", differences(permuted))
        .figure("c07-first", learning(trained))
        .figure("c07-questions", accuracies(trained))
        .table("c07-differences", differences_table(permuted))
        .finding(judged.verdict())
}

fn values(permuted: &[Permuted], trained: &[Answers]) -> Values {
    let most = |wanted: &dyn Fn(Place) -> bool| {
        let of = permuted.iter().filter(|permuted| wanted(permuted.place));
        format::number(largest(of.map(Permuted::most)), 2)
    };
    let accuracy = |question, positions| format::number(100.0 * accuracy(trained, question, positions).mean, 3);
    Values::default()
        .with("blind", most(&|place| matches!(place, Place::Encoder(_, Positions::None))))
        .with("sinusoidal", most(&|place| matches!(place, Place::Encoder(_, Positions::Sinusoidal))))
        .with("sorted", most(&|place| place == Place::Sorted))
        .with("in order", most(&|place| place == Place::InOrder))
        .with("causal", most(&|place| place == Place::Causal))
        .with("first", accuracy(Question::First, Positions::None))
        .with("first sinusoidal", accuracy(Question::First, Positions::Sinusoidal))
        .with("more", accuracy(Question::More, Positions::None))
        .with("length", LENGTH)
        .with("width", WIDTH)
        .with("heads", HEADS)
        .with("symbols", SYMBOLS)
}

fn of(trained: &[Answers], question: Question, positions: Positions) -> impl Iterator<Item = &Answers> {
    trained.iter().filter(move |answers| (answers.question, answers.positions) == (question, positions))
}

fn accuracy(trained: &[Answers], question: Question, positions: Positions) -> Summary {
    let last = |answers: &Answers| answers.accuracy.last().map_or(f64::NAN, |(_, accuracy)| *accuracy);
    Summary::of_shares(&of(trained, question, positions).map(last).collect::<Vec<_>>())
}

fn differences(permuted: &[Permuted]) -> Bars {
    // A logarithm has no place for what did not move at all.
    let shown: Vec<&Permuted> = permuted.iter().filter(|p| p.moved.iter().all(|moved| *moved > 0.0)).collect();
    let differences = BarSeries::new("difference", shown.iter().map(|p| Summary::of_magnitudes(&p.moved)));
    Bars::grouped(Axis::log10("largest difference"), shown.iter().map(|p| p.place.name()), [differences])
}

fn learning(trained: &[Answers]) -> Lines {
    let series = POSITIONS.map(|(positions, name)| {
        let runs: Vec<&Answers> = of(trained, Question::First, positions).collect();
        let at = |look: usize| Summary::of(&runs.iter().map(|run| run.accuracy[look].1).collect::<Vec<_>>());
        let looks = runs[0].accuracy.iter().enumerate();
        Series::new(name, looks.map(|(look, (step, _))| (*step as f64, at(look))))
    });
    Lines::new(Axis::linear("training steps"), Axis::linear("accuracy on held-out sentences").within(0.4, 1.0), series)
        .level("guessing", 0.5)
}

fn accuracies(trained: &[Answers]) -> Bars {
    let series = POSITIONS.map(|(positions, name)| {
        BarSeries::new(name, QUESTIONS.map(|(question, _)| accuracy(trained, question, positions)))
    });
    let right = Axis::linear("accuracy on held-out sentences").within(0.0, 1.0);
    Bars::grouped(right, QUESTIONS.map(|(_, name)| name), series)
}

fn differences_table(permuted: &[Permuted]) -> Columns<&Permuted> {
    Table::of(permuted)
        .column("computed by", |permuted| permuted.place.name())
        .column("largest difference", |permuted| digits(permuted.most(), 3))
        .column("claimed", |permuted| match permuted.claimed() {
            Claimed::AtMost(0.0) => "exactly 0".to_owned(),
            Claimed::AtMost(rounding) => format!("at most {}", format::number(rounding, 1)),
            Claimed::MoreThan(least) => format!("more than {}", format::number(least, 1)),
            Claimed::Nothing => "nothing".to_owned(),
        })
}
