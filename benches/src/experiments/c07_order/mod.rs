//! C7: without positional encoding self-attention is blind to order.
//!
//! Two measurements. Exact: how far the outputs are from where they should be when the inputs are put in another order, for
//! one operation and for whole encoders. Consequences: encoders trained on a question about order, and on one that has
//! nothing to do with it, with and without positions.

mod permutation;
pub mod questions;

use transformer::Positions;

use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Lines, Plot, Reference, Series},
    format,
    statistics::{Summary, largest},
};

use crate::{
    budget::Budget,
    finding::{Experiment, Finding, Input, Memory},
    lab::Lab,
    verdict::{Verdict, exceeds},
};
use permutation::{HEADS, LENGTH, Place, WIDTH, moved};
use questions::{POSITIONS, Question, SYMBOLS, Trained, train};

const TEXT: &str = include_str!("text.md");

/// Puts tokens in another order, and asks about their order.
pub const EXPERIMENT: Experiment = Experiment {
    id: "C7",
    text: TEXT,
    thresholds: &[],
    reads: &[Input::Budget, Input::Seeds],
    memory: Memory { alone: [16, 16, 16], thread: [5, 5, 5] },
    run,
};

/// What positions have to move at least, as a part of the largest output.
const MOVED: f64 = 1e-3;
/// What an advantage has to be at least, as a part of the sentences.
const ADVANTAGE: f64 = 0.3;

fn run(lab: &Lab) -> anyhow::Result<Finding> {
    let mut permuted = Vec::new();
    for place in Place::ALL {
        permuted.push(Permuted { place, moved: lab.each_seed(|seed| moved(place, seed))? });
    }
    let trained = train(lab, lab.budget.steps(220, 2_200, 10_000))?;
    let found = Found { permuted, trained };
    Ok(Finding {
        verdict: found.verdict(lab.budget),
        answer: found.answer(),
        figures: vec![found.differences(), found.learning(), found.accuracies()],
        tables: vec![found.differences_table(), found.accuracies_table()],
        notice: found.notice(),
        limits: found.limits(),
    })
}

/// What was measured.
struct Found {
    permuted: Vec<Permuted>,
    trained: Vec<Trained>,
}

/// How far the outputs at a place moved, for each seed.
struct Permuted {
    place: Place,
    moved: Vec<f64>,
}

impl Permuted {
    fn most(&self) -> f64 {
        largest(self.moved.iter().copied())
    }

    /// Whether what is blind stayed within rounding, and what has positions did not. The causal block is no part of the claim.
    fn as_claimed(&self) -> bool {
        match (self.place, self.place.allowed()) {
            (_, Some(rounding)) => self.most() <= rounding,
            (Place::Causal, None) => true,
            (_, None) => self.moved.iter().all(|moved| *moved > MOVED),
        }
    }
}

impl Found {
    fn verdict(&self, budget: Budget) -> Verdict {
        let (blind, sighted) =
            (Positions::None, POSITIONS.iter().filter(|(positions, _)| *positions != Positions::None));
        let none = self.accuracies_of(Question::First, blind);
        let more = |better: &[f64]| exceeds(&Summary::of_differences(better, &none), ADVANTAGE, budget);
        let mut parts = vec![Verdict::exact(self.permuted.iter().all(Permuted::as_claimed))];
        parts.extend(sighted.map(|(positions, _)| more(&self.accuracies_of(Question::First, *positions))));
        parts.push(more(&self.accuracies_of(Question::More, blind)));
        Verdict::all(&parts)
    }

    fn of(&self, question: Question, positions: Positions) -> impl Iterator<Item = &Trained> {
        self.trained.iter().filter(move |t| (t.job.question, t.job.positions) == (question, positions))
    }

    fn accuracies_of(&self, question: Question, positions: Positions) -> Vec<f64> {
        self.of(question, positions).map(Trained::accuracy).collect()
    }

    fn accuracy(&self, question: Question, positions: Positions) -> Summary {
        Summary::of_shares(&self.accuracies_of(question, positions))
    }

    fn most(&self, wanted: impl Fn(Place) -> bool) -> f64 {
        largest(self.permuted.iter().filter(|p| wanted(p.place)).map(Permuted::most))
    }

