use ndarray::{Array1, Array2, Axis, s};

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
    let s = cache.keys.nrows();
    let mut keys = cache.keys.clone();
    let mut values = cache.values.clone();
    let mut q = Array2::zeros((0, model.w_q.nrows()));
    for t in 0..x.nrows() {
        let here = &x.row(t) + &model.places.row(s + t);
        q.push_row(model.w_q.dot(&here).view()).unwrap();
        keys.push_row(model.w_k.dot(&here).view()).unwrap();
        values.push_row(model.w_v.dot(&here).view()).unwrap();
    }
    attend(&q, &keys, &values)
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


fn empty_cache(model: &Model) -> KeyValueCache {
    KeyValueCache {
        keys: Array2::zeros((0, model.w_k.nrows())),
        values: Array2::zeros((0, model.w_v.nrows())),
    }
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut all = Vec::new();
    let mut caches = Vec::new();
    for prompt in prompts.outer_iter() {
        let mut cache = empty_cache(model);
        let mut y = read(&model.table.select(Axis(0), &prompt.to_vec()), model, &mut cache);
        for i in 0..count {
            let token = argmax(&model.w_o.dot(&y.row(y.nrows() - 1)));
            all.push(token);
            if i + 1 < count {
                y = read(&model.table.select(Axis(0), &[token]), model, &mut cache);
            }
        }
        caches.push(cache);
    }
    (Array2::from_shape_vec((prompts.nrows(), count), all).unwrap(), caches)
}
