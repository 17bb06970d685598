//! What the page says of C10.

use ndarray::Array2;

use super::Found;
use super::jacobian::Jacobian;
use super::masked_gpt::Masking;
use super::stages::{Outputs, Sight};
use super::study::{CONTEXT, Derivatives, HEADS, LAYERS, POSITIONS, Place, Run, WIDTH};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Labels, Lines, Plot, Reference, Scale, Series},
    format,
    statistics::{Summary, range},
};

impl Found {
    fn mean(&self, masking: Masking, value: impl Fn(&Run) -> f64) -> Summary {
        Summary::of(&self.of(masking, value))
    }

    /// The result in a few sentences.
    pub fn answer(&self) -> String {
        let evidence = self.evidence();
        let all: usize = self.hiding().map(|j| j.future).sum();
        let chain = self.chains.last().map_or(0, |chain| chain.at_once);
        format!(
            "Of {} derivatives of an output by a later input, in gpt, the recurrent stages and the decoders, {} are not exactly zero; and \
             whether gpt reads 2 positions or {CONTEXT}, its chain is {chain} operations. Let position t see t + 1, and the \
             held-out loss seems to be {} nats instead of {}; but one token after another, as in generation, it is {} instead of {}.",
            format::count(all as u64),
            format::count(evidence.future_not_zero as u64),
            self.mean(Masking::LeakNext, |run| run.at_once),
            self.mean(Masking::MinusInfinity, |run| run.at_once),
            self.mean(Masking::LeakNext, |run| run.in_turn),
            self.mean(Masking::MinusInfinity, |run| run.in_turn),
        )
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let gap = |masking| self.mean(masking, |run| run.in_turn - run.at_once);
        vec![
            "The zeros are exact because the weight of a hidden position is exactly 0: e^−∞. Nothing was rounded away."
                .to_owned(),
            "A recurrent stage hides the future without a mask: it has not read it yet. That is why it must compute its states \
             one after another. Of an encoder that reads from both ends half of the numbers see the future, those of the \
             direction that begins at the end; of attention without a mask, all: neither can be a decoder."
                .to_owned(),
            format!(
                "A score multiplied by zero still weighs e^0 = 1. Trained so, the model sees the future: one after another, \
                 its loss changes by {}.",
                change(&gap(Masking::ZeroScores))
            ),
            format!(
                "Weights multiplied by zero behind the softmax hide what the future says, but not how loudly: its scores \
                 stay in the denominator. The rows no longer sum to one, the gradient is not zero; one after another, the \
                 loss changes by {}.",
                change(&gap(Masking::ZeroWeights))
            ),
            "A training loss that is too good to be true is the usual sign of a leak. The comparison with generation, token \
             by token, finds it without knowing where to look."
                .to_owned(),
        ]
    }

    /// The scores of the first seed's gpt, in the fused form.
    pub fn heat(&self) -> Figure {
        let scores = self.seeds.first().and_then(|seed| seed.derivatives.last());
        let norms = scores.map(|scores| scores.fused.norms.clone()).unwrap_or_default();
        let places = |count: usize| Labels::Places((1..=count).map(|i| i.to_string()).collect());
        Figure::new(
            "c10-gradient",
            "No output depends on a later input",
            "The size of d y_t / d x_s for the scores y and the embedded inputs x of a trained gpt, first seed. Above the \
             diagonal every element is exactly zero.",
            Plot::Heat(Heat {
                x: "input s".into(),
                y: "output t".into(),
                value: "‖d y_t / d x_s‖".into(),
                scale: Scale::Log10,
                columns: places(norms.ncols()),
                rows: places(norms.nrows()),
                values: norms.rows().into_iter().map(|row| row.to_vec()).collect(),
            }),
        )
    }

