//! The encoder-decoder and its bottleneck, step by step:
//! `cargo test -p seq2seq --test walkthrough -- --nocapture --test-threads=1`

#[path = "../support/copying.rs"]
mod copying;
mod machine;
mod part_1_translation;
mod part_2_bottleneck;
