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
    let lp = ((5.0 + length as f64) / 6.0).powf(alpha);
    log_probability / lp
}

fn log_softmax(scores: &Array2<f64>) -> Array2<f64> {
    let mut out = scores.clone();
    for mut row in out.rows_mut() {
        let max = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        row -= max;
        let log_sum = row.mapv(f64::exp).sum().ln();
        row -= log_sum;
    }
    out
}

pub fn continuations(followed: &Array1<f64>, scores: &Array2<f64>, width: usize) -> Vec<Continuation> {
    let v_count = scores.ncols();
    let totals = log_softmax(scores) + &followed.view().insert_axis(Axis(1));
    let flat: Vec<f64> = totals.iter().copied().collect();
    let mut order: Vec<usize> = (0..flat.len()).collect();
    order.sort_by(|&i, &j| flat[j].partial_cmp(&flat[i]).unwrap());
    order
        .into_iter()
        .take(width)
        .map(|i| Continuation { came_from: i / v_count, token: i % v_count, log_probability: flat[i] })
        .collect()
}

pub fn beam_search(search: Search, model: &mut dyn FnMut(&[Row]) -> Array2<f64>) -> Vec<Hypothesis> {
    let mut beam = vec![(Hypothesis { tokens: vec![], log_probability: 0.0 }, 0)];
    let mut ended = Vec::new();
    for _ in 0..search.limit {
        if beam.is_empty() {
            break;
        }
        let rows: Vec<Row> = beam.iter().map(|(h, came_from)| Row { came_from: *came_from, last: h.tokens.first().copied() }).collect();
        let scores = model(&rows);
        let ln_p: Array1<f64> = beam.iter().map(|(h, _)| h.log_probability).collect();
        let mut next = Vec::new();
        for c in continuations(&ln_p, &scores, search.width) {
            let mut tokens = beam[c.came_from].0.tokens.clone();
            tokens.push(c.token);
            let h = Hypothesis { tokens, log_probability: c.log_probability };
            if c.token == search.end {
                ended.push(h);
            } else {
                next.push((h, c.came_from));
            }
        }
        beam = next;
    }
    if ended.is_empty() {
        beam.into_iter().map(|(h, _)| h).collect()
    } else {
        let value = |h: &Hypothesis| score(h.log_probability, h.tokens.len(), search.alpha);
        ended.sort_by(|a, b| value(b).partial_cmp(&value(a)).unwrap());
        ended
    }
}
