//! The stages by name: the one place that knows which type of model each is.
//!
//! A new stage is a new [`Stage`], a new [`ModelConfig`] and a line in [`ModelConfig::build`]; training, evaluation,
//! generation, the experiments and the command line then have it. A stage that translates is a [`TranslatorStage`] with
//! a [`TranslatorConfig`].

mod count;
mod dynamic;
mod error;
mod language;
mod translators;

pub use dynamic::{Model, Remembered, State, TranslatorModel};
pub use error::ConfigError;
pub use language::{ModelConfig, Sizes, Stage};
pub use translators::{ByCell, Cell, TranslatorConfig, TranslatorSizes, TranslatorStage};

use error::buildable;

/// The multiple of `unit` with which `count` comes closest to so many parameters.
fn closest_width(parameters: u128, unit: usize, count: impl Fn(usize) -> u128) -> usize {
    let above = (1..).find(|&units| count(units * unit) >= parameters).unwrap_or(1);
    let distance = |units: usize| count(units * unit).abs_diff(parameters);
    let closest = if above > 1 && distance(above - 1) < distance(above) { above - 1 } else { above };
    closest * unit
}
