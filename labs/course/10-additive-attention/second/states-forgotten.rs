use ndarray::{Array1, Array2};

pub fn additive_scores(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> Array1<f64> {
    let _ = w_k;
    let hidden: Vec<f64> = w_q.outer_iter().map(|row| row.dot(query).tanh()).collect();
    let mut score = 0.0;
    for (x, y) in hidden.iter().zip(v) {
        score += x * y;
    }
    Array1::from_elem(states.nrows(), score)
}

pub fn additive_attention(
    query: &Array1<f64>,
    states: &Array2<f64>,
    w_q: &Array2<f64>,
    w_k: &Array2<f64>,
    v: &Array1<f64>,
) -> (Array1<f64>, Array1<f64>) {
    let mut a = additive_scores(query, states, w_q, w_k, v);
    let mut biggest = a[0];
    for x in a.iter() {
        if *x > biggest {
            biggest = *x;
        }
    }
    let mut total = 0.0;
    for x in a.iter_mut() {
        *x = (*x - biggest).exp();
        total += *x;
    }
    a /= total;
    let mut context = Array1::<f64>::zeros(states.ncols());
    for j in 0..states.nrows() {
        for c in 0..states.ncols() {
            context[c] += a[j] * states[[j, c]];
        }
    }
    (context, a)
}
