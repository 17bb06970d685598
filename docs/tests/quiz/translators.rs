//! The keys on translators between recurrent networks.

use attention::{Attention, Form, Score};
use data::pairs::{PairBatch, Sources};
use lstm::Lstm;
use ndarray::{Array3, arr1, arr2, arr3};
use nn::{BeamSearch, Translator};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::{Computed, loss, number, recorded, set, shape};

pub fn of_seq2seq() -> Computed {
    let mut parameters = Parameters::new();
    let config = Seq2SeqConfig { layers: 2, ..Seq2SeqConfig::new(9, 4, 5) };
    let model = Seq2Seq::<Lstm>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let cx = Context::eval(&parameters);
    let (vector, _) = model.vector(&cx, &Sources::new(&[&[3, 4], &[5, 6, 7], &[8]]));
    let batch = PairBatch::new(&[(&[3, 4], &[5, 6, 7]), (&[8, 7, 6, 5], &[4, 5, 6, 7, 8])]);

    let empty = Parameters::new();
    let cx_of_nothing = recorded(&empty);
    let uniform = cx_of_nothing.leaf(arr2(&[[0.0; 5]]));
    let smoothed = nn::smoothed_cross_entropy(&uniform, arr1(&[2]).view().into_dyn(), 0.1);
    // The gradient is what is given less what is asked for.
    let asked = 0.2 - f64::from(smoothed.backward().of(&uniform).unwrap()[[0, 2]]);

    vec![
        ("vector", shape(vector.shape())),
        ("scores", shape(model.logits(&cx, &batch).shape())),
        ("sentence", number((-4.0 * loss(&[0.5; 4])).exp())),
        ("perplexity", number(nn::metrics::perplexity(loss(&[0.5, 0.125])))),
        ("smoothing", number(asked)),
        ("penalty", number(BeamSearch::new(1, 1.0, 50).unwrap().score(-3.0, 7))),
    ]
}

/// Context and alignment of a query of one number over states of one number.
fn look(score: Score, query: Real, states: &[Real]) -> [Vec<f64>; 2] {
    let mut parameters = Parameters::new();
    let attention = Attention::new(&mut Init::new(&mut parameters, 1), score, 1, 1, 1);
    if score == Score::Additive {
        set(&mut parameters, "query.weight", arr2(&[[2.0]]));
        set(&mut parameters, "key.weight", arr2(&[[1.0]]));
        set(&mut parameters, "v", arr1(&[3.0]));
    }
    let cx = Context::eval(&parameters);
    let states_in_a_row = Array3::from_shape_vec((1, states.len(), 1), states.to_vec()).unwrap();
    let memory = attention.memory(&cx, Tensor::constant(states_in_a_row), vec![states.len()]);
    let found = attention.scoring(&cx).attend(&Tensor::constant(arr3(&[[[query]]])), &memory, Form::Literal);
    found.map(|found| found.value().iter().map(|&x| x.into()).collect())
}

pub fn of_attention() -> Computed {
    // Scores of 0 and ln 3.
    let [_, weights] = look(Score::Dot, 1.0, &[0.0, (3.0 as Real).ln()]);
    // Scores that are ln 3 apart, of states 4 and 8.
    let [context, same] = look(Score::Dot, (3.0 as Real).ln() / 4.0, &[4.0, 8.0]);
    assert!((same[1] - 0.75).abs() < 1e-6, "{same:?}");
    // Beside a state whose score is 3·tanh(0) = 0.
    let [_, pair] = look(Score::Additive, 0.25, &[0.5, -0.5]);
    let [_, alone] = look(Score::Dot, 1.0, &[-5.0]);

    let mut parameters = Parameters::new();
    let attention = Attention::new(&mut Init::new(&mut parameters, 1), Score::Additive, 4, 6, 7); // H, C, A
    let cx = Context::eval(&parameters);
    let ones = |sizes| Tensor::constant(Array3::ones(sizes));
    let memory = attention.memory(&cx, ones((2, 5, 6)), vec![5, 5]);
    let [_, alignment] = attention.scoring(&cx).attend(&ones((2, 3, 4)), &memory, Form::Literal);
    vec![
        ("weight", number(weights[1])),
        ("context", number(context[0])),
        ("score", number((pair[0] / pair[1]).ln())),
        ("alignment", shape(alignment.shape())),
        ("keys", shape(memory.keys.shape())),
        ("parameters", parameters.count().to_string()),
        ("one-word", number(alone[0])),
    ]
}
