//! C8: queries, keys and values; here, what the division of the scores by √d is for.
//!
//! At initialisation: how the weights of random queries fill, and what gradient reaches the queries, by the width d of the
//! head. In training: a model that is little more than one head, with and without the division.

use super::{
    c08_recall::{EVERY, LEARNING_RATES, PAIRS, SYMBOLS, Trained, train},
    c08_saturation::{LENGTH, Saturation, Scores, WIDTHS, measure},
    parts::{self, Part},
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
                more than a factor of 3; and if a head of width 128, trained to find the value that stands beside a key, takes \
                more than 1.5 times as many steps without the division to halve the held-out loss of guessing, each way at the \
                learning rate that halves it first. About what is left after a long training the claim says nothing.",
    run,
};

/// How much more the largest weight has to be.
const SATURATED: f64 = 0.5;
/// How far the divided scores' largest weight may move between these widths.
const STEADY: f64 = 0.05;
const FROM: usize = 16;
const TO: usize = WIDTHS[WIDTHS.len() - 1];
/// How many times smaller the gradient has to be.
const SMALLER: f64 = 3.0;
/// The width that is trained to judge by, at every budget: that of the heads of many large models.
const TRAINED: usize = 128;
/// How many times as many steps the undivided scores have to take.
const SLOWER: f64 = 1.5;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let mut at_first = Vec::new();
    for width in WIDTHS {
        for scores in Scores::ALL {
            let seeds = lab.seeds.iter().map(|&seed| measure(width, scores, seed)).collect();
            at_first.push(AtFirst { width, scores, seeds });
        }
    }
    let widths: &[usize] = lab.budget.pick(&[8, TRAINED], &[8, 32, TRAINED], &[8, 32, TRAINED, 512]);
    let trained = train(lab, widths, lab.budget.pick(500, 3_000, 6_000))?;
    let found = Found { at_first, trained };
    let parts = found.parts(lab.budget);
    Ok(Finding {
        verdict: parts::verdict(&parts),
        answer: found.answer() + &parts::remainder(&parts),
        figures: vec![found.largest(), found.entropy(), found.gradient(), found.learning(), found.steps_by_width()],
        tables: vec![parts::table("c08-parts", &parts), found.at_first_table(), found.training_table()],
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
    fn parts(&self, budget: Budget) -> [Part; 4] {
        let [divided, raw] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.largest));
        let more = Summary::of_differences(&raw, &divided);
        let moved = Summary::of_differences(&divided, &self.at(FROM, Scores::Divided, |s| s.largest));
        let [gradient, vanished] = Scores::ALL.map(|scores| self.at(TO, scores, |s| s.gradient));
        let (smaller, in_logarithms) = ratio(&gradient, &vanished);
        let (slower, slower_in_logarithms) = self.slower(TRAINED);
        let reached = self.of(TRAINED, Scores::Divided).chain(self.of(TRAINED, Scores::Raw));
        let reached = reached.map(Trained::learned).all(|learned| learned.is_some());
        let learning = exceeds(&slower_in_logarithms, SLOWER.ln(), budget);
        [
            Part {
                claim: "undivided scores put nearly all weight on one key",
                found: format!("{more} more in the largest weight"),
                needed: format!("more than {SATURATED}"),
                verdict: exceeds(&more, SATURATED, budget),
            },
            Part {
                claim: "divided scores share the weight alike at every width",
                found: format!("{moved} from width {FROM} to {TO}"),
                needed: format!("at most {STEADY}, either way"),
                verdict: match exceeds(&moved, STEADY, budget) {
                    // Here the claim is that nothing happens.
                    Verdict::NotShown if moved.low() >= -STEADY && moved.high() <= STEADY => Verdict::Shown,
                    Verdict::Shown | Verdict::Reverse => Verdict::NotShown,
                    open => open,
                },
            },
            Part {
                claim: "less gradient reaches the queries",
                found: format!("{smaller} times less"),
                needed: format!("more than {SMALLER} times"),
                verdict: exceeds(&in_logarithms, SMALLER.ln(), budget),
            },
            Part {
                claim: "learning takes longer",
                found: format!("{slower} times the steps"),
                needed: format!("more than {SLOWER} times"),
                // A training that ends too early counts with all its steps.
                verdict: if reached { learning } else { learning.after_training(budget) },
            },
        ]
    }

    /// How many times as many steps the undivided scores take at a width, and the logarithm of that.
    fn slower(&self, width: usize) -> (Summary, Summary) {
        let [with, without] = Scores::ALL.map(|scores| self.steps_of(width, scores));
        ratio(&without, &with)
    }

    fn steps_of(&self, width: usize, scores: Scores) -> Vec<f64> {
        self.of(width, scores).map(|trained| trained.steps() as f64).collect()
    }

    /// A number of every seed.
    fn at(&self, width: usize, scores: Scores, value: impl Fn(&Saturation) -> f64) -> Vec<f64> {
        let found = self.at_first.iter().filter(|a| (a.width, a.scores) == (width, scores));
        found.flat_map(|a| a.seeds.iter().map(&value)).collect()
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
        let [with, without] = Scores::ALL.map(|scores| Summary::of(&self.at(TO, scores, |s| s.largest)));
        let [gradient, vanished] =
            Scores::ALL.map(|scores| Summary::of_magnitudes(&self.at(TO, scores, |s| s.gradient)));
        let [steps, raw_steps] = Scores::ALL.map(|scores| Summary::of_magnitudes(&self.steps_of(TRAINED, scores)));
        format!(
            "At width {TO} a random query gives one key of {LENGTH} a weight of {without} without the division and of \
             {with} with it; the median gradient is {vanished} instead of {gradient}. Trained at width {TRAINED}, half of \
             what guessing loses is learned after {raw_steps} steps without it and after {steps} with it."
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
                "{PAIRS} pairs in a row; each way at the learning rate that learns half first, which stays the same from the \
                 twentieth step on."
            ),
            Plot::Lines(
                lines
                    .with(Reference::Level { label: "guessing".into(), y: guessing })
                    .with(Reference::Level { label: "half learned".into(), y: 0.5 * guessing }),
            ),
        )
    }

    fn steps_by_width(&self) -> Figure {
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
                let Some(Trained { job, curve }) = runs.first() else { continue };
                let learned = runs.iter().filter(|run| run.learned().is_some()).count();
                table.row([
                    width.to_string(),
                    scores.name().to_owned(),
                    format::number(job.learning_rate, 2),
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

    fn notice(&self) -> Vec<String> {
        let raw = |value: fn(&Saturation) -> f64| Summary::of(&self.at(TO, Scores::Raw, value)).mean;
        let slower = |width: &usize| format!("{} at width {width}", self.slower(*width).0);
        let last = self.of(TRAINED, Scores::Raw).next().and_then(|trained| trained.curve.last());
        let [with, without] = Scores::ALL.map(|scores| self.losses_of(TRAINED, scores));
        let mut notice = vec![
            format!(
                "A score is a sum of d products, each with a variance of 1, so its standard deviation is √d: {} measured at \
                 width {TO}, and √{TO} = {}. Divided by that it is 1 at every width.",
                format::number(raw(|s| s.scores), 3),
                format::number((TO as f64).sqrt(), 3),
            ),
            format!(
                "Not every query loses its gradient: without the division the mean at width {TO} is {} times the median. A \
                 few queries stand between two keys and get large ones, for the keys that the gradient passes are long; the \
                 rest get next to nothing.",
                format::number(raw(|s| s.mean_gradient) / raw(|s| s.gradient), 2),
            ),
            format!(
                "Without the division half is learned after so many times the steps: {}.",
                self.trained_widths().iter().map(slower).collect::<Vec<_>>().join(", "),
            ),
            format!(
                "Slower is not worse for ever: training moves queries and keys to where the softmax is not full. After {} steps \
                 at width {TRAINED} the held-out loss without the division is {} nats above that with it.",
                format::count(last.map_or(0, |(step, _)| *step)),
                Summary::of_differences(&without, &with),
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
        if more.iter().any(|width| *width >= TRAINED) {
            notice.push(format!(
                "So it is not a small gradient in the median that slows the training at width {TRAINED}. There too nearly all \
                 weight lies on one key from the beginning, whichever that is."
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
                "The training is a toy: one head, {PAIRS} pairs, {SYMBOLS} symbols, {} learning rates to choose from, AdamW, \
                 which makes small gradients larger. Steps to half are counted in looks at the held-out rows, {EVERY} steps \
                 apart. Score, softmax and weighted sum with every number are in the \
                 walkthrough of the crate transformer.",
                LEARNING_RATES.len(),
            ),
        ]
    }
}

/// The geometric mean of a[i] / b[i], and the mean of the logarithms.
fn ratio(a: &[f64], b: &[f64]) -> (Summary, Summary) {
    let ratios: Vec<f64> = a.iter().zip(b).map(|(a, b)| a / b).collect();
    let logarithms: Vec<f64> = ratios.iter().map(|ratio| ratio.ln()).collect();
    (Summary::of_magnitudes(&ratios), Summary::of(&logarithms))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c08_recall::Job;

    /// Largest weights with the division at widths 16 and 1024 and without it at 1024, how many times smaller the gradient
    /// is without it, and after how many steps each way has learned half, or that it never has.
    fn parts([from, divided, raw]: [f64; 3], smaller: f64, steps: [Option<u64>; 2]) -> [Part; 4] {
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
        let trained = Scores::ALL.into_iter().zip(steps).flat_map(|(scores, steps)| {
            [1, 2, 3].map(|seed| Trained {
                job: Job { width: TRAINED, scores, learning_rate: 1.0, seed },
                curve: steps.map(|steps| (steps + seed, 1.0)).into_iter().chain([(1_000, 2.0)]).collect(),
            })
        });
        Found {
            at_first: vec![
                at(FROM, Scores::Divided, from, 1.0),
                at(TO, Scores::Divided, divided, 1.0),
                at(TO, Scores::Raw, raw, 1.0 / smaller),
            ],
            trained: trained.collect(),
        }
        .parts(Budget::Quick)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let verdict = |weights, smaller, steps| parts::verdict(&parts(weights, smaller, steps));
        let (weights, steps) = ([0.1, 0.1, 0.95], [Some(100), Some(300)]);
        assert_eq!(verdict(weights, 30.0, steps), Verdict::Shown);
        assert_eq!(verdict([0.1, 0.1, 0.4], 30.0, steps), Verdict::NotShown);
        assert_eq!(verdict([0.1, 0.3, 0.95], 30.0, steps), Verdict::NotShown);
        assert_eq!(verdict(weights, 2.0, steps), Verdict::NotShown);
        assert_eq!(verdict(weights, 30.0, [Some(100), Some(120)]), Verdict::NotShown);
        assert_eq!(verdict(weights, 30.0, [Some(300), Some(100)]), Verdict::NotShown);
    }

    #[test]
    fn a_training_that_ends_too_early_shows_or_leaves_open() {
        let learning = |steps| parts([0.1, 0.1, 0.95], 30.0, steps)[3].verdict;
        assert_eq!(learning([Some(100), None]), Verdict::Shown);
        assert_eq!(learning([None, None]), Verdict::open(Budget::Quick));
        assert_eq!(learning([Some(900), None]), Verdict::open(Budget::Quick));
    }

    #[test]
    fn ratios_by_hand() {
        let (ratio, logarithm) = ratio(&[2.0, 8.0], &[1.0, 1.0]);
        assert!((ratio.mean - 4.0).abs() < 1e-12 && (logarithm.mean - 4f64.ln()).abs() < 1e-12);
    }
}
