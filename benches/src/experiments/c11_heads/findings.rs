//! What the page says of C11.

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Heat, Labels, Lines, Scale, Series},
    format::{self, counted},
    statistics::Summary,
    table::{Columns, digits},
};

use super::{
    Encoders, SHOWN, TEXT,
    encoder::{Head, LEARNED, Learning, TASK, Trained, WIDTH},
    shared::Shared,
};
use crate::{
    finding::{Draft, Finding},
    study::{grid::Study, parts, text::Values},
};

/// The relations of the task.
const RELATIONS: [&str; 2] = ["the token before", "the partner in colour"];

pub fn conclude(found: &Encoders) -> Finding {
    let parts = found.parts();
    Draft::new(TEXT, &found.values(parts::remainder(&parts)))
        .figure("c11-weights", found.looks())
        .figure("c11-ablation", found.ablation())
        .figure("c11-learning", found.learning())
        .figure("c11-all", found.all_heads())
        .parts("c11-parts", &parts)
        .table("c11-steps", found.steps())
        .table("c11-each-head", found.each_head())
        .finding(parts::verdict(&parts))
}

impl Encoders {
    /// A share of every seed's encoder with so many heads.
    fn share(&self, heads: usize, value: impl Fn(&Trained) -> f64) -> Summary {
        Summary::of_shares(&self.with(heads).map(value).collect::<Vec<_>>())
    }

    /// At the moment when both relations are learned.
    fn of_shared(&self, value: impl Fn(&Shared<'_>) -> f64) -> Summary {
        Summary::of(&self.shared(|trained| &trained.then).iter().map(value).collect::<Vec<_>>())
    }

    fn steps_of(&self, heads: usize) -> Summary {
        Summary::of_magnitudes(&self.with(heads).map(|trained| trained.steps() as f64).collect::<Vec<_>>())
    }

    fn heads(&self) -> Vec<usize> {
        let mut heads: Vec<usize> = self.trained.iter().map(|trained| trained.trial.case).collect();
        heads.dedup();
        heads
    }

    /// When encoders with two heads are looked at.
    fn moment(&self) -> &'static str {
        if self.learned(2) {
            "when both relations are learned"
        } else {
            "when both relations are learned, or at the end"
        }
    }

