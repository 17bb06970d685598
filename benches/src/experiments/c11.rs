//! C11: several heads learn different relations.
//!
//! Every token is asked about two others, the one before it and its partner in colour. A head's weights sum to one, so one
//! head cannot look at both places with more than half of its weight in the mean; two heads can share the work. Whether they
//! do is measured by where they look and by what is lost without them.

use super::{
    c11_heads::{COLOURS, Head, LEARNED, LEARNING_RATES, Opened, Quality, Relation, Trained, WIDTH, train},
    parts::{self, Part},
};
use crate::{
    budget::Budget,
    figure::{Axis, BarSeries, Bars, Figure, Heat, Lines, Plot, Reference, Scale, Series},
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
    criterion: "Shown if, in encoders with two heads on a task with two relations, at the moment when nine in ten of the \
                held-out answers about either relation are first right, the heads look at the places of different relations \
                with more than half of their weight in the mean, which no single head can; if taking away the head of a \
                relation then costs that relation more of its answers than the other, by more than 0.1, for both relations; \
                and if at equal parameters one head takes more than 1.5 times as many steps as two to that moment, each \
                number of heads at the learning rate that comes there first.",
    run,
};

/// What one head can reach at most: its weights sum to one, and the mean is over two places.
const ONE_HEAD: f64 = 0.5;
/// How much more a head's own relation has to lose, as a part of the answers.
const LOST: f64 = 0.1;
/// How many times as many steps one head has to take.
const SLOWER: f64 = 1.5;

