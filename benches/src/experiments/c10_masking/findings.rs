//! What the page says of C10.

use ndarray::Array2;
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Reference, Scale, Series},
    format::count,
    statistics::{Summary, range},
    table::{Columns, digits},
};

use super::{
    Found, TEXT,
    jacobian::Jacobian,
    masked_gpt::Masking,
    stages::{Outputs, Sight},
    study::{CONTEXT, Chain, Derivatives, HEADS, LAYERS, LENGTHS, POSITIONS, Place, Run, WIDTH},
};
use crate::{
    finding::{Draft, Finding},
    session::Session,
    study::text::Values,
};

/// The place whose weights are drawn.
const MIDDLE: usize = POSITIONS / 2;

pub fn conclude(found: &Found, session: &Session) -> Finding {
    let values = found.values().maybe("alphabet", session.alphabet.limit());
    let counts = found.seeds.iter().map(|seed| &seed.derivatives[..]);
    Draft::new(TEXT, &values)
        .figure("c10-gradient", found.gradient())
        .figure("c10-stages", found.sights())
        .figure("c10-weights", found.weights())
        .figure("c10-training", found.learning())
        .figure("c10-losses", found.losses())
        .table("c10-derivatives", derivatives(&counts.collect::<Vec<_>>()))
        .table("c10-stage-derivatives", stages(&found.stages))
        .table("c10-masks", found.masks())
        .table("c10-chains", chains(&found.chains))
        .finding(found.evidence().verdict())
}

/// Of gpt, place by place.
fn derivatives<'f>(seeds: &[&'f [Derivatives]]) -> Columns<Vec<&'f Derivatives>> {
    let sum =
        |of: fn(&Derivatives) -> usize| move |seeds: &Vec<&Derivatives>| seeds.iter().map(|d| of(d)).sum::<usize>();
    Table::of((0..seeds[0].len()).map(|place| seeds.iter().map(|of_seed| &of_seed[place]).collect()))
        .column("output", |seeds: &Vec<&Derivatives>| match seeds[0].place {
            Place::Head { layer, head } => format!("layer {}, head {}", layer + 1, head + 1),
            Place::Scores => "scores of the next token".to_owned(),
        })
        .column("by the future", sum(|d| d.literal.future))
        .column("not zero, literal", sum(|d| d.literal.future_not_zero))
        .column("not zero, fused", sum(|d| d.fused.future_not_zero))
        .column("by the past, not zero, literal", sum(|d| d.literal.past_not_zero))
        .column("fused", sum(|d| d.fused.past_not_zero))
}

fn stages(stages: &[Sight]) -> Columns<&Sight> {
    let sum = |jacobians: &[Jacobian], of: fn(&Jacobian) -> usize| jacobians.iter().map(of).sum::<usize>();
    Table::of(stages)
        .column("output", |sight| sight.outputs.name())
        .column("what keeps the future out", |sight| sight.outputs.kept_out_by())
        .column("by the future", |sight| sum(&sight.literal, |j| j.future))
        .column("not zero, literal", |sight| sum(&sight.literal, |j| j.future_not_zero))
        .column("not zero, fused", |sight| sum(&sight.fused, |j| j.future_not_zero))
        .column("by the past, not zero, literal", |sight| sum(&sight.literal, |j| j.past_not_zero))
        .column("fused", |sight| sum(&sight.fused, |j| j.past_not_zero))
}

fn chains(chains: &[Chain]) -> Columns<&Chain> {
    Table::of(chains)
        .column("positions", |chain| chain.positions)
        .column("all at once", |chain| chain.at_once)
        .column("one after another", |chain| chain.in_turn)
}

impl Found {
    fn mean(&self, masking: Masking, value: impl Fn(&Run) -> f64) -> Summary {
        Summary::of(&self.of(masking, value))
    }

    fn values(&self) -> Values {
        let gap = |masking| change(&self.mean(masking, |run| run.in_turn - run.at_once));
        let at_once = |masking| self.mean(masking, |run| run.at_once);
        let in_turn = |masking| self.mean(masking, |run| run.in_turn);
        let all: usize = self.hiding().map(|j| j.future).sum();
        Values::default()
            .with("derivatives", count(all as u64))
            .with("not zero", count(self.evidence().future_not_zero as u64))
            .with("fewest", LENGTHS[0])
            .with("context", CONTEXT)
            .with("chain", self.chains.last().map_or(0, |chain| chain.at_once))
            .with("leaking at once", at_once(Masking::LeakNext))
            .with("right at once", at_once(Masking::MinusInfinity))
            .with("leaking in turn", in_turn(Masking::LeakNext))
            .with("right in turn", in_turn(Masking::MinusInfinity))
            .with("zero scores", gap(Masking::ZeroScores))
            .with("zero weights", gap(Masking::ZeroWeights))
            .with("layers", LAYERS)
            .with("width", WIDTH)
            .with("heads", HEADS)
            .with("positions", POSITIONS)
            .with("windows", self.windows)
            .with("middle", MIDDLE + 1)
    }

