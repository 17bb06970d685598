//! The keys on text to text.

use data::Token;
use ndarray::{Array1, arr2, arr3};
use t5::{SpanCorruption, T5, T5Config};
use tensor::{Context, Init, Initializer, Parameters, Tensor};
use transformer::scaled_dot_product::{Heads, ScoreBias, literal};
use transformer::{Buckets, Mask, RelativePositions};

use crate::{Computed, number, set, shape};

/// q·k and the number for the distance.
fn score() -> String {
    let [q, k] = [[2.0, 1.0], [3.0, -1.0]].map(|vector| Tensor::constant(arr3(&[[vector]])));
    let scale = T5Config::block(2, 1).score_scale;
    let found = literal::scores(&q, &k, Heads { queries: 1, keys: 1, scale });
    number(found.value()[[0, 0, 0, 0]] + 0.5)
}

/// All parameters of a model whose names speak of distances.
fn numbers() -> String {
    let mut parameters = Parameters::new();
    T5::new(&mut Init::unset(&mut parameters), T5Config::v1_0(20, 6, 16, 8)).unwrap();
    let tables = parameters.iter().filter(|(_, parameter)| parameter.name().contains("relative"));
    tables.map(|(_, parameter)| parameter.value().len()).sum::<usize>().to_string()
}

fn bias() -> String {
    let mut parameters = Parameters::new();
    let buckets = Buckets::t5(Mask::Bidirectional);
    let table = RelativePositions::new(&mut Init::new(&mut parameters, 1), buckets, 8, Initializer::Constant(0.0));
    match table.forward(&Context::eval(&parameters), 0..10, 10) {
        ScoreBias::Pairs(pairs) => shape(pairs.shape()),
        ScoreBias::Keys(_) => panic!("T5's numbers depend on query and key"),
    }
}

/// The score of a token whose row has the inner product 24 with the decoder's vector.
fn scaled() -> String {
    let mut parameters = Parameters::new();
    let model = T5::new(&mut Init::unset(&mut parameters), T5Config::v1_0(3, 1, 64, 4)).unwrap();
    let mut rows = ndarray::Array2::zeros((3, 64));
    rows[[2, 0]] = 24.0;
    set(&mut parameters, "shared.weight", rows);
    let mut vector = Array1::zeros(64);
    vector[0] = 1.0;
    let scores = model.output(&Context::eval(&parameters), &Tensor::constant(arr2(&[[0.0; 64]]) + &vector));
    number(scores.value()[[0, 2]])
}

pub fn computed() -> Computed {
    let [encoder, decoder] = [Mask::Bidirectional, Mask::Causal].map(Buckets::t5);
    let text: Vec<Token> = (0..100).collect();
    let (source, target) = SpanCorruption::new((200..300).rev().collect()).corrupt(&text, 1, 0);
    vec![
        ("score", score()),
        ("behind", encoder.of(4, 7).to_string()),
        ("far", decoder.of(40, 0).to_string()),
        ("numbers", numbers()),
        ("bias", bias()),
        ("source", source.len().to_string()),
        ("target", target.len().to_string()),
        ("scaled", scaled()),
    ]
}
