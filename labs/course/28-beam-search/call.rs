use labkit::Values;
use ndarray::{Array1, Array2};

use super::lab::{self, Row, Search};

pub fn call(exercise: &str, inputs: &Values) -> Values {
    match exercise {
        "score" => {
            let (log_probability, alpha) = (inputs.number("log_probability"), inputs.number("alpha"));
            let score = lab::score(log_probability, inputs.count("length"), alpha);
            Values::new().with("score", ndarray::arr0(score))
        }
        "continuations" => {
            let (followed, scores) = (inputs.array("followed"), inputs.array("scores"));
            let found = lab::continuations(&followed, &scores, inputs.count("width"));
            let came_from = Array1::from_iter(found.iter().map(|one| one.came_from));
            let token = Array1::from_iter(found.iter().map(|one| one.token));
            let log_probability = Array1::from_iter(found.iter().map(|one| one.log_probability));
            Values::new().with("came_from", came_from).with("token", token).with("log_probability", log_probability)
        }
        _ => {
            let [width, limit, end] = ["width", "limit", "end"].map(|name| inputs.count(name));
            let search = Search { width, alpha: inputs.number("alpha"), limit, end };
            let found = lab::beam_search(search, &mut model(inputs));
            found.into_iter().enumerate().fold(Values::new(), |all, (place, text)| {
                all.with(&format!("text_{place}"), Array1::from(text.tokens))
                    .with(&format!("log_probability_{place}"), ndarray::arr0(text.log_probability))
            })
        }
    }
}

/// A small recurrent network: h = tanh(W_h h + table[token]), and the scores W_o h. It begins with h = 1.
fn model(inputs: &Values) -> impl FnMut(&[Row]) -> Array2<f64> {
    let [table, w_h, w_o]: [Array2<f64>; 3] = ["table", "w_h", "w_o"].map(|name| inputs.array(name));
    let mut states = vec![Array1::ones(w_h.nrows())];
    move |rows| {
        let next = rows.iter().map(|row| {
            let before = &states[row.came_from];
            row.last.map_or_else(|| before.clone(), |token| (w_h.dot(before) + table.row(token)).tanh())
        });
        states = next.collect();
        let mut scores = Array2::zeros((rows.len(), w_o.nrows()));
        for (mut scores, state) in scores.outer_iter_mut().zip(&states) {
            scores.assign(&w_o.dot(state));
        }
        scores
    }
}
