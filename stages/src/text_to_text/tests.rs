use t5::T5Config;
use transformer::{Biases, BlockConfig};

use super::{TextToTextConfig, TextToTextStage};
use crate::Sizes;

const SIZES: Sizes = Sizes {
    vocabulary: 9,
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
    let plain = T5Config::v1_0(9, 3, 10, 2);
    let block = |block| T5Config { block, ..plain.clone() };
    let all = [
        T5Config { decoder_layers: 1, ..plain.clone() },
        T5Config { tied_head: false, buckets: 8, ..plain.clone() },
        block(BlockConfig { head_width: Some(4), feed_forward: 3, ..plain.block.clone() }),
        block(BlockConfig { bias: Biases { feed_forward: true, ..Biases::NONE }, ..plain.block.clone() }),
        plain,
    ];
    for config in all.map(TextToTextConfig::T5).into_iter().chain([TextToTextStage::T5.configure(SIZES, 0, 1)]) {
        let (_, parameters) = config.build(1).unwrap();
        assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
    }
}

#[test]
fn step_02_a_configuration_survives_its_file() {
    for stage in TextToTextStage::ALL {
        let config = stage.configure(SIZES, 0, 1);
        let json = serde_json::to_string(&config).unwrap();
        assert!(json.starts_with(&format!("{{\"stage\":\"{stage}\",")), "{json}");
        assert_eq!(serde_json::from_str::<TextToTextConfig>(&json).unwrap(), config);
        assert_eq!((config.stage(), config.vocabulary()), (stage, 9));
    }
}

#[test]
fn step_03_impossible_configurations_are_told() {
    let said = |sizes| TextToTextStage::T5.configure(sizes, 0, 1).build(1).err().unwrap().to_string();
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
        ("architecture", Sizes { architecture: gpt::Architecture::Llama, ..SIZES }),
    ];
    for stage in TextToTextStage::ALL {
        let before = stage.configure(SIZES, 0, 1);
        let read = changed.iter().filter(|(_, sizes)| stage.configure(*sizes, 0, 1) != before).map(|(name, _)| *name);
        assert_eq!(read.collect::<Vec<_>>(), stage.about().reads, "{stage}");
    }
}
