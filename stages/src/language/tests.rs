use gpt::{Architecture, GptConfig, Head};
use ndarray::array;
use nn::LanguageModel;
use tensor::Context;
use transformer::{Biases, BlockConfig, Residuals};

use super::{ModelConfig, Sizes, Stage};

const SIZES: Sizes = Sizes {
    vocabulary: 7,
    context: 9,
    layers: 3,
    width: 10,
    embedding: 4,
    heads: 2,
    dropout: 0.0,
    carry: false,
    architecture: Architecture::Gpt2,
};

fn all() -> Vec<ModelConfig> {
    Stage::ALL.into_iter().map(|stage| stage.configure(SIZES)).collect()
}

#[test]
fn step_01_the_count_is_that_of_the_model() {
    for config in all() {
        let (_, parameters) = config.build(1).unwrap();
        assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
    }
    let mut biased = SIZES.gpt();
    biased.block.bias = true.into();
    let llama = GptConfig::llama(7, 9, 2, 12, 2);
    let shared = BlockConfig { key_value_heads: Some(1), head_width: Some(8), ..llama.block.clone() };
    let gpt_j = BlockConfig {
        residual: Residuals::Parallel,
        bias: Biases { queries_keys_values: false, ..Biases::ALL },
        ..biased.block.clone()
    };
    for config in [
        biased.clone(),
        llama.clone(),
        GptConfig { block: shared, ..llama },
        GptConfig { embedding_norm: true, ..biased.clone() },
        GptConfig { learned_positions: false, head: Head::OwnWithBias, block: gpt_j, ..biased },
    ] {
        let config = ModelConfig::Gpt(config);
        assert_eq!(config.parameter_count(), config.build(1).unwrap().1.count() as u128, "{config:?}");
    }
}

#[test]
fn step_02_a_configuration_survives_its_file() {
    for config in all() {
        let json = serde_json::to_string(&config).unwrap();
        assert!(json.starts_with(&format!("{{\"stage\":\"{}\",", config.stage())), "{json}");
        assert_eq!(serde_json::from_str::<ModelConfig>(&json).unwrap(), config);
    }
}

#[test]
fn step_03_a_model_without_its_type_speaks_as_before() {
    for config in all() {
        let (model, parameters) = config.build(1).unwrap();
        let cx = Context::eval(&parameters);
        let (mut state, _) = model.start(&cx, &[[1, 2], [3, 4]]);
        let copy = state.clone();
        let next = model.next(&cx, &mut state, &[5, 6]); // (B, V)
        let all = model.logits(&cx, array![[1, 2, 5], [3, 4, 6]].view()).index(1, 2); // (B, V)
        tensor::check::assert_close("logits", &next.clone().into_dyn(), &all.value().to_owned(), 1e-5);
        assert_eq!(model.next(&cx, &mut copy.clone(), &[5, 6]), next, "the copy has not moved");
        assert_eq!(model.vocabulary(), 7);
    }
}

#[test]
fn step_04_the_width_for_a_number_of_parameters_is_the_closest() {
    for stage in Stage::ALL {
        let width = stage.width_for(50_000, SIZES);
        let off = |width| stage.configure(Sizes { width, ..SIZES }).parameter_count().abs_diff(50_000);
        let unit = if stage == Stage::Gpt { 2 } else { 1 };
        assert!(off(width) <= off(width - unit) && off(width) <= off(width + unit), "{stage}: {width}");
    }
}

#[test]
fn step_05_impossible_configurations_are_told() {
    let said = |stage: Stage, sizes| stage.configure(sizes).build(1).err().unwrap().to_string();
    assert_eq!(
        said(Stage::Gpt, Sizes { heads: 3, ..SIZES }),
        "a width of 10 cannot be divided among 3 heads; choose a width that is a multiple of the heads"
    );
    assert_eq!(
        said(Stage::Lstm, Sizes { layers: 0, ..SIZES }),
        "a recurrent model cannot have 0 layers of width 10 on embeddings of width 4; each must be at least 1"
    );
    assert_eq!(
        said(Stage::Rnn, Sizes { dropout: 1.0, ..SIZES }),
        "a dropout of 1 is not possible; it must be at least 0 and below 1"
    );
    assert_eq!(
        said(Stage::Rnn, Sizes { width: 1 << 20, ..SIZES }),
        "such a model has 5.5×10¹² parameters, and at most 1×10⁹ can be trained here; choose a smaller width or fewer layers"
    );
    for width in [1 << 40, usize::MAX] {
        assert!(said(Stage::Lstm, Sizes { width, layers: width, ..SIZES }).starts_with("such a model has "));
    }
}

/// What it does not read changes nothing in it.
#[test]
fn step_06_a_stage_reads_what_it_says() {
    let changed = [
        ("architecture", Sizes { architecture: Architecture::Llama, ..SIZES }),
        ("context", Sizes { context: 8, ..SIZES }),
        ("layers", Sizes { layers: 2, ..SIZES }),
        ("width", Sizes { width: 8, ..SIZES }),
        ("embedding", Sizes { embedding: 3, ..SIZES }),
        ("heads", Sizes { heads: 5, ..SIZES }),
        ("dropout", Sizes { dropout: 0.5, ..SIZES }),
        ("carry", Sizes { carry: true, ..SIZES }),
    ];
    for stage in Stage::ALL {
        let before = stage.configure(SIZES);
        let read = changed.iter().filter(|(_, sizes)| stage.configure(*sizes) != before).map(|(name, _)| *name);
        let mut said = stage.about().reads.to_vec();
        said.sort_by_key(|name| changed.iter().position(|(known, _)| known == name));
        assert_eq!(read.collect::<Vec<_>>(), said, "{stage}");
    }
}
