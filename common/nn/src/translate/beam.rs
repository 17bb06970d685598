//! The likeliest translations found by following several at once.

use data::Token;
use data::pairs::{END, START, Sources};
use ndarray::{Array1, Array2};
use tensor::kernels::{self, LogSumExp};
use tensor::{Context, Parameters, Real};

use super::{Limit, Looked, Translation, UNSAYABLE, alignment, give_probabilities};
use crate::{Rows, Translator};

/// Beam search: at every step, of all continuations of what is being followed, the k likeliest are followed on.
///
/// A translation Y that comes to its END leaves the beam and competes with the score of Wu et al. (2016, equation 14,
/// without coverage):
///
/// ln p(Y) / lp(Y),   lp(Y) = ((5 + |Y|) / 6)^α,   |Y| counting END.
///
/// Without it, α = 0, the shorter one mostly wins, since every further token makes a translation less likely. The
/// search for a source ends when no continuation can beat the best that has ended: ln p only falls, and lp grows no
/// further than at the limit of its source. Width 1 is [`translate`](super::translate).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeamSearch {
    width: usize,
    penalty: f64,
    limit: Limit,
}

/// A search that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum BeamSearchError {
    /// Nothing would be followed.
    #[error("a beam of width 0 follows no translation: give at least 1, where 1 always takes the likeliest token")]
    Width,
    /// α is negative, infinite or not a number.
    #[error("{0} is not a length penalty: give a number of at least 0, where 0 does not correct for length")]
    Penalty(f64),
}

/// A translation that is being followed.
#[derive(Clone, Debug)]
struct Hypothesis {
    tokens: Vec<Token>,
    /// The row that it had in the batch at each step.
    rows: Vec<usize>,
    log_probability: f64,
}

/// The search for the translation of one source.
struct Beam {
    /// The most tokens that a translation of it may have.
    limit: usize,
    /// What is followed, the likeliest first.
    live: Vec<Hypothesis>,
    /// The best that has ended, with its score; at the limit, where none has, the likeliest of those that were followed.
    best: Option<(f64, Hypothesis)>,
}

impl BeamSearch {
    /// A search of k = `width` translations of up to `limit` tokens, END included (a number for all sources, or a
    /// [`Limit`]), with α = `penalty`. Wu et al. chose α = 0.6 to 0.7, Vaswani et al. (2017) 0.6 and a width of 4.
    ///
    /// # Errors
    /// If the width is 0, or the penalty negative, infinite or not a number.
    ///
    /// ```
    /// use nn::BeamSearch;
    /// assert!(BeamSearch::new(4, 0.6, 50).is_ok());
    /// let message = BeamSearch::new(0, 0.6, 50).unwrap_err().to_string();
    /// assert_eq!(message, "a beam of width 0 follows no translation: give at least 1, where 1 always takes the likeliest token");
    /// ```
    pub fn new(width: usize, penalty: f64, limit: impl Into<Limit>) -> Result<Self, BeamSearchError> {
        if width == 0 {
            return Err(BeamSearchError::Width);
        }
        if !(penalty.is_finite() && penalty >= 0.0) {
            return Err(BeamSearchError::Penalty(penalty));
        }
        Ok(BeamSearch { width, penalty, limit: limit.into() })
    }

    /// The score of a translation of so many tokens, END included.
    ///
    /// ```
    /// let search = nn::BeamSearch::new(1, 1.0, 50).unwrap();
    /// assert_eq!(search.score(-3.0, 7), -1.5); // lp = 12/6
    /// ```
    pub fn score(&self, log_probability: f64, tokens: usize) -> f64 {
        log_probability / ((5 + tokens) as f64 / 6.0).powf(self.penalty)
    }

