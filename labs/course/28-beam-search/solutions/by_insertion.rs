use ndarray::{Array1, Array2};

/// One more token behind a text that is followed.
#[derive(Clone, Debug, PartialEq)]
pub struct Continuation {
    /// Number of the text, from 0.
    pub came_from: usize,
    /// The token behind it.
    pub token: usize,
    /// ln p of the text with this token.
    pub log_probability: f64,
}

/// How to search.
#[derive(Clone, Copy, Debug)]
pub struct Search {
    /// k, how many continuations are taken at every step.
    pub width: usize,
    /// α.
    pub alpha: f64,
    /// The most tokens that a text may have, the end among them.
    pub limit: usize,
    /// The token with which a text ends.
    pub end: usize,
}

/// What a model is told of one text that is followed.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The row in which this text was at the step before; 0 at the first.
    pub came_from: usize,
    /// Its last token; `None` at the first step.
    pub last: Option<usize>,
}

/// A text.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypothesis {
    /// One after another, the end among them if it has ended.
    pub tokens: Vec<usize>,
    /// ln p of all of them.
    pub log_probability: f64,
}

/// By logarithms.
pub fn score(log_probability: f64, length: usize, alpha: f64) -> f64 {
    log_probability * (alpha * (6.0_f64.ln() - (5.0 + length as f64).ln())).exp()
}

/// Never holds more than the best of the rows so far, as a vocabulary is large.
pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let mut best: Vec<Continuation> = Vec::new();
    for (came_from, row) in scores.outer_iter().enumerate() {
        let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let total = largest + row.iter().map(|z| (z - largest).exp()).sum::<f64>().ln();
        for (token, z) in row.iter().enumerate() {
            let log_probability = followed[came_from] + (z - total);
            let place = best.partition_point(|other| other.log_probability >= log_probability);
            best.insert(place, Continuation { came_from, token, log_probability });
            best.truncate(width);
        }
    }
    best
}

/// Followed and ended texts in one loop, the ended ones put where their score belongs.
pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let Search { width, alpha, limit, end } = search;
    let nothing = Hypothesis { tokens: Vec::new(), log_probability: 0.0 };
    let (mut live, mut ended) = (vec![(0, nothing)], Vec::<(f64, Hypothesis)>::new());
    while live.first().is_some_and(|(_, text)| text.tokens.len() < limit) {
        let row =
            |(came_from, text): &(usize, Hypothesis)| Row { came_from: *came_from, last: text.tokens.last().copied() };
        let scores = model(&live.iter().map(row).collect::<Vec<_>>());
        let followed = live.iter().map(|(_, text)| text.log_probability).collect();
        let mut next = Vec::new();
        for found in continuations(&followed, &scores, width) {
            let mut text = live[found.came_from].1.clone();
            text.tokens.push(found.token);
            text.log_probability = found.log_probability;
            if found.token != end {
                next.push((found.came_from, text));
                continue;
            }
            let score = score(text.log_probability, text.tokens.len(), alpha);
            ended.insert(ended.partition_point(|(other, _)| *other > score), (score, text));
        }
        live = next;
    }
    match ended.is_empty() {
        true => live.into_iter().map(|(_, text)| text).collect(),
        false => ended.into_iter().map(|(_, text)| text).collect(),
    }
}
