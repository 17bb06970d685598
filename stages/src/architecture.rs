//! What every kind of model is built by.

use nn::Form;
use tensor::{Init, Parameters};

use crate::ConfigError;
use crate::error::buildable;

/// What the registry asks of the configuration of a stage; `M` is a model of its kind, whichever stage it is of.
pub(crate) trait Architecture<M> {
    /// Whether such a model can be built, its number of parameters apart.
    fn validate(&self) -> Result<(), ConfigError>;

    /// How many numbers training will find.
    fn parameter_count(&self) -> u128;

    /// The numbers of different tokens that it reads and says.
    fn vocabularies(&self) -> [usize; 2];

    /// How many tokens it sees at once, if there is a limit.
    fn longest(&self) -> Option<usize> {
        None
    }

    /// Of which number its width has to be a multiple.
    fn width_unit(&self) -> usize {
        1
    }

    /// The model, literal or fused, or as it is configured.
    fn model(&self, init: &mut Init<'_>, form: Option<Form>) -> Result<M, ConfigError>;
}

/// Whether such a model can be built and trained.
pub(crate) fn validate<M>(config: &dyn Architecture<M>) -> Result<(), ConfigError> {
    config.validate()?;
    buildable(config.parameter_count())
}

/// The model and its first parameters.
pub(crate) fn build<M>(
    config: &dyn Architecture<M>,
    form: Option<Form>,
    seed: Option<u64>,
) -> Result<(M, Parameters), ConfigError> {
    validate(config)?;
    let mut parameters = Parameters::new();
    let mut init = match seed {
        Some(seed) => Init::new(&mut parameters, seed),
        None => Init::unset(&mut parameters),
    };
    let model = config.model(&mut init, form)?;
    Ok((model, parameters))
}

/// The multiple of `unit` with which `count` comes closest to so many parameters.
pub(crate) fn closest_width(parameters: u128, unit: usize, count: impl Fn(usize) -> u128) -> usize {
    let above = (1..).find(|&units| count(units * unit) >= parameters).unwrap_or(1);
    let distance = |units: usize| count(units * unit).abs_diff(parameters);
    let closest = if above > 1 && distance(above - 1) < distance(above) { above - 1 } else { above };
    closest * unit
}