    /// The scores of the first seed's gpt, in the fused form.
    fn gradient(&self) -> Heat {
        let scores = self.seeds.first().and_then(|seed| seed.derivatives.last());
        let norms = scores.map(|scores| scores.fused.norms.clone()).unwrap_or_default();
        let places = |count: usize| Labels::Places((1..=count).map(|i| i.to_string()).collect());
        Heat {
            x: "input s".into(),
            y: "output t".into(),
            value: "‖d y_t / d x_s‖".into(),
            scale: Scale::Log10,
            columns: places(norms.ncols()),
            rows: places(norms.nrows()),
            values: norms.rows().into_iter().map(|row| row.to_vec()).collect(),
        }
    }

    fn sights(&self) -> Bars {
        let whole = || self.stages.iter().filter(|sight| !matches!(sight.outputs, Outputs::Head { .. }));
        let of_gpt = self.seeds.iter().flat_map(|seed| &seed.derivatives).filter(|d| d.place == Place::Scores);
        let gpt = part_seen(of_gpt.flat_map(|d| [&d.literal, &d.fused]));
        let parts = std::iter::once(gpt).chain(whole().map(|sight| part_seen(sight.jacobians())));
        let names = std::iter::once("gpt".to_owned()).chain(whole().map(|sight| sight.outputs.name()));
        let axis = Axis::linear("derivatives by later inputs that are not zero, %").within(0.0, 100.0);
        Bars::grouped(axis, names, [BarSeries::new("not zero", parts.map(|part| Summary::exact(100.0 * part)))])
    }

    fn weights(&self) -> Lines {
        let first = self.seeds.first().map_or(&[][..], |seed| &seed.runs);
        let hidden = first.iter().filter(|run| run.masking != Masking::LeakNext);
        let series = hidden.map(|run| {
            let weights = run.mask.weights.row(MIDDLE).to_vec().into_iter().enumerate();
            Series::exact(run.masking.name(), weights.map(|(s, weight)| ((s + 1) as f64, weight)))
        });
        Lines::new(Axis::linear("position looked at"), Axis::linear("weight").from_zero(), series)
            .with(Reference::Place { label: "the position itself".into(), x: (MIDDLE + 1) as f64 })
    }

    fn learning(&self) -> Lines {
        let steps = self.seeds.first().map_or(&[][..], |seed| &seed.runs[0].learning);
        let series = Masking::ALL.map(|masking| {
            let mean = |row: usize| self.mean(masking, |run| run.learning[row].1);
            let points = steps.iter().enumerate().map(|(row, (step, _))| (*step as f64, mean(row)));
            Series::new(masking.name(), points)
        });
        Lines::new(
            Axis::linear("training steps"),
            Axis::linear("training loss, nats per character").from_zero(),
            series,
        )
    }

    fn losses(&self) -> Bars {
        let bars = |name: &str, loss: fn(&Run) -> f64| {
            BarSeries::new(name, Masking::ALL.map(|masking| self.mean(masking, loss)))
        };
        Bars::grouped(
            Axis::linear("held-out loss, nats per character").from_zero(),
            Masking::ALL.map(Masking::name),
            [bars("all at once", |run| run.at_once), bars("one after another", |run| run.in_turn)],
        )
    }

    fn masks(&self) -> Columns<Masking> {
        let mean = |value: fn(&Run) -> f64| move |masking: &Masking| digits(self.mean(*masking, value).mean, 3);
        Table::of(Masking::ALL)
            .column("mask", |masking| masking.name())
            .column("smallest sum of a row", mean(|run| range(row_sums(&run.mask.weights))[0]))
            .column("largest sum of a row", mean(|run| range(row_sums(&run.mask.weights))[1]))
            .column("weight on the future", mean(|run| future_weight(&run.mask.weights)))
            .column("largest ‖d y_t / d x_s‖, s > t", mean(|run| run.mask.jacobian.largest_future()))
    }
}

/// A change of a loss, and whether its direction is known.
fn change(nats: &Summary) -> String {
    let unknown = (nats.low()..=nats.high()).contains(&0.0);
    format!(
        "{nats} nats{}",
        if unknown { ", an interval that holds zero: these seeds do not tell up from down" } else { "" }
    )
}

fn row_sums(weights: &Array2<f64>) -> impl Iterator<Item = f64> {
    weights.rows().into_iter().map(|row| row.sum())
}

/// The part of the derivatives by later inputs that are not exactly zero.
fn part_seen<'j>(jacobians: impl Iterator<Item = &'j Jacobian>) -> f64 {
    let (seen, all) = jacobians.fold((0, 0), |(seen, all), j| (seen + j.future_not_zero, all + j.future));
    seen as f64 / all as f64
}

/// The mean over the queries of the weight that lies behind them.
fn future_weight(weights: &Array2<f64>) -> f64 {
    let future = weights.indexed_iter().filter(|((t, s), _)| s > t).map(|(_, weight)| weight);
    future.sum::<f64>() / weights.nrows() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_that_may_be_none_says_so() {
        assert_eq!(change(&Summary::of(&[1.0, 1.5, 2.0])), "1.5 ± 1.2 nats");
        let unknown = change(&Summary::of(&[0.0, 1.5, 3.0]));
        assert!(unknown.starts_with("1.5 ± 3.7 nats, an interval that holds zero"), "{unknown}");
    }

    #[test]
    fn rows_and_the_future_by_hand() {
        let weights = ndarray::array![[0.5, 0.5], [0.25, 0.25]];
        assert_eq!(row_sums(&weights).collect::<Vec<_>>(), [1.0, 0.5]);
        assert_eq!(future_weight(&weights), 0.25);
    }
}
