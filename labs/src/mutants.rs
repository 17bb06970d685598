//! How many small edits of the right versions a lab finds out.

use std::fs;
use std::path::Path;

use crate::Error;
use crate::cargo::Built;
use crate::course::{Kind, Lab};
use crate::engine::{Asked, Engine, QUESTIONS};
use crate::mutate::{Mutant, mutants};
use crate::package;
use crate::verdict::Verdict;

/// What became of the edits of a lab's right versions.
#[derive(Clone, Debug, Default)]
pub struct Mutation {
    /// Edits that compile.
    pub edits: usize,
    /// Those that pass, and of which the lab says that they change nothing that can be seen.
    pub equivalent: usize,
    /// Those that pass otherwise: the lab has a gap.
    pub survivors: Vec<String>,
}

impl Engine<'_> {
    /// Edits every right version of a lab in every small way, and judges what comes of it.
    ///
    /// # Errors
    /// If the lab does not compile, or a right version cannot be read.
    pub fn mutate(&self, lab: &Lab, seed: u64) -> Result<Mutation, Error> {
        let examiner = self.examiner(lab)?;
        let trial = self.trial(lab, &examiner, seed, QUESTIONS[0])?;
        let mut mutation = Mutation::default();
        for version in lab.versions().iter().filter(|version| version.kind == Kind::Right) {
            let source = fs::read_to_string(&version.path).map_err(Error::read(&version.path))?;
            let edited = mutants(&source).map_err(|error| self.broken(lab, error.to_string()))?;
            let (program, edited) = self.build_all(lab, edited)?;
            for (number, mutant) in edited.iter().enumerate() {
                let passes = match self.ask(lab, &program, &trial, Some(number))? {
                    Asked::Stopped(_) => false,
                    Asked::All(answers, _) => {
                        let verdict = self.verdict(lab, &trial, &answers, QUESTIONS[1])?;
                        verdict == Some(Verdict::Passed)
                    }
                };
                mutation.edits += 1;
                let edit = format!("{}, {}", version.name(), mutant.edit);
                match passes {
                    true if lab.manifest.equivalent.iter().any(|known| known.edit == edit) => mutation.equivalent += 1,
                    true => mutation.survivors.push(edit),
                    false => {}
                }
            }
        }
        Ok(mutation)
    }

    /// A program of all those that compile.
    fn build_all(&self, lab: &Lab, mut edited: Vec<Mutant>) -> Result<(std::path::PathBuf, Vec<Mutant>), Error> {
        loop {
            let sources: Vec<&str> = edited.iter().map(|mutant| mutant.source.as_str()).collect();
            let complaints = match self.build(&package::mutants(&self.sources, lab, &sources)?)? {
                Built::Program(program) | Built::TakesIn(program) => return Ok((program, edited)),
                Built::OutOfTime | Built::TooLarge => {
                    return Err(self.broken(lab, "its edits are not compiled within an hour".to_owned()));
                }
                Built::Complaints(complaints) => complaints,
            };
            let files = complaints.iter().filter_map(|complaint| complaint.file.as_deref());
            let folders = files.filter_map(|file| Path::new(file).parent()?.file_name()?.to_str());
            let numbers = folders.filter_map(|folder| folder.strip_prefix("edit_")?.parse().ok());
            let broken: Vec<usize> = numbers.collect();
            if broken.is_empty() {
                let first = complaints.first().map_or("", |complaint| complaint.text.as_str());
                return Err(self.broken(lab, format!("edits of its solutions do not compile: {first}")));
            }
            let mut number = 0;
            edited.retain(|_| (!broken.contains(&number), number += 1).0);
        }
    }
}
