//! What the page says of C8.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Lines, Series},
    format,
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    EXPERIMENT, Heads, TEXT,
    criterion::{SLOWER, TO, TRAINED},
    retrieval::{EVERY, LossCurve, Retrieval, TASK},
    saturation::{Head, LENGTH, Saturation, Scores, WIDTHS},
};
use crate::{
    finding::{Draft, Effect, Finding},
    study::{
        grid::{Cell, Study},
        parts,
        text::Values,
    },
};

pub fn conclude(heads: &Heads) -> Finding {
    let parts = heads.parts();
    let width = || Axis::log2("width of the head d");
    let largest = Axis::linear("largest attention weight").within(0.0, 1.0);
    let largest = Lines::new(width(), largest, heads.by_width("", Summary::of, |s| s.largest));
    let entropy = Axis::linear("entropy of the weights, bits").from_zero();
    let entropy = Lines::new(width(), entropy, heads.by_width("", Summary::of, |s| s.entropy));
    let median = heads.by_width("median, ", Summary::of_magnitudes, |s| s.median_gradient);
    let mean = heads.by_width("mean, ", Summary::of_magnitudes, |s| s.mean_gradient);
    let gradient = Lines::new(width(), Axis::log10("norm of the gradient"), median.into_iter().chain(mean));
    let keys = LENGTH as f64;
    Draft::new(TEXT, &heads.values(parts::words(&parts, EXPERIMENT.basis)))
        .effect(Effect {
            what: "slow-down of learning without the scale".into(),
            unit: "as many training steps".into(),
            found: heads.slow_down(),
            needed: SLOWER,
        })
        .figure("c08-training", heads.learning())
        .figure("c08-steps", heads.steps_by_width())
        .figure("c08-largest", largest.level("all keys alike", 1.0 / keys))
        .figure("c08-entropy", entropy.level("all keys alike", keys.log2()))
        .figure("c08-gradient", gradient)
        .parts("c08-parts", &parts)
        .table("c08-saturation", heads.untrained_table())
        .table("c08-steps-table", heads.training_table())
        .finding(parts::verdict(&parts))
}

impl Heads {
    fn values(&self, words: Values) -> Values {
        let untrained = |scores, value: fn(&Saturation) -> f64| Summary::of(&self.untrained(TO, scores, value)).mean;
        let [weight, raw_weight] = Scores::ALL.map(|scores| format::percent(untrained(scores, |s| s.largest), 2));
        let times = |width| format::number(Summary::of_magnitudes(&self.slower(width)).mean, 2);
        let slower = |&width: &usize| format!("{} at width {width}", times(width));
        let of_widths =
            |widths: &[usize], say: &dyn Fn(&usize) -> String| widths.iter().map(say).collect::<Vec<_>>().join(", ");
        let ratio = |value: fn(&Saturation) -> f64| {
            of_widths(&WIDTHS, &|&width| {
                let [with, without] =
                    Scores::ALL.map(|scores| Summary::of_magnitudes(&self.untrained(width, scores, value)).mean);
                format!("{} at width {width}", format::number(without / with, 2))
            })
        };
        let [loss, raw_loss] = Scores::ALL
            .map(|scores| format::number(self.trained(TRAINED, scores).mean(|curve| curve.last().1).mean, 2));
        words
            .with("wide", TO)
            .with("keys", LENGTH)
            .with("weight", weight)
            .with("raw weight", raw_weight)
            .with("trained", TRAINED)
            .with("slower", times(TRAINED))
            .with("deviation", format::number(untrained(Scores::Raw, |s| s.scores), 2))
            .with("root", format::number((TO as f64).sqrt(), 2))
            .with("median ratio", ratio(|s| s.median_gradient))
            .with("mean ratio", ratio(|s| s.mean_gradient))
            .with("slower by width", of_widths(&self.trained_widths(), &slower))
            .with("all steps", format::count(self.trained(TRAINED, Scores::Raw).outcomes[0].last().0))
            .with("loss", loss)
            .with("raw loss", raw_loss)
            .with("pairs", TASK.pairs)
            .with("symbols", TASK.symbols)
            .with("rates", Retrieval::LEARNING_RATES.len())
            .with("every", EVERY)
    }

    fn by_width(&self, of: &str, summary: fn(&[f64]) -> Summary, value: fn(&Saturation) -> f64) -> Vec<Series> {
        let series = |scores: Scores| {
            let points = WIDTHS.map(|width| (width as f64, summary(&self.untrained(width, scores, value))));
            Series::new(format!("{of}{}", scores.name()), points)
        };
        Scores::ALL.map(series).into()
    }

    fn learning(&self) -> Lines {
        let series = Scores::ALL.map(|scores| {
            let cell = self.trained(TRAINED, scores);
            let at = |look: usize| cell.mean(|curve| curve.0[look].1);
            let looks = cell.outcomes[0].0.iter().enumerate();
            Series::new(scores.name(), looks.map(|(look, (step, _))| (*step as f64, at(look))))
        });
        let guessing = (TASK.symbols as f64).ln();
        Lines::new(Axis::log2("training steps"), Axis::linear("held-out loss, nats").from_zero(), series)
            .level("guessing", guessing)
            .level("learned", 0.5 * guessing)
    }

    fn steps_by_width(&self) -> Bars {
        let widths = self.trained_widths();
        let series = Scores::ALL.map(|scores| {
            let steps = |&width: &usize| self.trained(width, scores).magnitude(LossCurve::steps);
            BarSeries::new(scores.name(), widths.iter().map(steps))
        });
        let names = widths.iter().map(|width| format!("d = {width}"));
        Bars::grouped(Axis::linear("training steps").from_zero(), names, series)
    }

    fn untrained_table(&self) -> Columns<&(Head, Vec<Saturation>)> {
        let mean = |value: fn(&Saturation) -> f64| {
            move |(_, seeds): &&(Head, Vec<Saturation>)| {
                digits(seeds.iter().map(value).sum::<f64>() / seeds.len() as f64, 3)
            }
        };
        Table::of(&self.untrained)
            .column("width d", |(head, _)| digits(head.width as f64, 4))
            .column("scale", |(head, _)| head.scores.name())
            .column("standard deviation of the scores", mean(|s| s.scores))
            .column("largest weight", mean(|s| s.largest))
            .column("entropy, bits", mean(|s| s.entropy))
            .column("gradient, median query", mean(|s| s.median_gradient))
            .column("gradient, mean", mean(|s| s.mean_gradient))
    }

    fn training_table(&self) -> Columns<&Cell<Head, LossCurve>> {
        Table::of(&self.trained)
            .column("width d", |cell| cell.case.width)
            .column("scale", |cell| cell.case.scores.name())
            .column("learning rate", |cell| digits(cell.learning_rate, 2))
            .column("steps to learn", |cell| cell.magnitude(LossCurve::steps))
            .column("seeds that learned", |cell| {
                let learned = cell.outcomes.iter().filter(|curve| curve.half().is_some()).count();
                format!("{learned} of {}", cell.outcomes.len())
            })
            .column("steps in all", |cell| cell.outcomes[0].last().0)
            .column("loss after them, nats", |cell| cell.mean(|curve| curve.last().1))
    }

    fn trained_widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.trained.iter().map(|cell| cell.case.width).collect();
        widths.dedup();
        widths
    }
}
