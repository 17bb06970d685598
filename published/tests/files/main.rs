//! Files of published models: what is read of good ones, and what is said of bad ones.

mod allocated;
mod bad_weights;
mod damaged;
mod json;
mod llama2c;
mod made;
mod order;
mod tokens;
mod weights;
mod write;