    fn answer(&self) -> String {
        let blind = |place| matches!(place, Place::Encoder(_, Positions::None));
        let sinusoidal = |place| matches!(place, Place::Encoder(_, Positions::Sinusoidal));
        let [none, with] = [Positions::None, Positions::Sinusoidal].map(|p| self.accuracy(Question::First, p));
        format!(
            "Put the tokens in another order, and the outputs of an encoder without positions are the same vectors in that \
             order, to {} of the largest number; with sinusoidal positions they move by {}. Asked which of two tokens comes \
             first, the one is right in {none} of the sentences, the other in {with}.",
            format::number(self.most(blind), 2),
            format::number(self.most(sinusoidal), 2),
        )
    }

    fn differences(&self) -> Figure {
        // A logarithm has no place for what did not move at all.
        let shown: Vec<&Permuted> = self.permuted.iter().filter(|p| p.moved.iter().all(|moved| *moved > 0.0)).collect();
        Figure::new(
            "c07-permuted",
            "How far the outputs are from being the same in another order",
            "The largest difference over all outputs and several orders, as a part of the largest output. What adds up the same \
             numbers in another order differs by rounding; what knows positions, or sees only what came before, by far more. What moved by nothing at all has no bar.",
            Plot::Bars(Bars::grouped(
                Axis::log10("largest difference"),
                shown.iter().map(|p| p.place.name()),
                vec![BarSeries {
                    name: "difference".into(),
                    values: shown.iter().map(|p| Some(Summary::of_magnitudes(&p.moved))).collect(),
                }],
            )),
        )
    }

    fn learning(&self) -> Figure {
        let series = POSITIONS.map(|(positions, name)| {
            let runs: Vec<&Trained> = self.of(Question::First, positions).collect();
            let looks = runs.first().map_or(&[][..], |run| &run.curve);
            let at = |i: usize| Summary::of(&runs.iter().map(|run| run.curve[i].1).collect::<Vec<_>>());
            Series::new(name, looks.iter().enumerate().map(|(i, (step, _))| (*step as f64, at(i))))
        });
        let lines = Lines::new(
            Axis::linear("training steps"),
            Axis::linear("part of held-out sentences answered right").within(0.4, 1.0),
            series,
        );
        Figure::new(
            "c07-first",
            "Which of two tokens comes first?",
            "Each held-out sentence is asked about in both directions, so that whoever cannot see the order is right in one of \
             two.",
            Plot::Lines(lines.with(Reference::Level { label: "guessing".into(), y: 0.5 })),
        )
    }

    fn accuracies(&self) -> Figure {
        let series = POSITIONS.map(|(positions, name)| BarSeries {
            name: name.to_owned(),
            values: Question::ALL.iter().map(|question| Some(self.accuracy(*question, positions))).collect(),
        });
        Figure::new(
            "c07-questions",
            "Only the question about order needs positions",
            "At the end of training. Both questions are asked about sentences of the same tokens.",
            Plot::Bars(Bars::grouped(
                Axis::linear("part of held-out sentences answered right").within(0.0, 1.0),
                Question::ALL.map(|question| question.name().to_owned()),
                series,
            )),
        )
    }

    fn differences_table(&self) -> Table {
        let caption = "The largest difference between the outputs of permuted inputs and the permuted outputs, as a part of the \
                       largest output; all seeds and orders";
        let mut table = Table::new("c07-differences", caption, &["computed by", "#largest difference", "claimed"]);
        for permuted in &self.permuted {
            let claimed = match (permuted.place, permuted.place.allowed()) {
                (_, Some(0.0)) => "exactly 0".to_owned(),
                (_, Some(rounding)) => format!("at most {}", format::number(rounding, 1)),
                (Place::Causal, None) => "nothing".to_owned(),
                (_, None) => format!("more than {}", format::number(MOVED, 1)),
            };
            table.row([permuted.place.name(), format::number(permuted.most(), 3), claimed]);
        }
        table
    }