/// The number shown head by head.
const SHOWN: usize = 4;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    // The criterion is about the first two.
    let heads: &[usize] = lab.budget.pick(&[1, 2, SHOWN], &[1, 2, SHOWN, 8], &[1, 2, SHOWN, 8]);
    let found = Found { trained: train(lab, heads, lab.budget.pick(1_200, 8_000, 30_000))? };
    let parts = found.parts(lab.budget);
    Ok(Finding {
        verdict: parts::verdict(&parts),
        answer: found.answer() + &parts::remainder(&parts),
        figures: vec![found.looks(), found.ablation(), found.learning(), found.all_heads()],
        tables: vec![parts::table("c11-parts", &parts), found.steps(), found.qualities(), found.each_head()],
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
    quality: Quality,
    /// Of each relation.
    heads: [&'t Head; 2],
}

impl<'t> Shared<'t> {
    /// None if there are not two heads.
    fn of(opened: &'t Opened) -> Option<Self> {
        let all = opened.heads.iter().enumerate();
        let pairs = all.flat_map(|(i, first)| {
            let others = opened.heads.iter().enumerate().filter(move |(j, _)| *j != i);
            others.map(move |(_, second)| [first, second])
        });
        let heads = pairs.max_by(|a, b| looked(*a).total_cmp(&looked(*b)))?;
        Some(Shared { quality: opened.quality, heads })
    }

    fn looked(&self) -> f64 {
        looked(self.heads)
    }

    /// What each relation (column) loses without the head of each relation (row), as a part of its answers.
    fn losses(&self) -> [[f64; 2]; 2] {
        self.heads.map(|head| [0, 1].map(|r| self.quality.right[r] - head.without.right[r]))
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
    fn parts(&self, budget: Budget) -> [Part; 3] {
        let shared = self.shared(|trained| &trained.then);
        let looked = Summary::of(&shared.iter().map(Shared::looked).collect::<Vec<_>>());
        let more = Summary::of(&shared.iter().map(|shared| shared.looked() - ONE_HEAD).collect::<Vec<_>>());
        let own = Summary::of(&shared.iter().map(Shared::own).collect::<Vec<_>>());
        let slower = self.slower();
        let logarithms: Vec<f64> = slower.iter().map(|times| times.ln()).collect();
        let learned = |heads| self.learned(heads);
        // A training that ends too early counts with all its steps, and is looked at where it ended.
        let judge = |verdict: Verdict, learned: bool| if learned { verdict } else { verdict.after_training(budget) };
        [
            Part {
                claim: "two heads look at different places",
                found: format!("{looked} of their weight in the mean"),
                needed: format!("more than {ONE_HEAD}"),
                verdict: judge(exceeds(&more, 0.0, budget), learned(2)),
            },
            Part {
                claim: "each relation depends on its own head",
                found: format!("{own} more of the answers lost than of the other"),
                needed: format!("more than {LOST}"),
                verdict: judge(exceeds(&own, LOST, budget), learned(2)),
            },
            Part {
                claim: "one head learns the two relations more slowly",
                found: format!("{}{} times the steps", least(learned(1)), Summary::of_magnitudes(&slower)),
                needed: format!("more than {SLOWER} times"),
                verdict: judge(exceeds(&Summary::of(&logarithms), SLOWER.ln(), budget), learned(1) && learned(2)),
            },
        ]
    }

    /// Whether all encoders with so many heads learned both relations.
    fn learned(&self, heads: usize) -> bool {
        self.with(heads).all(|trained| trained.learned.is_some())
    }

    /// How many times as many steps one head takes as two, by seed.
    fn slower(&self) -> Vec<f64> {
        let [one, two] = [1, 2].map(|heads| self.with(heads).map(|trained| trained.steps() as f64));
        one.zip(two).map(|(one, two)| one / two).collect()
    }

    fn with(&self, heads: usize) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |trained| trained.job.heads == heads)
    }

    /// The numbers of heads.
    fn heads(&self) -> Vec<usize> {
        let mut heads: Vec<usize> = self.trained.iter().map(|trained| trained.job.heads).collect();
        heads.dedup();
        heads
    }

    /// A number of every seed's encoder with so many heads.
    fn summary(&self, heads: usize, value: impl Fn(&Trained) -> f64) -> Summary {
        Summary::of(&self.with(heads).map(value).collect::<Vec<_>>())
    }

    /// A part of the answers, likewise.
    fn share(&self, heads: usize, value: impl Fn(&Trained) -> f64) -> Summary {
        Summary::of_shares(&self.with(heads).map(value).collect::<Vec<_>>())
    }

    /// Of the encoders with two heads.
    fn shared(&self, at: fn(&Trained) -> &Opened) -> Vec<Shared<'_>> {
        self.with(2).filter_map(|trained| Shared::of(at(trained))).collect()
    }

    /// At the moment when both relations are learned.
    fn of_shared(&self, value: impl Fn(&Shared<'_>) -> f64) -> Summary {
        Summary::of(&self.shared(|trained| &trained.then).iter().map(value).collect::<Vec<_>>())
    }

    fn steps_of(&self, heads: usize) -> Summary {
        Summary::of_magnitudes(&self.with(heads).map(|trained| trained.steps() as f64).collect::<Vec<_>>())
    }

    fn answer(&self) -> String {
        let lost = |head: usize, r: usize| self.of_shared(|shared| shared.losses()[head][r]);
        format!(
            "When both relations are learned, each of two heads looks at the places of its own with a weight of {} in the \
             mean. Without the first, {} of the answers about the token before are lost and {} of those about the partner; \
             without the second, {} and {}. Two heads take {}{} steps to that moment, one head of twice the width {}{}.",
            self.of_shared(|shared| shared.looked()),
            lost(0, 0),
            lost(0, 1),
            lost(1, 0),
            lost(1, 1),
            least(self.learned(2)),
            self.steps_of(2),
            least(self.learned(1)),
            self.steps_of(1),
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
            "The mean weight on the place that a relation asks for, on held-out rows, when both are learned. Which head takes which relation is chance; \
             they are named by what they look at.",
            Plot::Bars(Bars::grouped(Axis::linear("weight").within(0.0, 1.0), Self::head_names(), series.collect())),
        )
    }

    fn ablation(&self) -> Figure {
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
            "Encoders with two heads when both relations are learned; nothing that the head gathers gets through. Guessing is \
             right in one of eight.",
            Plot::Bars(Bars::grouped(
                Axis::linear("part of held-out answers that are right").within(0.0, 1.0),
                std::iter::once("both heads".to_owned()).chain(without).collect(),
                series.collect(),
            )),
        )
    }

    fn learning(&self) -> Figure {
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
            series.collect(),
        );
        Figure::new(
            "c11-learning",
            "More heads, the same number of parameters",
            format!(
                "The answers about the relation that is known less well. The width of {WIDTH} is divided among the heads, so \
                 more heads are narrower ones; each number of heads at the learning rate that learns both first."
            ),
            Plot::Lines(lines.with(Reference::Level { label: "learned".into(), y: LEARNED })),
        )
    }

    fn all_heads(&self) -> Figure {
        let first = self.with(SHOWN).next();
        let heads = first.map_or(&[][..], |trained| &trained.end.heads);
        Figure::new(
            "c11-all",
            format!("Where {SHOWN} heads look"),
            "The mean weight on the place that each relation asks for, first seed, at the end of training.",
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

    fn steps(&self) -> Table {
        let caption = format!("Steps until {LEARNED} of the held-out answers about either relation are right");
        let columns = ["#heads", "#width of each", "#parameters", "#learning rate", "#steps", "#seeds that got there"];
        let mut table = Table::new("c11-steps", caption, &columns);
        for heads in self.heads() {
            let Some(Trained { job, parameters, .. }) = self.with(heads).next() else { continue };
            let learned = self.with(heads).filter(|trained| trained.learned.is_some()).count();
            table.row([
                heads.to_string(),
                (WIDTH / heads).to_string(),
                format::count(*parameters as u64),
                format::number(job.learning_rate, 2),
                self.steps_of(heads).to_string(),
                format!("{learned} of {}", self.with(heads).count()),
            ]);
        }
        table
    }

    fn qualities(&self) -> Table {
        let steps = self.trained.first().map_or(0, |trained| trained.job.steps);
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

    fn each_head(&self) -> Table {
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
                table.row([trained.job.heads.to_string(), (i + 1).to_string(), before, partner, lost(0), lost(1)]);
            }
        }
        table
    }

    fn notice(&self) -> Vec<String> {
        let [before, partner] = [0, 1].map(|r| self.share(1, |trained| trained.end.heads[0].weights[r]));
        let right = |r: usize| self.share(1, |trained| trained.end.quality.right[r]);
        let steps = self.trained.first().map_or(0, |trained| trained.job.steps);
        let shared = self.shared(|trained| &trained.end);
        let at_end = |value: fn(&Shared<'_>) -> f64| Summary::of(&shared.iter().map(value).collect::<Vec<_>>());
        vec![
            format!(
                "After {} steps one head lays {before} of its weight on the token before and {partner} on the partner, and {} \
                 and {} of its answers are right. What it lays on one place it takes from the other, and it adds up what it \
                 gathers; the layers behind it can learn to tell the two apart, and that takes time.",
                format::count(steps),
                right(0),
                right(1)
            ),
            format!(
                "Two heads then look at the places of their relations with a weight of {} in the mean, and each relation loses \
                 {} more of its answers than the other without its own head.",
                at_end(|shared| shared.looked()),
                at_end(|shared| shared.own()),
            ),
            "More than two heads have but the same two relations to look for, in narrower slices.".to_owned(),
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
            "Positions are learned and begin as large as the vectors of the tokens, for all numbers of heads alike: which \
             relation is the louder one would otherwise decide which is learned first."
                .to_owned(),
            format!(
                "Taking a head away after training says what the model has come to rely on, not what it could have learned \
                 without. {} learning rates to choose from.",
                LEARNING_RATES.len()
            ),
        ]
    }
}

/// What stands before a number of steps that counts trainings which ended too early with all their steps.
fn least(learned: bool) -> &'static str {
    if learned { "" } else { "at least " }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiments::c11_heads::Job;

    /// The weights of two heads on the places of the relations, what each relation keeps without each head, and after how
    /// many steps one head and two have learned both, or that they never have.
    fn parts(weights: [[f64; 2]; 2], without: [[f64; 2]; 2], steps: [Option<u64>; 2]) -> [Part; 3] {
        let trained = |heads: usize, seed: u64| {
            let noise = 1e-3 * seed as f64;
            let head = |i: usize| Head {
                weights: weights[i].map(|weight| weight + noise),
                without: Quality { right: without[i].map(|right| right + noise), loss: 1.0 },
            };
            let opened =
                Opened { quality: Quality { right: [0.95; 2], loss: 1.0 }, heads: (0..heads).map(head).collect() };
            Trained {
                job: Job { heads, learning_rate: 1.0, seed, steps: 1_000 },
                parameters: 1,
                curve: Vec::new(),
                learned: steps[heads - 1].map(|steps| steps + seed),
                then: opened.clone(),
                end: opened,
            }
        };
        let trained = [1, 2].into_iter().flat_map(|heads| [1, 2, 3].map(|seed| trained(heads, seed)));
        Found { trained: trained.collect() }.parts(Budget::Quick)
    }

    const APART: [[f64; 2]; 2] = [[0.9, 0.05], [0.1, 0.8]];
    const OWN: [[f64; 2]; 2] = [[0.2, 0.9], [0.9, 0.3]];
    const SOONER: [Option<u64>; 2] = [Some(300), Some(100)];

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let judged = |weights, without, steps| parts::verdict(&parts(weights, without, steps));
        assert_eq!(judged(APART, OWN, SOONER), Verdict::Shown);
        // Which head takes which relation does not matter.
        assert_eq!(judged([APART[1], APART[0]], [OWN[1], OWN[0]], SOONER), Verdict::Shown);
        assert_eq!(judged([[0.5, 0.4], [0.5, 0.4]], OWN, SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, [[0.2, 0.9], [0.3, 0.3]], SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, [[0.5, 0.5], [0.9, 0.3]], SOONER), Verdict::NotShown);
        assert_eq!(judged(APART, OWN, [Some(100), Some(100)]), Verdict::NotShown);
        assert_eq!(judged(APART, OWN, [Some(100), Some(300)]), Verdict::NotShown);
    }

    #[test]
    fn a_training_that_ends_too_early_shows_or_leaves_open() {
        let judged = |steps| parts(APART, OWN, steps).map(|part| part.verdict);
        let open = Verdict::open(Budget::Quick);
        assert_eq!(judged([None, Some(100)]), [Verdict::Shown; 3]);
        assert_eq!(judged([None, Some(900)]), [Verdict::Shown, Verdict::Shown, open]);
        assert_eq!(parts([[0.5, 0.4]; 2], OWN, [None, None])[0].verdict, open);
    }
}
