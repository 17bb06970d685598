//! What the page says of C7.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format,
    statistics::{Summary, largest},
    table::{Columns, digits},
};
use transformer::Positions;

use super::{
    Found, MOVED, Permuted, TEXT,
    permutation::{HEADS, LENGTH, Place, WIDTH},
    questions::{POSITIONS, Question, SYMBOLS, Trained},
};
use crate::{
    finding::{Draft, Finding},
    study::text::Values,
    verdict::Verdict,
};

pub fn conclude(found: &Found, verdict: Verdict) -> Finding {
    Draft::new(TEXT, &found.values())
        .figure("c07-permuted", found.differences())
        .figure("c07-first", found.learning())
        .figure("c07-questions", found.accuracies())
        .table("c07-differences", found.differences_table())
        .table("c07-accuracies", found.accuracies_table())
        .finding(verdict)
}

impl Found {
    fn values(&self) -> Values {
        let most = |wanted: &dyn Fn(Place) -> bool| {
            let of = self.permuted.iter().filter(|permuted| wanted(permuted.place));
            format::number(largest(of.map(Permuted::most)), 2)
        };
        Values::default()
            .with("blind", most(&|place| matches!(place, Place::Encoder(_, Positions::None))))
            .with("sinusoidal", most(&|place| matches!(place, Place::Encoder(_, Positions::Sinusoidal))))
            .with("sorted", most(&|place| place == Place::Sorted))
            .with("in order", most(&|place| place == Place::InOrder))
            .with("causal", most(&|place| place == Place::Causal))
            .with("first", self.accuracy(Question::First, Positions::None))
            .with("first sinusoidal", self.accuracy(Question::First, Positions::Sinusoidal))
            .with("more", self.accuracy(Question::More, Positions::None))
            .with("length", LENGTH)
            .with("width", WIDTH)
            .with("heads", HEADS)
            .with("symbols", SYMBOLS)
    }

    fn accuracy(&self, question: Question, positions: Positions) -> Summary {
        Summary::of_shares(&self.accuracies_of(question, positions))
    }

    fn differences(&self) -> Bars {
        // A logarithm has no place for what did not move at all.
        let shown: Vec<&Permuted> = self.permuted.iter().filter(|p| p.moved.iter().all(|moved| *moved > 0.0)).collect();
        let differences = BarSeries::new("difference", shown.iter().map(|p| Summary::of_magnitudes(&p.moved)));
        Bars::grouped(Axis::log10("largest difference"), shown.iter().map(|p| p.place.name()), [differences])
    }

    fn learning(&self) -> Lines {
        let series = POSITIONS.map(|(positions, name)| {
            let runs: Vec<&Trained> = self.of(Question::First, positions).collect();
            let at = |look: usize| Summary::of(&runs.iter().map(|run| run.curve[look].1).collect::<Vec<_>>());
            let looks = runs[0].curve.iter().enumerate();
            Series::new(name, looks.map(|(look, (step, _))| (*step as f64, at(look))))
        });
        let right = Axis::linear("part of held-out sentences answered right").within(0.4, 1.0);
        Lines::new(Axis::linear("training steps"), right, series).level("guessing", 0.5)
    }

    fn accuracies(&self) -> Bars {
        let series = POSITIONS.map(|(positions, name)| {
            BarSeries::new(name, Question::ALL.map(|question| self.accuracy(question, positions)))
        });
        let right = Axis::linear("part of held-out sentences answered right").within(0.0, 1.0);
        Bars::grouped(right, Question::ALL.map(Question::name), series)
    }

    fn differences_table(&self) -> Columns<&Permuted> {
        let claimed = |place: Place| match (place, place.allowed()) {
            (_, Some(0.0)) => "exactly 0".to_owned(),
            (_, Some(rounding)) => format!("at most {}", format::number(rounding, 1)),
            (Place::Causal, None) => "nothing".to_owned(),
            (_, None) => format!("more than {}", format::number(MOVED, 1)),
        };
        Table::of(&self.permuted)
            .column("computed by", |permuted| permuted.place.name())
            .column("largest difference", |permuted| digits(permuted.most(), 3))
            .column("claimed", |permuted| claimed(permuted.place))
    }

    fn accuracies_table(&self) -> Columns<(Question, Positions, &'static str)> {
        let with_positions = |question| POSITIONS.map(|(positions, name)| (question, positions, name));
        Table::of(Question::ALL.into_iter().flat_map(with_positions))
            .column("question", |(question, ..)| question.name())
            .column("positions", |(.., name)| *name)
            .column("parameters", |&(question, positions, _)| {
                self.of(question, positions).next().map(|trained| trained.parameters)
            })
            .column("part right", |&(question, positions, _)| self.accuracy(question, positions))
    }
}
