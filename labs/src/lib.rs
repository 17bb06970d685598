//! Teaching labs: the learner writes a mechanism, and is told in words and numbers what is wrong with it, and why.
//!
//! # A lab
//!
//! A lab is a folder, as those in `labs/course`; adding one takes no change of this crate.
//!
//! | file | what it is |
//! |---|---|
//! | `lab.toml` | the [`Manifest`]: title, task, hints, and every version with its explanation |
//! | `skeleton.rs` | what the learner gets: functions whose bodies are `todo!()`, with shapes and the equation |
//! | `cases.rs` | `draw(exercise, &mut Draw) -> Values`: the inputs of a question |
//! | `call.rs` | `call(exercise, &Values) -> Values`: calls the function of an exercise |
//! | `solutions/*.rs` | right versions of the whole file; the first says what is right |
//! | `wrong/*.rs` | wrong versions, each with one mistake that people make |
//! | `train.rs` | of a whole lab: `train(Plan, told) -> f64`, the model around the functions and its training |
//! | `second/*.rs` | the same mistakes, written by somebody who has read only their descriptions |
//! | `certificate.json` | the [`Record`] of its last certification |
//!
//! # How it is judged
//!
//! Two programs are built, with cargo, from the sources of this project. The *examiner* holds all versions of a lab; it
//! draws questions from a seed and answers them with every version. The *candidate* holds what the learner wrote, as a
//! library of its own, and answers the same questions. Neither says what is right: the engine compares their
//! [answers](labkit::Answer). So it is of no use for the candidate to print that it has passed, and it holds nothing of
//! the solution.
//!
//! What differs from the right version is wrong. A mistake is named only if the learner's answers are those of its wrong
//! version for every question, and those of no other mistake. So nothing is ever called by a name that behaves
//! in another way.
//!
//! A whole lab goes on when all answers are right: a model is trained with the learner's functions, and has to reach
//! a loss that the manifest states.
//!
//! # Where things are
//!
//! [`Course`] and [`Lab`] read what there is, [`Folder`] is where a learner works, [`Engine`] builds, runs and judges, and
//! [`told`] says it in words. [`submissions`] finds what a class has handed in, and [`Engine::grade`] grades it. [`Engine::certify`] proves a lab, [`Engine::mutate`] looks for
//! gaps in it. [`Home`] remembers how far somebody has come, and [`Sources`]
//! is the clone whose crates the labs stand on.

mod cargo;
mod certify;
mod child;
mod compare;
mod course;
mod engine;
mod error;
mod folder;
mod grade;
mod home;
mod isolation;
mod manifest;
mod mutants;
mod mutate;
mod outcome;
mod package;
mod place;
mod record;
mod room;
mod source;
mod sources;
mod submissions;
mod verdict;
mod whole;
mod words;

pub use cargo::Complaint;
pub use certify::{Certificate, Row};
pub use compare::Difference;
pub use course::{Course, Kind, Lab, Version};
pub use engine::{Checked, Engine, Exam};
pub use error::Error;
pub use folder::Folder;
pub use grade::{Count, Grade, Tally, tally};
pub use home::{Home, Progress};
pub use isolation::missing as not_isolated;
pub use manifest::{Equivalent, Manifest, Misconception, Read, Solution, Whole};
pub use mutants::Mutation;
pub use outcome::{Stopped, Training};
pub use record::{Edits, Learned, Record, Said};
pub use source::SOURCE;
pub use sources::Sources;
pub use submissions::{Submission, submissions};
pub use verdict::{Verdict, Wrong};
pub use words::told;
