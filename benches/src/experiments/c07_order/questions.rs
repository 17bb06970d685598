//! Two questions about the same kind of sentences: one whose answer lies in the order of the tokens, and one whose answer
//! does not.

use data::{IGNORE, Token, pairs::Sources};
use ndarray::ArrayView1;
use ndarray_rand::rand::{Rng, seq::SliceRandom};
use tensor::{Context, Init, Parameters, stream};
use transformer::{EncoderConfig, Labelled, Positions, SentenceClassifier};

use crate::{
    session::Session,
    study::{
        parallel::{Reporter, side_by_side},
        training::Recipe,
    },
};

/// Symbols in a sentence, before which stands [`ASK`].
pub const SYMBOLS: usize = 12;

/// The tokens: one that stands for the whole sentence, the two that are asked about, and others from `OTHERS` on.
const ASK: Token = 1;
const MARKED: [Token; 2] = [2, 3];
const OTHERS: Token = 4;
const VOCABULARY: usize = 12;

/// How many marked tokens there are where they are counted: an odd number, so that one kind is in the majority.
const COUNTED: usize = 5;

/// B in training, and half the number of held-out sentences.
const BATCH: usize = 32;
const HELD_OUT: usize = 200;

/// What is asked about a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Each marked token stands in it once: which comes first?
    First,
    /// Which of the marked tokens occurs more often?
    More,
}

impl Question {
    pub const ALL: [Question; 2] = [Question::First, Question::More];

    pub fn name(self) -> &'static str {
        match self {
            Question::First => "which comes first?",
            Question::More => "which occurs more often?",
        }
    }

    /// `rows` sentences, each drawn independently, and the index of the marked token that is the answer.
    fn batch(self, rows: usize, seed: u64, step: u64) -> Vec<(Vec<Token>, Token)> {
        let mut rng = stream(seed, step, "sentences of C7");
        let sentence = |_| {
            let marked: Vec<usize> = match self {
                Question::First => vec![0, 1],
                Question::More => (0..COUNTED).map(|_| rng.random_range(0..2)).collect(),
            };
            let mut symbols: Vec<Token> = marked.iter().map(|&i| MARKED[i]).collect();
            symbols.resize_with(SYMBOLS, || rng.random_range(OTHERS..VOCABULARY as Token));
            symbols.shuffle(&mut rng);
            let answer = self.answer(&symbols);
            (std::iter::once(ASK).chain(symbols).collect(), answer)
        };
        (0..rows).map(sentence).collect()
    }

    fn answer(self, symbols: &[Token]) -> Token {
        let asked = match self {
            Question::First => symbols.iter().copied().find(|symbol| MARKED.contains(symbol)),
            Question::More => {
                MARKED.into_iter().max_by_key(|marked| symbols.iter().filter(|symbol| *symbol == marked).count())
            }
        };
        asked.and_then(|asked| MARKED.iter().position(|marked| *marked == asked)).map_or(IGNORE, |i| i as Token)
    }

    /// Sentences to judge by, each followed by its mirror image. Where the order decides, the answer to the image is the
    /// other one; so whoever cannot see the order is right exactly once in two.
    fn held_out(self, seed: u64) -> Labelled {
        let sentences = self.batch(HELD_OUT, seed, u64::MAX);
        let both = sentences.into_iter().flat_map(|(sentence, answer)| {
            let symbols: Vec<Token> = sentence[1..].iter().rev().copied().collect();
            let other = self.answer(&symbols);
            [(sentence, answer), (std::iter::once(ASK).chain(symbols).collect(), other)]
        });
        labelled(&both.collect::<Vec<_>>())
    }
}

