//! Rows of different lengths are read as if each stood alone.

#[path = "support/padding.rs"]
mod padding;

use rnn::Elman;

#[test]
fn padding_does_not_matter_to_the_simple_network() {
    padding::assert_padding_does_not_matter::<Elman>();
}

#[test]
fn a_row_has_at_least_one_step_and_no_more_than_the_batch() {
    padding::assert_lengths_are_checked::<Elman>();
}
