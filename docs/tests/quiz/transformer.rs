//! The keys on Transformers.

use data::masked::WordMask;
use data::pairs::{PairBatch, Sources};
use ndarray::{Array3, arr1, arr2, arr3};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::scaled_dot_product::{Mask, literal};
use transformer::{Block, BlockConfig, EncoderConfig, MaskedLanguageModel, Transformer, TransformerConfig, sinusoidal};

use crate::{Computed, loss, number, shape};

/// The weights with which the decoder's second block looks at the memory: sources of 7 words, translations of 4 and END.
fn cross_weights() -> String {
    let mut parameters = Parameters::new();
    let config = TransformerConfig::new(9, 9, 2, 12, 3);
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let source: &[u32] = &[3, 4, 5, 6, 7, 8, 3];
    let batch = PairBatch::new(&[(source, &[6, 7, 8, 3]), (source, &[8, 7, 6, 5])]);
    let weights = model.attention_weights(&Context::eval(&parameters), &batch);
    shape(weights.cross[1].shape())
}

pub fn of_transformer() -> Computed {
    // The second key has the score 0, and only the first has a value.
    let vectors = |rows: &[[Real; 4]]| {
        let numbers = rows.iter().flatten().copied().collect();
        Tensor::constant(Array3::from_shape_vec((1, rows.len(), 4), numbers).unwrap())
    };
    let keys = vectors(&[[2.0, 1.0, 5.0, 0.0], [0.0; 4]]);
    let values = vectors(&[[1.0; 4], [0.0; 4]]);
    let found = literal::attention(&vectors(&[[1.0, 2.0, 0.0, 1.0]]), &keys, &values, 1, Mask::Bidirectional);
    let weight = f64::from(found.value()[[0, 0, 0]]);

    // A head of width 1, so that the scores are the keys.
    let column = |numbers: [Real; 3]| Tensor::constant(arr3(&[numbers.map(|x| [x])]));
    let scores = column([0.0, (3.0 as Real).ln(), (6.0 as Real).ln()]);
    let causal = literal::attention(&column([1.0; 3]), &scores, &column([1.0, 0.0, 0.0]), 1, Mask::Causal);

    let ones = |sizes| Tensor::constant(Array3::ones(sizes));
    let (memory, queries) = (ones((2, 7, 12)), ones((2, 5, 12)));
    let returned = literal::attention(&queries, &memory, &memory, 3, Mask::Bidirectional);

    let [x, weight_one] = [arr2(&[[2.0, 6.0]]).into_dyn(), arr1(&[1.0, 1.0]).into_dyn()].map(Tensor::constant);
    let normal = nn::layer_norm(&x, &weight_one, None, 0.0);

    let mut parameters = Parameters::new();
    Block::new(&mut Init::new(&mut parameters, 1), &BlockConfig::new(6, 3), 0, 1);
    let values = parameters.iter().map(|(_, parameter)| parameter.value());
    let in_matrices: usize = values.filter(|value| value.ndim() == 2).map(|value| value.len()).sum();
    vec![
        ("score", number((weight / (1.0 - weight)).ln())),
        ("causal", number(causal.value()[[0, 1, 0]])),
        ("weights", cross_weights()),
        ("memory", shape(returned.shape())),
        ("norm", number(normal.value()[[0, 0]])),
        ("position", number(sinusoidal(2, 4)[[1, 0]])),
        ("block", in_matrices.to_string()),
    ]
}

pub fn of_shapes() -> Computed {
    let rule = WordMask::new(9, 3..9);

    let mut parameters = Parameters::new();
    let config = EncoderConfig::new(11, 2, 6, 3);
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let sentence: &[u32] = &[3, 4, 5, 6, 7, 8, 3];
    let scores = model.logits(&Context::eval(&parameters), &Sources::new(&[sentence, sentence]));

    // Each of three words is of the one answer or of the other.
    let drawn = 0..8_u32;
    let right = drawn.clone().filter(|words| [0b000, 0b111].contains(words)).count();
    vec![
        ("masked", number(1000.0 * rule.chosen * rule.hidden)),
        ("logits", shape(scores.shape())),
        ("cross", cross_weights()),
        ("at-once", number(right as f64 / drawn.count() as f64)),
        ("bits", number(loss(&[0.5, 0.25, 0.25, 0.5]) / std::f64::consts::LN_2)),
    ]
}
