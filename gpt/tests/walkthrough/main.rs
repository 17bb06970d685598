//! From text to the next token in eight steps, then learning, then looking up, then what is kept while a text grows, then
//! the controls of generation, and what LLaMA does otherwise. Read it aloud:
//! `cargo test -p gpt --test walkthrough -- --nocapture --test-threads=1`
//!
//! The machine is as small as it can be with all sizes different: V = 7 characters, D = 6, N = 2 heads of d_k = 3,
//! F = 10, one block, a context of 9. Its weights come from a formula (`tables` in support), so that anyone can repeat
//! every step; the numbers to compare with were made by PyTorch from the same formula (`fixtures/walkthrough.py`), or by
//! hand where that is said.

mod machine;
mod part_1_blocks;
mod part_2_text;
mod part_3_learning;
mod part_4_keeping;
mod part_5_controls;
mod part_6_llama;
