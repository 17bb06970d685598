use ndarray::{Array1, Array2, Axis};

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
    log_probability / ((5 + length) as f64 / 6.0).powf(alpha)
}

pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let shifted = scores - &largest;
    let sums = shifted.exp().sum_axis(Axis(1)).insert_axis(Axis(1));
    let all = shifted.exp() / sums + followed.clone().insert_axis(Axis(1));
    let continuation = |((came_from, token), &log_probability)| Continuation { came_from, token, log_probability };
    let mut all: Vec<Continuation> = all.indexed_iter().map(continuation).collect();
    all.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    all.truncate(width);
    all
}

pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let mut followed = vec![Hypothesis { tokens: Vec::new(), log_probability: 0.0 }];
    let mut rows = vec![Row { came_from: 0, last: None }];
    let mut ended = Vec::new();
    for _ in 0..search.limit {
        if followed.is_empty() {
            break;
        }
        let scores = model(&rows);
        let log_probabilities = followed.iter().map(|text| text.log_probability).collect();
        let before = std::mem::take(&mut followed);
        rows.clear();
        for found in continuations(&log_probabilities, &scores, search.width) {
            let mut tokens = before[found.came_from].tokens.clone();
            tokens.push(found.token);
            let text = Hypothesis { tokens, log_probability: found.log_probability };
            if found.token == search.end {
                ended.push(text);
            } else {
                followed.push(text);
                rows.push(Row { came_from: found.came_from, last: Some(found.token) });
            }
        }
    }
    let score_of = |text: &Hypothesis| score(text.log_probability, text.tokens.len(), search.alpha);
    ended.sort_by(|a, b| score_of(b).total_cmp(&score_of(a)));
    if ended.is_empty() { followed } else { ended }
}
