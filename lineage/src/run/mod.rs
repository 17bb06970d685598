//! A run in its folder: what it is, the files that hold it, and a trained model read back from them.

pub mod config;
pub mod folder;
pub mod names;
pub mod seal;
pub mod trained;