    /// Who sees the future.
    pub fn sights(&self) -> Figure {
        let whole = self.stages.iter().filter(|sight| !matches!(sight.outputs, Outputs::Head { .. }));
        let whole: Vec<&Sight> = whole.collect();
        let of_gpt = self.seeds.iter().flat_map(|seed| &seed.derivatives).filter(|d| d.place == Place::Scores);
        let gpt = part_seen(of_gpt.flat_map(|d| [&d.literal, &d.fused]));
        let stages = whole.iter().map(|sight| (sight.outputs.name(), part_seen(sight.jacobians())));
        let (names, parts): (Vec<String>, Vec<f64>) = std::iter::once(("gpt".to_owned(), gpt)).chain(stages).unzip();
        let series = BarSeries {
            name: "not zero".to_owned(),
            values: parts.into_iter().map(|part| Some(Summary::exact(100.0 * part))).collect(),
        };
        Figure::new(
            "c10-stages",
            "Who sees the future",
            "The part of the derivatives of outputs by later inputs that are not exactly zero, all seeds, literal and fused. \
             What speaks must see nothing of it; an encoder reads a text that is there as a whole.",
            Plot::Bars(Bars::grouped(
                Axis::linear("derivatives by later inputs that are not zero, %").within(0.0, 100.0),
                names,
                vec![series],
            )),
        )
    }

    /// Where the position in the middle looks.
    pub fn row_of_weights(&self) -> Figure {
        let t = POSITIONS / 2;
        let first = self.seeds.first().map_or(&[][..], |seed| &seed.runs);
        let three = first.iter().filter(|run| run.masking != Masking::LeakNext);
        let series = three.map(|run| {
            Series::exact(
                run.masking.name(),
                run.mask.weights.row(t).iter().enumerate().map(|(s, w)| ((s + 1) as f64, *w)),
            )
        });
        let lines = Lines::new(Axis::linear("position looked at"), Axis::linear("weight").from_zero(), series);
        Figure::new(
            "c10-weights",
            format!("Three ways to mask: where position {} looks", t + 1),
            "Mean attention weights of the first layer over heads and held-out windows, with the parameters trained under the \
             right mask, first seed. Right of the line is the future.",
            Plot::Lines(lines.with(Reference::Place { label: "the position itself".into(), x: (t + 1) as f64 })),
        )
    }

    /// The course of training.
    pub fn learning(&self) -> Figure {
        let steps = self.seeds.first().map_or(&[][..], |seed| &seed.runs[0].learning);
        let series = Masking::ALL.map(|masking| {
            let point =
                |(row, (step, _)): (usize, &(u64, f64))| (*step as f64, self.mean(masking, |run| run.learning[row].1));
            Series::new(masking.name(), steps.iter().enumerate().map(point))
        });
        Figure::new(
            "c10-training",
            "A training loss that is too good to be true",
            "The mean over the steps since the point before. The model that sees one position ahead learns to copy it.",
            Plot::Lines(Lines::new(
                Axis::linear("training steps"),
                Axis::linear("training loss, nats per character").from_zero(),
                series,
            )),
        )
    }

    /// Losses all at once and one after another.
    pub fn losses(&self) -> Figure {
        let series = |name: &str, value: fn(&Run) -> f64| BarSeries {
            name: name.to_owned(),
            values: Masking::ALL.iter().map(|masking| Some(self.mean(*masking, value))).collect(),
        };
        Figure::new(
            "c10-losses",
            "What the held-out loss is worth",
            "The same held-out text, with all positions computed at once as in training, and with one token read after \
             another as in generation. Only a mask that hides the future gives the same answer twice.",
            Plot::Bars(Bars::grouped(
                Axis::linear("held-out loss, nats per character").from_zero(),
                Masking::ALL.map(|masking| masking.name().to_owned()),
                vec![series("all at once", |run| run.at_once), series("one after another", |run| run.in_turn)],
            )),
        )
    }

