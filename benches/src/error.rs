//! What can go wrong in a comparison.

use report::format::{count, counted};

/// Each displays as one sentence that names the place and the way out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `--only` names claims that have no experiment.
    #[error("there is no claim called {unknown}: the claims with an experiment are {known}")]
    UnknownClaims {
        /// As the user wrote them.
        unknown: String,
        /// All ids.
        known: String,
    },
    /// `--only` names claims for which the budget has no time.
    #[error(
        "{claims} cannot be measured with --budget {budget}: give --budget {longer}, or leave {claims} out of --only"
    )]
    NoTime {
        /// Their ids.
        claims: String,
        /// As asked for.
        budget: crate::budget::Budget,
        /// The shortest with which all of them run.
        longer: crate::budget::Budget,
    },
    /// None of the chosen experiments reads a flag that was given.
    #[error(
        "--{flag} cannot act, since what it sets has no part in {claims}: leave it out, or give other claims to --only"
    )]
    Idle {
        /// The flag.
        flag: &'static str,
        /// The ids of the experiments.
        claims: String,
    },
    /// A reference was given that has nothing to say.
    #[error(
        "--reference cannot act, since {folder} tells of none of {claims}: give another folder, or other claims to --only"
    )]
    Foreign {
        /// As the user gave it.
        folder: String,
        /// The ids of the experiments.
        claims: String,
    },
    /// The report cannot be written where it should.
    #[error(transparent)]
    Output(#[from] files::report_folder::OutputError),
    /// The text cannot be used.
    #[error(transparent)]
    Text(#[from] data::TextError),
    /// The text is too short for the experiments that train on parts of it.
    #[error(
        "{name} has {} in normal form C, and a comparison needs at least {}: give a longer text with --text",
        counted(*.characters, "character"),
        count(*.least as u64)
    )]
    ShortText {
        /// Of the text.
        name: String,
        /// Its length.
        characters: usize,
        /// The least that does.
        least: usize,
    },
    /// The reference cannot be used.
    #[error(transparent)]
    Reference(#[from] crate::reference::ReferenceError),
    /// The claims cannot be written as JSON.
    #[error("claims.json cannot be written: {0}")]
    Json(serde_json::Error),
    /// A figure cannot be drawn, or its data not be written.
    #[error(transparent)]
    Report(#[from] report::Error),
    /// An experiment failed.
    #[error("the experiment on {id} failed: {reason}")]
    Experiment {
        /// The claim.
        id: &'static str,
        /// Its own error.
        reason: String,
    },
}
