//! The reference run: what the longest budget found, committed, and shown beside every other run.
//!
//! `benches/reference` holds a file for each claim: the [`claims.json`](crate::claims) of a comparison of that claim alone, made by
//! `lineage compare --budget thorough --only C2 --out report-c2` on a machine that did nothing else, and copied. The program
//! carries them. Whoever changes what an experiment measures or judges makes its file anew; until then the page says that it is stale.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    claims::{Circumstances, Claim, Claims, SCHEMA},
    finding::Experiment,
};

include!(concat!(env!("OUT_DIR"), "/own_sources.rs"));

/// The hash of the code of an experiment that measures and judges; empty for one that is not of this program.
pub fn hash(id: &str) -> &'static str {
    HASHES.iter().find(|(claim, _)| *claim == id).map_or("", |(_, hash)| hash)
}

/// Why a reference cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The operating system refused.
    #[error("{} cannot be read: {source}; give a folder with a claims.json of lineage compare to --reference", path.display())]
    Refused {
        /// The file or folder.
        path: PathBuf,
        /// Its reason.
        source: std::io::Error,
    },
    /// There is none.
    #[error("{} has no file that ends in .json; give a folder with a claims.json of lineage compare to --reference", folder.display())]
    Empty {
        /// As asked for.
        folder: PathBuf,
    },
    /// A file of another version.
    #[error(
        "{name} has version {found} of the schema, and this program reads {SCHEMA}: make it anew by lineage compare"
    )]
    Version {
        /// The file.
        name: String,
        /// What it says.
        found: u64,
    },
    /// A file that does not fit the schema.
    #[error("{name} is no claims.json of lineage compare: {reason}; make it anew, or leave it out of the folder")]
    Damaged {
        /// The file.
        name: String,
        /// What does not fit, and where.
        reason: String,
    },
    /// Two files tell of one claim.
    #[error("{first} and {second} both tell of {id}; leave one of them out of the folder")]
    Twice {
        /// The claim.
        id: String,
        /// A file.
        first: String,
        /// Another.
        second: String,
    },
}

/// What it found of one claim.
#[derive(Clone, Debug)]
pub struct Part {
    /// The claim.
    pub claim: Claim,
    /// What it was measured on.
    pub circumstances: Circumstances,
}

impl Part {
    /// Whether the experiment measures or judges otherwise today.
    pub fn is_stale(&self) -> bool {
        self.claim.experiment != hash(&self.claim.id)
    }
}

/// What is known of claims from a comparison that was made before.
#[derive(Clone, Debug, Default)]
pub struct ReferenceRun {
    parts: BTreeMap<String, (String, Part)>,
}

impl ReferenceRun {
    /// The one that the program carries.
    ///
    /// # Panics
    /// If it does not fit the schema.
    pub fn built_in() -> Self {
        Self::of(FILES.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())))
            .unwrap_or_else(|error| panic!("benches/reference: {error}"))
    }

    /// All files that end in `.json` of a folder: of a report, or of several that were gathered.
    ///
    /// # Errors
    /// If there are none, one cannot be read or does not fit, or two tell of one claim.
    pub fn read(folder: &Path) -> Result<Self, ReferenceError> {
        let refused = |path: &Path, source| ReferenceError::Refused { path: path.to_owned(), source };
        let entries = fs::read_dir(folder).map_err(|source| refused(folder, source))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|source| refused(folder, source))?.path();
            if path.extension().is_some_and(|extension| extension == "json") {
                paths.push(path);
            }
        }
        paths.sort();
        if paths.is_empty() {
            return Err(ReferenceError::Empty { folder: folder.to_owned() });
        }
        let read = |path: PathBuf| {
            let content = fs::read(&path).map_err(|source| refused(&path, source))?;
            Ok((path.display().to_string(), String::from_utf8_lossy(&content).into_owned()))
        };
        Self::of(paths.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
    }

    fn of(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, ReferenceError> {
        let mut parts: BTreeMap<String, (String, Part)> = BTreeMap::new();
        for (name, content) in files {
            let Claims { circumstances, claims, .. } = parse(&name, &content)?;
            for claim in claims {
                let (id, part) = (claim.id.clone(), Part { claim, circumstances: circumstances.clone() });
                if let Some((first, _)) = parts.insert(id.clone(), (name.clone(), part)) {
                    return Err(ReferenceError::Twice { id, first, second: name });
                }
            }
        }
        Ok(Self { parts })
    }

    /// The same, if it tells of one of these.
    pub fn on(self, experiments: &[Experiment]) -> Option<Self> {
        experiments.iter().any(|experiment| self.part(experiment.id).is_some()).then_some(self)
    }

    /// What it found of a claim.
    pub fn part(&self, id: &str) -> Option<&Part> {
        self.parts.get(id).map(|(_, part)| part)
    }

    /// All parts, by claim.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.values().map(|(_, part)| part)
    }
}

