//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, and what gradient reaches the queries, by the width d of the
//! head. In training: a model that is little more than one head, with and without the division.

use super::{
    c08_recall::{PAIRS, SYMBOLS, Trained, train},
    c08_saturation::{LENGTH, Saturation, Scores, WIDTHS, measure},
};
use crate::{
    budget::Budget,
    figure::{Axis, BarSeries, Bars, Figure, Lines, Plot, Reference, Series},
    finding::{Experiment, Finding, Table},
    format,
    lab::Lab,
    statistics::Summary,
    verdict::{Verdict, exceeds},
};

/// Leaves out the division, and looks at what breaks.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C8",
    claim: "Queries, keys and values: score, scale, softmax, weighted sum; without the scale 1/√d the softmax saturates",
    criterion: "Shown if, between 64 random queries and keys of width 1024, the largest weight of a query is larger without \
                the division by √d than with it by more than 0.5 in the mean; if with it that weight differs from the one \
                at width 16 by at most 0.05; if the gradient that reaches the median query is smaller without the division by \
                more than a factor of 3; and if, trained at the widest to find the value that stands beside a key, the \
                held-out loss is higher without it by more than 0.1 nats, at equal steps and each at its best learning rate.",
    run,
};

/// How much more the largest weight has to be.
const SATURATED: f64 = 0.5;
/// How far the divided scores' largest weight may move between these widths.
const STEADY: f64 = 0.05;
const FROM: usize = 16;
/// How many times smaller the gradient has to be.
const SMALLER: f64 = 3.0;
/// What the division has to be worth, in nats.
const WORTH: f64 = 0.1;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let mut at_first = Vec::new();
    for width in WIDTHS {
        for scores in Scores::ALL {
            let seeds = lab.seeds.iter().map(|&seed| measure(width, scores, seed)).collect();
            at_first.push(AtFirst { width, scores, seeds });
        }
    }
    let widths: &[usize] = lab.budget.pick(&[8, 128], &[8, 32, 128], &[8, 32, 128, 512]);
    let trained = train(lab, widths, lab.budget.pick(400, 3_000, 6_000))?;
    let found = Found { at_first, trained };
    Ok(Finding {
        verdict: found.verdict(lab.budget),
        answer: found.answer(),
        figures: vec![found.largest(), found.entropy(), found.gradient(), found.learning(), found.losses()],
        tables: vec![found.at_first_table(), found.training_table()],
        notice: found.notice(),
        limits: found.limits(),
    })
}

/// What was measured.
struct Found {
    at_first: Vec<AtFirst>,
    trained: Vec<Trained>,
}

/// One width and way, every seed.
struct AtFirst {
    width: usize,
    scores: Scores,
    seeds: Vec<Saturation>,
}

impl Found {
    fn verdict(&self, budget: Budget) -> Verdict {
        let widest = WIDTHS[WIDTHS.len() - 1];
        let [divided, raw] = Scores::ALL.map(|scores| self.at(widest, scores, |s| s.largest));
        let steady = Summary::of_differences(&divided, &self.at(FROM, Scores::Divided, |s| s.largest));
        let [gradient, vanished] = Scores::ALL.map(|scores| self.at(widest, scores, |s| s.gradient.ln()));
        let [with, without] = Scores::ALL.map(|scores| self.losses_of(self.widest_trained(), scores));
        Verdict::all(&[
            exceeds(&Summary::of_differences(&raw, &divided), SATURATED, budget),
            match exceeds(&steady, STEADY, budget) {
                // Here the claim is that nothing happens.
                Verdict::NotShown if steady.low() >= -STEADY && steady.high() <= STEADY => Verdict::Shown,
                Verdict::Shown | Verdict::Reverse => Verdict::NotShown,
                open => open,
            },
            exceeds(&Summary::of_differences(&gradient, &vanished), SMALLER.ln(), budget),
            exceeds(&Summary::of_differences(&without, &with), WORTH, budget),
        ])
    }

    /// A number of every seed.
    fn at(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.at_first.iter().filter(|a| (a.width, a.scores) == (width, scores));
        found.flat_map(|a| a.seeds.iter().map(&value)).collect()
    }

    fn widest_trained(&self) -> usize {
        self.trained.iter().map(|trained| trained.job.width).max().unwrap_or(0)
    }

