//! Sentences and their translations.

mod batch;

pub use batch::{END, PAD, PairBatch, START, Sources};
