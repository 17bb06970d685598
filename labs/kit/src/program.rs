//! The two programs of a lab. Each reads its arguments, does its work and ends; what they say is CBOR in a file.

use std::cell::RefCell;
use std::env;
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::panic::{self, AssertUnwindSafe};

use serde::{Deserialize, Serialize};

use crate::{Draw, Values};

/// How a lab calls the function of an exercise.
pub type Call = fn(&str, &Values) -> Values;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Name of the function.
    pub exercise: String,
    /// What it is given.
    pub inputs: Values,
}

/// What a version of a function made of a question.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// What it returned.
    Returned(Values),
    /// It panicked.
    Panicked {
        /// With these words.
        words: String,
        /// In this file, as the compiler names it.
        file: String,
        /// In this line.
        line: u32,
    },
}

/// Questions, and the answers of every version: `answers[version][question]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Those of the first exercise first, the small ones first.
    pub questions: Vec<Question>,
    /// In the order of the versions.
    pub answers: Vec<Vec<Answer>>,
}

/// Draws questions, answers them with every version, and writes a [`Trial`].
///
/// Arguments of the program: seed, how many questions for each exercise, and the file to write.
///
/// # Panics
/// If the arguments are others, or the file cannot be written.
pub fn examiner(exercises: &[&str], draw: fn(&str, &mut Draw) -> Values, versions: &[Call]) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [seed, count, file] = &arguments[..] else { panic!("expected SEED COUNT FILE") };
    let number = |text: &String| text.parse::<u64>().expect("a whole number");
    let mut questions = Vec::new();
    for (at, &exercise) in exercises.iter().enumerate() {
        for question in 0..number(count) as usize {
            let inputs = draw(exercise, &mut Draw::new(number(seed), at, question));
            questions.push(Question { exercise: exercise.to_owned(), inputs });
        }
    }
    let answers = versions.iter().map(|&call| questions.iter().map(|question| answer(call, question)).collect());
    let trial = Trial { answers: answers.collect(), questions };
    let mut file = BufWriter::new(File::create(file).expect("the file can be created"));
    ciborium::into_writer(&trial, &mut file).expect("the file can be written");
    file.flush().expect("the file can be written");
}

/// Reads questions and writes an [`Answer`] to each, one after another, so that it is known how far the program came.
///
/// Arguments of the program: the file of questions, the file to write, and which of several versions answers, if it is not the
/// first.
///
/// # Panics
/// If the arguments are others, or the files cannot be used.
pub fn candidate(versions: &[Call]) {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [questions, answers, rest @ ..] = &arguments[..] else { panic!("expected QUESTIONS ANSWERS") };
    let call = versions[rest.first().map_or(0, |number| number.parse().expect("a whole number"))];
    let questions = BufReader::new(File::open(questions).expect("the questions can be read"));
    let questions: Vec<Question> = ciborium::from_reader(questions).expect("the questions are questions");
    let mut answers = File::create(answers).expect("the answers can be written");
    for question in &questions {
        let mut bytes = Vec::new();
        ciborium::into_writer(&answer(call, question), &mut bytes).expect("memory can be written");
        answers.write_all(&bytes).expect("the answers can be written");
    }
}

thread_local! {
    static PANIC: RefCell<Option<(String, u32)>> = const { RefCell::new(None) };
}

fn answer(call: Call, question: &Question) -> Answer {
    caught(|| call(&question.exercise, &question.inputs)).map_or_else(|panicked| panicked, Answer::Returned)
}

/// What the work makes, or that it panicked.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, Answer> {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|place| (place.file().to_owned(), place.line()));
        PANIC.with(|last| *last.borrow_mut() = place);
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).map_err(|payload| {
        let words = payload.downcast_ref::<String>().cloned();
        let words = words.or_else(|| payload.downcast_ref::<&str>().map(|&words| words.to_owned()));
        let (file, line) = PANIC.with(RefCell::take).unwrap_or_default();
        Answer::Panicked { words: words.unwrap_or_default(), file, line }
    })
}