    fn of(&self, width: usize, scores: Scores) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |t| (t.job.width, t.job.scores) == (width, scores))
    }

    fn losses_of(&self, width: usize, scores: Scores) -> Vec<f64> {
        self.of(width, scores).map(Trained::loss).collect()
    }

    fn trained_widths(&self) -> Vec<usize> {
        let mut widths: Vec<usize> = self.trained.iter().map(|trained| trained.job.width).collect();
        widths.dedup();
        widths
    }

    fn answer(&self) -> String {
        let widest = WIDTHS[WIDTHS.len() - 1];
        let [with, without] = Scores::ALL.map(|scores| Summary::of(&self.at(widest, scores, |s| s.largest)));
        let [gradient, vanished] =
            Scores::ALL.map(|scores| Summary::of_magnitudes(&self.at(widest, scores, |s| s.gradient)));
        let trained = self.widest_trained();
        let [loss, raw_loss] = Scores::ALL.map(|scores| Summary::of(&self.losses_of(trained, scores)));
        format!(
            "At width {widest} a random query gives one key of {LENGTH} a weight of {without} without the division and of \
             {with} with it; the median gradient is {vanished} instead of {gradient}. Trained at width {trained}, the loss \
             ends at {raw_loss} nats without it and at {loss} with it."
        )
    }

    fn by_width(&self, value: fn(&Saturation) -> f64, summary: fn(&[f64]) -> Summary) -> Vec<Series> {
        let series = |scores: Scores| {
            let points = WIDTHS.map(|width| (width as f64, summary(&self.at(width, scores, value))));
            Series::new(scores.name(), points)
        };
        Scores::ALL.map(series).into()
    }

    fn largest(&self) -> Figure {
        let lines = Lines::new(
            Axis::log2("width of the head d"),
            Axis::linear("largest weight of a query").within(0.0, 1.0),
            self.by_width(|s| s.largest, |values| Summary::of(values)),
        );
        let uniform = Reference::Level { label: "all keys alike".into(), y: 1.0 / LENGTH as f64 };
        Figure::new(
            "c08-largest",
            "Undivided scores put all weight on one key",
            format!("The mean over standard normal queries, each with {LENGTH} keys; nothing is trained."),
            Plot::Lines(lines.with(uniform)),
        )
    }

    fn entropy(&self) -> Figure {
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

    fn gradient(&self) -> Figure {
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

    fn learning(&self) -> Figure {
        let width = self.widest_trained();
        let series = Scores::ALL.map(|scores| {
            let runs: Vec<&Trained> = self.of(width, scores).collect();
            let looks = runs.first().map_or(&[][..], |run| &run.curve);
            let at = |i: usize| Summary::of(&runs.iter().map(|run| run.curve[i].1).collect::<Vec<_>>());
            Series::new(scores.name(), looks.iter().enumerate().map(|(i, (step, _))| (*step as f64, at(i))))
        });
        let lines =
            Lines::new(Axis::linear("training steps"), Axis::linear("held-out loss, nats").from_zero(), series.into());
        Figure::new(
            "c08-training",
            format!("Learning to find the value beside a key, at width {width}"),
            format!("{PAIRS} pairs in a row; each way at the learning rate that suits it best."),
            Plot::Lines(lines.with(Reference::Level { label: "guessing".into(), y: (SYMBOLS as f64).ln() })),
        )
    }

    fn losses(&self) -> Figure {
        let widths = self.trained_widths();
        let series = Scores::ALL.map(|scores| BarSeries {
            name: scores.name().to_owned(),
            values: widths.iter().map(|&width| Some(Summary::of(&self.losses_of(width, scores)))).collect(),
        });
        Figure::new(
            "c08-losses",
            "The same training by the width of the head",
            "The held-out loss after equal numbers of steps.",
            Plot::Bars(Bars::grouped(
                Axis::linear("held-out loss, nats").from_zero(),
                widths.iter().map(|width| format!("d = {width}")).collect(),
                series.into(),
            )),
        )
    }

    fn at_first_table(&self) -> Table {
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

    fn training_table(&self) -> Table {
        let caption = "Held-out loss at the end of training";
        let mut table = Table::new("c08-losses-table", caption, &["#width d", "scores", "#learning rate", "#nats"]);
        for width in self.trained_widths() {
            for scores in Scores::ALL {
                let rate = self.of(width, scores).next().map_or(f64::NAN, |trained| trained.job.learning_rate);
                table.row([
                    width.to_string(),
                    scores.name().to_owned(),
                    format::number(rate, 2),
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

    fn notice(&self) -> Vec<String> {
        let widest = WIDTHS[WIDTHS.len() - 1];
        let raw = |value: fn(&Saturation) -> f64| Summary::of(&self.at(widest, Scores::Raw, value)).mean;
        let cost = |width: &usize| {
            let [with, without] = Scores::ALL.map(|scores| self.losses_of(*width, scores));
            format!("{} at width {width}", Summary::of_differences(&without, &with))
        };
        let mut notice = vec![
            format!(
                "A score is a sum of d products, each with a variance of 1, so its standard deviation is √d: {} measured at \
                 width {widest}, and √{widest} = {}. Divided by that it is 1 at every width.",
                format::number(raw(|s| s.scores), 3),
                format::number((widest as f64).sqrt(), 3),
            ),
            format!(
                "Not every query loses its gradient: without the division the mean at width {widest} is {} times the median. A \
                 few queries stand between two keys and get large ones, for the keys that the gradient passes are long; the \
                 rest get next to nothing.",
                format::number(raw(|s| s.mean_gradient) / raw(|s| s.gradient), 2),
            ),
            format!(
                "In nats of held-out loss, leaving the division out of the training costs {}.",
                self.trained_widths().iter().map(cost).collect::<Vec<_>>().join(", "),
            ),
        ];
        let more = self.more_gradient();
        if !more.is_empty() {
            notice.push(format!(
                "Longer keys pass on more gradient too: at width {} the median query gets more of it without the division \
                 than with it, although its weights are less even.",
                more.iter().map(usize::to_string).collect::<Vec<_>>().join(", "),
            ));
        }
        notice
    }

    fn limits(&self) -> Vec<String> {
        vec![
            "Queries and keys are standard normal. A model could learn smaller ones and do without the division; a \
             normalisation before the layer, as every Transformer has one, does not make them small."
                .to_owned(),
            format!(
                "The training is a toy: one head, {PAIRS} pairs, {SYMBOLS} symbols, three learning rates to choose from, \
                 AdamW, which makes small gradients larger. Score, softmax and weighted sum with every number are in the \
                 walkthrough of the crate transformer."
            ),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c08_recall::Job;

    /// Largest weights with the division at widths 16 and 1024 and without it at 1024, how many times smaller the gradient
    /// is without it, and the two losses.
    fn found([from, divided, raw]: [f64; 3], smaller: f64, [with, without]: [f64; 2]) -> Found {
        let at = |width, scores, largest: f64, gradient: f64| AtFirst {
            width,
            scores,
            seeds: [0.99, 1.0, 1.01]
                .map(|x| Saturation {
                    scores: 1.0,
                    largest: x * largest,
                    entropy: 1.0,
                    gradient: x * gradient,
                    mean_gradient: 1.0,
                })
                .into(),
        };
        let trained = [(Scores::Divided, with), (Scores::Raw, without)].into_iter().flat_map(|(scores, loss)| {
            [1, 2, 3].map(|seed| Trained {
                job: Job { width: 128, scores, learning_rate: 1.0, seed },
                curve: vec![(1, loss + 1e-3 * seed as f64)],
            })
        });
        Found {
            at_first: vec![
                at(FROM, Scores::Divided, from, 1.0),
                at(1024, Scores::Divided, divided, 1.0),
                at(1024, Scores::Raw, raw, 1.0 / smaller),
            ],
            trained: trained.collect(),
        }
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let verdict = |weights, smaller, losses| found(weights, smaller, losses).verdict(Budget::Quick);
        assert_eq!(verdict([0.1, 0.1, 0.95], 30.0, [0.2, 1.0]), Verdict::Shown);
        assert_eq!(verdict([0.1, 0.1, 0.4], 30.0, [0.2, 1.0]), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.3, 0.95], 30.0, [0.2, 1.0]), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.1, 0.95], 2.0, [0.2, 1.0]), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.1, 0.95], 30.0, [0.2, 0.22]), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.1, 0.95], 30.0, [1.0, 0.2]), Verdict::NotShown);
    }
}
