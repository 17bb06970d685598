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

pub fn score(log_probability: f64, length: usize, alpha: f64) -> f64 {
    let lp = ((5.0 + length as f64) / 6.0).powf(alpha);
    log_probability / lp
}

pub fn continuations(_followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let mut all = vec![];
    for came_from in 0..scores.nrows() {
        let row = scores.row(came_from);
        let max = row.fold(f64::NEG_INFINITY, |m, &z| m.max(z));
        let sum: f64 = row.iter().map(|z| (z - max).exp()).sum();
        for token in 0..scores.ncols() {
            all.push(Continuation { came_from, token, log_probability: row[token] - max - sum.ln() });
        }
    }
    all.sort_by(|a, b| b.log_probability.partial_cmp(&a.log_probability).unwrap());
    all.truncate(width);
    all
}

pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let mut texts: Vec<Vec<usize>> = vec![vec![]];
    let mut probabilities = Array1::zeros(1);
    let mut rows = vec![Row { came_from: 0, last: None }];
    let mut done: Vec<(f64, Hypothesis)> = Vec::new();
    for length in 1..=search.limit {
        let taken = continuations(&probabilities, &model(&rows), search.width);
        let (over, open): (Vec<_>, Vec<_>) = taken.into_iter().partition(|c| c.token == search.end);
        for c in &over {
            let tokens = [&texts[c.came_from][..], &[c.token]].concat();
            let s = score(c.log_probability, length, search.alpha);
            done.push((s, Hypothesis { tokens, log_probability: c.log_probability }));
        }
        texts = open.iter().map(|c| [&texts[c.came_from][..], &[c.token]].concat()).collect();
        probabilities = open.iter().map(|c| c.log_probability).collect();
        rows = open.iter().map(|c| Row { came_from: c.came_from, last: Some(c.token) }).collect();
        if open.is_empty() {
            break;
        }
    }
    if done.is_empty() {
        return texts
            .into_iter()
            .zip(probabilities)
            .map(|(tokens, log_probability)| Hypothesis { tokens, log_probability })
            .collect();
    }
    done.sort_by(|a, b| b.0.total_cmp(&a.0));
    done.into_iter().map(|(_, h)| h).collect()
}
