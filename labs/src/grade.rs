//! Grading what learners have handed in, one after another. A broken one stops no other.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::Path;
use std::time::Instant;

use files::lock::{Lock, LockError};
use serde::Serialize;

use crate::Error;
use crate::course::Lab;
use crate::engine::{Checked, Engine, Exam};
use crate::package;
use crate::submissions::Submission;
use crate::verdict::Verdict;
use crate::words::told;

/// What came of a submission.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Grade {
    /// Name of the learner's folder.
    pub learner: String,
    /// The lab, if it could be told.
    pub lab: Option<String>,
    /// `passed`, `known mistake`, `other mistake`, `not yet`, `does not compile`, `too slow`, `too much memory`,
    /// `prints too much`, `fills the disk`, `endless recursion`, `ended early`, `loss too high`, or `not graded`.
    pub result: &'static str,
    /// The mistake by name, if it is known.
    pub mistake: Option<String>,
    /// The function that is wrong or not written; those before it are right.
    pub function: Option<String>,
    /// How long compiling and asking took.
    pub seconds: f64,
    /// Where it is in the folder of all.
    pub submission: String,
    /// The mistake in a sentence, or why it was not graded.
    pub about: Option<String>,
    /// What the learner would read.
    #[serde(skip)]
    pub told: String,
}

impl Grade {
    /// The result in a word or two: the mistake by name, if it is known.
    pub fn short(&self) -> &str {
        self.mistake.as_deref().unwrap_or(self.result)
    }
}

/// How often what was the result of a lab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Its name.
    pub lab: String,
    /// Submissions that were graded.
    pub graded: usize,
    /// How many passed.
    pub passed: usize,
    /// All other results, the most frequent first.
    pub others: Vec<Count>,
}

/// How often a result came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The mistake by name, or the result.
    pub result: String,
    /// The mistake in a sentence.
    pub about: Option<String>,
    /// How often.
    pub count: usize,
}

impl Engine<'_> {
    /// Grades the submissions of a folder in their order, with the questions of a seed; each grade is handed over when it is
    /// there.
    ///
    /// # Errors
    /// If none can be graded, if somebody stops it, or if a grade is not taken.
    pub fn grade<E: From<Error>>(
        &self,
        folder: &Path,
        submissions: &[Submission<'_>],
        seed: u64,
        mut take: impl FnMut(Grade) -> Result<(), E>,
    ) -> Result<(), E> {
        let folder = dunce::canonicalize(folder).map_err(Error::read(folder))?;
        let _lock = self.lock_grading(&folder)?;
        let mut exams = BTreeMap::new();
        for submission in submissions {
            let began = Instant::now();
            let mut grade = Grade {
                learner: submission.learner.clone(),
                lab: submission.lab().map(|lab| lab.name.clone()),
                result: "not graded",
                mistake: None,
                function: None,
                seconds: 0.0,
                submission: submission.path.display().to_string(),
                about: submission.taken.as_ref().err().cloned(),
                told: String::new(),
            };
            if let Ok((lab, source)) = &submission.taken {
                match self.checked(lab, source, &folder.join(&lab.name), seed, &mut exams) {
                    Ok(checked) => {
                        grade.told = told(lab, &checked);
                        grade.judge(&checked);
                    }
                    // What stops one of them, and not what stops all.
                    Err(error @ (Error::Cargo(_) | Error::Run { .. } | Error::BrokenLab { .. })) => {
                        grade.about = Some(error.to_string());
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            grade.seconds = (began.elapsed().as_secs_f64() * 100.0).round() / 100.0;
            take(grade)?;
        }
        Ok(())
    }

    fn checked<'l>(
        &self,
        lab: &'l Lab,
        source: &str,
        place: &Path,
        seed: u64,
        exams: &mut BTreeMap<&'l Path, Exam<'l>>,
    ) -> Result<Checked<'l>, Error> {
        let exam = match exams.entry(lab.folder()) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(self.exam(lab, seed)?),
        };
        self.judge(exam, source, place)
    }

    /// All submissions of a folder to a lab are built in the same place, so nobody else may build there.
    fn lock_grading(&self, submissions: &Path) -> Result<Lock, Error> {
        let folder = self.sources.target().join("grading").join(package::key(submissions));
        std::fs::create_dir_all(&folder).map_err(Error::make(&folder))?;
        Lock::take(&folder).map_err(|error| match error {
            LockError::Held => Error::GradedAlready(submissions.to_owned()),
            LockError::Foreign { path } => Error::read(&path)(std::io::Error::other("it is not a file")),
            LockError::Refused { path, source } => Error::Make { path, source },
        })
    }
}

impl Grade {
    fn judge(&mut self, checked: &Checked<'_>) {
        match checked {
            Checked::DoesNotCompile(_) => self.result = "does not compile",
            Checked::Stopped(stopped) => {
                self.result = stopped.short;
                self.function = stopped.question.as_ref().map(|question| question.exercise.clone());
            }
            Checked::Judged { verdict: Verdict::Passed, .. } => self.result = "passed",
            Checked::Trained { training, .. } => {
                self.result = if training.is_enough() { "passed" } else { "loss too high" };
            }
            Checked::Judged { verdict: Verdict::NotYet(function), .. } => {
                self.result = "not yet";
                self.function = Some((*function).to_owned());
            }
            Checked::Judged { verdict: Verdict::Wrong(wrong), .. } => {
                self.result = if wrong.misconception.is_some() { "known mistake" } else { "other mistake" };
                self.mistake = wrong.misconception.map(|mistake| mistake.name.clone());
                self.about = wrong.misconception.map(|mistake| mistake.title.clone());
                self.function = Some(wrong.exercise.to_owned());
            }
        }
    }
}

/// Item statistics: by lab, how often what was the result.
pub fn tally(grades: &[Grade]) -> Vec<Tally> {
    let mut labs: BTreeMap<&str, Vec<&Grade>> = BTreeMap::new();
    for grade in grades.iter().filter(|grade| grade.result != "not graded") {
        labs.entry(grade.lab.as_deref().unwrap_or_default()).or_default().push(grade);
    }
    let tally = |(lab, grades): (&str, Vec<&Grade>)| {
        let (passed, others): (Vec<&Grade>, Vec<_>) = grades.iter().partition(|grade| grade.result == "passed");
        let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
        for grade in others {
            let none = || Count { result: grade.short().to_owned(), about: grade.about.clone(), count: 0 };
            counts.entry(grade.short()).or_insert_with(none).count += 1;
        }
        let mut others: Vec<_> = counts.into_values().collect();
        others.sort_by_key(|count| std::cmp::Reverse(count.count));
        Tally { lab: lab.to_owned(), graded: grades.len(), passed: passed.len(), others }
    };
    labs.into_iter().map(tally).collect()
}
