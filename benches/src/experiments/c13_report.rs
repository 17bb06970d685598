//! What the page says of C13.

use super::{
    c13::{Cell, LEARNING_RATES, MARGIN, Study, named},
    c13_models::Kind,
    c13_tasks::Task,
    c13_training::Outcome,
};
use crate::{
    figure::{Axis, BarSeries, Bars, Figure, Plot},
    finding::Table,
    format,
    statistics::Summary,
};

/// Figures, tables and sentences.
pub struct Report<'s> {
    /// What was measured.
    pub study: &'s Study,
}

impl Report<'_> {
    fn right(&self, task: Task, kind: Kind) -> Summary {
        Summary::of_shares(&self.study.cell(task, kind).right())
    }

    /// Every model on every task, the best first.
    pub fn answer(&self) -> String {
        let of = |task: Task| {
            let mut kinds = Kind::ALL;
            kinds.sort_by(|a, b| self.right(task, *b).mean.total_cmp(&self.right(task, *a).mean));
            let each = kinds.map(|kind| format!("{} {}", kind.name(), self.right(task, kind)));
            format!("{}: {}", task.name(), each.join(", "))
        };
        format!("Answered right, the best first. {}.", Task::ALL.map(of).join("; "))
    }

    /// In the order of the argument.
    pub fn figures(&self) -> Vec<Figure> {
        let bars = |axis, value: &dyn Fn(&Cell) -> Summary| {
            let series = Kind::ALL.map(|kind| BarSeries {
                name: kind.name().to_owned(),
                values: Task::ALL.map(|task| Some(value(self.study.cell(task, kind)))).into(),
            });
            Plot::Bars(Bars::grouped(axis, Task::ALL.map(|task| task.name().to_owned()).into(), series.into()))
        };
        vec![
            Figure::new(
                "c13-right",
                "Who answers right",
                "The part of held-out questions answered right: the hidden word, the sense of a word, a translation right in \
                 every word, a continuation that makes a sentence of the grammar.",
                bars(Axis::linear("part answered right").within(0.0, 1.0), &|cell| Summary::of_shares(&cell.right())),
            ),
            Figure::new(
                "c13-nats",
                "How much the right answer surprises",
                "The loss on held-out answers; less is better. Who answers word by word is told the right words before; who \
                 answers at once has only the question.",
                bars(Axis::linear("nats a token of the answer").from_zero(), &|cell| {
                    Summary::of(&cell.each(|outcome| outcome.nats))
                }),
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
            format!("Every model on every task, after {} steps; its learning rate of three tried", self.study.steps),
            &["task", "model", "#parameters", "#learning rate", "#answered right", "#nats a token"],
        );
        for cell in &self.study.cells {
            table.row([
                cell.task.name().to_owned(),
                cell.kind.name().to_owned(),
                format::count(cell.outcomes[0].parameters as u64),
                format::number(cell.learning_rate, 2),
                Summary::of_shares(&cell.right()).to_string(),
                Summary::of(&cell.each(|outcome: &Outcome| outcome.nats)).to_string(),
            ]);
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
        let right = |task, kind| self.right(task, kind).to_string();
        let nats = |kind| Summary::of(&self.study.cell(Task::Continue, kind).each(|outcome| outcome.nats));
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
            "Of the senses a guess finds at most half: no sense of a word has more of its sentences.".to_owned(),
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
                "Width {width}, {steps} steps on {training} generated sentences of 4 to 7 words, judged on {held_out}. Each training \
                 begins anew and learns one task. The models that the claim names read much text first and are then tuned or \
                 merely asked; whether that favours one of them is not measured."
            ),
            "The encoder-decoder has one block on each side; the other two have both blocks on top of each other.".to_owned(),
            "The ways of asking are the usual ones, not the only ones. An encoder can speak word by word too if it reads everything \
             anew for each, and a decoder can score every word that might fill a blank."
                .to_owned(),
            format!(
                "Equal parameters, sentences and steps are not equal arithmetic: an encoder reads all its holes, a decoder what it has \
                 said. Margins of {MARGIN} were set before anything was measured; so were the learning rates tried, {}.",
                LEARNING_RATES.map(|rate| format::number(rate, 2)).join(", ")
            ),
        ]
    }
}
