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
    let p = log_probability.exp();
    let lp = ((5 + length) as f64 / 6.0).powf(alpha);
    p / lp
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
    let Search { width, alpha, limit, end } = search;
    let mut beam: Vec<(Hypothesis, usize)> = vec![(Hypothesis { tokens: vec![], log_probability: 0.0 }, 0)];
    let mut finished = vec![];
    let mut step = 0;
    while step < limit && !beam.is_empty() {
        let rows: Vec<Row> = beam.iter().map(|(h, from)| Row { came_from: *from, last: h.tokens.last().copied() }).collect();
        let scores = model(&rows);
        let ln_p = Array1::from_iter(beam.iter().map(|(h, _)| h.log_probability));
        let mut new_beam = vec![];
        for Continuation { came_from, token, log_probability } in continuations(&ln_p, &scores, width) {
            let mut tokens = beam[came_from].0.tokens.clone();
            tokens.push(token);
            let text = Hypothesis { tokens, log_probability };
            if token == end {
                finished.push(text);
            } else {
                new_beam.push((text, came_from));
            }
        }
        beam = new_beam;
        step += 1;
    }
    if finished.is_empty() {
        return beam.into_iter().map(|(h, _)| h).collect();
    }
    let key = |h: &Hypothesis| score(h.log_probability, h.tokens.len(), alpha);
    finished.sort_by(|a, b| key(b).partial_cmp(&key(a)).unwrap());
    finished
}
