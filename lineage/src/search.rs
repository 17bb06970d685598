//! How a translation is looked for.

use data::Token;
use data::pairs::Sources;
use nn::{BeamSearch, BeamSearchError, Translation, Translator, translate};
use tensor::Parameters;

/// The correction for length of Wu et al. 2016, as Vaswani et al. 2017 chose it.
const PENALTY: f64 = 0.6;

/// The likeliest token at every step, or several translations followed at once.
pub struct Search {
    width: usize,
}

impl Search {
    /// Follows so many translations.
    ///
    /// # Errors
    /// If it is none.
    pub fn new(width: usize) -> Result<Self, BeamSearchError> {
        BeamSearch::new(width, PENALTY, 1).map(|_| Search { width })
    }

    /// The translations of some sentences that are read together. They end at twice the length of the longest and 20 more,
    /// and where the model's positions do.
    pub fn translate<M: Translator>(
        &self,
        model: &M,
        parameters: &Parameters,
        sources: &[&[Token]],
        longest: Option<usize>,
    ) -> Vec<Translation> {
        let sources = Sources::new(sources);
        let limit = (2 * sources.tokens.ncols() + 20).min(longest.unwrap_or(usize::MAX));
        match BeamSearch::new(self.width, PENALTY, limit) {
            Ok(beam) if self.width > 1 => beam.translate(model, parameters, &sources),
            _ => translate(model, parameters, &sources, limit),
        }
    }
}