    /// Of gpt, place by place.
    pub fn derivatives(&self) -> Table {
        let caption = "Derivatives of what each head gathers, and of the scores, by the embedded inputs, in the literal and in \
                       the fused form; all seeds together";
        let columns = [
            "output",
            "#by the future",
            "#not zero, literal",
            "#not zero, fused",
            "#by the past, not zero, literal",
            "#fused",
        ];
        let mut table = Table::new("c10-derivatives", caption, &columns);
        for (i, Derivatives { place, .. }) in self.seeds.iter().take(1).flat_map(|s| s.derivatives.iter().enumerate()) {
            let sum = |of: fn(&Derivatives) -> usize| {
                format::count(self.seeds.iter().map(|seed| of(&seed.derivatives[i])).sum::<usize>() as u64)
            };
            let place = match place {
                Place::Head { layer, head } => format!("layer {}, head {}", layer + 1, head + 1),
                Place::Scores => "scores of the next token".to_owned(),
            };
            table.row([
                place,
                sum(|d| d.literal.future),
                sum(|d| d.literal.future_not_zero),
                sum(|d| d.fused.future_not_zero),
                sum(|d| d.literal.past_not_zero),
                sum(|d| d.fused.past_not_zero),
            ]);
        }
        table
    }

    /// Of the other stages.
    pub fn stages(&self) -> Table {
        let caption =
            "Derivatives of the outputs of the other stages by the vectors of their inputs; all seeds together";
        let columns = [
            "output",
            "what keeps the future out",
            "#by the future",
            "#not zero, literal",
            "#not zero, fused",
            "#by the past, not zero, literal",
            "#fused",
        ];
        let mut table = Table::new("c10-stage-derivatives", caption, &columns);
        for Sight { outputs, literal, fused } in &self.stages {
            let sum = |jacobians: &[Jacobian], of: fn(&Jacobian) -> usize| {
                format::count(jacobians.iter().map(of).sum::<usize>() as u64)
            };
            table.row([
                outputs.name(),
                outputs.kept_out_by().to_owned(),
                sum(literal, |j| j.future),
                sum(literal, |j| j.future_not_zero),
                sum(fused, |j| j.future_not_zero),
                sum(literal, |j| j.past_not_zero),
                sum(fused, |j| j.past_not_zero),
            ]);
        }
        table
    }

    /// Each mask in numbers.
    pub fn ways(&self) -> Table {
        let caption = "Each mask over the parameters trained with the right one; means over seeds";
        let columns = [
            "mask",
            "#smallest sum of a row",
            "#largest sum of a row",
            "#weight on the future",
            "#largest ‖d y_t / d x_s‖, s > t",
        ];
        let mut table = Table::new("c10-masks", caption, &columns);
        for masking in Masking::ALL {
            let number = |value: fn(&Run) -> f64| format::number(self.mean(masking, value).mean, 3);
            table.row([
                masking.name().to_owned(),
                number(|run| range(row_sums(&run.mask.weights))[0]),
                number(|run| range(row_sums(&run.mask.weights))[1]),
                number(|run| future_weight(&run.mask.weights)),
                number(|run| run.mask.jacobian.largest_future()),
            ]);
        }
        table
    }

    /// Chains by length.
    pub fn lengths(&self) -> Table {
        let caption =
            "Operations that have to wait for each other, from tokens to scores, counted from what was executed";
        let mut table = Table::new("c10-chains", caption, &["#positions", "#all at once", "#one after another"]);
        for chain in &self.chains {
            table.row([chain.positions as u64, chain.at_once, chain.in_turn].map(format::count));
        }
        table
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        vec![
            format!(
                "A gpt of {LAYERS} layers of width {WIDTH} with {HEADS} heads; derivatives over {POSITIONS} positions; held out \
                 are the first {} windows of {CONTEXT} characters of the text's last tenth. A zero is exact; how much a wrong \
                 mask spoils depends on size and training.",
                self.windows
            ),
            "The other stages are measured untrained and small: which derivatives are exactly zero follows from what is \
             computed, not from the weights."
                .to_owned(),
            "The wrong masks are written out in small operations over the parameters of gpt; a test holds that model \
             against gpt under the right mask."
                .to_owned(),
        ]
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
