//! Models whose type is known only when the program runs.

mod model;
mod translator;

pub use model::{Model, State};
pub use translator::{Remembered, TranslatorModel};
