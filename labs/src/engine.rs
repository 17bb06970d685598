//! Asking a lab's questions.

use std::cell::OnceCell;
use std::fs::{self, File};
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use labkit::{Answer, Trial};

use crate::Error;
use crate::cargo::{self, Built, Complaint};
use crate::child::{self, End, Limits};
use crate::course::Lab;
use crate::isolation::isolate;
use crate::outcome::{Stopped, Trained, Training};
use crate::package;
use crate::place::Place;
use crate::source::SOURCE;
use crate::sources::Sources;
use crate::verdict::{Verdict, verdict};

/// Questions for every function: enough to pass, and as many as are asked before it is said that no mistake is known.
pub(crate) const QUESTIONS: [usize; 2] = [32, 128];

/// The largest file that the learner's program may write: what it prints, and its answers.
pub(crate) const FILE: u64 = 16 << 20;
/// How long the learner's file may be compiled, and with how much memory: macros can go on for ever. The largest file that labs are
/// compiled into has 15 MB.
const COMPILING: Limits = Limits { time: Duration::from_secs(120), memory: Some(8 << 30), file: Some(COMPILED) };
const COMPILED: u64 = 128 << 20;
/// The same of what labs stand on, the first time on a slow computer.
const FIRST: Limits = Limits { time: Duration::from_secs(3600), memory: None, file: None };

/// Builds the programs of labs, and runs them.
#[derive(Clone)]
pub struct Engine<'a> {
    /// Where they come from.
    pub sources: Sources,
    /// Whether the compiler's words are coloured.
    pub colours: bool,
    /// Whether somebody wants it to stop.
    pub stop: &'a dyn Fn() -> bool,
    /// Says what takes time.
    pub say: &'a dyn Fn(&str),
}

/// What a check found.
#[derive(Debug)]
pub enum Checked<'l> {
    /// It does not compile; the errors in the learner's file first.
    DoesNotCompile(Vec<Complaint>),
    /// It did not come to its end.
    Stopped(Stopped),
    /// It answered all questions.
    Judged {
        /// What is said about the answers.
        verdict: Verdict<'l>,
        /// The beginning of what it printed.
        printed: String,
    },
    /// All its answers are right, and the model of a whole lab was trained with its functions.
    Trained {
        /// What came of it.
        training: Training,
        /// The beginning of what it printed.
        printed: String,
    },
}

impl Checked<'_> {
    /// Whether nothing is left to be done.
    pub fn has_passed(&self) -> bool {
        match self {
            Checked::Judged { verdict, .. } => *verdict == Verdict::Passed,
            Checked::Trained { training, .. } => training.is_enough(),
            Checked::DoesNotCompile(_) | Checked::Stopped(_) => false,
        }
    }
}

