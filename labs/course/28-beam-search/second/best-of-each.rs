use ndarray::{Array1, Array2, ArrayView1};

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

fn log_softmax(row: ArrayView1<f64>) -> Array1<f64> {
    let max = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_sum = row.mapv(|z| (z - max).exp()).sum().ln();
    row.mapv(|z| z - max - log_sum)
}

pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let mut best = Vec::new();
    for (k, row) in scores.rows().into_iter().enumerate() {
        let ln_p = log_softmax(row);
        let mut token = 0;
        for v in 1..ln_p.len() {
            if ln_p[v] > ln_p[token] {
                token = v;
            }
        }
        best.push(Continuation { came_from: k, token, log_probability: followed[k] + ln_p[token] });
    }
    best.sort_by(|a, b| b.log_probability.total_cmp(&a.log_probability));
    best.truncate(width);
    best
}

pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let mut rows = vec![Row { came_from: 0, last: None }];
    let mut followed = vec![Hypothesis { tokens: Vec::new(), log_probability: 0.0 }];
    let mut ended: Vec<Hypothesis> = Vec::new();
    for _ in 0..search.limit {
        if followed.is_empty() {
            break;
        }
        let scores = model(&rows);
        let ln_p: Array1<f64> = followed.iter().map(|h| h.log_probability).collect();
        let taken = continuations(&ln_p, &scores, search.width);
        let mut next = Vec::new();
        let mut next_rows = Vec::new();
        for c in taken {
            let mut tokens = followed[c.came_from].tokens.clone();
            tokens.push(c.token);
            let hypothesis = Hypothesis { tokens, log_probability: c.log_probability };
            if c.token == search.end {
                ended.push(hypothesis);
            } else {
                next.push(hypothesis);
                next_rows.push(Row { came_from: c.came_from, last: Some(c.token) });
            }
        }
        followed = next;
        rows = next_rows;
    }
    if ended.is_empty() {
        return followed;
    }
    ended.sort_by(|a, b| {
        let score_a = score(a.log_probability, a.tokens.len(), search.alpha);
        let score_b = score(b.log_probability, b.tokens.len(), search.alpha);
        score_b.total_cmp(&score_a)
    });
    ended
}
