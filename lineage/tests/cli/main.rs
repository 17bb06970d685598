//! The program as its users meet it: every test runs the binary.

mod bad_input;
mod commands;
mod determinism;
mod interruption;
mod program;
