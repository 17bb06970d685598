//! Long short-term memory and the GRU, step by step:
//! `cargo test -p lstm --test walkthrough -- --nocapture --test-threads=1`

mod layer;
mod part_1_cell;
mod part_2_network;
