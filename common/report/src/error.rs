//! What can go wrong when a piece of a report is made.

/// Why a piece of a report cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A figure cannot be drawn.
    #[error("the figure {name} cannot be drawn: {reason}")]
    Figure {
        /// Its name.
        name: String,
        /// From the drawing library.
        reason: String,
    },
    /// A record of a CSV file cannot be formed.
    #[error("the data of a figure cannot be written as CSV: {0}")]
    Csv(#[from] csv::Error),
}