fn labelled(sentences: &[(Vec<Token>, Token)]) -> Labelled {
    let rows: Vec<&[Token]> = sentences.iter().map(|(sentence, _)| &sentence[..]).collect();
    Labelled { sentences: Sources::new(&rows), labels: sentences.iter().map(|(_, answer)| *answer).collect() }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Job {
    pub question: Question,
    pub positions: Positions,
    /// Of the first parameters and of the sentences.
    pub seed: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Trained {
    pub job: Job,
    /// Number of steps, and the part of the held-out sentences that was answered right then.
    pub curve: Vec<(u64, f64)>,
    pub parameters: usize,
}

impl Trained {
    pub fn accuracy(&self) -> f64 {
        self.curve.last().map_or(f64::NAN, |(_, accuracy)| *accuracy)
    }
}

/// The ways of telling positions apart, with their names.
pub const POSITIONS: [(Positions, &str); 3] = [
    (Positions::None, "no positions"),
    (Positions::Sinusoidal, "sinusoidal"),
    (Positions::Learned { context: SYMBOLS + 1 }, "learned"),
];

/// Trains an encoder of one layer for each question, way and seed.
///
/// # Errors
/// If a training fails.
pub fn train(session: &Session, steps: u64) -> anyhow::Result<Vec<Trained>> {
    let of_question = |question| POSITIONS.into_iter().map(move |(positions, _)| (question, positions));
    let jobs = Question::ALL.into_iter().flat_map(of_question);
    let seeds = |(question, positions)| session.seeds.iter().map(move |&seed| Job { question, positions, seed });
    let jobs: Vec<Job> = jobs.flat_map(seeds).collect();
    let train = |job: &Job, reporter: &Reporter| job.train(steps, reporter);
    side_by_side(session, "C7, questions about order", &jobs, |_| steps, train).into_iter().collect()
}

impl Job {
    fn train(&self, steps: u64, reporter: &Reporter) -> anyhow::Result<Trained> {
        let Job { question, positions, seed } = *self;
        let mut parameters = Parameters::new();
        let config = EncoderConfig { positions, ..EncoderConfig::new(VOCABULARY, 1, 32, 4) };
        let model = SentenceClassifier::new(&mut Init::new(&mut parameters, seed), config, MARKED.len())?;
        let (count, held_out) = (parameters.count(), question.held_out(seed));
        let mut curve = Vec::new();
        let recipe = Recipe::cosine(seed, steps, 3e-3);
        let batches = |step: u64| labelled(&question.batch(BATCH, seed, step));
        recipe.train(&model, parameters, &batches, BATCH * (SYMBOLS + 1), reporter, |step, parameters| {
            curve.push((step, accuracy(&model, parameters, &held_out)));
        })?;
        Ok(Trained { job: *self, curve, parameters: count })
    }
}

fn accuracy(model: &SentenceClassifier, parameters: &Parameters, held_out: &Labelled) -> f64 {
    let logits = model.logits(&Context::eval(parameters), &held_out.sentences); // (B, 2)
    nn::metrics::accuracy(logits.value(), ArrayView1::from(&held_out.labels).into_dyn()).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn step_01_the_answers() {
        assert_eq!(Question::First.answer(&[7, 3, 5, 2]), 1);
        assert_eq!(Question::First.answer(&[2, 3]), 0);
        assert_eq!(Question::More.answer(&[3, 2, 5, 3]), 1);
        for (sentence, answer) in Question::First.batch(20, 1, 0) {
            assert_eq!((sentence[0], sentence.len()), (ASK, SYMBOLS + 1));
            let place = |marked| sentence.iter().position(|token| *token == marked).unwrap();
            assert_eq!(place(MARKED[0]) > place(MARKED[1]), answer == 1);
        }
    }

    #[test]
    fn step_02_mirrored_sentences_have_the_other_order_and_the_same_tokens() {
        let [first, more] = Question::ALL.map(|question| question.held_out(1).labels);
        assert!(first.chunks(2).all(|pair| pair[0] != pair[1]));
        assert!(more.chunks(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn step_03_scores_that_are_not_numbers_answer_nothing() {
        let mut parameters = Parameters::new();
        let config = EncoderConfig::new(VOCABULARY, 1, 32, 4);
        let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, MARKED.len()).unwrap();
        let held_out = Question::First.held_out(1);
        assert!((0.0..=1.0).contains(&accuracy(&model, &parameters, &held_out)));
        let ids: Vec<_> = parameters.iter().map(|(id, _)| id).collect();
        for id in ids {
            let broken = parameters.get(id).value().mapv(|_| tensor::Real::NAN);
            parameters.set(id, tensor::shared(broken));
        }
        assert!(accuracy(&model, &parameters, &held_out).is_nan());
    }
}
