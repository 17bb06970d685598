//! Rows of different lengths are read as if each stood alone.

#[path = "../../rnn/tests/support/padding.rs"]
mod padding;

use lstm::{Gru, Lstm};

#[test]
fn padding_does_not_matter_to_the_lstm() {
    padding::assert_padding_does_not_matter::<Lstm>();
}

#[test]
fn padding_does_not_matter_to_the_gru() {
    padding::assert_padding_does_not_matter::<Gru>();
}

#[test]
fn a_row_has_at_least_one_step_and_no_more_than_the_batch() {
    padding::assert_lengths_are_checked::<Lstm>();
    padding::assert_lengths_are_checked::<Gru>();
}