    fn values(&self, remainder: String) -> Values {
        let lost = |head: usize, r: usize| self.of_shared(|shared| shared.losses()[head][r]);
        let steps_of = |heads| format!("{}{}", least(self.learned(heads)), self.steps_of(heads));
        let steps = self.trained.first().map_or(0, |trained| trained.trial.steps);
        let weight = |r: usize| self.share(1, |trained| trained.end.heads[0].weights[r]);
        let right = |r: usize| self.share(1, |trained| trained.end.quality.right[r]);
        let shared = self.shared(|trained| &trained.end);
        let at_end = |value: fn(&Shared<'_>) -> f64| Summary::of(&shared.iter().map(value).collect::<Vec<_>>());
        Values::default()
            .with("moment", self.moment())
            .with("looked", self.of_shared(|shared| shared.looked()))
            .with("first before", lost(0, 0))
            .with("first partner", lost(0, 1))
            .with("second before", lost(1, 0))
            .with("second partner", lost(1, 1))
            .with("steps of two", steps_of(2))
            .with("steps of one", steps_of(1))
            .with("remainder", remainder)
            .with("all steps", format::count(steps))
            .with("before", weight(0))
            .with("partner", weight(1))
            .with("right before", right(0))
            .with("right partner", right(1))
            .with("looked at end", at_end(|shared| shared.looked()))
            .with("own at end", at_end(|shared| shared.own()))
            .with("width", WIDTH)
            .with("colours", TASK.colours)
            .with("rates", Learning::LEARNING_RATES.len())
            .with("symbols", TASK.symbols)
            .with("shown", SHOWN)
            .with("learned", LEARNED)
            .with("duplicates", self.duplicates())
            .with("uniform", 1.0 / TASK.colours as f64)
    }

    /// What the heads look for where there are more than relations.
    fn duplicates(&self) -> String {
        let heads: Vec<&Head> = self.with(SHOWN).flat_map(|trained| &trained.end.heads).collect();
        let look = |relation| heads.iter().filter(|head| head.relation() == relation).count();
        let [before, partner, neither] = [Some(0), Some(1), None].map(look);
        format!("{before} look most at the token before, {partner} at the partner, {neither} at neither")
    }

    fn looks(&self) -> Bars {
        let series = RELATIONS.into_iter().enumerate().map(|(r, relation)| {
            let weights = [0, 1].map(|head| self.of_shared(|shared| shared.heads[head].weights[r]));
            BarSeries::new(format!("on {}", relation), weights)
        });
        let heads = RELATIONS.map(|relation| format!("head of {}", relation));
        Bars::grouped(Axis::linear("weight").within(0.0, 1.0), heads, series)
    }

    fn ablation(&self) -> Bars {
        let series = RELATIONS.into_iter().enumerate().map(|(r, relation)| {
            let without = |head: usize| self.of_shared(|shared| shared.heads[head].without.right[r]);
            let right = [self.of_shared(|shared| shared.quality.right[r]), without(0), without(1)];
            BarSeries::new(format!("answers about {}", relation), right)
        });
        let without = RELATIONS.map(|relation| format!("without the head of {}", relation));
        let names = std::iter::once("both heads".to_owned()).chain(without);
        Bars::grouped(Axis::linear("part of held-out answers that are right").within(0.0, 1.0), names, series)
    }

    fn learning(&self) -> Lines {
        let series = self.heads().into_iter().map(|heads| {
            let looks = self.with(heads).next().map_or(&[][..], |run| &run.curve);
            let right = |look: usize| self.share(heads, |trained| trained.curve[look].1.worse());
            let points = looks.iter().enumerate().map(|(look, (step, _))| (*step as f64, right(look)));
            Series::new(counted(heads, "head"), points)
        });
        let right = Axis::linear("part of held-out answers that are right").within(0.0, 1.0);
        Lines::new(Axis::log2("training steps"), right, series).level("learned", LEARNED)
    }

    fn all_heads(&self) -> Heat {
        let heads = self.with(SHOWN).next().map_or(&[][..], |trained| &trained.end.heads);
        Heat {
            x: "place".into(),
            y: "head".into(),
            value: "weight".into(),
            scale: Scale::Linear,
            columns: Labels::Names(vec!["before".to_owned(), "partner".to_owned()]),
            rows: Labels::Places((1..=heads.len()).map(|head| head.to_string()).collect()),
            values: heads.iter().map(|head| head.weights.to_vec()).collect(),
        }
    }

    fn steps(&self) -> Columns<(usize, &Trained)> {
        let learned = |heads| self.with(heads).filter(|trained| trained.learned.is_some()).count();
        Table::of(self.first_of_each())
            .column("heads", |(heads, _)| *heads)
            .column("width of each", |(heads, _)| WIDTH / heads)
            .column("parameters", |(_, first)| first.parameters)
            .column("learning rate", |(_, first)| digits(first.trial.learning_rate, 2))
            .column("steps", |(heads, _)| self.steps_of(*heads))
            .column("seeds that got there", |(heads, _)| {
                format!("{} of {}", learned(*heads), self.with(*heads).count())
            })
            .column("right at the end, token before", |(heads, _)| {
                self.share(*heads, |trained| trained.end.quality.right[0])
            })
            .column("right at the end, partner", |(heads, _)| {
                self.share(*heads, |trained| trained.end.quality.right[1])
            })
    }

    fn each_head(&self) -> Columns<(&Trained, usize, &Head)> {
        let lost = |r: usize| {
            move |(trained, _, head): &(&Trained, usize, &Head)| {
                digits(trained.end.quality.right[r] - head.without.right[r], 3)
            }
        };
        let heads = self
            .first_of_each()
            .flat_map(|(_, trained)| trained.end.heads.iter().enumerate().map(move |(i, head)| (trained, i, head)));
        Table::of(heads)
            .column("heads", |(trained, ..)| trained.trial.case)
            .column("head", |(_, i, _)| i + 1)
            .column("looks most at", |(.., head)| head.relation().map_or("neither", |r| RELATIONS[r]))
            .column("weight on the token before", |(.., head)| digits(head.weights[0], 3))
            .column("on the partner", |(.., head)| digits(head.weights[1], 3))
            .column("answers lost, token before", lost(0))
            .column("partner", lost(1))
    }

    /// The numbers of heads, each with the first seed's encoder.
    fn first_of_each(&self) -> impl Iterator<Item = (usize, &Trained)> {
        self.heads().into_iter().filter_map(|heads| Some((heads, self.with(heads).next()?)))
    }
}

/// What stands before a number of steps that counts trainings which ended too early with all their steps.
pub fn least(learned: bool) -> &'static str {
    if learned { "" } else { "at least " }
}
