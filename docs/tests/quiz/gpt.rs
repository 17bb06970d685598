//! The keys on GPT.

use ::gpt::{Gpt, GptConfig};
use data::TextBatch;
use ndarray::{Array2, arr1};
use nn::{LanguageModel, Trainable};
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::{Computed, number, shape};

fn model(config: GptConfig) -> (Parameters, Gpt) {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (parameters, model)
}

pub fn of_gpt() -> Computed {
    let (parameters, small) = model(GptConfig::new(11, 5, 1, 6, 2));
    let scores = small.logits(&Context::eval(&parameters), Array2::zeros((2, 5)).view());
    let windows = Array2::zeros((12, 64));
    let exercises = small.targets(&TextBatch { inputs: windows.clone(), targets: windows });
    let (counted, _) = model(GptConfig::new(10, 8, 1, 4, 2));
    let thirds = Tensor::constant(arr1(&[0.0, 0.0, std::f64::consts::LN_2 as Real])).softmax();
    let config = GptConfig::new(65, 128, 4, 128, 4);
    let kept = 2 * config.layers * config.block.width * 100;
    vec![
        ("scores", shape(scores.shape())),
        ("parameters", counted.count().to_string()),
        ("exercises", exercises.to_string()),
        ("probability", number(thirds.value()[[2]])),
        ("kept", kept.to_string()),
    ]
}
