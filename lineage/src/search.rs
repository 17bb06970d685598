//! How a translation is looked for.

use data::Token;
use data::pairs::Sources;
use nn::{BeamSearch, Limit, Translation, Translator, translate};
use tensor::Parameters;

use crate::{idle, memory};

/// The correction for length of Wu et al. 2016, as Vaswani et al. 2017 chose it.
const PENALTY: f64 = 0.6;

/// The limit of a translation, in tokens.
const PER_TOKEN: usize = 2;
const SPARE: usize = 20;

/// Translations that are followed together.
const FOLLOWED: usize = 1024;

/// The likeliest token at every step, or several translations followed at once.
pub struct Search {
    width: usize,
    penalty: f64,
}

impl Search {
    /// Follows so many translations, and corrects for their lengths.
    ///
    /// # Errors
    /// If it is none, or there is nothing to correct.
    pub fn new(width: usize, penalty: Option<f64>) -> anyhow::Result<Self> {
        idle::refuse(&[(
            "length-penalty",
            width == 1 && penalty.is_some(),
            "it chooses among translations of several lengths, and a beam of 1 follows only one: give a larger --beam, or \
             leave it out",
        )])?;
        let penalty = penalty.unwrap_or(PENALTY);
        BeamSearch::new(width, penalty, 1)?;
        Ok(Search { width, penalty })
    }

    /// How many sentences are read together where `rows` are without a search: a beam has a row for each translation that
    /// it follows, and all beams together at most [`FOLLOWED`], or those of one sentence.
    pub fn sources(&self, rows: usize) -> usize {
        rows.min(FOLLOWED / self.width).max(1)
    }

    /// How much memory it takes to look for translations of sources of up to `length` tokens, so many read together.
    pub fn memory<M: Translator>(
        &self,
        model: &M,
        parameters: &Parameters,
        sources: usize,
        length: usize,
        longest: Option<usize>,
    ) -> f64 {
        let steps = (SPARE + PER_TOKEN * length).min(longest.unwrap_or(usize::MAX));
        memory::search(model, parameters, sources * self.width, length, steps)
    }

    /// The translations of some sentences that are read together. Each ends at twice the length of its source and 20
    /// more, and where the model's positions do.
    pub fn translate<M: Translator>(
        &self,
        model: &M,
        parameters: &Parameters,
        sources: &[&[Token]],
        longest: Option<usize>,
    ) -> Vec<Translation> {
        let sources = Sources::new(sources);
        let limit = Limit::growing(PER_TOKEN, SPARE).at_most(longest.unwrap_or(usize::MAX));
        match BeamSearch::new(self.width, self.penalty, limit) {
            Ok(beam) if self.width > 1 => beam.translate(model, parameters, &sources),
            _ => translate(model, parameters, &sources, limit),
        }
    }
}
