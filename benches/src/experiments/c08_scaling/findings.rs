//! What the page says of C8.

use super::recall::{EVERY, PAIRS, Retrieval, SYMBOLS, Trained};
use super::saturation::{LENGTH, Saturation, Scores, WIDTHS};
use super::{AtFirst, Found, TO, TRAINED};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Lines, Plot, Reference, Series},
    format,
    statistics::Summary,
};

use crate::study::{grid::Study, text::Values};

impl Found {
    /// What the text says.
    pub fn values(&self, remainder: String) -> Values {
        let [weight, raw_weight] = Scores::ALL.map(|scores| Summary::of(&self.at(TO, scores, |s| s.largest)));
        let [gradient, raw_gradient] =
            Scores::ALL.map(|scores| Summary::of_magnitudes(&self.at(TO, scores, |s| s.gradient)));
        let [steps, raw_steps] = Scores::ALL.map(|scores| Summary::of_magnitudes(&self.steps_of(TRAINED, scores)));
        let raw = |value: fn(&Saturation) -> f64| Summary::of(&self.at(TO, Scores::Raw, value)).mean;
        let slower = |width: &usize| format!("{} at width {width}", self.slower(*width).0);
        let last = self.of(TRAINED, Scores::Raw).next().and_then(|trained| trained.curve.last());
        let [loss, raw_loss] = Scores::ALL.map(|scores| self.losses_of(TRAINED, scores));
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

    /// The largest weight, by width.
    pub fn largest(&self) -> Figure {
        let lines = Lines::new(
            Axis::log2("width of the head d"),
            Axis::linear("largest weight of a query").within(0.0, 1.0),
            self.by_width(|s| s.largest, |values| Summary::of(values)),
        );
        let uniform = Reference::Level { label: "all keys alike".into(), y: 1.0 / LENGTH as f64 };
        Figure::new(
            "c08-largest",
            "The wider the head, the more weight undivided scores put on one key",
            format!("The mean over standard normal queries, each with {LENGTH} keys; nothing is trained."),
            Plot::Lines(lines.with(uniform)),
        )
    }

    /// The entropy of the weights, by width.
    pub fn entropy(&self) -> Figure {
        let lines = Lines::new(
            Axis::log2("width of the head d"),
            Axis::linear("entropy of the weights, bits").from_zero(),
            self.by_width(|s| s.entropy, |values| Summary::of(values)),
        );
        let uniform = Reference::Level { label: "all keys alike".into(), y: (LENGTH as f64).log2() };
        Figure::new(
            "c08-entropy",
            "How many keys a query looks at",
            "n bits are the entropy of 2ⁿ keys weighed alike. The same queries and keys.",
            Plot::Lines(lines.with(uniform)),
        )
    }

    /// The gradient of the median query, by width.
    pub fn gradient(&self) -> Figure {
        Figure::new(
            "c08-gradient",
            "What a query still learns",
            "The norm of the gradient that reaches the median query, when what comes from above says about every weight \
             something of size 1, at all widths.",
            Plot::Lines(Lines::new(
                Axis::log2("width of the head d"),
                Axis::log10("norm of the gradient"),
                self.by_width(|s| s.gradient, |values| Summary::of_magnitudes(values)),
            )),
        )
    }

    /// The course of training.
    pub fn learning(&self) -> Figure {
        let series = Scores::ALL.map(|scores| {
            let runs: Vec<&Trained> = self.of(TRAINED, scores).collect();
            let looks = runs.first().map_or(&[][..], |run| &run.curve);
            let at = |i: usize| Summary::of(&runs.iter().map(|run| run.curve[i].1).collect::<Vec<_>>());
            Series::new(scores.name(), looks.iter().enumerate().map(|(i, (step, _))| (*step as f64, at(i))))
        });
        let guessing = (SYMBOLS as f64).ln();
        let lines =
            Lines::new(Axis::log2("training steps"), Axis::linear("held-out loss, nats").from_zero(), series.into());
        Figure::new(
            "c08-training",
            format!("Learning to find the value beside a key, at width {TRAINED}"),
            format!(
                "{PAIRS} pairs in a row; each way at the learning rate that learned half first on a seed of its own, which stays the same from the \
                 twentieth step on."
            ),
            Plot::Lines(
                lines
                    .with(Reference::Level { label: "guessing".into(), y: guessing })
                    .with(Reference::Level { label: "half learned".into(), y: 0.5 * guessing }),
            ),
        )
    }

    /// Steps to half, by width.
    pub fn steps_by_width(&self) -> Figure {
        let widths = self.trained_widths();
        let steps = |scores, width: &usize| Some(Summary::of_magnitudes(&self.steps_of(*width, scores)));
        let series = Scores::ALL.map(|scores| BarSeries {
            name: scores.name().to_owned(),
            values: widths.iter().map(|width| steps(scores, width)).collect(),
        });
        Figure::new(
            "c08-steps",
            "How long half of it takes, by the width of the head",
            "Training steps until the held-out loss is half of that of guessing; a training that ends before counts with all \
             its steps.",
            Plot::Bars(Bars::grouped(
                Axis::linear("training steps").from_zero(),
                widths.iter().map(|width| format!("d = {width}")).collect(),
                series.into(),
            )),
        )
    }

    /// Numbers of the untrained head.
    pub fn at_first_table(&self) -> Table {
        let caption = "One head between random queries, keys and values; means over the seeds";
        let columns = [
            "#width d",
            "scores",
            "#their standard deviation",
            "#largest weight",
            "#entropy, bits",
            "#gradient, median query",
            "#gradient, mean",
        ];
        let mut table = Table::new("c08-saturation", caption, &columns);
        for AtFirst { width, scores, seeds } in &self.at_first {
            let mean = |value: fn(&Saturation) -> f64| {
                format::number(seeds.iter().map(value).sum::<f64>() / seeds.len() as f64, 3)
            };
            table.row([
                width.to_string(),
                scores.name().to_owned(),
                mean(|s| s.scores),
                mean(|s| s.largest),
                mean(|s| s.entropy),
                mean(|s| s.gradient),
                mean(|s| s.mean_gradient),
            ]);
        }
        table
    }

    /// Numbers of the trainings.
    pub fn training_table(&self) -> Table {
        let caption = "Training with and without the division";
        let columns = [
            "#width d",
            "scores",
            "#learning rate",
            "#steps to half",
            "#seeds that got there",
            "#steps in all",
            "#loss then, nats",
        ];
        let mut table = Table::new("c08-steps-table", caption, &columns);
        for width in self.trained_widths() {
            for scores in Scores::ALL {
                let runs: Vec<&Trained> = self.of(width, scores).collect();
                let Some(Trained { trial, curve }) = runs.first() else { continue };
                let learned = runs.iter().filter(|run| run.learned().is_some()).count();
                table.row([
                    width.to_string(),
                    scores.name().to_owned(),
                    format::number(trial.learning_rate, 2),
                    Summary::of_magnitudes(&self.steps_of(width, scores)).to_string(),
                    format!("{learned} of {}", runs.len()),
                    curve.last().map_or(String::new(), |(step, _)| format::count(*step)),
                    Summary::of(&self.losses_of(width, scores)).to_string(),
                ]);
            }
        }
        table
    }

    /// The widths at which the median gradient is larger without the division.
    fn more_gradient(&self) -> Vec<usize> {
        let gradient = |width, scores| Summary::of_magnitudes(&self.at(width, scores, |s| s.gradient)).mean;
        let more = |width: &usize| gradient(*width, Scores::Raw) > gradient(*width, Scores::Divided);
        WIDTHS.into_iter().filter(more).collect()
    }

    fn losses_of(&self, width: usize, scores: Scores) -> Vec<f64> {
        self.of(width, scores).map(Trained::loss).collect()
    }

    fn trained_widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.trained.iter().map(|trained| trained.trial.case.width).collect();
        widths.dedup();
        widths
    }
}
