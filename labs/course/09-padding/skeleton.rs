//! Padding and lengths.
//!
//! The sentences of a batch are of different lengths, and an array has but one: shorter rows are filled up. What stands in the padding
//! is nothing that may be looked at, whatever it is, not even if it is not a number.
//!
//! | symbol | name | shape |
//! |---|---|---|
//! | | states of an encoder | (B, T, H) |
//! | | lengths: row b has so many tokens, and padding behind them | (B), from 1 to T |

use ndarray::{Array1, Array2, Array3};

/// The state after the last token of every row: what a decoder begins with.
///
/// # Shapes
/// - `states`: (B, T, H), `lengths`: (B); returns (B, H)
pub fn last_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    todo!()
}

/// The mean of the states of every row's tokens.
///
/// # Shapes
/// - `states`: (B, T, H), `lengths`: (B); returns (B, H)
pub fn mean_states(states: &Array3<f64>, lengths: &Array1<usize>) -> Array2<f64> {
    todo!()
}
