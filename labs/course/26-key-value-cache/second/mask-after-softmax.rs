use ndarray::{Array2, ArrayView1, Axis, concatenate, s};

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
    let before = keys.nrows() - q.nrows();
    let scores = q.dot(&keys.t()) / (q.ncols() as f64).sqrt();
    let maxima = scores.map_axis(Axis(1), |row| row.fold(f64::NEG_INFINITY, |m, &v| m.max(v))).insert_axis(Axis(1));
    let exps = (&scores - &maxima).mapv(f64::exp);
    let sums = exps.sum_axis(Axis(1)).insert_axis(Axis(1));
    let mut weights = exps / &sums;
    weights.indexed_iter_mut().for_each(|((t, j), w)| {
        if j > before + t {
            *w = 0.0;
        }
    });
    weights.dot(values)
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