fn parse(name: &str, content: &str) -> Result<Claims, ReferenceError> {
    let damaged =
        |error: serde_json::Error| ReferenceError::Damaged { name: name.to_owned(), reason: error.to_string() };
    let value: serde_json::Value = serde_json::from_str(content).map_err(damaged)?;
    match value.get("schema").and_then(serde_json::Value::as_u64) {
        Some(found) if found != u64::from(SCHEMA) => Err(ReferenceError::Version { name: name.to_owned(), found }),
        // From the text again, so that a fault is told with its line.
        _ => serde_json::from_str(content).map_err(damaged),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: &str = r#"{"id":"C2","claim":"c","basis":"estimated","verdict":"shown","budget":"thorough","seeds":[1],
        "seconds":1.0,"command":"x","experiment":"0","answer":"a","effect":null,"glance":[],"key_figure":null,"figures":[]}"#;

    fn file(schema: u32, claims: &str) -> String {
        format!(
            r#"{{"schema":{schema},"circumstances":{{"program":"p","machine":"m","threads":2,"date":"d","text":"t",
            "own_text":false}},"claims":[{claims}]}}"#
        )
    }

    #[test]
    fn what_the_program_carries_fits_the_schema_and_is_of_the_longest_budget() {
        for part in ReferenceRun::built_in().parts() {
            assert_eq!(part.claim.budget, crate::budget::Budget::Thorough, "{}", part.claim.id);
            assert!(!hash(&part.claim.id).is_empty(), "{}", part.claim.id);
            assert!(!part.circumstances.own_text);
        }
    }

    #[test]
    fn files_that_do_not_fit_are_refused_with_a_way_out() {
        let folder = tempfile::TempDir::new().unwrap();
        let said = || ReferenceRun::read(folder.path()).unwrap_err().to_string();
        assert!(said().contains("has no file that ends in .json; give a folder"), "{}", said());
        let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
        write("c02.json", &file(7, CLAIM));
        assert!(said().ends_with(
            "c02.json has version 7 of the schema, and this program reads 1: make it anew by lineage compare"
        ));
        for content in
            ["{", "[]", "null", &file(SCHEMA, r#"{"id":"C2"}"#), &file(SCHEMA, CLAIM).replace("shown", "proved")]
        {
            write("c02.json", content);
            assert!(said().contains("c02.json is no claims.json of lineage compare: "), "{}", said());
        }
        write("c02.json", &file(SCHEMA, CLAIM));
        assert_eq!(
            ReferenceRun::read(folder.path()).unwrap().part("C2").unwrap().claim.verdict,
            crate::verdict::Verdict::Shown
        );
        assert!(ReferenceRun::read(folder.path()).unwrap().part("C2").unwrap().is_stale());
        write("other.json", &file(SCHEMA, CLAIM));
        assert!(said().contains("other.json both tell of C2; leave one of them out"), "{}", said());
        let missing = ReferenceRun::read(&folder.path().join("missing")).unwrap_err().to_string();
        assert!(missing.contains("missing cannot be read: "), "{missing}");
    }
}