    /// The best translation of every source that the search finds; the likeliest of those it was following where none
    /// has ended at the limit.
    pub fn translate<M: Translator>(&self, model: &M, parameters: &Parameters, sources: &Sources) -> Vec<Translation> {
        let cx = Context::eval(parameters);
        let (all, mut state) = model.encode(&cx, sources);
        let mut beams: Vec<Beam> = sources.lengths.iter().map(|&length| Beam::new(self.limit.of(length))).collect();
        let mut looked = Looked::new();
        // Of every row in the batch its source; a source has as many rows as its beam follows translations.
        let mut row_sources: Vec<usize> = (0..beams.len()).collect();
        let mut memory = all.rows(&row_sources);
        while beams.iter().any(|beam| !beam.live.is_empty()) {
            let live =
                || beams.iter().enumerate().flat_map(|(source, beam)| beam.live.iter().map(move |said| (source, said)));
            let came_from: Vec<usize> =
                live().map(|(source, said)| said.rows.last().copied().unwrap_or(source)).collect();
            if !came_from.iter().copied().eq(0..row_sources.len()) {
                state = state.rows(&came_from);
            }
            let now: Vec<usize> = live().map(|(source, _)| source).collect();
            if now != row_sources {
                memory = all.rows(&now);
                row_sources = now;
            }
            let last: Vec<Token> = live().map(|(_, said)| said.tokens.last().copied().unwrap_or(START)).collect();
            for (row, said) in beams.iter_mut().flat_map(|beam| &mut beam.live).enumerate() {
                said.rows.push(row);
            }

            let step = model.next(&cx, &memory, &mut state, &last);
            let totals = kernels::log_sum_exp(step.logits.view()); // (rows)
            for beam in &mut beams {
                self.advance(beam, &step.logits, &totals);
            }
            looked.push(step.alignment);
        }
        let found = beams.into_iter().zip(&sources.lengths);
        found.map(|(beam, &length)| beam.into_translation(&looked, length)).collect()
    }

    /// Follows one source by one more token, given the scores of all rows and their ln Σ e^z.
    ///
    /// # Shapes
    /// - `logits`: (rows, V), `totals`: (rows)
    fn advance(&self, beam: &mut Beam, logits: &Array2<Real>, totals: &Array1<LogSumExp>) {
        // The likelier first; of equals the one that was, and the token that is, further in front.
        let order =
            |a: &(f64, usize, Token), b: &(f64, usize, Token)| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2)));
        let mut continuations: Vec<(f64, usize, Token)> = Vec::new();
        for (place, said) in beam.live.iter().enumerate() {
            let row = *said.rows.last().expect("what is followed has a row");
            let continued = |(token, &z): (usize, _)| {
                (said.log_probability + f64::from(totals[row].log_probability(z)), place, token as Token)
            };
            let scores = logits.row(row);
            if !give_probabilities(scores, &totals[row]) {
                beam.get_lost(said.clone());
                return;
            }
            let sayable = scores.iter().enumerate().filter(|&(token, _)| !UNSAYABLE.contains(&(token as Token)));
            continuations.extend(sayable.map(continued).filter(|(log_probability, ..)| log_probability.is_finite()));
            // After every row, so that a wide beam never holds width × V of them.
            if continuations.len() > self.width {
                continuations.select_nth_unstable_by(self.width - 1, order);
                continuations.truncate(self.width);
            }
        }
        continuations.sort_unstable_by(order);

        let before = std::mem::take(&mut beam.live);
        if continuations.is_empty() && beam.best.is_none() {
            before.into_iter().take(1).for_each(|said| beam.get_lost(said));
            return;
        }
        for (log_probability, place, token) in continuations {
            let mut said = before[place].clone();
            said.tokens.push(token);
            said.log_probability = log_probability;
            let score = self.score(log_probability, said.tokens.len());
            match token {
                END if beam.best.as_ref().is_none_or(|(best, _)| score > *best) => beam.best = Some((score, said)),
                END => {}
                _ => beam.live.push(said),
            }
        }
        if let Some((best, _)) = &beam.best {
            beam.live.retain(|said| self.score(said.log_probability, beam.limit) > *best);
        }
        beam.stop_at_limit();
    }
}

impl Beam {
    fn new(limit: usize) -> Self {
        let nothing = Hypothesis { tokens: Vec::new(), rows: Vec::new(), log_probability: 0.0 };
        let mut beam = Beam { limit, live: vec![nothing], best: None };
        beam.stop_at_limit();
        beam
    }

    /// Ends with a translation that cannot go on.
    fn get_lost(&mut self, said: Hypothesis) {
        self.best = Some((f64::NAN, Hypothesis { log_probability: f64::NAN, ..said }));
        self.live.clear();
    }

    fn stop_at_limit(&mut self) {
        if self.live.first().is_some_and(|said| said.tokens.len() == self.limit) {
            let likeliest = self.live.drain(..).next().map(|said| (f64::NEG_INFINITY, said));
            self.best = self.best.take().or(likeliest);
        }
    }

    fn into_translation(self, looked: &Looked, length: usize) -> Translation {
        let (_, Hypothesis { tokens, rows, log_probability }) = self.best.expect("followed to its end or to the limit");
        Translation { alignment: alignment(looked, &rows, tokens.len(), length), tokens, log_probability }
    }
}
