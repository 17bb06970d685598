use labkit::Values;
use ndarray::{Array1, Array2};

use super::lab;

pub fn call(exercise: &str, inputs: &Values) -> Values {
    let base = inputs.count("base");
    match exercise {
        "train" => {
            let word = |at| -> Array1<usize> { inputs.whole(&format!("word {at}")) };
            let counts: Array1<usize> = inputs.whole("counts");
            let words: Vec<_> = counts.iter().enumerate().map(|(at, &count)| (word(at).to_vec(), count)).collect();
            let merges = lab::train(&words, base, inputs.count("most"));
            let merges =
                Array2::from_shape_fn((merges.len(), 2), |(rank, side)| [merges[rank].0, merges[rank].1][side]);
            Values::new().with("merges", merges)
        }
        _ => {
            let (word, merges): (Array1<usize>, Array2<usize>) = (inputs.whole("word"), inputs.whole("merges"));
            let merges: Vec<_> = merges.rows().into_iter().map(|pair| (pair[0], pair[1])).collect();
            Values::new().with("tokens", Array1::from(lab::encode(&word.to_vec(), base, &merges)))
        }
    }
}