impl Engine<'_> {
    /// Checks a source against a lab; `place` is the learner's folder, which tells learners apart.
    ///
    /// # Errors
    /// If it cannot be checked.
    pub fn check<'l>(&self, lab: &'l Lab, source: &str, place: &Path, seed: u64) -> Result<Checked<'l>, Error> {
        self.judge(&self.exam(lab, seed)?, source, place)
    }

    /// The questions of a seed on a lab, for one source or many.
    ///
    /// # Errors
    /// If the lab does not compile.
    pub fn exam<'l>(&self, lab: &'l Lab, seed: u64) -> Result<Exam<'l>, Error> {
        Ok(Exam { lab, seed, examiner: self.examiner(lab)?, trials: Default::default() })
    }

    /// Checks a source in an exam; `place` tells apart those that are checked at the same time.
    ///
    /// # Errors
    /// If it cannot be checked.
    pub fn judge<'l>(&self, exam: &Exam<'l>, source: &str, place: &Path) -> Result<Checked<'l>, Error> {
        let lab = exam.lab;
        let program = match self
            .build_within(&package::candidate(&self.sources, lab, source, &package::key(place))?, COMPILING)?
        {
            Built::Program(program) => program,
            Built::TakesIn(other) => {
                let what = format!("takes in the file {}: write all that you need into {SOURCE}", other.display());
                return Ok(Checked::DoesNotCompile(vec![Complaint::of_source(&what)]));
            }
            Built::OutOfTime => {
                let what = format!("is not compiled within {} seconds", COMPILING.time.as_secs());
                return Ok(Checked::DoesNotCompile(vec![Complaint::of_source(&what)]));
            }
            Built::TooLarge => {
                let what = format!("is compiled into more than {} MiB", COMPILED >> 20);
                return Ok(Checked::DoesNotCompile(vec![Complaint::of_source(&what)]));
            }
            Built::Complaints(mut complaints) => {
                complaints.sort_by_key(|complaint| complaint.file.as_deref() != Some(SOURCE));
                return Ok(Checked::DoesNotCompile(complaints));
            }
        };
        for (questions, known) in QUESTIONS.into_iter().zip(&exam.trials) {
            let trial = match known.get() {
                Some(trial) => trial,
                None => {
                    let trial = self.trial(lab, &exam.examiner, exam.seed, questions)?;
                    known.get_or_init(|| trial)
                }
            };
            let (answers, printed) = match self.ask(lab, &program, trial, None)? {
                Asked::All(answers, printed) => (answers, printed),
                Asked::Stopped(stopped) => return Ok(Checked::Stopped(stopped)),
            };
            match (self.verdict(lab, trial, &answers, questions)?, &lab.manifest.whole) {
                (Some(Verdict::Passed), Some(whole)) => {
                    return Ok(match self.train(&program, whole, exam.seed, None)? {
                        Trained::Done(training, printed) => Checked::Trained { training, printed },
                        Trained::Stopped(stopped) => Checked::Stopped(stopped),
                    });
                }
                (Some(verdict), _) => return Ok(Checked::Judged { verdict, printed }),
                (None, _) => {}
            }
        }
        unreachable!("the last verdict is final")
    }

    /// Judges answers, after so many questions for each function.
    pub(crate) fn verdict<'l>(
        &self,
        lab: &'l Lab,
        trial: &Trial,
        answers: &[Answer],
        questions: usize,
    ) -> Result<Option<Verdict<'l>>, Error> {
        let is_last = Some(&questions) == QUESTIONS.last();
        verdict(lab, trial, answers, is_last).map_err(|what| self.broken(lab, what))
    }

    /// Builds the program with all versions of a lab.
    pub(crate) fn examiner(&self, lab: &Lab) -> Result<PathBuf, Error> {
        match self.build(&package::examiner(&self.sources, lab)?)? {
            Built::Program(program) | Built::TakesIn(program) => Ok(program),
            Built::OutOfTime | Built::TooLarge => Err(self.broken(lab, "it is not compiled within an hour".to_owned())),
            Built::Complaints(complaints) => {
                let first = complaints.into_iter().next().map_or_else(String::new, |complaint| complaint.text);
                Err(self.broken(lab, format!("it does not compile: {}", data::one_line(first.trim()))))
            }
        }
    }

    /// Questions, and what every version of the lab answers.
    pub(crate) fn trial(&self, lab: &Lab, examiner: &Path, seed: u64, questions: usize) -> Result<Trial, Error> {
        let place = Place::new()?;
        let trial = place.file("trial");
        let mut command = Command::new(examiner);
        command.args([seed.to_string(), questions.to_string()]).arg(&trial);
        let memory = Some(lab.manifest.memory());
        let limits = Limits { time: Duration::from_secs(60), memory, file: Some(16 * FILE) };
        match self.run(&mut command, &place, &trial, limits)? {
            End::By(status) if status.success() => {}
            End::Interrupted => return Err(Error::Interrupted),
            _ => return Err(place.full().unwrap_or_else(|| self.broken(lab, place.printed()))),
        }
        let read = File::open(&trial).map_err(Error::read(&trial))?;
        ciborium::from_reader(BufReader::new(read)).map_err(|error| self.broken(lab, error.to_string()))
    }

    /// Has a program answer the questions of a trial; `number` says as which of its versions, if it has several.
    pub(crate) fn ask(&self, lab: &Lab, program: &Path, trial: &Trial, number: Option<usize>) -> Result<Asked, Error> {
        let place = Place::new()?;
        let [questions, answers] = ["questions", "answers"].map(|name| place.file(name));
        let mut bytes = Vec::new();
        ciborium::into_writer(&trial.questions, &mut bytes).expect("memory can be written");
        fs::write(&questions, bytes).map_err(|error| place.full().unwrap_or_else(|| Error::make(&questions)(error)))?;
        let time = Duration::from_secs(lab.manifest.seconds);
        let limits = Limits { time, memory: Some(lab.manifest.memory()), file: Some(FILE) };
        let mut command = Command::new(program);
        command.arg(&questions).arg(&answers).args(number.map(|number| number.to_string()));
        let end = self.run(&mut command, &place, &answers, limits)?;
        let given = answers_in(&answers, trial.questions.len());
        let printed = place.printed();
        let (short, why) = match end {
            End::Interrupted => return Err(Error::Interrupted),
            _ if place.is_full(FILE) => {
                ("prints too much", format!("your program prints more than {} MiB", FILE >> 20))
            }
            End::By(_) if given.len() == trial.questions.len() => return Ok(Asked::All(given, printed)),
            End::OutOfTime => {
                let seconds = data::counted(lab.manifest.seconds as usize, "second");
                ("too slow", format!("your program did not end within {seconds}"))
            }
            End::By(_) if printed.contains("memory allocation of") => {
                let gib = lab.manifest.memory() >> 30;
                ("too much memory", format!("your program takes more than {gib} GiB of memory"))
            }
            End::By(_) if printed.contains("overflowed its stack") => {
                ("endless recursion", "your program calls itself until its stack is full".to_owned())
            }
            End::By(_) if place.full().is_some() => place.filled()?,
            End::By(status) => ("ended early", format!("your program ended before it had answered ({status})")),
        };
        let question = trial.questions[given.len().min(trial.questions.len() - 1)].clone();
        Ok(Asked::Stopped(Stopped { short, why, question: Some(question), printed }))
    }

    /// Runs a program that writes one file.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        place: &Place,
        written: &Path,
        limits: Limits,
    ) -> Result<End, Error> {
        let path = PathBuf::from(command.get_program());
        let run = File::create(written)
            .and_then(|_| isolate(command.current_dir(place.path()), place.path(), written))
            .and_then(|()| child::run(command, place.output(), limits, self.stop));
        run.map_err(|source| place.full().unwrap_or(Error::Run { path, source }))
    }

    pub(crate) fn build(&self, package: &package::Package) -> Result<Built, Error> {
        self.build_within(package, FIRST)
    }

    fn build_within(&self, package: &package::Package, limits: Limits) -> Result<Built, Error> {
        let target = match package.optimised {
            true => self.sources.target().join("whole"),
            false => self.sources.target(),
        };
        if !target.join("debug").exists() {
            let labs = if package.optimised { "the whole labs" } else { "the labs" };
            (self.say)(&format!("compiling what {labs} stand on; this is done once"));
        }
        let folder = package.write(&self.sources)?;
        cargo::build(&cargo::Order {
            package: &folder,
            target: &target,
            colours: self.colours,
            limits,
            stop: self.stop,
        })
    }

    pub(crate) fn broken(&self, lab: &Lab, what: String) -> Error {
        Error::BrokenLab { lab: lab.name.clone(), what: data::one_line(&what).into_owned() }
    }
}

/// The questions on a lab, asked as often as needed.
#[derive(Debug)]
pub struct Exam<'l> {
    lab: &'l Lab,
    seed: u64,
    examiner: PathBuf,
    trials: [OnceCell<Trial>; QUESTIONS.len()],
}

impl<'l> Exam<'l> {
    /// What it is on.
    pub fn lab(&self) -> &'l Lab {
        self.lab
    }
}

/// How far a program came with its questions.
pub(crate) enum Asked {
    All(Vec<Answer>, String),
    Stopped(Stopped),
}

/// The answers in a file, up to where it ends or is no longer one.
fn answers_in(path: &Path, most: usize) -> Vec<Answer> {
    let Ok(file) = File::open(path) else { return Vec::new() };
    let mut file = BufReader::new(file);
    (0..most).map_while(|_| ciborium::from_reader(&mut file).ok()).collect()
}
