//! What a certification has found, kept in the lab's folder as `certificate.json`, for the book.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::Error;
use crate::certify::{Certificate, Row};
use crate::course::Lab;
use crate::mutants::Mutation;

/// A certification that was kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// SHA-256 of all that was certified: the Rust files of the lab, its mistakes and its tolerance, and how a whole one trains.
    pub sources: String,
    /// From how many seeds questions were drawn.
    pub seeds: u64,
    /// How long it took.
    pub seconds: u64,
    /// Every version that is right, wrong or a second one.
    pub rows: Vec<Said>,
    /// Small edits of the right versions, if they were tried.
    pub edits: Option<Edits>,
    /// The trainings of a whole lab.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trainings: Vec<Learned>,
}

/// What was said about a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Its file, as `wrong/unscaled`.
    pub version: String,
    /// What has to be said.
    pub expected: String,
    /// With how many seeds what was said.
    pub said: BTreeMap<String, u64>,
}

/// What became of small edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edits {
    /// Those that compile.
    pub all: usize,
    /// Those that pass because they change nothing that can be seen.
    pub equivalent: usize,
    /// Those that pass although they change something.
    pub survived: usize,
}

/// What a model has learned that a right version was put into.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// The version, as `solutions/loops`.
    pub version: String,
    /// The seed of the first weights and the batches.
    pub seed: u64,
    /// The loss on what was held out.
    pub held_out: f64,
    /// The largest that is enough.
    pub bound: f64,
}

impl Learned {
    /// Whether it is what was asked.
    pub fn is_enough(&self) -> bool {
        self.held_out <= self.bound
    }
}

impl Said {
    /// Whether the right thing was said with every seed.
    pub fn is_right(&self) -> bool {
        self.said.keys().all(|said| *said == self.expected)
    }

    fn of(row: Row) -> Self {
        let mut said = BTreeMap::new();
        row.said.into_iter().for_each(|words| *said.entry(words).or_default() += 1);
        Said { version: row.version, expected: row.expected, said }
    }
}

impl Record {
    /// Of a certification that took so many seconds.
    ///
    /// # Errors
    /// If the lab cannot be read.
    pub fn of(
        lab: &Lab,
        certificate: Certificate,
        edits: Option<&Mutation>,
        trainings: Vec<Learned>,
        seconds: u64,
    ) -> Result<Self, Error> {
        let seeds = certificate.rows.first().map_or(0, |row| row.said.len() as u64);
        let edits = edits.map(|mutation| Edits {
            all: mutation.edits,
            equivalent: mutation.equivalent,
            survived: mutation.survivors.len(),
        });
        let rows = certificate.rows.into_iter().map(Said::of).collect();
        Ok(Record { sources: sources(lab)?, seeds, seconds, rows, edits, trainings })
    }

    /// What is kept of a lab, if it was certified as it is now.
    ///
    /// # Errors
    /// If the lab cannot be read.
    pub fn read(lab: &Lab) -> Result<Option<Self>, Error> {
        let kept = fs::read(path(lab)).ok().and_then(|bytes| serde_json::from_slice::<Record>(&bytes).ok());
        let sources = sources(lab)?;
        Ok(kept.filter(|record| record.sources == sources))
    }

    /// Keeps it.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(&self, lab: &Lab) -> Result<(), Error> {
        let text = serde_json::to_string_pretty(self).expect("words and numbers are JSON");
        Ok(files::write_atomically(&path(lab), (text + "\n").as_bytes())?)
    }
}

fn path(lab: &Lab) -> PathBuf {
    lab.folder().join("certificate.json")
}

/// The same on systems whose lines end in another way.
fn sources(lab: &Lab) -> Result<String, Error> {
    let mut files = vec![lab.file("cases"), lab.file("call")];
    files.extend(lab.versions().into_iter().map(|version| version.path));
    files.extend(lab.manifest.whole.as_ref().map(|_| lab.file("train")));
    files.sort();
    let mut text = format!("{:?} {}", lab.manifest.exercises, lab.manifest.tolerance);
    for mistake in &lab.manifest.wrong {
        text += &format!("\n{} {:?} {:?}", mistake.name, mistake.exercise, mistake.variants);
    }
    if let Some(whole) = &lab.manifest.whole {
        text += &format!("\n{} {}", whole.steps, whole.bound);
    }
    for path in files {
        let name = path.strip_prefix(lab.folder()).unwrap_or(&path).components();
        let name: Vec<_> = name.map(|part| part.as_os_str().to_string_lossy()).collect();
        let content = fs::read_to_string(&path).map_err(Error::read(&path))?;
        text += &format!("\n{}\n{}", name.join("/"), content.replace("\r\n", "\n"));
    }
    Ok(files::sha256(text.as_bytes()))
}
