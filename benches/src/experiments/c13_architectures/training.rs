//! One of the models learns from sentences alone, then each of the four tasks, and is asked.

use std::collections::BTreeMap;

use data::{Token, questions::Question};
use grammar::tasks::{Corpus, LENGTHS, LabelledSentence, Objective, Task};
use ndarray_rand::rand::{Rng, RngCore};
use nn::{Temperature, Trainable};
use serde::{Deserialize, Serialize};
use tensor::{Context, Parameters, stream};
use transformer::families::{Answerer, AnswererConfig, Family};

use crate::study::{
    grid::{self, Score, Study, Trial},
    parallel::Reporter,
    training::Recipe,
};

/// B.
const BATCH: usize = 32;

/// How many answers are kept to be shown.
const SHOWN: usize = 4;

/// What a task is learnt with, as a part of the learning rate of the pre-training. In the papers it is between a tenth and a
/// half.
pub const FINE: f64 = 0.3;

/// A family, and what was measured of it.
pub type FamilyCell = grid::Cell<Family, TaskOutcomes>;

/// What came of each task, in the order of [`Task::ALL`].
pub type TaskOutcomes = [TaskOutcome; Task::ALL.len()];

/// The trainings, on one corpus.
pub struct Curriculum<'c> {
    pub corpus: &'c Corpus,
    /// D.
    pub width: usize,
    /// Of an encoder, and of a decoder.
    pub blocks: usize,
    /// On sentences alone.
    pub alone: u64,
    /// On each task.
    pub task: u64,
}

/// What a model answers after it has learnt a task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskOutcome {
    /// How many numbers were learnt.
    pub parameters: usize,
    /// The part of the held-out questions whose answer is right.
    pub right: f64,
    /// The loss on held-out answers, in nats a token.
    pub nats: f64,
    /// The first questions and what was answered.
    pub shown: Vec<[String; 2]>,
}

/// How each learns from sentences alone.
fn objective(family: Family) -> Objective {
    match family {
        Family::EncoderOnly => Objective::MaskedWords,
        Family::EncoderDecoder | Family::DeepEncoderDecoder => Objective::Span,
        Family::DecoderOnly => Objective::NextToken,
    }
}

impl Study for Curriculum<'_> {
    type Case = Family;
    type Outcome = TaskOutcomes;
    const LEARNING_RATES: &'static [f64] = &[3e-3, 1e-2, 3e-2];

    fn steps(&self, _: &Family) -> u64 {
        self.alone + Task::ALL.len() as u64 * self.task
    }

    fn search_steps(&self, family: &Family) -> u64 {
        self.steps(family).div_ceil(4)
    }

    /// The losses on sentences that neither are learnt from nor judged by, added up.
    fn search(&self, trial: &Trial<Family>, reporter: &Reporter) -> anyhow::Result<Score> {
        let loss = |task, model: &Answerer, parameters: &Parameters| {
            f64::from(model.loss(&Context::eval(parameters), &examples(&self.corpus.validation, task)).item())
        };
        Ok(Score(self.each_task(trial, reporter, loss)?.iter().sum(), 0.0))
    }

    fn train(&self, trial: &Trial<Family>, reporter: &Reporter) -> anyhow::Result<TaskOutcomes> {
        self.each_task(trial, reporter, |task, model, parameters| self.ask(trial, task, model, parameters))
    }
}

impl Curriculum<'_> {
    /// Pre-trains, then learns each task from there, and looks at the model after it.
    fn each_task<T>(
        &self,
        trial: &Trial<Family>,
        reporter: &Reporter,
        look: impl Fn(Task, &Answerer, &Parameters) -> T,
    ) -> anyhow::Result<[T; Task::ALL.len()]> {
        let Self { corpus, width, blocks, .. } = *self;
        let Trial { case: family, learning_rate, seed, steps } = *trial;
        let part = |of: u64| (of * steps).div_ceil(self.steps(&family));
        let config = |longest| AnswererConfig { vocabulary: corpus.vocabulary(), width, blocks, longest };
        let learner = |steps, learning_rate| Learner { seed, steps, learning_rate, reporter };
        let (model, first) = Answerer::new(family, config(1), seed)?;
        let ask = |sentence: &Vec<Token>, gaps: &mut dyn RngCore| objective(family).question(sentence, gaps);
        let pretrained = learner(part(self.alone), learning_rate).learn(&model, first, &corpus.alone, ask)?;
        let outcomes = Task::ALL.map(|task| {
            // The same parameters, with as many holes behind a question as the task asks for.
            let (model, _) = Answerer::new(family, config(corpus.longest(task)), seed)?;
            let ask = |known: &LabelledSentence, gaps: &mut dyn RngCore| known.question(task, gaps);
            let learner = learner(part(self.task), FINE * learning_rate);
            let parameters = learner.learn(&model, pretrained.clone(), &corpus.training, ask)?;
            Ok(look(task, &model, &parameters))
        });
        let outcomes = outcomes.into_iter().collect::<anyhow::Result<Vec<T>>>()?;
        Ok(outcomes.try_into().unwrap_or_else(|_| unreachable!("one for each task")))
    }

    /// What the model answers of its own: the likeliest token each time, but where many answers are right, drawn from what it
    /// holds likely.
    fn ask(&self, trial: &Trial<Family>, task: Task, model: &Answerer, parameters: &Parameters) -> TaskOutcome {
        let corpus = self.corpus;
        let examples = examples(&corpus.held_out, task);
        let questions: Vec<&[Token]> = examples.iter().map(|example| &example.asked[..]).collect();
        let temperature = match task {
            Task::Continue => Temperature::new(1.0).expect("1 is a temperature"),
            Task::Fill | Task::Classify | Task::Translate => Temperature::GREEDY,
        };
        let answers = model.answers(parameters, &questions, corpus.longest(task), |row, place, scores| {
            let uniform = stream(trial.seed, row as u64, &format!("answers of C13, {place}")).random();
            temperature.choose(scores, uniform).expect("a training that diverges ends with an error")
        });
        let right = |(example, said): &(&Question, &Vec<Token>)| is_right(task, corpus, example, said);
        let shown = examples.iter().zip(&answers).take(SHOWN);
        TaskOutcome {
            parameters: parameters.count(),
            right: examples.iter().zip(&answers).filter(right).count() as f64 / examples.len() as f64,
            nats: f64::from(model.loss(&Context::eval(parameters), &examples).item()),
            shown: shown.map(|(example, said)| [corpus.text(&example.asked), corpus.text(said)]).collect(),
        }
    }
}

