use ndarray::{Array2, Axis};

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
    let (new, d) = q.dim();
    let before = keys.nrows() - new;
    let mut weights = q.dot(&keys.t()) / (d as f64).sqrt();
    for ((t, j), w) in weights.indexed_iter_mut() {
        if j > before + t {
            *w = f64::NEG_INFINITY;
        }
    }
    for mut row in weights.rows_mut() {
        let top = row.fold(f64::NEG_INFINITY, |m, &v| m.max(v));
        row.mapv_inplace(|v| (v - top).exp());
        let total = row.sum();
        row /= total;
    }
    weights.dot(values)
}

pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let mut q = Array2::zeros((x.nrows(), model.w_q.nrows()));
    for (t, vector) in x.outer_iter().enumerate() {
        let place = cache.keys.nrows();
        let here = &vector + &model.places.row(place);
        q.row_mut(t).assign(&model.w_q.dot(&here));
        cache.keys.push_row(model.w_k.dot(&here).view()).unwrap();
        cache.values.push_row(model.w_v.dot(&here).view()).unwrap();
    }
    attend(&q, &cache.keys, &cache.values)
}

fn follower(y: &Array2<f64>, model: &Model) -> usize {
    let z = y.dot(&model.w_o.t());
    let last = z.row(z.nrows() - 1);
    (1..last.len()).fold(0, |best, n| if last[n] > last[best] { n } else { best })
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let b_count = prompts.nrows();
    let mut tokens = Array2::zeros((b_count, count));
    let mut caches = Vec::with_capacity(b_count);
    for b in 0..b_count {
        let mut cache = KeyValueCache {
            keys: Array2::zeros((0, model.w_k.nrows())),
            values: Array2::zeros((0, model.w_v.nrows())),
        };
        let mut y = read(&model.table.select(Axis(0), &prompts.row(b).to_vec()), model, &mut cache);
        for i in 0..count {
            let token = follower(&y, model);
            tokens[[b, i]] = token;
            y = read(&model.table.select(Axis(0), &[token]), model, &mut cache);
        }
        caches.push(cache);
    }
    (tokens, caches)
}
