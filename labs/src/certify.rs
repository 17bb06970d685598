//! The proof that a lab does what it promises.
//!
//! Each of its versions is judged as if a learner had written it, with the questions of several seeds: right ones must
//! pass, each wrong one must be refused under its own name, the skeleton must count as not yet written. Second versions,
//! which the author of the lab has not seen, are counted: how many are refused, and how many named rightly.

use std::time::{Duration, Instant};

use crate::Error;
use crate::course::{Kind, Lab, Version};
use crate::engine::{Engine, QUESTIONS};
use crate::verdict::Verdict;

/// What a lab needs at least.
const SOLUTIONS: usize = 2;
/// For each function.
const MISCONCEPTIONS: usize = 5;

/// How a lab has done.
#[derive(Clone, Debug)]
pub struct Certificate {
    /// Its name.
    pub lab: String,
    /// Every version with what was said about it, by seed.
    pub rows: Vec<Row>,
    /// What a lab must have and this one lacks.
    pub lacks: Vec<String>,
    /// How long it took to build the program with all versions.
    pub building: Duration,
    /// How long it took to ask and judge them.
    pub running: Duration,
}

/// How a version was judged.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its file, as `wrong/unscaled`.
    pub version: String,
    /// Whether it is a second version, which may fail.
    pub is_second: bool,
    /// What has to be said about it.
    pub expected: String,
    /// What was said, seed by seed.
    pub said: Vec<String>,
}

impl Row {
    /// Whether the right thing was said with every seed.
    pub fn is_right(&self) -> bool {
        self.said.iter().all(|said| *said == self.expected)
    }

    /// Whether it was refused with every seed.
    pub fn is_refused(&self) -> bool {
        self.said.iter().all(|said| said != PASSED)
    }
}

impl Certificate {
    /// What speaks against the lab; nothing if it is certified.
    pub fn faults(&self) -> Vec<String> {
        let wrong = self.rows.iter().filter(|row| if row.is_second { !row.is_refused() } else { !row.is_right() });
        let wrong = wrong
            .map(|row| format!("{}: {} was expected, {} was said", row.version, row.expected, row.said.join(", ")));
        self.lacks.iter().cloned().chain(wrong).collect()
    }

    /// How many second versions there are, and how many of them were named rightly with every seed.
    pub fn second(&self) -> [usize; 2] {
        let second = || self.rows.iter().filter(|row| row.is_second);
        [second().count(), second().filter(|row| row.is_right()).count()]
    }
}

const PASSED: &str = "passed";
const NOT_YET: &str = "not yet";
const UNKNOWN: &str = "no known mistake";

impl Engine<'_> {
    /// Judges all versions of a lab with the questions of these seeds.
    ///
    /// # Errors
    /// If the lab does not compile, or its right version panics.
    pub fn certify(&self, lab: &Lab, seeds: impl IntoIterator<Item = u64>) -> Result<Certificate, Error> {
        let began = Instant::now();
        let examiner = self.examiner(lab)?;
        let built = Instant::now();
        let versions = lab.versions();
        let mut rows: Vec<Row> = versions.iter().map(row).collect();
        for seed in seeds {
            let trial = self.trial(lab, &examiner, seed, QUESTIONS[0])?;
            for (row, answers) in rows.iter_mut().zip(&trial.answers) {
                let said = match self.verdict(lab, &trial, answers, QUESTIONS[1])? {
                    Some(Verdict::Passed) => PASSED.to_owned(),
                    Some(Verdict::NotYet(_)) => NOT_YET.to_owned(),
                    Some(Verdict::Wrong(wrong)) => {
                        wrong.misconception.map_or(UNKNOWN, |mistake| &mistake.name).to_owned()
                    }
                    None => UNKNOWN.to_owned(),
                };
                row.said.push(said);
            }
        }
        let (building, running) = (built - began, built.elapsed());
        Ok(Certificate { lab: lab.name.clone(), rows, lacks: lacks(lab), building, running })
    }
}

fn row(version: &Version<'_>) -> Row {
    let expected = match version.kind {
        Kind::Right => PASSED,
        Kind::Wrong(mistake) | Kind::Second(mistake) => &mistake.name,
        Kind::Skeleton => NOT_YET,
    };
    let is_second = matches!(version.kind, Kind::Second(_));
    Row { version: version.name(), is_second, expected: expected.to_owned(), said: Vec::new() }
}

fn lacks(lab: &Lab) -> Vec<String> {
    let manifest = &lab.manifest;
    let mut lacks = Vec::new();
    if manifest.solution.len() < SOLUTIONS {
        lacks
            .push(format!("a lab needs at least {SOLUTIONS} right versions, and this has {}", manifest.solution.len()));
    }
    for exercise in &manifest.exercises {
        let count = manifest.wrong.iter().filter(|wrong| manifest.exercise_of(wrong) == Some(exercise)).count();
        if count < MISCONCEPTIONS {
            lacks.push(format!("`{exercise}` needs at least {MISCONCEPTIONS} wrong versions, and has {count}"));
        }
    }
    if manifest.hints.is_empty() {
        lacks.push("a lab needs hints".to_owned());
    }
    lacks
}
