//! One of the three models learns one of the four tasks, and is asked.

use std::collections::BTreeMap;

use data::Token;
use grammar::tasks::{Corpus, Example, Labelled, Task};
use ndarray_rand::rand::Rng;
use nn::{Temperature, Trainable};
use tensor::{Context, Init, Parameters, stream};

use serde::{Deserialize, Serialize};

use super::{
    LEARNING_RATES,
    models::{Kind, Model, Shape},
};
use crate::study::{
    grid::{self, Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

/// B.
const BATCH: usize = 32;

/// How many answers are kept to be shown.
const SHOWN: usize = 4;

/// One model on one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    pub task: Task,
    pub kind: Kind,
}

pub type Cell = grid::Cell<Case, Outcome>;

/// The trainings, on one corpus.
pub struct Learning<'c> {
    pub corpus: &'c Corpus,
    /// D.
    pub width: usize,
    /// Of an encoder, and of a decoder.
    pub blocks: usize,
    pub steps: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How many numbers were learnt.
    pub parameters: usize,
    /// The part of the held-out questions whose answer is right.
    pub right: f64,
    /// The loss on held-out answers, in nats a token.
    pub nats: f64,
    /// The first questions and what was answered.
    pub shown: Vec<[String; 2]>,
}

impl Study for Learning<'_> {
    type Case = Case;
    type Outcome = Outcome;
    const LEARNING_RATES: &'static [f64] = &LEARNING_RATES;

    fn steps(&self, _: &Case) -> u64 {
        self.steps
    }

    fn search_steps(&self, _: &Case) -> u64 {
        self.steps.div_ceil(4)
    }

    /// The loss on sentences that neither are learnt from nor judged by.
    fn search(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Score> {
        let (model, parameters) = self.learn(trial, reporter)?;
        let examples = examples(&self.corpus.validation, trial.case.task);
        Ok(Score(f64::from(model.loss(&Context::eval(&parameters), &examples).item()), 0.0))
    }

    fn train(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<Outcome> {
        let (model, parameters) = self.learn(trial, reporter)?;
        let (corpus, task) = (self.corpus, trial.case.task);
        let examples = examples(&corpus.held_out, task);
        let answers = self.answers(trial, &model, &parameters, &examples);
        let right = |(example, said): &(&Example, &Vec<Token>)| is_right(task, corpus, example, said);
        let right = examples.iter().zip(&answers).filter(right).count();
        let shown = examples.iter().zip(&answers).take(SHOWN);
        Ok(Outcome {
            parameters: parameters.count(),
            right: right as f64 / examples.len() as f64,
            nats: f64::from(model.loss(&Context::eval(&parameters), &examples).item()),
            shown: shown.map(|(example, said)| [corpus.text(&example.question), corpus.text(said)]).collect(),
        })
    }
}

impl Learning<'_> {
    fn learn(&self, trial: &Trial<Case>, reporter: &Reporter) -> anyhow::Result<(Model, Parameters)> {
        let Self { corpus, width, blocks, .. } = *self;
        let Trial { case: Case { kind, task }, learning_rate, seed, steps } = *trial;
        let shape = Shape { vocabulary: corpus.vocabulary(), width, blocks, longest: corpus.longest(task) };
        let mut parameters = Parameters::new();
        let model = Model::new(&mut Init::new(&mut parameters, seed), kind, shape)?;
        // The same for all models and tasks: which sentences, in which order.
        let batches = |step: u64| -> Vec<Example> {
            let [mut sentences, mut gaps] = ["sentences", "gaps"].map(|of| stream(seed, step, &format!("{of} of C13")));
            let known = (0..BATCH).map(|_| &corpus.training[sentences.random_range(0..corpus.training.len())]);
            known.map(|known| known.example(task, &mut gaps)).collect()
        };
        let words = corpus.training.iter().map(|known| known.english.len()).sum::<usize>() / corpus.training.len();
        let recipe = Recipe::cosine(seed, steps, learning_rate);
        let parameters = recipe.train(&model, parameters, &batches, BATCH * words, reporter, |_, _| ())?;
        Ok((model, parameters))
    }

    /// What the model answers of its own: the likeliest token each time, but where many answers are right, drawn from what it
    /// holds likely.
    fn answers(
        &self,
        trial: &Trial<Case>,
        model: &Model,
        parameters: &Parameters,
        examples: &[Example],
    ) -> Vec<Vec<Token>> {
        let questions: Vec<&[Token]> = examples.iter().map(|example| &example.question[..]).collect();
        let temperature = match trial.case.task {
            Task::Continue => Temperature::new(1.0).expect("1 is a temperature"),
            Task::Fill | Task::Classify | Task::Translate => Temperature::GREEDY,
        };
        model.answers(parameters, &questions, self.corpus.longest(trial.case.task), |row, place, scores| {
            let uniform = stream(trial.seed, row as u64, &format!("answers of C13, {place}")).random();
            temperature.choose(scores, uniform).expect("a training that diverges ends with an error")
        })
    }
}

