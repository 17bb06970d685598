//! The second half of a whole lab: a model is trained with the learner's functions.
//!
//! That comes when all answers are right, so no mistake that is known by name gets as far. What is wrong with a loss that is
//! too high nevertheless has no name: it is told as a number, beside the one that was asked for.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use labkit::{Answer, News};

use crate::Error;
use crate::child::{End, Limits};
use crate::course::{Kind, Lab};
use crate::engine::{Engine, FILE};
use crate::manifest::Whole;
use crate::outcome::{Stopped, Trained, Training};
use crate::place::Place;
use crate::source::SOURCE;

impl Engine<'_> {
    /// Trains the right versions of a whole lab, so many steps; returns their names with what came of it.
    ///
    /// # Errors
    /// If one does not come to its end.
    pub fn learn(&self, lab: &Lab, whole: &Whole, seed: u64, steps: u64) -> Result<Vec<(String, Training)>, Error> {
        let (examiner, whole) = (self.examiner(lab)?, Whole { steps, ..whole.clone() });
        let right = lab.versions().into_iter().filter(|version| version.kind == Kind::Right).enumerate();
        let learned = right.map(|(number, version)| match self.train(&examiner, &whole, seed, Some(number))? {
            Trained::Done(training, _) => Ok((version.name(), training)),
            Trained::Stopped(stopped) => Err(self.broken(lab, format!("{}: {}", version.name(), stopped.why))),
        });
        learned.collect()
    }

    /// Trains with a version that the program holds, and says how far it has come.
    pub(crate) fn train(
        &self,
        program: &Path,
        whole: &Whole,
        seed: u64,
        number: Option<usize>,
    ) -> Result<Trained, Error> {
        let place = Place::new()?;
        let news = place.file("news");
        let mut command = Command::new(program);
        command.args(["train", &seed.to_string(), &whole.steps.to_string()]).arg(&news);
        command.args(number.map(|number| number.to_string()));
        let limits =
            Limits { time: Duration::from_secs(whole.seconds), memory: Some(whole.gib << 30), file: Some(FILE) };
        (self.say)(&format!("training {} in {} steps", whole.model, whole.steps));
        let heard = Heard { steps: whole.steps, news: &news, so_far: RefCell::default() };
        let watched = || {
            heard.listen(self.say);
            (self.stop)()
        };
        let end = Engine { stop: &watched, ..self.clone() }.run(&mut command, &place, &news, limits)?;
        let (curve, done) = all(&news);
        let printed = place.printed();
        let (short, why) = match (end, done) {
            (End::Interrupted, _) => return Err(Error::Interrupted),
            (_, Some(Ok(held_out))) => {
                return Ok(Trained::Done(Training { curve, held_out, bound: whole.bound }, printed));
            }
            _ if place.is_full(FILE) => {
                ("prints too much", format!("your program prints more than {} MiB in the training", FILE >> 20))
            }
            (_, Some(Err(Answer::Panicked { words, file, line }))) if file.ends_with(SOURCE) => {
                ("ended early", format!("in the training, line {line} of {SOURCE} panics: {words}"))
            }
            (_, Some(Err(Answer::Panicked { words, .. }))) => ("ended early", format!("the training stops: {words}")),
            (End::OutOfTime, _) => {
                let seconds = data::counted(whole.seconds as usize, "second");
                ("too slow", format!("the training did not end within {seconds}; it can be done in half a minute"))
            }
            (End::By(_), _) if printed.contains("memory allocation of") => {
                ("too much memory", format!("the training takes more than {} GiB of memory", whole.gib))
            }
            (End::By(_), _) if place.full().is_some() => place.filled()?,
            (End::By(status), _) => ("ended early", format!("your program ended before the training did ({status})")),
        };
        Ok(Trained::Stopped(Stopped { short, why, question: None, printed }))
    }
}

/// Follows a training.
struct Heard<'a> {
    steps: u64,
    news: &'a Path,
    so_far: RefCell<(u64, usize)>,
}

impl Heard<'_> {
    /// Says what is new.
    fn listen(&self, say: &dyn Fn(&str)) {
        let (length, told) = &mut *self.so_far.borrow_mut();
        let now = fs::metadata(self.news).map_or(0, |found| found.len());
        if now == *length {
            return;
        }
        let (curve, _) = all(self.news);
        for (step, loss) in curve.iter().skip(*told) {
            say(&format!("step {step} of {}: loss {loss:.3}", self.steps));
        }
        (*length, *told) = (now, curve.len());
    }
}

/// Numbers of some steps, with the loss on the batch of each.
type Curve = Vec<(u64, f64)>;

/// The news in a file, up to where it ends.
fn all(path: &Path) -> (Curve, Option<Result<f64, Answer>>) {
    let mut curve = Vec::new();
    let Ok(file) = File::open(path) else { return (curve, None) };
    let mut file = BufReader::new(file);
    while let Ok(news) = ciborium::from_reader(&mut file) {
        match news {
            News::Step { step, loss } => curve.push((step, loss)),
            News::Done(done) => return (curve, Some(done)),
        }
    }
    (curve, None)
}
