//! What can go wrong, each in one sentence.

use std::io;
use std::path::{Path, PathBuf};

use files::WriteError;

/// A mistake of whoever learns or teaches, or of their machine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The labs stand on the crates of a clone, and none is known.
    #[error(
        "the folder with Lineage's sources is not known: clone the project and say where it is, once, with \
         `lineage lab list --sources DIR`"
    )]
    NoSources,
    /// A folder was given as that of the sources and is none.
    #[error("{} does not hold Lineage's sources: it has no labs/course; give the folder of the clone", .0.display())]
    NotSources(PathBuf),
    /// No lab has this name.
    #[error("there is no lab {}: `lineage lab list` shows all", data::quoted(.0))]
    NoLab(String),
    /// Several labs could be meant.
    #[error("{} may be {}: write more of the name", data::quoted(.0), .1.join(" or "))]
    SeveralLabs(String, Vec<String>),
    /// A folder of labs has none.
    #[error("{} holds no lab: each lab is a folder in it with a lab.toml", .0.display())]
    NoCourse(PathBuf),
    /// A manifest or what belongs to it is not as it must be.
    #[error("{}: {what}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong, and the way out.
        what: String,
    },
    /// A folder is not that of a learner.
    #[error("{} is not the folder of a lab: start one with `lineage lab start NAME`, and run this in its folder", .0.display())]
    NotALab(PathBuf),
    /// What the folder says about itself cannot be understood.
    #[error("{} is damaged: {what}; save your src/lib.rs, start the lab in another folder, and put it there", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The lab was started as another version.
    #[error(
        "this is version {started} of the lab {lab}, and the course now has version {now}: `lineage lab reset` gives you \
         the new skeleton and keeps a copy of your file"
    )]
    OtherVersion {
        /// Its name.
        lab: String,
        /// When the lab was started.
        started: u32,
        /// Today.
        now: u32,
    },
    /// A folder for a new lab has something in it.
    #[error("{} is not empty: give another folder, as in `lineage lab start NAME DIR`", .0.display())]
    NotEmpty(PathBuf),
    /// The learner's file is not there.
    #[error("{} is missing{}", path.display(), match found {
        Some(other) => format!(": if {} is your solution, give it that name again", other.display()),
        None => "; `lineage lab reset` writes the skeleton again".to_owned(),
    })]
    NoSource {
        /// The file.
        path: PathBuf,
        /// Another file that may be it.
        found: Option<PathBuf>,
    },
    /// The learner's file is not text.
    #[error("{} is not UTF-8 text (line {line}): save it as UTF-8 in your editor", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first line that is not.
        line: usize,
    },
    /// The learner's file is not one that a person wrote.
    #[error("{} is larger than 1 MiB: a lab takes some ten lines of code", .0.display())]
    TooLarge(PathBuf),
    /// Somebody checks here already.
    #[error("another check is running in {}: wait until it has ended", .0.display())]
    Busy(PathBuf),
    /// A learner's folder was given to be graded, and not that of all.
    #[error("{} is one submission: give the folder that holds a folder for each learner, or use `lineage lab check`", .0.display())]
    OneSubmission(PathBuf),
    /// Nobody has handed in anything.
    #[error(
        "{} holds no submissions: make a folder in it for each learner, with the folders of labs as `lineage lab start` writes \
         them, or with files named after the lab, as causal-mask.rs", .0.display()
    )]
    NoSubmissions(PathBuf),
    /// Two would build in the same place.
    #[error("{} is being graded already: wait until that has ended", .0.display())]
    GradedAlready(PathBuf),
    /// All hints were given.
    #[error(
        "this lab has {0} hints and you have seen all of them: `lineage lab hint --all` shows them again, `lineage lab solution` a solution"
    )]
    NoMoreHints(usize),
    /// A file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A folder cannot be made.
    #[error("{} cannot be made: {source}; {}, or choose another folder", path.display(), files::way_out(source))]
    Make {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Nothing can be compiled or run.
    #[error("the disk of {} is full, so that nothing can be compiled or run: make room; no file of yours was changed", .0.display())]
    NoRoom(PathBuf),
    /// cargo is not there.
    #[error("cargo cannot be started: {0}; labs are compiled with it: install Rust from https://rustup.rs")]
    NoCargo(io::Error),
    /// cargo failed for another reason than the learner's code.
    #[error("cargo cannot build the lab: {0}")]
    Cargo(String),
    /// A program of a lab cannot be run.
    #[error("{} cannot be run: {source}", path.display())]
    Run {
        /// The program.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The lab itself does not work.
    #[error("the lab {lab} is broken, which is not your mistake: {what}; please report it")]
    BrokenLab {
        /// Its name.
        lab: String,
        /// What happened.
        what: String,
    },
    /// Somebody pressed Ctrl-C.
    #[error("interrupted: nothing was checked, and your file is as it was")]
    Interrupted,
}

impl Error {
    /// A function that makes a failure to read of what the system said.
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Error::Read { path, source }
    }

    /// The same of a folder that cannot be made.
    pub(crate) fn make(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Error::Make { path, source }
    }
}
