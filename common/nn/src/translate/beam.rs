//! The likeliest translations found by following several at once.

use data::pairs::{Ends, Sources};
use tensor::{Context, Parameters};

use super::{Looked, Translation, alignment, unsayable};
use crate::beam::{self, unmoved};
use crate::{BeamSearch, Rows, Translator};

impl BeamSearch {
    /// The best translation of every source that the search finds; the likeliest of those it was following where none
    /// has ended at the limit.
    pub fn translate<M: Translator>(&self, model: &M, parameters: &Parameters, sources: &Sources) -> Vec<Translation> {
        let cx = Context::eval(parameters);
        let (all, mut state) = model.encode(&cx, sources);
        let mut looked = Looked::new();
        // Of every row in the batch its source; a source has as many rows as its beam follows translations.
        let mut row_sources: Vec<usize> = (0..sources.lengths.len()).collect();
        let mut memory = all.rows(&row_sources);
        let ends @ Ends { start, end, .. } = model.ends();
        let ends = beam::Ends { after: &[], end: Some(end), never: &unsayable(ends) };
        let found = self.follow(&sources.lengths, ends, |rows| {
            let came_from: Vec<usize> = rows.iter().map(|row| row.came_from).collect();
            if !unmoved(&came_from, row_sources.len()) {
                state = state.rows(&came_from);
            }
            let now: Vec<usize> = rows.iter().map(|row| row.beginning).collect();
            if now != row_sources {
                memory = all.rows(&now);
                row_sources = now;
            }
            let last: Vec<_> = rows.iter().map(|row| row.last.unwrap_or(start)).collect();
            let step = model.next(&cx, &memory, &mut state, &last);
            looked.push(step.alignment);
            step.logits
        });
        let translations = found.into_iter().zip(&sources.lengths).map(|(said, &length)| Translation {
            alignment: alignment(&looked, &said.rows, said.tokens.len(), length),
            tokens: said.tokens,
            end,
            log_probability: said.log_probability,
        });
        translations.collect()
    }
}
