use ndarray::{Array2, ArrayView1, Axis};

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
    let old = keys.nrows() - new;
    let mask = Array2::from_shape_fn((new, old + new), |(t, j)| if j < old + t { 0.0 } else { f64::NEG_INFINITY });
    let mut scores = q.dot(&keys.t()) / (d as f64).sqrt() + &mask;
    for mut row in scores.rows_mut() {
        let max = row.fold(f64::NEG_INFINITY, |m, &z| m.max(z));
        row.mapv_inplace(|z| (z - max).exp());
        let sum = row.sum();
        row /= sum;
    }
    scores.dot(values)
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

fn best(scores: ArrayView1<f64>) -> usize {
    let mut winner = 0;
    for (i, &score) in scores.iter().enumerate() {
        if score > scores[winner] {
            winner = i;
        }
    }
    winner
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let texts = prompts.nrows();
    let mut made = Array2::zeros((texts, count));
    let mut caches = Vec::with_capacity(texts);
    for b in 0..texts {
        let mut cache = KeyValueCache {
            keys: Array2::zeros((0, model.w_k.nrows())),
            values: Array2::zeros((0, model.w_v.nrows())),
        };
        let mut tokens = prompts.row(b).to_vec();
        for i in 0..count {
            let x = model.table.select(Axis(0), &tokens);
            let y = read(&x, model, &mut cache);
            let z = y.dot(&model.w_o.t());
            let token = best(z.row(z.nrows() - 1));
            made[[b, i]] = token;
            tokens = vec![token];
        }
        caches.push(cache);
    }
    (made, caches)
}
