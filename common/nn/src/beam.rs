//! Beam search, whatever is searched for: following several sequences at once.

use std::collections::BTreeSet;

use data::Token;
use ndarray::{Array1, Array2, ArrayView1};
use tensor::Real;
use tensor::kernels::{self, LogSumExp};

use crate::{Limit, RepetitionPenalty};

/// Beam search: at every step, of all continuations of what is being followed, the k likeliest are followed on.
///
/// A sequence Y that comes to its end token leaves the beam and competes with the score of Wu et al. (2016, equation 14,
/// without coverage):
///
/// ln p(Y) / lp(Y),   lp(Y) = ((5 + |Y|) / 6)^α,   |Y| counting the end.
///
/// Without it, α = 0, the shorter one mostly wins, since every further token makes a sequence less likely. The search for
/// the best one ends when no continuation can beat the best that has ended: ln p only falls, and lp grows no further than
/// at the limit. What has no end token, such as plain text, is followed to the limit.
///
/// [`translate`](Self::translate) searches for translations; of width 1 it is [`translate`](crate::translate()).
/// [`generate`](Self::generate) searches for continuations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BeamSearch {
    width: usize,
    penalty: f64,
    limit: Limit,
    repetition: Option<RepetitionPenalty>,
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

/// A sequence that is being followed.
#[derive(Clone, Debug)]
pub(crate) struct Hypothesis {
    pub tokens: Vec<Token>,
    /// The row that it had in the batch at each step.
    pub rows: Vec<usize>,
    /// Of its tokens, lowered where they repeat if there is a penalty for that; NaN if it could not go on.
    pub log_probability: f64,
}

/// A row of the batch in which everything that is followed takes its next step.
pub(crate) struct Row {
    /// The row that it had at the step before; at the first, the number of its beginning.
    pub came_from: usize,
    /// The number of its beginning.
    pub beginning: usize,
    /// Its last token; `None` at the first step.
    pub last: Option<Token>,
}

/// What a sequence follows, and the tokens that are no part of it.
#[derive(Clone, Copy)]
pub(crate) struct Ends<'t> {
    /// What it is read behind, of each beginning: a prompt. None in translations.
    pub after: &'t [Vec<Token>],
    /// With this one it ends.
    pub end: Option<Token>,
    /// These are never taken, whatever their scores.
    pub never: &'t [Token],
}

/// The search for the best sequence after one beginning.
struct Beam {
    /// The most tokens that it may have.
    limit: usize,
    /// What is followed, the likeliest first.
    live: Vec<Hypothesis>,
    /// The best that has ended, with its score; at the limit, where none has, the likeliest of those that were followed.
    best: Option<(f64, Hypothesis)>,
}