    fn accuracies_table(&self) -> Table {
        let caption = "Held-out sentences answered right at the end of training";
        let mut table = Table::new("c07-accuracies", caption, &["question", "positions", "#parameters", "#part right"]);
        for question in Question::ALL {
            for (positions, name) in POSITIONS {
                let parameters = self.of(question, positions).next().map_or(0, |trained| trained.parameters);
                table.row([
                    question.name().to_owned(),
                    name.to_owned(),
                    format::count(parameters as u64),
                    self.accuracy(question, positions).to_string(),
                ]);
            }
        }
        table
    }

    fn notice(&self) -> Vec<String> {
        let [sorted, in_order] = [Place::Sorted, Place::InOrder].map(|place| self.most(|p| p == place));
        let causal = self.most(|place| place == Place::Causal);
        let [first, more] = Question::ALL.map(|question| self.accuracy(question, Positions::None));
        vec![
            format!(
                "Why not to the last bit: a + b + c and c + a + b are rounded differently, and another order of the keys is \
                 another order of additions. With every sum sorted before it is added, the difference is {} instead of {} in \
                 64 bits: nothing else depends on the order.",
                format::number(sorted, 2),
                format::number(in_order, 2),
            ),
            format!(
                "The encoder without positions can learn: which token occurs more often it says in {more} of the sentences. \
                 Which comes first it says in {first}, and no training could help: it gives a sentence and its mirror image \
                 the same answer."
            ),
            format!(
                "A causal mask tells orders apart without any positions: its block moves by {}. Each token sees another set \
                 of tokens, so the claim is about attention that sees everything.",
                format::number(causal, 2)
            ),
        ]
    }

    fn limits(&self) -> Vec<String> {
        vec![
            format!(
                "{LENGTH} random tokens, width {WIDTH}, {HEADS} heads, untrained: that outputs permute follows from the \
                 equations and holds for all parameters; by how much positions move them does not."
            ),
            format!(
                "Sentences of {SYMBOLS} symbols and an encoder of one layer. How well positions serve on longer texts than \
                 those trained on is not measured."
            ),
            "One learning rate for all, not searched: where the order decides, no rate could help the encoder without \
             positions."
                .to_owned(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::questions::Job;
    use super::*;

    /// Accuracies without positions, with sinusoidal and with learned ones on the question about order, and without
    /// positions on the other.
    fn found([none, sinusoidal, learned, more]: [f64; 4]) -> Found {
        let moved = |place: Place| vec![place.allowed().unwrap_or(0.5); 3];
        let permuted = Place::ALL.map(|place| Permuted { place, moved: moved(place) }).into();
        let learned_positions = POSITIONS[2].0;
        let cases = [
            (Question::First, Positions::None, none),
            (Question::First, Positions::Sinusoidal, sinusoidal),
            (Question::First, learned_positions, learned),
            (Question::More, Positions::None, more),
        ];
        let trained = cases.into_iter().flat_map(|(question, positions, accuracy)| {
            [1, 2, 3].map(|seed| Trained {
                job: Job { question, positions, seed },
                curve: vec![(1, accuracy + 1e-3 * seed as f64)],
                parameters: 1,
            })
        });
        Found { permuted, trained: trained.collect() }
    }

    #[test]
    fn the_criterion_can_fail_in_every_part() {
        let good = [0.5, 0.95, 0.95, 0.95];
        let verdict = |found: Found| found.verdict(Budget::Quick);
        assert_eq!(verdict(found(good)), Verdict::Shown);
        assert_eq!(verdict(found([0.9, 0.95, 0.95, 0.95])), Verdict::NotShown);
        assert_eq!(verdict(found([0.5, 0.6, 0.95, 0.95])), Verdict::NotShown);
        assert_eq!(verdict(found([0.5, 0.95, 0.6, 0.95])), Verdict::NotShown);
        assert_eq!(verdict(found([0.5, 0.95, 0.95, 0.6])), Verdict::NotShown);
        for (i, place) in Place::ALL.into_iter().enumerate() {
            let mut broken = found(good);
            broken.permuted[i].moved[1] = place.allowed().map_or(1e-4, |rounding| 2.0 * rounding + 1e-15);
            let expected = if place == Place::Causal { Verdict::Shown } else { Verdict::NotShown };
            assert_eq!(verdict(broken), expected, "{place:?}");
        }
    }
}
