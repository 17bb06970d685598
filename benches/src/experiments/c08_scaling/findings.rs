//! What the page says of C8.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    TEXT, TO, TRAINED,
    found::{AtFirst, Found},
    recall::{Case, EVERY, PAIRS, Retrieval, SYMBOLS, Trained},
    saturation::{LENGTH, Saturation, Scores, WIDTHS},
};
use crate::{
    finding::{Draft, Finding},
    study::{
        grid::{Cell, Study},
        parts,
        text::Values,
    },
};

pub fn conclude(found: &Found) -> Finding {
    let parts = found.parts();
    let values = found.values(parts::remainder(&parts));
    let width = || Axis::log2("width of the head d");
    let mean = |values: &[f64]| Summary::of(values);
    let largest = found.by_width(|s| s.largest, mean);
    let largest = Lines::new(width(), Axis::linear("largest weight of a query").within(0.0, 1.0), largest);
    let entropy = found.by_width(|s| s.entropy, mean);
    let entropy = Lines::new(width(), Axis::linear("entropy of the weights, bits").from_zero(), entropy);
    let gradient = found.by_width(|s| s.gradient, |values| Summary::of_magnitudes(values));
    let keys = LENGTH as f64;
    Draft::new(TEXT, &values)
        .figure("c08-largest", largest.level("all keys alike", 1.0 / keys))
        .figure("c08-entropy", entropy.level("all keys alike", keys.log2()))
        .figure("c08-gradient", Lines::new(width(), Axis::log10("norm of the gradient"), gradient))
        .figure("c08-training", found.learning())
        .figure("c08-steps", found.steps_by_width())
        .parts("c08-parts", &parts)
        .table("c08-saturation", found.at_first_table())
        .table("c08-steps-table", found.training_table())
        .finding(parts::verdict(&parts))
}

impl Found {
    fn values(&self, remainder: String) -> Values {
        let [weight, raw_weight] = Scores::ALL.map(|scores| Summary::of(&self.at(TO, scores, |s| s.largest)));
        let [gradient, raw_gradient] =
            Scores::ALL.map(|scores| Summary::of_magnitudes(&self.at(TO, scores, |s| s.gradient)));
        let [steps, raw_steps] = Scores::ALL.map(|scores| Summary::of_magnitudes(&self.steps_of(TRAINED, scores)));
        let raw = |value: fn(&Saturation) -> f64| Summary::of(&self.at(TO, Scores::Raw, value)).mean;
        let slower = |width: &usize| format!("{} at width {width}", self.slower(*width).0);
        let last = self.of(TRAINED, Scores::Raw).outcomes[0].curve.last();
        let [loss, raw_loss] = Scores::ALL.map(|scores| self.of(TRAINED, scores).each(Trained::loss));
        let more = self.more_gradient();
        let widths = more.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        Values::default()
            .with("wide", TO)
            .with("keys", LENGTH)
            .with("weight", weight)
            .with("raw weight", raw_weight)
            .with("gradient", gradient)
            .with("raw gradient", raw_gradient)
            .with("trained", TRAINED)
            .with("steps", steps)
            .with("raw steps", raw_steps)
            .with("remainder", remainder)
            .with("deviation", format::number(raw(|s| s.scores), 3))
            .with("root", format::number((TO as f64).sqrt(), 3))
            .with("skew", format::number(raw(|s| s.mean_gradient) / raw(|s| s.gradient), 2))
            .with("slower", self.trained_widths().iter().map(slower).collect::<Vec<_>>().join(", "))
            .with("all steps", format::count(last.map_or(0, |(step, _)| *step)))
            .with("above", Summary::of_differences(&raw_loss, &loss))
            .maybe("more gradient", (!more.is_empty()).then_some(widths))
            .maybe("not by gradient", more.iter().any(|width| *width >= TRAINED).then_some(TRAINED))
            .with("pairs", PAIRS)
            .with("symbols", SYMBOLS)
            .with("rates", Retrieval::LEARNING_RATES.len())
            .with("every", EVERY)
    }

    fn by_width(&self, value: fn(&Saturation) -> f64, summary: fn(&[f64]) -> Summary) -> Vec<Series> {
        let series = |scores: Scores| {
            let points = WIDTHS.map(|width| (width as f64, summary(&self.at(width, scores, value))));
            Series::new(scores.name(), points)
        };
        Scores::ALL.map(series).into()
    }

    fn learning(&self) -> Lines {
        let series = Scores::ALL.map(|scores| {
            let cell = self.of(TRAINED, scores);
            let at = |look: usize| cell.mean(|trained| trained.curve[look].1);
            let looks = cell.outcomes[0].curve.iter().enumerate();
            Series::new(scores.name(), looks.map(|(look, (step, _))| (*step as f64, at(look))))
        });
        let guessing = (SYMBOLS as f64).ln();
        Lines::new(Axis::log2("training steps"), Axis::linear("held-out loss, nats").from_zero(), series)
            .level("guessing", guessing)
            .level("half learned", 0.5 * guessing)
    }

    fn steps_by_width(&self) -> Bars {
        let widths = self.trained_widths();
        let series = Scores::ALL.map(|scores| {
            let steps = |&width: &usize| Summary::of_magnitudes(&self.steps_of(width, scores));
            BarSeries::new(scores.name(), widths.iter().map(steps))
        });
        let names = widths.iter().map(|width| format!("d = {width}"));
        Bars::grouped(Axis::linear("training steps").from_zero(), names, series)
    }

    fn at_first_table(&self) -> Columns<&AtFirst> {
        let mean = |value: fn(&Saturation) -> f64| {
            move |at: &&AtFirst| digits(at.seeds.iter().map(value).sum::<f64>() / at.seeds.len() as f64, 3)
        };
        Table::of(&self.at_first)
            .column("width d", |at| digits(at.width as f64, 4))
            .column("scores", |at| at.scores.name())
            .column("their standard deviation", mean(|s| s.scores))
            .column("largest weight", mean(|s| s.largest))
            .column("entropy, bits", mean(|s| s.entropy))
            .column("gradient, median query", mean(|s| s.gradient))
            .column("gradient, mean", mean(|s| s.mean_gradient))
    }

    fn training_table(&self) -> Columns<&Cell<Case, Trained>> {
        let learned = |cell: &Cell<Case, Trained>| cell.outcomes.iter().filter(|run| run.learned_half()).count();
        Table::of(&self.trained)
            .column("width d", |cell| cell.case.width)
            .column("scores", |cell| cell.case.scores.name())
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column("steps to half", |cell| cell.magnitude(|run| run.steps() as f64))
            .column("seeds that got there", |cell| format!("{} of {}", learned(cell), cell.outcomes.len()))
            .column("steps in all", |cell| cell.outcomes[0].curve.last().map(|(step, _)| *step))
            .column("loss then, nats", |cell| cell.mean(Trained::loss))
    }

    /// The widths at which the median gradient is larger without the division.
    fn more_gradient(&self) -> Vec<usize> {
        let gradient = |width, scores| Summary::of_magnitudes(&self.at(width, scores, |s| s.gradient)).mean;
        let more = |width: &usize| gradient(*width, Scores::Raw) > gradient(*width, Scores::Divided);
        WIDTHS.into_iter().filter(more).collect()
    }

    fn trained_widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.trained.iter().map(|cell| cell.case.width).collect();
        widths.dedup();
        widths
    }
}
