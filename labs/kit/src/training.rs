//! Training a model that holds the functions of a version.

use std::env;
use std::fs::File;
use std::io::Write;

use serde::{Deserialize, Serialize};

use crate::Answer;
use crate::program::caught;

/// How a lab's model is trained. It is given a function that takes the number of a step and its loss, to be called now and
/// then; it returns the loss on what was held out.
pub type Train = fn(Plan, &mut dyn FnMut(u64, f64)) -> f64;

/// What a training is to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Of the first weights and the batches.
    pub seed: u64,
    /// How many updates it makes.
    pub steps: u64,
}

/// What comes of a training, one after another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum News {
    /// It has come to a step.
    Step {
        /// Its number, from 1.
        step: u64,
        /// The loss on its batch.
        loss: f64,
    },
    /// It has ended.
    Done(Result<f64, Answer>),
}

/// Trains, if this is asked for, and writes the [`News`] as they come; says whether it was.
///
/// Arguments of the program: `train`, seed, steps, the file to write, and which of several versions is trained, if it is not the
/// first.
///
/// # Panics
/// If the arguments behind the first are others, or the file cannot be written.
pub fn trains(versions: &[Train]) -> bool {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let ["train", rest @ ..] = &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] else { return false };
    let [seed, steps, file, version @ ..] = rest else { panic!("expected train SEED STEPS FILE") };
    let number = |text: &str| text.parse::<u64>().expect("a whole number");
    let train = versions[version.first().map_or(0, |text| number(text) as usize)];
    let mut file = File::create(file).expect("the file can be created");
    let mut tell = |news: News| {
        let mut bytes = Vec::new();
        ciborium::into_writer(&news, &mut bytes).expect("memory can be written");
        file.write_all(&bytes).expect("the file can be written");
    };
    let plan = Plan { seed: number(seed), steps: number(steps) };
    let done = caught(|| train(plan, &mut |step, loss| tell(News::Step { step, loss })));
    tell(News::Done(done));
    true
}
