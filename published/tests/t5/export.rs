//! A T5 goes out as it came in, and one that nobody else has the form of as one that others compute alike.

use ::t5::{T5, T5Config};
use data::pairs::PairBatch;
use nn::Translator;
use published::t5::{self, TextToText};
use published::write::{Existing, Model};
use tensor::{Array, Context, Init, Parameters};
use transformer::{Activation, Biases, BlockConfig, Norm, Normalization};

use super::{FOLDERS, distance, read};

/// What is read where a model was written.
fn exported(t5: &T5, parameters: &Parameters) -> TextToText {
    let published::decoders::Exported { config, tensors } = t5::export(t5, parameters, "run".as_ref()).unwrap();
    let place = tempfile::tempdir().unwrap();
    Model { config: &config, tensors: &tensors, others: &[] }.write(place.path(), Existing::Keep).unwrap();
    t5::read(place.path()).unwrap()
}

#[test]
fn a_t5_goes_out_as_it_came_in() {
    for name in FOLDERS {
        let TextToText { t5, parameters } = read(name);
        let again = exported(&t5, &parameters);
        assert_eq!(again.t5.config(), t5.config(), "{name}");
        assert_eq!(again.parameters.iter().count(), parameters.iter().count(), "{name}");
        for (id, parameter) in parameters.iter() {
            assert_eq!(again.parameters.get(id).value(), parameter.value(), "{name}: {}", parameter.name());
        }
    }
}

fn logits(t5: &T5, parameters: &Parameters) -> Array {
    let batch = PairBatch::new(&[(&[3, 4, 5, 6], &[5, 4]), (&[7, 3], &[6])]);
    t5.logits(&Context::eval(parameters), &batch).value().clone()
}

fn new(config: T5Config) -> (T5, Parameters) {
    let mut parameters = Parameters::new();
    let t5 = T5::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (t5, parameters)
}

/// Versions 4 and 5 of `transformers` understand by one setting both whether the head is the embedding and whether it is scaled.
#[test]
fn whatever_the_head_is_the_scores_are_the_same() {
    for (tied_head, scaled_output) in [(true, true), (true, false), (false, true), (false, false)] {
        let (t5, parameters) = new(T5Config { tied_head, scaled_output, ..T5Config::v1_0(9, 1, 12, 3) });
        let again = exported(&t5, &parameters);
        let config = again.t5.config();
        assert_eq!(config.tied_head && config.scaled_output, tied_head && scaled_output);
        let [ours, theirs] = [logits(&t5, &parameters), logits(&again.t5, &again.parameters)];
        assert!(distance(ours.view(), theirs.view()) < 1e-5);
    }
}

#[test]
fn every_feed_forward_layer_that_t5_can_have_comes_back() {
    for (activation, gated) in [
        (Activation::Relu, false),
        (Activation::Gelu, false),
        (Activation::GeluTanh, false),
        (Activation::Silu, false),
        (Activation::GeluTanh, true),
        (Activation::Silu, true),
    ] {
        let block = BlockConfig { activation, gated, ..T5Config::block(12, 3) };
        let (t5, parameters) = new(T5Config { block, ..T5Config::v1_0(9, 1, 12, 3) });
        let again = exported(&t5, &parameters);
        assert_eq!(again.t5.config(), t5.config());
    }
}

#[test]
fn blocks_that_are_not_t5s_are_refused() {
    let block = T5Config::block(12, 3);
    for block in [
        BlockConfig { bias: Biases { feed_forward: true, ..block.bias }, ..block.clone() },
        BlockConfig { bias: Biases::ALL, normalization: Normalization::LayerNorm { epsilon: 1e-6 }, ..block.clone() },
        BlockConfig { score_scale: None, ..block.clone() },
        BlockConfig { key_value_heads: Some(1), ..block.clone() },
        BlockConfig { activation: Activation::Gelu, gated: true, ..block.clone() },
    ] {
        assert_eq!(block.norm, Norm::Pre);
        let (t5, parameters) = new(T5Config { block, ..T5Config::v1_0(9, 1, 12, 3) });
        let error = t5::export(&t5, &parameters, "run".as_ref()).unwrap_err().to_string();
        assert_eq!(
            error,
            "run holds an encoder-decoder whose blocks are not T5's; keep it in the files that it was published in"
        );
    }
}
