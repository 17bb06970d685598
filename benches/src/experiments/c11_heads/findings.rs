//! What the page says of C11.

use super::encoder::{LEARNED, Relations, Trained, WIDTH};
use super::task::{COLOURS, Relation, SYMBOLS};
use super::{Found, SHOWN, Shared, least};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Labels, Lines, Plot, Reference, Scale, Series},
    format,
    statistics::Summary,
};

use crate::study::{grid::Study, text::Values};

impl Found {
    /// A number of every seed's encoder with so many heads.
    fn summary(&self, heads: usize, value: impl Fn(&Trained) -> f64) -> Summary {
        Summary::of(&self.with(heads).map(value).collect::<Vec<_>>())
    }

    /// A part of the answers, likewise.
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

    /// The numbers of heads.
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

    /// What the text says.
    pub fn values(&self, remainder: String) -> Values {
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
            .with("colours", COLOURS)
            .with("rates", Relations::LEARNING_RATES.len())
    }

    fn head_names() -> Vec<String> {
        Relation::ALL.map(|relation| format!("head of {}", relation.name())).into()
    }

    /// Where each of two heads looks.
    pub fn looks(&self) -> Figure {
        let series = Relation::ALL.into_iter().enumerate().map(|(r, relation)| BarSeries {
            name: format!("on {}", relation.name()),
            values: [0, 1].map(|head| Some(self.of_shared(|shared| shared.heads[head].weights[r]))).into(),
        });
        Figure::new(
            "c11-weights",
            "Where each of two heads looks",
            format!(
                "The mean weight on the place that a relation asks for, on held-out rows, {}; tokens whose partner is the token \
                 before are left out. Which head takes which relation is chance; they are named by what they look at.",
                self.moment()
            ),
            Plot::Bars(Bars::grouped(Axis::linear("weight").within(0.0, 1.0), Self::head_names(), series)),
        )
    }

    /// What is lost without a head.
    pub fn ablation(&self) -> Figure {
        let series = Relation::ALL.into_iter().enumerate().map(|(r, relation)| BarSeries {
            name: format!("answers about {}", relation.name()),
            values: [
                self.of_shared(|shared| shared.quality.right[r]),
                self.of_shared(|shared| shared.heads[0].without.right[r]),
                self.of_shared(|shared| shared.heads[1].without.right[r]),
            ]
            .map(Some)
            .into(),
        });
        let without = Relation::ALL.map(|relation| format!("without the head of {}", relation.name()));
        Figure::new(
            "c11-ablation",
            "What is lost without a head",
            format!(
                "Encoders with two heads {}; nothing that the head gathers gets through. Guessing is right in one of {SYMBOLS}.",
                self.moment()
            ),
            Plot::Bars(Bars::grouped(
                Axis::linear("part of held-out answers that are right").within(0.0, 1.0),
                std::iter::once("both heads".to_owned()).chain(without),
                series,
            )),
        )
    }

    /// The course of training.
    pub fn learning(&self) -> Figure {
        let series = self.heads().into_iter().map(|heads| {
            let runs: Vec<&Trained> = self.with(heads).collect();
            let looks = runs.first().map_or(&[][..], |run| &run.curve);
            let at = |i: usize| Summary::of_shares(&runs.iter().map(|run| run.curve[i].1.worse()).collect::<Vec<_>>());
            let name = if heads == 1 { "1 head".to_owned() } else { format!("{heads} heads") };
            Series::new(name, looks.iter().enumerate().map(|(i, (step, _))| (*step as f64, at(i))))
        });
        let lines = Lines::new(
            Axis::log2("training steps"),
            Axis::linear("part of held-out answers that are right").within(0.0, 1.0),
            series,
        );
        Figure::new(
            "c11-learning",
            "More heads, the same number of parameters",
            format!(
                "The answers about the relation that is known less well. The width of {WIDTH} is divided among the heads, so \
                 more heads are narrower ones; each number of heads at the learning rate that learned both first on a seed of its own."
            ),
            Plot::Lines(lines.with(Reference::Level { label: "learned".into(), y: LEARNED })),
        )
    }

    /// Where more heads look.
    pub fn all_heads(&self) -> Figure {
        let first = self.with(SHOWN).next();
        let heads = first.map_or(&[][..], |trained| &trained.end.heads);
        Figure::new(
            "c11-all",
            format!("Where {SHOWN} heads look"),
            "The mean weight on the place that each relation asks for, where the two places differ; first seed, at the end of \
             training.",
            Plot::Heat(Heat {
                x: "place".into(),
                y: "head".into(),
                value: "weight".into(),
                scale: Scale::Linear,
                columns: Labels::Names(vec!["before".to_owned(), "partner".to_owned()]),
                rows: Labels::Places((1..=heads.len()).map(|head| head.to_string()).collect()),
                values: heads.iter().map(|head| head.weights.to_vec()).collect(),
            }),
        )
    }

    /// Steps until both are learned.
    pub fn steps(&self) -> Table {
        let caption = format!("Steps until {LEARNED} of the held-out answers about either relation are right");
        let columns = ["#heads", "#width of each", "#parameters", "#learning rate", "#steps", "#seeds that got there"];
        let mut table = Table::new("c11-steps", caption, &columns);
        for heads in self.heads() {
            let Some(Trained { trial, parameters, .. }) = self.with(heads).next() else { continue };
            let learned = self.with(heads).filter(|trained| trained.learned.is_some()).count();
            table.row([
                heads.to_string(),
                (WIDTH / heads).to_string(),
                format::count(*parameters as u64),
                format::number(trial.learning_rate, 2),
                self.steps_of(heads).to_string(),
                format!("{learned} of {}", self.with(heads).count()),
            ]);
        }
        table
    }

    /// How well each number of heads ends.
    pub fn qualities(&self) -> Table {
        let steps = self.trained.first().map_or(0, |trained| trained.trial.steps);
        let caption = format!("At the end of training, after {} steps, on held-out rows", format::count(steps));
        let columns = ["#heads", "#right, token before", "#right, partner", "#loss, nats"];
        let mut table = Table::new("c11-qualities", caption, &columns);
        for heads in self.heads() {
            table.row([
                heads.to_string(),
                self.share(heads, |trained| trained.end.quality.right[0]).to_string(),
                self.share(heads, |trained| trained.end.quality.right[1]).to_string(),
                self.summary(heads, |trained| trained.end.quality.loss).to_string(),
            ]);
        }
        table
    }

    /// Every head in numbers.
    pub fn each_head(&self) -> Table {
        let caption = "Every head of the first seed's encoders at the end of training: where it looks, and what is lost without it";
        let columns = [
            "#heads",
            "#head",
            "#weight on the token before",
            "#on the partner",
            "#answers lost, token before",
            "#partner",
        ];
        let mut table = Table::new("c11-each-head", caption, &columns);
        for trained in self.heads().into_iter().filter_map(|heads| self.with(heads).next()) {
            for (i, head) in trained.end.heads.iter().enumerate() {
                let lost = |r: usize| format::number(trained.end.quality.right[r] - head.without.right[r], 3);
                let [before, partner] = head.weights.map(|weight| format::number(weight, 3));
                table.row([trained.trial.case.to_string(), (i + 1).to_string(), before, partner, lost(0), lost(1)]);
            }
        }
        table
    }
}
