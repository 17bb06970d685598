//! The comparison: experiments, and the report on them.
//!
//! A claim that courses make is an [`Experiment`](finding::Experiment): a criterion and the code that could refute it.
//! [`compare`](compare::compare) carries experiments out in a [`Session`](session::Session), which holds what they share (budget,
//! seeds, text, models trained once), collects their [`Finding`](finding::Finding)s, and publishes them as a
//! report: one HTML page with every figure, and its data beside it as CSV. What experiments have in common is in `study`.

pub mod alphabet;
pub mod book;
pub mod budget;
pub mod claims;
pub mod clock;
pub mod compare;
pub mod error;
pub mod experiments;
pub mod finding;
pub mod glance;
pub mod kept;
pub mod machine;
pub mod peers;
pub mod reference;
pub mod session;
pub mod study;
pub mod verdict;
