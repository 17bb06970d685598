//! The lecture on attention as a program. Run it with
//! `cargo test -p attention --test walkthrough -- --nocapture --test-threads=1`:
//! every matrix is printed with its name and shape, and every number is checked. What is "worked out by hand" below,
//! `fixtures/walkthrough.py` repeats from the equations.

mod machine;
mod part_1_look;
mod part_2_decoder;
