//! C11: several heads learn different relations.
//!
//! Every token is asked about two others, the one before it and its partner in colour. A head's weights sum to one, so one
//! head cannot look at both places with more than half of its weight in the mean; two heads can share the work. Whether they
//! do is measured by where they look and by what is lost without them.

use super::{
    c11_heads::{COLOURS, Head, Job, Relation, Trained, WIDTH},
    workers::{Reporter, side_by_side},
};
use crate::{
    budget::Budget,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Lines, Plot, Scale, Series},
    finding::{Experiment, Finding, Table},
    format,
    lab::Lab,
    statistics::Summary,
    verdict::{Verdict, exceeds},
};

/// Looks at what each head is for, and takes heads away.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C11",
    claim: "Several heads learn different relations",
    criterion: "Shown if, in encoders with two heads on a task with two relations, the heads look at the places of different \
                relations with more than half of their weight in the mean, which no single head can; if taking away the head \
                of a relation costs that relation more of its answers than the other, by more than 0.1, for both relations; \
                and if at equal parameters and steps the held-out loss with two heads is lower than with one by more than \
                0.05 nats.",
    run,
};

/// What one head can reach at most: its weights sum to one, and the mean is over two places.
const ONE_HEAD: f64 = 0.5;
/// How much more a head's own relation has to lose, as a part of the answers.
const LOST: f64 = 0.1;
/// What the second head has to be worth, in nats.
const WORTH: f64 = 0.05;

/// The numbers of heads compared; the criterion is about the first two.
const HEADS: [usize; 4] = [1, 2, 4, 8];
/// The number shown head by head.
const SHOWN: usize = 4;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let steps = lab.budget.pick(1_200, 12_000, 50_000);
    let jobs = HEADS.into_iter().flat_map(|heads| lab.seeds.iter().map(move |&seed| Job { heads, seed, steps }));
    let train = |job: &Job, reporter: &Reporter<_>| (job.train(reporter), job.steps);
    let trained = side_by_side(lab, "C11, two relations", &jobs.collect::<Vec<_>>(), |job| job.steps, train);
    let found = Found { trained: trained.into_iter().collect::<anyhow::Result<_>>()? };
    Ok(Finding {
        verdict: found.verdict(lab.budget),
        answer: found.answer(),
        figures: vec![found.looks(), found.ablation(), found.by_heads(), found.all_heads()],
        tables: vec![found.qualities(), found.each_head()],
        notice: found.notice(),
        limits: found.limits(),
    })
}

/// What was measured.
struct Found {
    trained: Vec<Trained>,
}

/// The heads of the two relations in one encoder: two different ones, so chosen that together they look most at the places
/// asked for.
struct Shared<'t> {
    trained: &'t Trained,
    /// Of each relation.
    heads: [&'t Head; 2],
}

impl<'t> Shared<'t> {
    /// None if there are not two heads.
    fn of(trained: &'t Trained) -> Option<Self> {
        let all = trained.heads.iter().enumerate();
        let pairs = all.flat_map(|(i, first)| {
            let others = trained.heads.iter().enumerate().filter(move |(j, _)| *j != i);
            others.map(move |(_, second)| [first, second])
        });
        let heads = pairs.max_by(|a, b| looked(*a).total_cmp(&looked(*b)))?;
        Some(Shared { trained, heads })
    }

    fn looked(&self) -> f64 {
        looked(self.heads)
    }

    /// What each relation (column) loses without the head of each relation (row), as a part of its answers.
    fn losses(&self) -> [[f64; 2]; 2] {
        self.heads.map(|head| [0, 1].map(|r| self.trained.quality.right[r] - head.without.right[r]))
    }

    /// How much more a relation loses than the other without its own head: the smaller of the two.
    fn own(&self) -> f64 {
        let [before, partner] = self.losses();
        (before[0] - before[1]).min(partner[1] - partner[0])
    }
}

/// The mean weight of two heads, each on the places of its relation.
fn looked([before, partner]: [&Head; 2]) -> f64 {
    0.5 * (before.weights[0] + partner.weights[1])
}

impl Found {
    fn verdict(&self, budget: Budget) -> Verdict {
        let more: Vec<f64> = self.shared().iter().map(|shared| shared.looked() - ONE_HEAD).collect();
        let own: Vec<f64> = self.shared().iter().map(Shared::own).collect();
        let [one, two] = [1, 2].map(|heads| self.losses_of(heads));
        Verdict::all(&[
            exceeds(&Summary::of(&more), 0.0, budget),
            exceeds(&Summary::of(&own), LOST, budget),
            exceeds(&Summary::of_differences(&one, &two), WORTH, budget),
        ])
    }