/// One of the trainings of a curriculum.
struct Learner<'r> {
    seed: u64,
    steps: u64,
    learning_rate: f64,
    reporter: &'r Reporter,
}

impl Learner<'_> {
    /// Learns what `ask` asks of sentences: which, and in which order, is the same for all families.
    fn learn<S>(
        &self,
        model: &Answerer,
        parameters: Parameters,
        sentences: &[S],
        ask: impl Fn(&S, &mut dyn RngCore) -> Question,
    ) -> anyhow::Result<Parameters> {
        let batches = |step: u64| -> Vec<Question> {
            let [mut choice, mut gaps] =
                ["sentences", "gaps"].map(|of| stream(self.seed, step, &format!("{of} of C13")));
            (0..BATCH).map(|_| ask(&sentences[choice.random_range(0..sentences.len())], &mut gaps)).collect()
        };
        let tokens = BATCH * (LENGTHS.start() + LENGTHS.end()) / 2;
        let recipe = Recipe::cosine(self.seed, self.steps, self.learning_rate);
        recipe.train(model, parameters, &batches, tokens, self.reporter, |_, _| ())
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
        for Question { answer, .. } in examples(&corpus.training, task) {
            *counts.entry(answer).or_default() += 1;
        }
        let (answer, _) = counts.into_iter().rev().max_by_key(|(_, count)| *count).unwrap_or_default();
        let held_out = examples(&corpus.held_out, task);
        let right = held_out.iter().filter(|example| is_right(task, corpus, example, &answer)).count();
        Self { task, answer: corpus.text(&answer), right: right as f64 / held_out.len() as f64 }
    }
}

/// What a task asks of these sentences: of each always the same.
fn examples(sentences: &[LabelledSentence], task: Task) -> Vec<Question> {
    let of = |(index, known): (usize, &LabelledSentence)| {
        known.question(task, &mut stream(0, index as u64, "held-out gaps of C13"))
    };
    sentences.iter().enumerate().map(of).collect()
}

/// The answer itself; or, where many are right, one that makes the question a sentence of the grammar.
fn is_right(task: Task, corpus: &Corpus, Question { asked: question, answer }: &Question, said: &[Token]) -> bool {
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
        let corpus = Corpus::new(Sizes { alone: 1, training: 1_000, validation: 2, held_out: 200 });
        let right = |task| Commonest::of(&corpus, task).right;
        assert_eq!(Commonest::of(&corpus, Task::Fill).answer, "the");
        let the = examples(&corpus.held_out, Task::Fill);
        let the = the.iter().filter(|example| corpus.text(&example.answer) == "the").count();
        assert_eq!(right(Task::Fill), the as f64 / 200.0);
        assert!(the > 10 && right(Task::Translate) < 0.05 && right(Task::Classify) <= 0.5);
    }

    #[test]
    fn what_counts_as_right() {
        let corpus = Corpus::new(Sizes { alone: 1, training: 2, validation: 2, held_out: 200 });
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
        let right = |example: &Question, said: &[Token]| is_right(Task::Continue, &corpus, example, said);
        let with = |question: &str, answer: &str| {
            let question = asked.iter().find(|example| corpus.text(&example.asked) == question).unwrap();
            let Question { answer, .. } = asked.iter().find(|example| corpus.text(&example.answer) == answer).unwrap();
            let [rest @ .., END] = &answer[..] else { panic!("{answer:?}") };
            assert!(!right(question, rest));
            right(question, answer)
        };
        assert!(with("the dogs", "are tired <end>") && with("the dogs", "are big <end>"));
        assert!(!with("the dogs", "is small <end>") && !with("the egg", "are big <end>"));
        let whole = asked.iter().filter(|example| right(example, &[END]));
        let whole: Vec<String> = whole.map(|example| corpus.text(&example.asked)).collect();
        assert_eq!(whole, ["I ate", "she is tall", "he is reading", "we are tired", "yesterday we wrote"]);
    }
}
