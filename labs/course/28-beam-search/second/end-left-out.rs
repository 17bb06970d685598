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
    log_probability / ((5 + length) as f64 / 6.0).powf(alpha)
}

pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let (k_count, v_count) = scores.dim();
    let mut candidates = Vec::new();
    for k in 0..k_count {
        let mut max = f64::NEG_INFINITY;
        for v in 0..v_count {
            max = max.max(scores[[k, v]]);
        }
        let mut sum = 0.0;
        for v in 0..v_count {
            sum += (scores[[k, v]] - max).exp();
        }
        for v in 0..v_count {
            let ln_p = scores[[k, v]] - max - sum.ln();
            candidates.push((followed[k] + ln_p, k, v));
        }
    }
    let mut best = Vec::new();
    while best.len() < width && !candidates.is_empty() {
        let mut top = 0;
        for i in 1..candidates.len() {
            if candidates[i].0 > candidates[top].0 {
                top = i;
            }
        }
        let (log_probability, came_from, token) = candidates.remove(top);
        best.push(Continuation { came_from, token, log_probability });
    }
    best
}

pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let mut texts = vec![Hypothesis { tokens: vec![], log_probability: 0.0 }];
    let mut rows = vec![Row { came_from: 0, last: None }];
    let mut ended: Vec<(f64, Hypothesis)> = vec![];
    for n in 1..=search.limit {
        if texts.is_empty() {
            break;
        }
        let scores = model(&rows);
        let ln_p: Array1<f64> = texts.iter().map(|t| t.log_probability).collect();
        let mut next = vec![];
        let mut next_rows = vec![];
        for c in continuations(&ln_p, &scores, search.width) {
            let mut tokens = texts[c.came_from].tokens.clone();
            if c.token == search.end {
                let s = score(c.log_probability, n, search.alpha);
                ended.push((s, Hypothesis { tokens, log_probability: c.log_probability }));
            } else {
                tokens.push(c.token);
                next.push(Hypothesis { tokens, log_probability: c.log_probability });
                next_rows.push(Row { came_from: c.came_from, last: Some(c.token) });
            }
        }
        texts = next;
        rows = next_rows;
    }
    if ended.is_empty() {
        return texts;
    }
    ended.sort_by(|a, b| b.0.total_cmp(&a.0));
    ended.into_iter().map(|(_, h)| h).collect()
}
