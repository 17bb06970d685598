//! From a text with gaps to the text that fills them, then how such texts are made, then learning. Read it aloud:
//! `cargo test -p t5 --test walkthrough -- --nocapture --test-threads=1`
//!
//! The machine is as small as it can be with all sizes different: V = 12 tokens, D = 6, N = 2 heads of d_k = 3, F = 9, one
//! block on each side, 8 buckets of distances. Its weights come from a formula (`tables` in `machine`), so that anyone can
//! repeat every step; the numbers to compare with were made by PyTorch from the same formula (`fixtures/walkthrough.py`,
//! which asks T5 of the library transformers for the same), or by hand where that is said.

mod machine;
mod part_1_reading;
mod part_2_writing;
mod part_3_gaps;
