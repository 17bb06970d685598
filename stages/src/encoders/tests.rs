use bert::BertConfig;
use transformer::Biases;

use super::{EncoderConfig, EncoderStage};
use crate::Sizes;

const SIZES: Sizes = Sizes {
    vocabulary: 7,
    context: 9,
    layers: 3,
    width: 10,
    embedding: 4,
    heads: 2,
    dropout: 0.0,
    carry: false,
    architecture: gpt::Architecture::Gpt2,
};

#[test]
fn step_01_the_count_is_that_of_the_model() {
    let plain = BertConfig::new(7, 9, 3, 10, 2);
    let mut narrow = plain.clone();
    narrow.block.feed_forward = 3;
    let mut few_biases = plain.clone();
    few_biases.block.bias = Biases { queries_keys_values: false, ..Biases::ALL };
    let all = [
        BertConfig { token_types: 0, ..plain.clone() },
        BertConfig { pooler: true, ..plain.clone() },
        BertConfig { masked_words: false, ..plain.clone() },
        plain,
        narrow,
        few_biases,
    ];
    for config in all.map(EncoderConfig::Bert).into_iter().chain([EncoderStage::Bert.configure(SIZES)]) {
        let (_, parameters) = config.build(1).unwrap();
        assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
    }
}

#[test]
fn step_02_a_configuration_survives_its_file() {
    for stage in EncoderStage::ALL {
        let config = stage.configure(SIZES);
        let json = serde_json::to_string(&config).unwrap();
        assert!(json.starts_with(&format!("{{\"stage\":\"{stage}\",")), "{json}");
        assert_eq!(serde_json::from_str::<EncoderConfig>(&json).unwrap(), config);
        assert_eq!((config.stage(), config.vocabulary(), config.longest()), (stage, 7, Some(9)));
    }
}

#[test]
fn step_03_impossible_configurations_are_told() {
    let said = |sizes| EncoderStage::Bert.configure(sizes).build(1).err().unwrap().to_string();
    assert_eq!(
        said(Sizes { heads: 3, ..SIZES }),
        "a width of 10 cannot be divided among 3 heads; choose a width that is a multiple of the heads"
    );
    assert!(said(Sizes { width: 1 << 20, heads: 1, ..SIZES }).starts_with("such a model has "));
}

/// What it does not read changes nothing in it.
#[test]
fn step_04_a_stage_reads_what_it_says() {
    let changed = [
        ("context", Sizes { context: 8, ..SIZES }),
        ("layers", Sizes { layers: 2, ..SIZES }),
        ("width", Sizes { width: 8, ..SIZES }),
        ("embedding", Sizes { embedding: 3, ..SIZES }),
        ("heads", Sizes { heads: 5, ..SIZES }),
        ("dropout", Sizes { dropout: 0.5, ..SIZES }),
        ("carry", Sizes { carry: true, ..SIZES }),
    ];
    for stage in EncoderStage::ALL {
        let before = stage.configure(SIZES);
        let read = changed.iter().filter(|(_, sizes)| stage.configure(*sizes) != before).map(|(name, _)| *name);
        assert_eq!(read.collect::<Vec<_>>(), stage.about().reads, "{stage}");
    }
}
