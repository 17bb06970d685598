//! What a run keeps: its numbers when interrupted, its parameters when something goes wrong.

mod models;
mod refusals;
mod resuming;
mod steps;
