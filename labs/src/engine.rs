//! Asking a lab's questions.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use labkit::{Answer, Question, Trial};
use tempfile::TempDir;

use crate::Error;
use crate::cargo::{self, Built, Complaint};
use crate::child::{self, End, Limits};
use crate::course::Lab;
use crate::package;
use crate::sources::Sources;
use crate::verdict::{Verdict, verdict};

/// Questions for every function: enough to pass, and as many as are asked before it is said that no mistake is known.
pub(crate) const QUESTIONS: [usize; 2] = [32, 128];

/// Of the learner's program: more than a lab takes by far, and less than a laptop has.
const MEMORY: u64 = 1 << 30;
/// Of what it prints, and of its answers.
const FILE: u64 = 16 << 20;
/// What is shown of that.
const SHOWN: u64 = 2_000;

/// Builds the programs of labs, and runs them.
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
}

/// A program that did not answer all questions.
#[derive(Debug)]
pub struct Stopped {
    /// What happened, as a sentence without its end.
    pub why: String,
    /// The question at which it did.
    pub question: Question,
    /// The beginning of what it printed.
    pub printed: String,
}

/// The name of the learner's file in its package.
pub const SOURCE: &str = "src/lib.rs";

impl Engine<'_> {
    /// Checks a source against a lab; `place` is the learner's folder, which tells learners apart.
    ///
    /// # Errors
    /// If it cannot be checked.
    pub fn check<'l>(&self, lab: &'l Lab, source: &str, place: &Path, seed: u64) -> Result<Checked<'l>, Error> {
        let examiner = self.examiner(lab)?;
        let candidate = package::candidate(&self.sources, lab, source, &package::key(place))?;
        let program = match self.build(&candidate)? {
            Built::Program(program) => program,
            Built::Complaints(mut complaints) => {
                complaints.sort_by_key(|complaint| complaint.file.as_deref() != Some(SOURCE));
                return Ok(Checked::DoesNotCompile(complaints));
            }
        };
        for questions in QUESTIONS {
            let trial = self.trial(lab, &examiner, seed, questions)?;
            let (answers, printed) = match self.ask(lab, &program, &trial, None)? {
                Asked::All(answers, printed) => (answers, printed),
                Asked::Stopped(stopped) => return Ok(Checked::Stopped(stopped)),
            };
            if let Some(verdict) = self.verdict(lab, &trial, &answers, questions)? {
                return Ok(Checked::Judged { verdict, printed });
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
            Built::Program(program) => Ok(program),
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
        let limits = Limits { time: Duration::from_secs(60), memory: MEMORY, file: 16 * FILE };
        match self.run(&mut command, &place, limits)? {
            End::By(status) if status.success() => {}
            End::Interrupted => return Err(Error::Interrupted),
            _ => return Err(self.broken(lab, place.printed())),
        }
        let read = File::open(&trial).map_err(Error::read(&trial))?;
        ciborium::from_reader(BufReader::new(read)).map_err(|error| self.broken(lab, error.to_string()))
    }

    /// Has a program answer the questions of a trial; `number` says as which of its versions, if it has several.
    pub(crate) fn ask(&self, lab: &Lab, program: &Path, trial: &Trial, number: Option<usize>) -> Result<Asked, Error> {
        let place = Place::new()?;
        let [questions, answers] = ["questions", "answers"].map(|name| place.file(name));
        let written = File::create(&questions).map_err(Error::make(&questions))?;
        let written = ciborium::into_writer(&trial.questions, BufWriter::new(written));
        written.map_err(|error| Error::make(&questions)(io::Error::other(error.to_string())))?;
        let time = Duration::from_secs(lab.manifest.seconds);
        let limits = Limits { time, memory: MEMORY, file: FILE };
        let mut command = Command::new(program);
        command.arg(&questions).arg(&answers).args(number.map(|number| number.to_string())).current_dir(place.0.path());
        let end = self.run(&mut command, &place, limits)?;
        let given = answers_in(&answers, trial.questions.len());
        let printed = place.printed();
        let is_full =
            ["stdout", "stderr"].iter().any(|name| fs::metadata(place.file(name)).is_ok_and(|f| f.len() >= FILE));
        let why = match end {
            End::Interrupted => return Err(Error::Interrupted),
            _ if is_full => format!("your program prints more than {} MiB", FILE >> 20),
            End::By(_) if given.len() == trial.questions.len() => return Ok(Asked::All(given, printed)),
            End::OutOfTime => {
                format!("your program did not end within {}", data::counted(lab.manifest.seconds as usize, "second"))
            }
            End::By(_) if printed.contains("memory allocation of") => {
                format!("your program takes more than {} GiB of memory", MEMORY >> 30)
            }
            End::By(_) if printed.contains("overflowed its stack") => {
                "your program calls itself until its stack is full".to_owned()
            }
            End::By(status) => format!("your program ended before it had answered ({status})"),
        };
        let question = trial.questions[given.len().min(trial.questions.len() - 1)].clone();
        Ok(Asked::Stopped(Stopped { why, question, printed }))
    }

    fn run(&self, command: &mut Command, place: &Place, limits: Limits) -> Result<End, Error> {
        let output = ["stdout", "stderr"].map(|name| place.file(name));
        let path = PathBuf::from(command.get_program());
        let [stdout, stderr] = &output;
        child::run(command, [stdout, stderr], limits, self.stop).map_err(|source| Error::Run { path, source })
    }

    pub(crate) fn build(&self, package: &package::Package) -> Result<Built, Error> {
        let target = self.sources.target();
        if !target.join("debug").exists() {
            (self.say)("compiling what the labs stand on; this is done once");
        }
        let built = package.write(&self.sources).and_then(|folder| cargo::build(&folder, &target, self.colours));
        if (self.stop)() { Err(Error::Interrupted) } else { built }
    }

    pub(crate) fn broken(&self, lab: &Lab, what: String) -> Error {
        Error::BrokenLab { lab: lab.name.clone(), what: data::one_line(&what).into_owned() }
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

/// A folder for one run of a program.
struct Place(TempDir);

impl Place {
    fn new() -> Result<Self, Error> {
        Ok(Place(TempDir::with_prefix("lineage-lab-").map_err(Error::make(&std::env::temp_dir()))?))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The beginning of what was printed.
    fn printed(&self) -> String {
        let beginning = |name: &str| {
            let mut bytes = Vec::new();
            let _ = File::open(self.file(name)).and_then(|file| file.take(SHOWN).read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        };
        beginning("stdout") + &beginning("stderr")
    }
}
