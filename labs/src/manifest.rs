//! `lab.toml`: what a lab says about itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::Error;

/// A lab's manifest. Names of files stand without folder and ending.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the lab is called.
    pub title: String,
    /// Where the mechanism was published.
    pub paper: String,
    /// What the learner does, in a sentence.
    pub task: String,
    /// Counts up when a skeleton changes so that solutions of before no longer fit.
    pub version: u32,
    /// How long it takes, in minutes.
    pub minutes: u32,
    /// The functions that the learner writes, in order.
    pub exercises: Vec<String>,
    /// Crates that the learner's file may use: of the workspace, or that the workspace uses.
    pub dependencies: Vec<String>,
    /// How far an element may be from the right one: so much, and so much of its size.
    #[serde(default = "tolerance")]
    pub tolerance: f64,
    /// How long all answers together may take.
    #[serde(default = "seconds")]
    pub seconds: u64,
    /// The model that the functions are put into, if the lab is a whole one.
    pub whole: Option<Whole>,
    /// Where to read on.
    pub read: Read,
    /// From a push in the right direction to nearly the solution.
    pub hints: Vec<String>,
    /// Right versions; the first says what is right.
    pub solution: Vec<Solution>,
    /// The mistakes that people make.
    pub wrong: Vec<Misconception>,
    /// Small edits of right versions that are right too.
    #[serde(default)]
    pub equivalent: Vec<Equivalent>,
}

/// An edit of a right version that changes nothing that can be seen.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// As `certify --mutants` shows it.
    pub edit: String,
    /// Why it changes nothing.
    pub why: String,
}

/// A model that is trained with the learner's functions once their answers are right: `train.rs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whole {
    /// What it is, with an article: "a language model".
    pub model: String,
    /// In what its loss is given, and of what: "nats per character, on text that it has not read".
    pub measure: String,
    /// How many updates the training makes.
    pub steps: u64,
    /// The largest loss that is enough.
    pub bound: f64,
    /// How long it may take.
    pub seconds: u64,
    /// How much address space the lab's program may use.
    pub gib: u64,
}

/// Where to read on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Read {
    /// A file of the book, and the part of it: `transformer.md#masks`.
    pub chapter: Option<String>,
    /// A command that runs the part of a walkthrough.
    pub walkthrough: Option<String>,
    /// Experiments of the comparison.
    #[serde(default)]
    pub claims: Vec<String>,
}

/// A right version, `solutions/NAME.rs`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Solution {
    /// Of the file.
    pub name: String,
    /// In which way it is written.
    pub about: String,
}

/// A mistake that people make, `wrong/NAME.rs`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Misconception {
    /// Of the file, and what tables call it.
    pub name: String,
    /// The mistake as a short sentence.
    pub title: String,
    /// What the code does, so exactly that somebody who reads only this writes the same mistake.
    pub description: String,
    /// What the learner is told: why it is wrong, and what to think about.
    pub explanation: String,
    /// In which function; may be left out if there is only one.
    pub exercise: Option<String>,
    /// Other files with the same mistake that behave in another way.
    #[serde(default)]
    pub variants: Vec<String>,
}

fn tolerance() -> f64 {
    1e-6
}

fn seconds() -> u64 {
    10
}

impl Manifest {
    /// Reads a manifest; whether its files are there is not looked at.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        let wrong = |what: String| Error::Manifest { path: path.to_owned(), what };
        let text = fs::read_to_string(path).map_err(Error::read(path))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            wrong(format!("line {line}: {}", error.message().replace('\n', ", ")))
        })?;
        manifest.complaint().map_or(Ok(()), |what| Err(wrong(what)))?;
        Ok(manifest)
    }

    fn complaint(&self) -> Option<String> {
        let mut names = BTreeSet::new();
        let twice = self.wrong.iter().find(|wrong| !names.insert(&wrong.name));
        let lost = self.wrong.iter().find(|wrong| self.exercise_of(wrong).is_none());
        if self.exercises.is_empty() {
            Some("`exercises` is empty: name the function that the learner writes".to_owned())
        } else if self.solution.is_empty() {
            Some("there is no [[solution]]: nothing says what is right".to_owned())
        } else if let Some(wrong) = twice {
            Some(format!("two [[wrong]] are called {}: give each a name of its own", data::quoted(&wrong.name)))
        } else {
            lost.map(|wrong| {
                format!(
                    "[[wrong]] {}: `exercise` must be one of {}",
                    data::quoted(&wrong.name),
                    self.exercises.join(", ")
                )
            })
        }
    }

    /// What the learner's program may use of memory, in bytes of its address space: more than a lab takes by far, and less than
    /// a laptop has.
    pub(crate) fn memory(&self) -> u64 {
        self.whole.as_ref().map_or(1, |whole| whole.gib) << 30
    }

    /// The function that a mistake is in.
    pub fn exercise_of<'m>(&'m self, wrong: &'m Misconception) -> Option<&'m str> {
        match (&wrong.exercise, &self.exercises[..]) {
            (None, [only]) => Some(only),
            (Some(name), exercises) => exercises.iter().find(|exercise| *exercise == name).map(String::as_str),
            (None, _) => None,
        }
    }
}
