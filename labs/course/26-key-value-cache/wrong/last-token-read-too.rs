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
    let cached = keys.nrows() - q.nrows();
    let mut scores = q.dot(&keys.t()) / (q.ncols() as f64).sqrt();
    for ((t, j), score) in scores.indexed_iter_mut() {
        if j > cached + t {
            *score = f64::NEG_INFINITY;
        }
    }
    softmax(&scores).dot(values)
}

pub fn read(x: &Array2<f64>, model: &Model, cache: &mut KeyValueCache) -> Array2<f64> {
    let cached = cache.keys.nrows();
    let x = x + &model.places.slice(s![cached..cached + x.nrows(), ..]);
    cache.keys = behind(&cache.keys, &x.dot(&model.w_k.t()));
    cache.values = behind(&cache.values, &x.dot(&model.w_v.t()));
    attend(&x.dot(&model.w_q.t()), &cache.keys, &cache.values)
}

pub fn generate(prompts: &Array2<usize>, model: &Model, count: usize) -> (Array2<usize>, Vec<KeyValueCache>) {
    let mut tokens = Array2::zeros((prompts.nrows(), count));
    let mut caches = Vec::new();
    for (prompt, mut made) in prompts.outer_iter().zip(tokens.outer_iter_mut()) {
        let mut cache = empty(model);
        let mut new = prompt.to_vec();
        for token in &mut made {
            let y = read(&model.table.select(Axis(0), &new), model, &mut cache);
            *token = likeliest(model.w_o.dot(&y.row(y.nrows() - 1)).view());
            new = vec![*token];
        }
        read(&model.table.select(Axis(0), &new), model, &mut cache);
        caches.push(cache);
    }
    (tokens, caches)
}

fn empty(model: &Model) -> KeyValueCache {
    KeyValueCache { keys: Array2::zeros((0, model.w_k.nrows())), values: Array2::zeros((0, model.w_v.nrows())) }
}

fn behind(cached: &Array2<f64>, new: &Array2<f64>) -> Array2<f64> {
    concatenate(Axis(0), &[cached.view(), new.view()]).expect("rows of one width")
}

fn likeliest(scores: ArrayView1<'_, f64>) -> usize {
    let mut best = 0;
    for (token, &score) in scores.iter().enumerate() {
        if score > scores[best] {
            best = token;
        }
    }
    best
}

fn softmax(scores: &Array2<f64>) -> Array2<f64> {
    let largest = scores.fold_axis(Axis(1), f64::NEG_INFINITY, |a, b| a.max(*b)).insert_axis(Axis(1));
    let exponentials = (scores - &largest).exp();
    let sums = exponentials.sum_axis(Axis(1)).insert_axis(Axis(1));
    exponentials / sums
}
