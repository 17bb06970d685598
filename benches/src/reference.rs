//! The reference run: what the longest budget found, committed, and shown beside every other run.
//!
//! `benches/reference` holds a file for each claim: the [`claims.json`](crate::claims) of a comparison of that claim alone, made by
//! `lineage compare --budget thorough --only C2 --out report-c2`, and taken in by `book-pages`. The program carries them. Whoever changes what an experiment measures or judges makes its file anew; until then the page says that it is stale.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use report::diff::read_claims;

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
        Self::of(FILES.iter().map(|(name, content)| ((*name).to_owned(), content.as_bytes().to_vec())))
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
            let content = read_claims(&path).map_err(|source| refused(&path, source))?;
            Ok((path.display().to_string(), content))
        };
        Self::of(paths.into_iter().map(read).collect::<Result<Vec<_>, _>>()?)
    }

    fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Self, ReferenceError> {
        let mut parts: BTreeMap<String, (String, Part)> = BTreeMap::new();
        for (name, content) in files {
            let Claims { circumstances, claims, .. } = parse(&name, &content)?;
            for claim in claims {
                let (id, part) = (claim.id.clone(), Part { claim, circumstances: circumstances.clone() });
                match parts.insert(id.clone(), (name.clone(), part)) {
                    None => {}
                    Some((first, _)) if first == name => {
                        return Err(ReferenceError::Damaged { name, reason: format!("it tells of {id} twice") });
                    }
                    Some((first, _)) => return Err(ReferenceError::Twice { id, first, second: name }),
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

fn parse(name: &str, content: &[u8]) -> Result<Claims, ReferenceError> {
    let damaged = |reason: String| ReferenceError::Damaged { name: name.to_owned(), reason };
    let value: serde_json::Value = serde_json::from_slice(content).map_err(|error| damaged(error.to_string()))?;
    if let Some(found) = value.get("schema").and_then(serde_json::Value::as_u64).filter(|v| *v != u64::from(SCHEMA)) {
        return Err(ReferenceError::Version { name: name.to_owned(), found });
    }
    // From the text again, so that a fault is told with its line.
    let claims: Claims = serde_json::from_slice(content).map_err(|error| damaged(error.to_string()))?;
    match claims.fault() {
        Some(fault) => Err(damaged(fault)),
        None => Ok(claims),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIM: &str = r#"{"id":"C2","claim":"c","basis":"estimated","verdict":"shown","budget":"thorough","seeds":[1],
        "seconds":1.0,"command":"x","experiment":"0","answer":"a","effect":null,"glance":[],"key_figure":null,"figures":[]}"#;

    fn file(schema: u32, claims: &str) -> String {
        format!(
            r#"{{"schema":{schema},"circumstances":{{"program":"p","machine":"m","threads":2,"date":"2026-11-27","text":"t",
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
        let whole = file(SCHEMA, CLAIM);
        let effect =
            r#""effect":{"what":"w","unit":"u","found":{"mean":1,"low":2.0,"high":0.5,"n":1},"needed":{"more":0}}"#;
        for (content, reason) in [
            ("{", "EOF while parsing"),
            ("[]", "invalid length 0"),
            ("null", "invalid type: null"),
            (&*"[".repeat(100_000), "recursion limit exceeded"),
            (&*format!("\u{feff}{whole}"), "expected value at line 1 column 1"),
            (&*file(SCHEMA, r#"{"id":"C2"}"#), "missing field `claim`"),
            (&*whole.replace("shown", "proved"), "unknown variant `proved`"),
            (&*whole.replace("1.0", "1e999"), "number out of range"),
            (&*whole.replace("[1]", "[-1]"), "invalid value: integer `-1`"),
            (&*whole.replace(r#""id":"C2""#, r#""id":"C2","id":"C3""#), "duplicate field `id`"),
            (&*whole.replace(r#""id":"C2""#, r#""id":"C2","x":1"#), "unknown field `x`"),
            (&*whole.replace("2026-11-27", "<b>today</b>"), "its date is not a day like 2026-11-27"),
            (&*whole.replace(r#""effect":null"#, effect), "an interval of C2 ends before it begins"),
            (&*file(SCHEMA, &format!("{CLAIM},{CLAIM}")), "it tells of C2 twice"),
        ] {
            write("c02.json", content);
            assert!(said().contains(&format!("c02.json is no claims.json of lineage compare: {reason}")), "{}", said());
        }
        let mut bytes = whole.clone().into_bytes();
        bytes[whole.find("thorough").unwrap()] = 0xFF;
        fs::write(folder.path().join("c02.json"), bytes).unwrap();
        assert!(said().contains("invalid unicode code point"), "{}", said());
        write("c02.json", &file(SCHEMA, CLAIM));
        assert_eq!(
            ReferenceRun::read(folder.path()).unwrap().part("C2").unwrap().claim.verdict,
            crate::verdict::Verdict::Shown
        );
        assert!(ReferenceRun::read(folder.path()).unwrap().part("C2").unwrap().is_stale());
        write("other.json", &file(SCHEMA, CLAIM));
        assert!(said().contains("other.json both tell of C2; leave one of them out"), "{}", said());
        fs::File::create(folder.path().join("c02.json")).unwrap().set_len(1 << 40).unwrap();
        assert!(said().contains("c02.json cannot be read: it has more than 16 MB, and no report has"), "{}", said());
        fs::remove_file(folder.path().join("c02.json")).unwrap();
        fs::create_dir(folder.path().join("c02.json")).unwrap();
        assert!(said().contains("c02.json cannot be read: it is no file; give a folder"), "{}", said());
        let missing = ReferenceRun::read(&folder.path().join("missing")).unwrap_err().to_string();
        assert!(missing.contains("missing cannot be read: "), "{missing}");
    }
}