/// What needs no model: the same answer to every question, the commonest of the sentences that are learnt from.
#[derive(Clone, Debug, PartialEq)]
pub struct Commonest {
    pub task: Task,
    pub answer: String,
    /// The part of the held-out questions to which it is right.
    pub right: f64,
}

impl Commonest {
    /// Counts; of equally common answers the first in the order of their tokens.
    pub fn of(corpus: &Corpus, task: Task) -> Self {
        let mut counts = BTreeMap::<Vec<Token>, usize>::new();
        for Example { answer, .. } in examples(&corpus.training, task) {
            *counts.entry(answer).or_default() += 1;
        }
        let (answer, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count).unwrap_or_default();
        let held_out = examples(&corpus.held_out, task);
        let right = held_out.iter().filter(|example| is_right(task, corpus, example, &answer)).count();
        Self { task, answer: corpus.text(&answer), right: right as f64 / held_out.len() as f64 }
    }
}

/// What a task asks of these sentences: of each always the same.
fn examples(sentences: &[Labelled], task: Task) -> Vec<Example> {
    let of =
        |(index, known): (usize, &Labelled)| known.example(task, &mut stream(0, index as u64, "held-out gaps of C13"));
    sentences.iter().enumerate().map(of).collect()
}

/// The answer itself; or, where many are right, one that makes the question a sentence of the grammar.
fn is_right(task: Task, corpus: &Corpus, Example { question, answer }: &Example, said: &[Token]) -> bool {
    match (task, said) {
        (Task::Continue, [rest @ .., data::pairs::END]) => corpus.is_sentence(&[question, rest].concat()),
        (Task::Continue, _) => false,
        (Task::Fill | Task::Classify | Task::Translate, said) => said == answer,
    }
}

#[cfg(test)]
mod tests {
    use data::pairs::END;
    use grammar::tasks::Sizes;

    use super::*;

    #[test]
    fn the_commonest_answer_is_right_as_often_as_it_was_held_out() {
        let corpus = Corpus::new(Sizes { alone: 0, training: 1_000, validation: 2, held_out: 200 });
        let right = |task| Commonest::of(&corpus, task).right;
        assert_eq!(Commonest::of(&corpus, Task::Fill).answer, "the");
        let the = examples(&corpus.held_out, Task::Fill);
        let the = the.iter().filter(|example| corpus.text(&example.answer) == "the").count();
        assert_eq!(right(Task::Fill), the as f64 / 200.0);
        assert!(the > 10 && right(Task::Translate) < 0.05 && right(Task::Classify) <= 0.5);
    }

    #[test]
    fn what_counts_as_right() {
        let corpus = Corpus::new(Sizes { alone: 0, training: 2, validation: 2, held_out: 200 });
        for task in Task::ALL {
            for example in examples(&corpus.held_out, task) {
                let right = |said: &[Token]| is_right(task, &corpus, &example, said);
                assert!(right(&example.answer), "{task:?}");
                assert!(!right(&[]), "{task:?}");
                assert!(!right(&[&example.answer[..], &[END]].concat()), "{task:?}");
                assert!(task == Task::Continue || !right(&[END]), "{task:?}");
            }
        }

        // Any rest will do that makes a sentence and comes to an end.
        let asked = examples(&corpus.held_out, Task::Continue);
        let right = |example: &Example, said: &[Token]| is_right(Task::Continue, &corpus, example, said);
        let with = |question: &str, answer: &str| {
            let question = asked.iter().find(|example| corpus.text(&example.question) == question).unwrap();
            let Example { answer, .. } = asked.iter().find(|example| corpus.text(&example.answer) == answer).unwrap();
            let [rest @ .., END] = &answer[..] else { panic!("{answer:?}") };
            assert!(!right(question, rest));
            right(question, answer)
        };
        assert!(with("the dogs", "are tired <end>") && with("the dogs", "are big <end>"));
        assert!(!with("the dogs", "is small <end>") && !with("the egg", "are big <end>"));
        let whole = asked.iter().filter(|example| right(example, &[END]));
        let whole: Vec<String> = whole.map(|example| corpus.text(&example.question)).collect();
        assert_eq!(whole, ["I ate", "she is tall", "he is reading", "we are tired", "yesterday we wrote"]);
    }
}
