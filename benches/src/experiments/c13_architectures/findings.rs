//! What the page says of C13.

use super::models::Kind;
use super::tasks::{LENGTHS, Task};
use super::training::Commonest;
use super::{Cell, LEARNING_RATES, MARGIN, Study, named};
use report::{
    Table,
    figure::{Axis, BarSeries, Bars, Figure, Plot},
    format,
    statistics::{Reach, Summary, by_size},
};

/// What is answered without a model.
const COMMONEST: &str = "always the commonest answer";

/// Figures, tables and sentences.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
}

impl Report<'_> {
    fn right(&self, task: Task, kind: Kind) -> Summary {
        Summary::of_shares(&self.study.cell(task, kind).right())
    }

    /// Each task with the answer that needs no model.
    fn commonest(&self) -> impl Iterator<Item = (Task, &Commonest)> {
        Task::ALL.into_iter().zip(&self.study.commonest)
    }

    /// Every model on every task, the best first.
    pub fn answer(&self) -> String {
        let of = |(task, commonest): (Task, &Commonest)| {
            let mut kinds = Kind::ALL;
            kinds.sort_by(|a, b| by_size(&self.right(task, *b).mean, &self.right(task, *a).mean));
            let each = kinds.map(|kind| format!("{} {}", kind.name(), share(&self.right(task, kind))));
            let always = format::number(commonest.right, 3);
            format!("{}: {} (always the commonest answer: {always})", task.name(), each.join(", "))
        };
        let tasks: Vec<String> = self.commonest().map(of).collect();
        let [_, held_out] = self.study.sentences;
        format!("Answered right, as a part of {held_out} questions of each task, the best first. {}.", tasks.join("; "))
    }

    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let models = |value: fn(&Cell) -> Summary| {
            let of = |kind| Task::ALL.map(|task| Some(value(self.study.cell(task, kind)))).into();
            Kind::ALL.map(|kind| BarSeries { name: kind.name().to_owned(), values: of(kind) })
        };
        let bars = |axis, series: Vec<BarSeries>| {
            Plot::Bars(Bars::grouped(axis, Task::ALL.map(|task| task.name().to_owned()), series))
        };
        let commonest = BarSeries {
            name: COMMONEST.to_owned(),
            values: self.commonest().map(|(_, commonest)| Some(Summary::exact(commonest.right))).collect(),
        };
        let right = models(|cell| Summary::of_shares(&cell.right()));
        let [_, held_out] = self.study.sentences;
        vec![
            Figure::new(
                "c13-right",
                "Who answers right",
                format!(
                    "The part of {held_out} held-out questions answered right: the hidden word, the sense of a word, a \
                     translation right in every word, a continuation that makes a sentence of the grammar. Continuations are \
                     drawn, other answers are the likeliest. The last bar needs no model: it says to every question the commonest answer of the training sentences."
                ),
                bars(
                    Axis::linear("part answered right").within(0.0, 1.0),
                    right.into_iter().chain([commonest]).collect(),
                ),
            ),
            Figure::new(
                "c13-nats",
                "How much the right answer surprises",
                "The loss on held-out answers; less is better. Who answers word by word is told the right words before; who \
                 answers at once has only the question.",
                bars(Axis::linear("nats a token of the answer").from_zero(), models(nats).into()),
            ),
        ]
    }

    /// How it was done, what came of it, and what was said.
    pub fn tables(&self) -> Vec<Table> {
        vec![self.ways(), self.numbers(), self.differences(), self.examples()]
    }

    fn ways(&self) -> Table {
        let mut table = Table::new(
            "c13-ways",
            "How each model is asked and answers: _ is a hole, => the token behind which an answer begins",
            &["task", "encoder-only", "encoder-decoder", "decoder-only"],
        );
        let rows = [
            (
                Task::Fill,
                ["the _ sleeps: the word is made at the hole", "reads the _ sleeps, says cat", "the _ sleeps => cat"],
            ),
            (
                Task::Classify,
                [
                    "a novel idea _: the sense is made at the hole",
                    "reads a novel idea, says novel/new",
                    "a novel idea => novel/new",
                ],
            ),
            (
                Task::Translate,
                [
                    "the cat sleeps _ _ _ _ ..: all words at once, up to the first <end>",
                    "reads the cat sleeps, says el gato duerme <end> word by word",
                    "the cat sleeps => el gato duerme <end>, word by word",
                ],
            ),
            (
                Task::Continue,
                [
                    "the cat _ _ _ ..: all words at once, up to the first <end>",
                    "reads the cat, says sleeps <end> word by word",
                    "the cat => sleeps <end>, word by word",
                ],
            ),
        ];
        for (task, ways) in rows {
            table.row([&[task.name()][..], &ways].concat());
        }
        table
    }

    fn numbers(&self) -> Table {
        let mut table = Table::new(
            "c13-numbers",
            format!(
                "Every model on every task, after {} steps, judged on {} questions each; its learning rate of {} tried",
                self.study.steps,
                self.study.sentences[1],
                LEARNING_RATES.len()
            ),
            &["task", "model", "#parameters", "#learning rate", "#answered right", "#nats a token"],
        );
        for (task, commonest) in self.commonest() {
            for cell in self.study.cells.iter().filter(|cell| cell.case.task == task) {
                table.row([
                    task.name().to_owned(),
                    cell.case.kind.name().to_owned(),
                    format::count(cell.outcomes[0].parameters as u64),
                    format::number(cell.learning_rate, 2),
                    share(&Summary::of_shares(&cell.right())),
                    nats(cell).to_string(),
                ]);
            }
            let said = format!("{COMMONEST}: {}", commonest.answer);
            let right = format::number(commonest.right, 3);
            table.row([task.name(), &said, "0", "–", &right, "–"]);
        }
        table
    }

    fn differences(&self) -> Table {
        let mut table = Table::new(
            "c13-differences",
            "How much more the model that courses name for a task answers right there than each of the others, paired by seed",
            &["task", "named for it", "other", "#ahead"],
        );
        for task in Task::ALL {
            for other in Kind::ALL.into_iter().filter(|kind| *kind != named(task)) {
                let ahead = self.study.ahead(task, other).to_string();
                table.row([task.name(), named(task).name(), other.name(), &ahead]);
            }
        }
        table
    }

    fn examples(&self) -> Table {
        let columns = ["task", "question", "encoder-only", "encoder-decoder", "decoder-only"];
        let mut table = Table::new(
            "c13-examples",
            "The first held-out questions, and what the first seed's models answer",
            &columns,
        );
        for task in Task::ALL {
            let shown = Kind::ALL.map(|kind| &self.study.cell(task, kind).outcomes[0].shown);
            for (index, [question, _]) in shown[0].iter().enumerate() {
                let said = shown.map(|shown| shown[index][1].clone());
                table.row([&[task.name().to_owned(), question.clone()][..], &said].concat());
            }
        }
        table
    }

    /// What to notice.
    pub fn notice(&self) -> Vec<String> {
        let [encoder, both, decoder] = Kind::ALL;
        let right = |task, kind| share(&self.right(task, kind));
        let nats = |kind| nats(self.study.cell(Task::Continue, kind));
        let always = self.commonest().map(|(task, Commonest { answer, right })| {
            format!("{} “{answer}”, {}", task.name(), format::number(*right, 3))
        });
        vec![
            "Encoder-only and decoder-only are here the same stack but for the mask: in the one every place sees every other, in \
             the other only those before it. The table of ways says what each is asked."
                .to_owned(),
            format!(
                "A blank has two sides, and all three get both, for a question is read to its end before the answer is said. What \
                 the decoder-only model cannot do is read the words before the blank in the light of those behind it: {} of the \
                 words against {} of the encoder-only model.",
                right(Task::Fill, decoder),
                right(Task::Fill, encoder)
            ),
            format!(
                "What needs no model is the commonest answer of the training sentences, said to every question. It and the part \
                 that it gets right: {}. A model that is right no more often need not have read the question.",
                always.collect::<Vec<_>>().join("; ")
            ),
            "Who knows the word alone guesses at most half of the senses: no sense of a word has more of its sentences.".to_owned(),
            format!(
                "Words that are made all at once know nothing of each other. Of the encoder-only model's translations {} are right \
                 in every word, and {} of its continuations are sentences, against {} and {} of the decoder-only model, which \
                 hears what it has said.",
                right(Task::Translate, encoder),
                right(Task::Continue, encoder),
                right(Task::Translate, decoder),
                right(Task::Continue, decoder)
            ),
            format!(
                "A sentence may go on in many ways, so even the best model must be surprised by how one goes on: by {} nats a token \
                 the encoder-only, {} the encoder-decoder, {} the decoder-only model.",
                nats(encoder),
                nats(both),
                nats(decoder)
            ),
        ]
    }

    /// What it does not say.
    pub fn limits(&self) -> Vec<String> {
        let Study { steps, width, sentences: [training, held_out], .. } = self.study;
        vec![
            format!(
                "Width {width}, {steps} steps on {training} generated sentences of {} to {} words, judged on {held_out}. Each \
                 training begins anew and learns one task. The models that the claim names read much text first and are then tuned or \
                 merely asked; whether that favours one of them is not measured.",
                LENGTHS.start(),
                LENGTHS.end()
            ),
            format!(
                "The intervals are over seeds, all judged on the same {held_out} questions of each task. Where every seed is right in \
                 none of them there is no interval, but not certainty either: a model that is right in {} of all questions has \
                 none right of {held_out} once in twenty times.",
                format::number(unseen(*held_out), 2)
            ),
            "The encoder-decoder has one block on each side; the other two have both blocks on top of each other.".to_owned(),
            "The ways of asking are the usual ones, not the only ones. An encoder can speak word by word too if it reads everything \
             anew for each, and a decoder can score every word that might fill a blank."
                .to_owned(),
            format!(
                "Parameters are as equal as the blocks allow, see the table; sentences and steps are equal, arithmetic is not: an \
                 encoder reads all its holes, a decoder what it has said. A margin is {MARGIN}; the learning rates tried are {}.",
                LEARNING_RATES.map(|rate| format::number(rate, 2)).join(", ")
            ),
        ]
    }
}

