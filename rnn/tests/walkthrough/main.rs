//! The simple recurrent network, step by step:
//! `cargo test -p rnn --test walkthrough -- --nocapture --test-threads=1`

mod layer;
mod part_1_state;
mod part_2_gradient;
