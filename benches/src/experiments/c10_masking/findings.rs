//! What the page says of C10.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Reference, Scale, Series},
    format::{self, count},
    statistics::{Summary, range},
    table::{Columns, digits},
};
use stages::Stage;

use super::{
    EXPERIMENT, Measurements, TEXT,
    criterion::{chain, of_all},
    jacobian::Jacobian,
    masked_gpt::Masking,
    outputs::{GPT_HEADS, GPT_LAYERS, Outputs, Sight},
    training::{CONTEXT, Chain, LENGTHS, Masked, POSITIONS, TrainedUnder, WIDTH},
};
use crate::{
    finding::{Draft, Effect, Finding},
    session::Session,
    study::{
        parts::{self, Bound},
        text::Values,
    },
};

/// The place whose weights are drawn.
const MIDDLE: usize = POSITIONS / 2;

pub fn conclude(measurements: &Measurements, session: &Session) -> Finding {
    let parts = measurements.parts();
    let values = measurements.values(parts::words(&parts, EXPERIMENT.basis));
    let (of_gpt, others) = measurements.sights.split_at(Outputs::of_gpt().len());
    let [future, not_zero] = of_all(measurements.hiding());
    Draft::new(TEXT, &values.maybe("alphabet", session.alphabet.limit()))
        .effect(Effect {
            what: "derivatives of an output by a later input that are not zero".into(),
            unit: format!("of {}", count(future)),
            found: Summary::exact(not_zero as f64),
            needed: Bound::Exactly(0.0),
        })
        .figure("c10-gradient", measurements.gradient())
        .figure("c10-stages", measurements.who_sees())
        .figure("c10-weights", measurements.weights())
        .figure("c10-training", measurements.learning())
        .figure("c10-losses", measurements.losses())
        .parts("c10-parts", &parts)
        .table("c10-derivatives", derivatives(of_gpt))
        .table("c10-stage-derivatives", derivatives(others))
        .table("c10-masks", measurements.masks())
        .table("c10-chains", chains(&measurements.chains))
        .finding(parts::verdict(&parts))
}

/// All seeds together.
fn derivatives(sights: &[Sight]) -> Columns<&Sight> {
    let sum = |form: usize, of: fn(&Jacobian) -> usize| {
        move |sight: &&Sight| sight.seeds.iter().map(|jacobians| of(&jacobians[form])).sum::<usize>()
    };
    let [literal, fused] = [0, 1];
    Table::of(sights)
        .column("output", |sight| sight.outputs.name())
        .column("what hides the future", |sight| sight.outputs.kept_out_by())
        .column("by the future", sum(literal, |j| j.future))
        .column("not zero, literal", sum(literal, |j| j.future_not_zero))
        .column("not zero, fused", sum(fused, |j| j.future_not_zero))
        .column("by the past, not zero, literal", sum(literal, |j| j.past_not_zero))
        .column("fused", sum(fused, |j| j.past_not_zero))
}

fn chains(chains: &[Chain]) -> Columns<&Chain> {
    Table::of(chains)
        .column("positions", |chain| chain.positions)
        .column("all at once", |chain| chain.at_once)
        .column("one after another", |chain| chain.in_turn)
}

impl Measurements {
    fn mean(&self, masking: Masking, value: impl Fn(&TrainedUnder) -> f64) -> Summary {
        Summary::of(&self.of(masking, value))
    }

    fn values(&self, words: Values) -> Values {
        let loss = |masking, value: fn(&TrainedUnder) -> f64| format::number(self.mean(masking, value).mean, 3);
        let [future, not_zero] = of_all(self.hiding());
        let derivatives = match not_zero {
            0 => format!("All {}", count(future)),
            some => format!("Only {} of {}", count(future - some), count(future)),
        };
        words
            .with("derivatives", derivatives)
            .with("fewest", LENGTHS[0])
            .with("context", CONTEXT)
            .with("chain", chain(&self.chains()))
            .with("leaking at once", loss(Masking::LeakNext, |trained| trained.at_once))
            .with("right at once", loss(Masking::MinusInfinity, |trained| trained.at_once))
            .with("leaking in turn", loss(Masking::LeakNext, |trained| trained.in_turn))
            .with("right in turn", loss(Masking::MinusInfinity, |trained| trained.in_turn))
            .with("layers", GPT_LAYERS)
            .with("width", WIDTH)
            .with("heads", GPT_HEADS)
            .with("positions", POSITIONS)
            .with("windows", self.windows)
            .with("middle", MIDDLE + 1)
    }