    fn with(&self, heads: usize) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |trained| trained.job.heads == heads)
    }

    fn losses_of(&self, heads: usize) -> Vec<f64> {
        self.with(heads).map(|trained| trained.quality.loss).collect()
    }

    /// A number of every seed's encoder with so many heads.
    fn summary(&self, heads: usize, value: impl Fn(&Trained) -> f64) -> Summary {
        Summary::of(&self.with(heads).map(value).collect::<Vec<_>>())
    }

    /// Of the encoders with two heads.
    fn shared(&self) -> Vec<Shared<'_>> {
        self.with(2).filter_map(Shared::of).collect()
    }

    fn of_shared(&self, value: impl Fn(&Shared<'_>) -> f64) -> Summary {
        Summary::of(&self.shared().iter().map(value).collect::<Vec<_>>())
    }

    fn answer(&self) -> String {
        let [one, two] = [1, 2].map(|heads| self.summary(heads, |trained| trained.quality.loss));
        let lost = |head: usize, r: usize| self.of_shared(|shared| shared.losses()[head][r]);
        format!(
            "Of two heads each looks at the places of its relation with a weight of {} in the mean. Without the first, {} of \
             the answers about the token before are lost and {} of those about the partner; without the second, {} and {}. One \
             head of twice the width ends at a loss of {one} nats, two at {two}.",
            self.of_shared(|shared| shared.looked()),
            lost(0, 0),
            lost(0, 1),
            lost(1, 0),
            lost(1, 1),
        )
    }

    fn head_names() -> Vec<String> {
        Relation::ALL.map(|relation| format!("head of {}", relation.name())).into()
    }

    fn looks(&self) -> Figure {
        let series = Relation::ALL.into_iter().enumerate().map(|(r, relation)| BarSeries {
            name: format!("on {}", relation.name()),
            values: [0, 1].map(|head| Some(self.of_shared(|shared| shared.heads[head].weights[r]))).into(),
        });
        Figure::new(
            "c11-weights",
            "Where each of two heads looks",
            "The mean weight on the place that a relation asks for, on held-out rows. Which head takes which relation is chance; \
             they are named by what they look at.",
            Plot::Bars(Bars::grouped(Axis::linear("weight").within(0.0, 1.0), Self::head_names(), series.collect())),
        )
    }

    fn ablation(&self) -> Figure {
        let series = Relation::ALL.into_iter().enumerate().map(|(r, relation)| BarSeries {
            name: format!("answers about {}", relation.name()),
            values: [
                self.of_shared(|shared| shared.trained.quality.right[r]),
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
            "Encoders with two heads; nothing that the head gathers gets through. Guessing is right in one of eight.",
            Plot::Bars(Bars::grouped(
                Axis::linear("part of held-out answers that are right").within(0.0, 1.0),
                std::iter::once("both heads".to_owned()).chain(without).collect(),
                series.collect(),
            )),
        )
    }

    fn by_heads(&self) -> Figure {
        let series = Relation::ALL.into_iter().enumerate().map(|(r, relation)| {
            let points = HEADS.map(|heads| (heads as f64, self.summary(heads, |trained| trained.quality.right[r])));
            Series::new(relation.name(), points)
        });
        Figure::new(
            "c11-heads",
            "More heads, the same number of parameters",
            format!("The width of {WIDTH} is divided among the heads, so more heads are narrower ones."),
            Plot::Lines(Lines::new(
                Axis::log2("number of heads"),
                Axis::linear("part of held-out answers that are right").within(0.0, 1.0),
                series.collect(),
            )),
        )
    }

    fn all_heads(&self) -> Figure {
        let first = self.with(SHOWN).next();
        let heads = first.map_or(&[][..], |trained| &trained.heads);
        Figure::new(
            "c11-all",
            format!("Where {SHOWN} heads look"),
            "The mean weight on the place that each relation asks for, first seed.",
            Plot::Heat(Heat {
                x: "place".into(),
                y: "head".into(),
                value: "weight".into(),
                scale: Scale::Linear,
                columns: vec!["before".to_owned(), "partner".to_owned()],
                rows: (1..=heads.len()).map(|head| head.to_string()).collect(),
                values: heads.iter().map(|head| head.weights.to_vec()).collect(),
            }),
        )
    }

    fn qualities(&self) -> Table {
        let caption = "At the end of training, on held-out rows";
        let columns =
            ["#heads", "#width of each", "#parameters", "#right, token before", "#right, partner", "#loss, nats"];
        let mut table = Table::new("c11-qualities", caption, &columns);
        for heads in HEADS {
            let parameters = self.with(heads).next().map_or(0, |trained| trained.parameters);
            table.row([
                heads.to_string(),
                (WIDTH / heads).to_string(),
                format::count(parameters as u64),
                self.summary(heads, |trained| trained.quality.right[0]).to_string(),
                self.summary(heads, |trained| trained.quality.right[1]).to_string(),
                self.summary(heads, |trained| trained.quality.loss).to_string(),
            ]);
        }
        table
    }

    fn each_head(&self) -> Table {
        let caption = "Every head of the first seed's encoders: where it looks, and what is lost without it";
        let columns = [
            "#heads",
            "#head",
            "#weight on the token before",
            "#on the partner",
            "#answers lost, token before",
            "#partner",
        ];
        let mut table = Table::new("c11-each-head", caption, &columns);
        for trained in HEADS.into_iter().filter_map(|heads| self.with(heads).next()) {
            for (i, head) in trained.heads.iter().enumerate() {
                let lost = |r: usize| format::number(trained.quality.right[r] - head.without.right[r], 3);
                let [before, partner] = head.weights.map(|weight| format::number(weight, 3));
                table.row([trained.job.heads.to_string(), (i + 1).to_string(), before, partner, lost(0), lost(1)]);
            }
        }
        table
    }

    fn notice(&self) -> Vec<String> {
        let loss = |heads: usize| self.losses_of(heads);
        let [before, partner] = [0, 1].map(|r| self.summary(1, |trained| trained.heads[0].weights[r]));
        let right = |r: usize| self.summary(1, |trained| trained.quality.right[r]);
        vec![
            format!(
                "With one head {before} of its weight lies on the token before and {partner} on the partner, and {} and {} of \
                 the answers are right. What it lays on one place it takes from the other, and it adds up what it gathers.",
                right(0),
                right(1)
            ),
            format!(
                "A second head is worth {} nats, two more {}, and four more {}. Each doubling halves the width in which a head \
                 compares, and there are but two relations to look for.",
                Summary::of_differences(&loss(1), &loss(2)),
                Summary::of_differences(&loss(2), &loss(4)),
                Summary::of_differences(&loss(4), &loss(8)),
            ),
            "A head is a slice of the width: the number of heads changes no shape of any parameter, only which numbers are \
             summed into one score."
                .to_owned(),
        ]
    }

    fn limits(&self) -> Vec<String> {
        vec![
            format!(
                "One layer of width {WIDTH}, rows of {COLOURS} tokens, two relations that the task asks for in every token. In \
                 language nobody knows how many relations there are, and trained models have many heads that can be taken away \
                 at little cost (Michel et al. 2019)."
            ),
            "Taking a head away after training says what the model has come to rely on, not what it could have learned without. \
             One learning rate for all, not searched."
                .to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c11_heads::Quality;

    /// The weights of two heads on the places of the relations, what each relation keeps without each head, and the losses
    /// with one head and with two.
    fn judged(weights: [[f64; 2]; 2], without: [[f64; 2]; 2], losses: [f64; 2]) -> Verdict {
        let trained = |heads: usize, seed: u64| {
            let noise = 1e-3 * seed as f64;
            let head = |i: usize| Head {
                weights: weights[i].map(|weight| weight + noise),
                without: Quality { right: without[i].map(|right| right + noise), loss: 1.0 },
            };
            let quality = Quality { right: [0.95; 2], loss: losses[heads - 1] + noise * heads as f64 };
            Trained {
                job: Job { heads, seed, steps: 1 },
                parameters: 1,
                quality,
                heads: (0..heads).map(head).collect(),
            }
        };
        let trained = [1, 2].into_iter().flat_map(|heads| [1, 2, 3].map(|seed| trained(heads, seed)));
        Found { trained: trained.collect() }.verdict(Budget::Quick)
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let (apart, own) = ([[0.9, 0.05], [0.1, 0.8]], [[0.2, 0.9], [0.9, 0.3]]);
        assert_eq!(judged(apart, own, [0.8, 0.3]), Verdict::Shown);
        // Which head takes which relation does not matter.
        assert_eq!(judged([apart[1], apart[0]], [own[1], own[0]], [0.8, 0.3]), Verdict::Shown);
        assert_eq!(judged([[0.5, 0.4], [0.5, 0.4]], own, [0.8, 0.3]), Verdict::NotShown);
        assert_eq!(judged(apart, [[0.2, 0.9], [0.3, 0.3]], [0.8, 0.3]), Verdict::NotShown);
        assert_eq!(judged(apart, [[0.5, 0.5], [0.9, 0.3]], [0.8, 0.3]), Verdict::NotShown);
        assert_eq!(judged(apart, own, [0.3, 0.3]), Verdict::NotShown);
        assert_eq!(judged(apart, own, [0.3, 0.8]), Verdict::NotShown);
    }
}
