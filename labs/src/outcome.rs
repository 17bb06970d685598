//! How a run of a learner's program ended.

use labkit::Question;

/// A program that did not answer all questions.
#[derive(Debug)]
pub struct Stopped {
    /// What happened, in two or three words.
    pub short: &'static str,
    /// What happened, as a sentence without its end.
    pub why: String,
    /// The question at which it did, if it was being asked.
    pub question: Option<Question>,
    /// The beginning of what it printed.
    pub printed: String,
}

/// A training that came to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Training {
    /// Numbers of some steps, and the loss on the batch of each.
    pub curve: Vec<(u64, f64)>,
    /// The loss on what was held out.
    pub held_out: f64,
    /// The largest that is enough.
    pub bound: f64,
}

impl Training {
    /// Whether the model has learned what was asked.
    pub fn is_enough(&self) -> bool {
        self.held_out <= self.bound
    }
}

/// How a training ended.
pub(crate) enum Trained {
    Done(Training, String),
    Stopped(Stopped),
}
