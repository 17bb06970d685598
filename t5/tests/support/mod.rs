//! A small T5 of each version, and sentences of different lengths for it.

use data::pairs::PairBatch;
use t5::{T5, T5Config};
use tensor::check::random_tensor;
use tensor::{Init, Parameters};
use transformer::BlockConfig;

/// Three pairs of sentences: S = 6 and T = 5, padded.
pub fn batch() -> PairBatch {
    PairBatch::new(&[(&[3, 4, 5, 6, 7, 8], &[5, 4]), (&[8, 8, 3], &[6, 3, 4, 7]), (&[4], &[8])])
}

/// Both versions, with heads that together are wider than the model, few buckets, and more blocks in the decoder.
pub fn configs() -> [T5Config; 2] {
    [T5Config::v1_0(9, 2, 8, 2), T5Config::v1_1(9, 2, 8, 2)].map(|config| T5Config {
        block: BlockConfig { head_width: Some(5), feed_forward: 6, ..config.block },
        decoder_layers: 3,
        buckets: 4,
        max_distance: 4,
        ..config
    })
}

/// A model whose every parameter is moved from where it began, so that every token, gain and distance matters.
pub fn loud(config: T5Config) -> (Parameters, T5) {
    let mut parameters = Parameters::new();
    let model = T5::new(&mut Init::new(&mut parameters, 1), config).expect("possible");
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let value = parameters.get(id).value() + &(random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.3);
        parameters.set(id, value.into_shared());
    }
    (parameters, model)
}
