//! What experiments have in common: a [`grid`] of trainings, which run [`parallel`] to each other, how one is done
//! ([`training`]), a criterion of several [`parts`] or one that is [`counted`], a model with one table or two ([`tying`]), the [`effect`] that is held against it, and what is counted of [`operations`].

pub mod counted;
pub mod effect;
pub mod grid;
pub mod operations;
pub mod parallel;
pub mod parts;
pub mod text;
pub mod training;
pub mod tying;
