//! From a text with a gap to what stood there, then learning, then one vector for a whole text. Read it aloud:
//! `cargo test -p bert --test walkthrough -- --nocapture --test-threads=1`
//!
//! The machine is as small as it can be with all sizes different: V = 10 tokens, a context of 8, D = 6, N = 2 heads of
//! d_k = 3, F = 9, one block. Its weights come from a formula (`tables` in `machine`), so that anyone can repeat every step;
//! the numbers to compare with were made by PyTorch from the same formula (`fixtures/walkthrough.py`), or by hand where that
//! is said.

mod machine;
mod part_1_reading;
mod part_2_hiding;
mod part_3_sentences;
