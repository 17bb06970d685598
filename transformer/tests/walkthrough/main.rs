//! The Transformer, step by step:
//! `cargo test -p transformer --test walkthrough -- --nocapture --test-threads=1`
//!
//! First one sentence from its words to the loss of its translation. Every matrix on the way is printed and compared,
//! number for number, with what PyTorch makes of the same weights (`fixtures/walkthrough.py`); comments work some out by
//! hand. Then small models are trained, each to show one claim. The parts and the steps are named in reading order.

mod language;
mod machine;
mod part_1_encoder;
mod part_2_decoder;
mod part_3_whole;
mod part_4_context;
mod part_5_heads;
mod part_6_shapes;