impl BeamSearch {
    /// A search of k = `width` sequences of up to `limit` tokens, the end included (a number for all, or a [`Limit`]),
    /// with α = `penalty`. Wu et al. chose α = 0.6 to 0.7, Vaswani et al. (2017) 0.6 and a width of 4.
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
        Ok(BeamSearch { width, penalty, limit: limit.into(), repetition: None })
    }

    /// Lowers ln p of every token that a sequence already has, its prompt included, so that it is followed less. As in
    /// `transformers`: ln p is multiplied by the penalty, not the score before the softmax, so a search of width 1 may choose
    /// otherwise than [`Controls`](crate::Controls) with the same penalty and a temperature of 0.
    #[must_use]
    pub fn with_repetition_penalty(self, penalty: RepetitionPenalty) -> Self {
        BeamSearch { repetition: Some(penalty), ..self }
    }

    /// The score of a sequence of so many tokens, the end included.
    ///
    /// ```
    /// let search = nn::BeamSearch::new(1, 1.0, 50).unwrap();
    /// assert_eq!(search.score(-3.0, 7), -1.5); // lp = 12/6
    /// ```
    pub fn score(&self, log_probability: f64, tokens: usize) -> f64 {
        log_probability / ((5 + tokens) as f64 / 6.0).powf(self.penalty)
    }

    /// The best sequence after each beginning, of which one for each of these `lengths` was read; the likeliest of those that
    /// were followed where none has ended at the limit. `next` gives the scores of the next token for the rows that are
    /// followed, (rows, V); in its first call every beginning has one row, unless it has a limit of 0.
    pub(crate) fn follow(
        &self,
        lengths: &[usize],
        ends: Ends<'_>,
        mut next: impl FnMut(&[Row]) -> Array2<Real>,
    ) -> Vec<Hypothesis> {
        let mut beams: Vec<Beam> = lengths.iter().map(|&length| Beam::new(self.limit.of(length))).collect();
        while beams.iter().any(|beam| !beam.live.is_empty()) {
            let mut rows = Vec::new();
            for (number, beam) in beams.iter_mut().enumerate() {
                for said in &mut beam.live {
                    let came_from = said.rows.last().copied().unwrap_or(number);
                    said.rows.push(rows.len());
                    rows.push(Row { came_from, beginning: number, last: said.tokens.last().copied() });
                }
            }
            let logits = next(&rows);
            let totals = kernels::log_sum_exp(logits.view()); // (rows)
            for (number, beam) in beams.iter_mut().enumerate() {
                let after = ends.after.get(number).map_or(&[][..], |prompt| prompt);
                self.advance(beam, after, ends, &logits, &totals);
            }
        }
        let best = beams.into_iter().map(|beam| beam.best.expect("followed to its end or to the limit"));
        best.map(|(_, said)| said).collect()
    }

    /// Follows one beginning by one more token, given the scores of all rows and their ln Σ e^z.
    ///
    /// # Shapes
    /// - `logits`: (rows, V), `totals`: (rows)
    fn advance(
        &self,
        beam: &mut Beam,
        after: &[Token],
        ends: Ends<'_>,
        logits: &Array2<Real>,
        totals: &Array1<LogSumExp>,
    ) {
        // The likelier first; of equals the one that was, and the token that is, further in front.
        let order =
            |a: &(f64, usize, Token), b: &(f64, usize, Token)| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2)));
        let mut continuations: Vec<(f64, usize, Token)> = Vec::new();
        for (place, said) in beam.live.iter().enumerate() {
            let row = *said.rows.last().expect("what is followed has a row");
            let repeated: BTreeSet<Token> = match self.repetition {
                Some(_) => after.iter().chain(&said.tokens).copied().collect(),
                None => BTreeSet::new(),
            };
            let continued = |(token, &z): (usize, _)| {
                let (token, log_probability) = (token as Token, totals[row].log_probability(z));
                let penalty = self.repetition.filter(|_| repeated.contains(&token));
                let log_probability = penalty.map_or(log_probability, |penalty| penalty.lowered(log_probability));
                (said.log_probability + f64::from(log_probability), place, token)
            };
            let scores = logits.row(row);
            if !give_probabilities(scores, &totals[row]) {
                beam.get_lost(said.clone());
                return;
            }
            let possible = scores.iter().enumerate().filter(|&(token, _)| !ends.never.contains(&(token as Token)));
            continuations.extend(possible.map(continued).filter(|(log_probability, ..)| log_probability.is_finite()));
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
            match &beam.best {
                _ if Some(token) != ends.end => beam.live.push(said),
                Some((best, _)) if score <= *best => {}
                _ => beam.best = Some((score, said)),
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

    /// Ends with a sequence that cannot go on.
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
}

/// Whether the scores of all tokens give probabilities.
pub(crate) fn give_probabilities(scores: ArrayView1<'_, Real>, total: &LogSumExp) -> bool {
    scores.iter().all(|&z| !total.log_probability(z).is_nan())
}

/// Whether rows stand where they stood in a batch of so many.
pub(crate) fn unmoved(came_from: &[usize], rows: usize) -> bool {
    came_from.iter().copied().eq(0..rows)
}