/// A part of the answers; where all seeds have the same, they give no interval.
fn share(right: &Summary) -> String {
    match right.reach {
        Some(_) if right.high() - right.low() < 1e-9 => format!("{} (every seed)", format::number(right.mean, 3)),
        _ => right.to_string(),
    }
}

/// The loss of every seed. No mean of losses lies below 0, so the interval is cut off there.
fn nats(cell: &Cell) -> Summary {
    let whole = Summary::of(&cell.each(|outcome| outcome.nats));
    if whole.low() >= 0.0 { whole } else { Summary { reach: Some(Reach::Between(0.0, whole.high())), ..whole } }
}

/// The part of all questions of which none may be among so many, once in twenty times.
fn unseen(questions: usize) -> f64 {
    1.0 - 0.05f64.powf(1.0 / questions as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        experiments::c13_architectures::{Case, training::Outcome},
        study::grid::Score,
    };

    #[test]
    fn no_loss_is_below_zero() {
        let cell = |losses: [f64; 3]| {
            let outcome = |nats| Outcome { parameters: 1, right: 0.0, nats, shown: Vec::new() };
            Cell {
                case: Case { task: Task::Classify, kind: Kind::DecoderOnly },
                learning_rate: 1e-2,
                score: Score(0.0, 0.0),
                outcomes: losses.map(outcome).into(),
            }
        };
        // Mean 0.5, deviations -0.4, -0.3, 0.7: half width 4.302653 sqrt(0.37 / 3) = 1.511.
        let cut = nats(&cell([0.1, 0.2, 1.2]));
        assert_eq!((cut.low(), cut.mean), (0.0, 0.5));
        assert!((cut.high() - 2.011).abs() < 1e-3, "{cut}");
        assert_eq!(nats(&cell([1.0, 1.1, 1.2])).to_string(), "1.10 ± 0.25");
    }

    #[test]
    fn seeds_that_agree_give_no_interval() {
        assert_eq!(share(&Summary::of_shares(&[0.0; 3])), "0 (every seed)");
        assert_eq!(share(&Summary::of_shares(&[0.2; 3])), "0.2 (every seed)");
        assert_eq!(share(&Summary::of_shares(&[0.2, 0.3, 0.4])), Summary::of(&[0.2, 0.3, 0.4]).to_string());
        assert_eq!(share(&Summary::of_shares(&[0.2])), "0.2");
        assert!(((1.0 - unseen(50)).powi(50) - 0.05).abs() < 1e-12);
    }
}
