//! The program as its users meet it: every test runs the binary.

mod bad_input;
mod bad_pairs;
mod bad_requests;
mod bad_translators;
mod commands;
mod determinism;
mod interruption;
mod languages;
mod notices;
mod program;
mod translators;
