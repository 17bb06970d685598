use labkit::Values;
use ndarray::{Array1, Array2};

use super::lab::{self, Step};

pub fn call(_: &str, inputs: &Values) -> Values {
    let (tape, values): (Array2<usize>, Array1<f64>) = (inputs.whole("tape"), inputs.array("values"));
    let step = |row: ndarray::ArrayView1<'_, usize>| match row[0] {
        0 => Step::Leaf,
        1 => Step::Add(row[1], row[2]),
        2 => Step::Multiply(row[1], row[2]),
        _ => Step::Tanh(row[1]),
    };
    let tape: Vec<Step> = tape.rows().into_iter().map(step).collect();
    let gradients = lab::backward(&tape, &values.to_vec());
    Values::new().with("gradients", Array1::from_vec(gradients))
}
