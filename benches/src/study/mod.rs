//! What experiments have in common: a [`grid`] of trainings, which run [`parallel`] to each other, how one is done
//! ([`training`]), and a criterion of several [`parts`].

pub mod grid;
pub mod parallel;
pub mod parts;
pub mod text;
pub mod training;
