use ndarray::{Array1, Array2, Axis, concatenate, s};

/// The keys and values of all positions that were read, the first in front.
#[derive(Clone, Debug)]
pub struct KeyValueCache {
    /// (S, d)
    pub keys: Array2<f64>,
    /// (S, e)
    pub values: Array2<f64>,
}

/// What the model has learned.
#[derive(Clone, Debug)]
pub struct Model {
    /// (N, D)
    pub table: Array2<f64>,
    /// (C, D)
    pub places: Array2<f64>,
    /// (d, D)
    pub w_q: Array2<f64>,
    /// (d, D)
    pub w_k: Array2<f64>,
    /// (e, D)
    pub w_v: Array2<f64>,
    /// (N, e)
    pub w_o: Array2<f64>,
}

pub fn attend(q: &Array2<f64>, keys: &Array2<f64>, values: &Array2<f64>) -> Array2<f64> {
    let offset = keys.nrows() - q.nrows();
    let scale = 1.0 / (q.ncols() as f64).sqrt();
    let mut out = Array2::zeros((q.nrows(), values.ncols()));
    for (t, query) in q.rows().into_iter().enumerate() {
        let end = offset + t + 1;
        let logits = keys.slice(s![..end, ..]).dot(&query) * scale;
        let highest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let exps = logits.mapv(|z| (z - highest).exp());
        let probabilities = &exps / exps.sum();
        out.row_mut(t).assign(&probabilities.dot(&values.slice(s![..end, ..])));
    }
    out
}

pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let start = cache.keys.nrows();
    let placed = x + &model.places.slice(s![start..start + x.nrows(), ..]);
    let q = placed.dot(&model.w_q.t());
    let k = placed.dot(&model.w_k.t());
    let v = placed.dot(&model.w_v.t());
    cache.keys = concatenate![Axis(0), cache.keys, k];
    cache.values = concatenate![Axis(0), cache.values, v];
    attend(&q, &cache.keys, &cache.values)
}

fn argmax(values: &Array1<f64>) -> usize {
    let mut top = (0, f64::NEG_INFINITY);
    for (i, &v) in values.iter().enumerate() {
        if v > top.1 {
            top = (i, v);
        }
    }
    top.0
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut caches = Vec::with_capacity(prompts.nrows());
    let mut tokens_out = Array2::zeros((prompts.nrows(), count));
    for (prompt, mut row) in prompts.outer_iter().zip(tokens_out.outer_iter_mut()) {
        let mut cache = KeyValueCache {
            keys: Array2::zeros((0, model.w_k.nrows())),
            values: Array2::zeros((0, model.w_v.nrows())),
        };
        let mut input = prompt.to_vec();
        for slot in row.iter_mut() {
            let y = read(&model.table.select(Axis(0), &input), model, &mut cache);
            *slot = argmax(&model.w_o.dot(&y.row(0)));
            input = vec![*slot];
        }
        caches.push(cache);
    }
    (tokens_out, caches)
}