    /// The scores of the first seed's gpt, in the fused form.
    fn gradient(&self) -> Heat {
        let scores = self.sights.iter().find(|sight| sight.outputs == Outputs::Language(Stage::Gpt));
        let places = Labels::Places((1..=POSITIONS).map(|i| i.to_string()).collect());
        Heat {
            x: "input s".into(),
            y: "output t".into(),
            value: "size of the derivative".into(),
            scale: Scale::Log10,
            columns: places.clone(),
            rows: places,
            values: scores.map(|scores| scores.seeds[0][1].norms.clone()).unwrap_or_default(),
        }
    }

    /// The part of the derivatives by later inputs that are not exactly zero.
    fn who_sees(&self) -> Bars {
        let of_a_head = |of: Outputs| matches!(of, Outputs::GptHead { .. } | Outputs::DecoderHead { .. });
        let whole: Vec<&Sight> = self.sights.iter().filter(|sight| !of_a_head(sight.outputs)).collect();
        let percent = |sight: &&Sight| {
            let [future, not_zero] = of_all(sight.jacobians());
            Summary::exact(100.0 * not_zero as f64 / future as f64)
        };
        let axis = Axis::linear("derivatives by later inputs that are not zero, %").within(0.0, 100.0);
        let bars = BarSeries::new("not zero", whole.iter().map(percent));
        Bars::grouped(axis, whole.iter().map(|sight| sight.outputs.name()), [bars])
    }

    fn weights(&self) -> Lines {
        let hidden = Masking::ALL.into_iter().filter(|masking| *masking != Masking::LeakNext);
        let series = hidden.flat_map(|masking| {
            let first = self.masked(masking).next()?;
            let weights = first.weights[MIDDLE].iter().enumerate();
            Some(Series::exact(masking.name(), weights.map(|(s, weight)| ((s + 1) as f64, *weight))))
        });
        Lines::new(Axis::linear("position looked at"), Axis::linear("attention weight").from_zero(), series)
            .with(Reference::Place { label: "the position itself".into(), x: (MIDDLE + 1) as f64 })
    }

    fn learning(&self) -> Lines {
        let steps = &self.trained[0].learning;
        let series = Masking::ALL.map(|masking| {
            let mean = |row: usize| self.mean(masking, |trained| trained.learning[row].1);
            let points = steps.iter().enumerate().map(|(row, (step, _))| (*step as f64, mean(row)));
            Series::new(masking.name(), points)
        });
        let loss = Axis::linear("training loss, nats per character").from_zero();
        Lines::new(Axis::linear("training steps"), loss, series)
    }

    fn losses(&self) -> Bars {
        let bars = |name: &str, loss: fn(&TrainedUnder) -> f64| {
            BarSeries::new(name, Masking::ALL.map(|masking| self.mean(masking, loss)))
        };
        Bars::grouped(
            Axis::linear("held-out loss, nats per character").from_zero(),
            Masking::ALL.map(Masking::name),
            [bars("all at once", |run| run.at_once), bars("one after another", |run| run.in_turn)],
        )
    }

    fn masks(&self) -> Columns<Masking> {
        let mean = |value: fn(&Masked) -> f64| {
            move |masking: &Masking| digits(Summary::of(&self.masked(*masking).map(value).collect::<Vec<_>>()).mean, 3)
        };
        Table::of(Masking::ALL)
            .column("mask", |masking| masking.name())
            .column("smallest sum of a query's weights", mean(|masked| range(row_sums(&masked.weights))[0]))
            .column("largest sum", mean(|masked| range(row_sums(&masked.weights))[1]))
            .column("weight on the future", mean(|masked| future_weight(&masked.weights)))
            .column("largest derivative by a later input", mean(|masked| masked.jacobian.largest_future()))
    }
}

fn row_sums(weights: &[Vec<f64>]) -> impl Iterator<Item = f64> {
    weights.iter().map(|row| row.iter().sum())
}

/// The mean over the queries of the weight that lies behind them.
fn future_weight(weights: &[Vec<f64>]) -> f64 {
    weights.iter().enumerate().flat_map(|(t, row)| &row[t + 1..]).sum::<f64>() / weights.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_and_the_future_by_hand() {
        let weights = [vec![0.5, 0.5], vec![0.25, 0.25]];
        assert_eq!(row_sums(&weights).collect::<Vec<_>>(), [1.0, 0.5]);
        assert_eq!(future_weight(&weights), 0.25);
    }
}
