//! What people see, whatever was measured: numbers as text ([`format`](mod@format)), how far a long computation is ([`progress`]),
//! means with their intervals ([`statistics`]), tables, [`figure`]s, the pieces of a [`page`], and what is different between two
//! reports ([`diff`]).
//!
//! Nothing here knows a model or an experiment.

pub mod diff;
mod error;
pub mod figure;
pub mod format;
pub mod notice;
pub mod page;
pub mod progress;
pub mod statistics;
pub mod table;

pub use error::Error;
pub use table::Table;
