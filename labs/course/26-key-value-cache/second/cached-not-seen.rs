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
    let cached = keys.nrows() - q.nrows();
    let width = q.ncols();
    let mut gathered = Array2::<f64>::zeros((q.nrows(), values.ncols()));
    for t in 0..q.nrows() {
        let mut weights = Vec::with_capacity(t + 1);
        for j in cached..=cached + t {
            let score = q.row(t).dot(&keys.row(j)) / (width as f64).sqrt();
            weights.push(score);
        }
        let max = weights.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = weights.iter().map(|w| (w - max).exp()).sum();
        for (i, w) in weights.iter().enumerate() {
            let p = (w - max).exp() / sum;
            gathered.row_mut(t).scaled_add(p, &values.row(cached + i));
        }
    }
    gathered
}

pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let s = cache.keys.shape()[0];
    let mut x_placed = x.clone();
    for t in 0..x.nrows() {
        for c in 0..x.ncols() {
            x_placed[[t, c]] += model.places[[s + t, c]];
        }
    }
    let queries = x_placed.dot(&model.w_q.t());
    cache.keys.append(Axis(0), x_placed.dot(&model.w_k.t()).view()).unwrap();
    cache.values.append(Axis(0), x_placed.dot(&model.w_v.t()).view()).unwrap();
    attend(&queries, &cache.keys, &cache.values)
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
