//! A small model with numbers so large that every token and parameter matters, and sentences of different lengths.

use bert::{Bert, BertConfig};
use data::Token;
use data::pairs::Sources;
use ndarray::{Array2, array};
use tensor::check::random_tensor;
use tensor::{Init, Parameters, Real};

/// What two orders of summation may differ by, relative to the largest element.
pub const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 2e-5 };

/// Three sentences, S = 6, padded, and the types of their tokens.
pub fn sentences() -> (Sources, Array2<Token>) {
    let sentences = Sources::new(&[&[3, 4, 5, 6, 7, 8], &[8, 8, 3], &[4]]);
    (sentences, array![[0, 0, 0, 1, 1, 1], [1, 0, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0]])
}

/// Two layers, three heads, everything that a BERT can have.
pub fn config() -> BertConfig {
    let mut config = BertConfig { pooler: true, ..BertConfig::new(10, 7, 2, 12, 3) };
    config.block.feed_forward = 7;
    config
}

/// A model all of whose parameters are drawn anew.
pub fn loud(config: BertConfig) -> (Parameters, Bert) {
    let mut parameters = Parameters::new();
    let model = Bert::new(&mut Init::new(&mut parameters, 1), config).expect("possible");
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let value = parameters.get(id).value() + &(random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.3);
        parameters.set(id, value.into_shared());
    }
    (parameters, model)
}
