use attention::Score;
use data::pairs::PairBatch;
use ndarray::{Axis, s};
use nn::{BeamSearch, ScheduledSampling, Translator, translate};
use tensor::Context;
use transformer::{Norm, Positions};

use super::{Cell, TranslatorConfig, TranslatorSizes, TranslatorStage};

/// All stages, with every setting at its default and away from it.
fn all() -> Vec<TranslatorConfig> {
    let plain = TranslatorSizes { layers: 2, embedding: 5, heads: 2, ..TranslatorSizes::new(7, 9, 10) };
    let other = TranslatorSizes {
        cell: Cell::Gru,
        bottleneck: Some(3),
        peeking: true,
        sampling: Some(ScheduledSampling { least: 0.5, steps: 10 }),
        reversed: true,
        bidirectional: true,
        score: Score::General,
        input_feeding: true,
        norm: Norm::Post,
        positions: Positions::Learned { context: 11 },
        ..plain
    };
    let stages = TranslatorStage::ALL.into_iter();
    let two_tables = stages.flat_map(|stage| [plain, other].map(|sizes| stage.configure(sizes)));
    let one_table = TranslatorSizes { source_vocabulary: 9, shared_embeddings: true, ..plain };
    two_tables.chain([TranslatorStage::Transformer.configure(one_table)]).collect()
}

#[test]
fn step_01_the_count_is_that_of_the_model() {
    for config in all() {
        let (_, parameters) = config.build(1).unwrap();
        assert_eq!(config.parameter_count(), parameters.count() as u128, "{config:?}");
    }
    let vocabularies: Vec<[usize; 2]> = all().iter().map(TranslatorConfig::vocabularies).collect();
    assert_eq!(vocabularies, [&[[7, 9]; 6][..], &[[9, 9]]].concat());
}

#[test]
fn step_02_a_configuration_survives_its_file() {
    for config in all() {
        let json = serde_json::to_string(&config).unwrap();
        assert!(json.starts_with(&format!("{{\"stage\":\"{}\",", config.stage())), "{json}");
        assert_eq!(serde_json::from_str::<TranslatorConfig>(&json).unwrap(), config);
    }
}

#[test]
fn step_03_a_model_without_its_type_translates_as_before() {
    for config in all() {
        let (model, parameters) = config.build(1).unwrap();
        let cx = Context::eval(&parameters);
        let batch = PairBatch::new(&[(&[4, 5, 6], &[7, 8]), (&[5], &[4])]);
        let all = model.logits(&cx, &batch); // (B, T, V)
        let (memory, mut state) = model.encode(&cx, &batch.sources);
        for (t, tokens) in batch.inputs.axis_iter(Axis(1)).take(2).enumerate() {
            let step = model.next(&cx, &memory, &mut state, &tokens.to_vec());
            let told = all.value().slice(s![.., t, ..]).to_owned();
            tensor::check::assert_close("logits", &step.logits, &told, 1e-5);
        }
        let greedy = translate(&model, &parameters, &batch.sources, 6);
        let narrow = BeamSearch::new(1, 0.6, 6).unwrap().translate(&model, &parameters, &batch.sources);
        let words = |said: &[nn::Translation]| said.iter().map(|said| said.words().to_vec()).collect::<Vec<_>>();
        assert_eq!(words(&greedy), words(&narrow), "{config:?}");
        assert_eq!(model.vocabulary(), 9);
    }
}

#[test]
fn step_04_the_width_for_a_number_of_parameters_is_the_closest() {
    let sizes = TranslatorSizes { bidirectional: true, ..TranslatorSizes::new(30, 40, 64) };
    for stage in TranslatorStage::ALL {
        let width = stage.width_for(100_000, sizes);
        let off = |width| stage.configure(TranslatorSizes { width, ..sizes }).parameter_count().abs_diff(100_000);
        let unit = [1, 2, 4][stage as usize];
        assert_eq!(width % unit, 0);
        assert!(off(width) <= off(width - unit) && off(width) <= off(width + unit), "{stage}: {width}");
    }
}

#[test]
fn step_05_impossible_configurations_are_told() {
    let sizes = TranslatorSizes::new(7, 9, 10);
    let said = |stage: TranslatorStage, sizes| stage.configure(sizes).build(1).err().unwrap().to_string();
    assert_eq!(
        said(TranslatorStage::Attention, TranslatorSizes { width: 9, bidirectional: true, ..sizes }),
        "a width of 9 cannot be divided among the two directions of the encoder; choose an even width"
    );
    for stage in [TranslatorStage::Seq2Seq, TranslatorStage::Attention] {
        assert_eq!(
            said(stage, TranslatorSizes { smoothing: 1.0, ..sizes }),
            "a label smoothing of 1 is not possible; it must be at least 0 and below 1"
        );
        let sampling = Some(ScheduledSampling { least: 1.5, steps: 10 });
        assert_eq!(
            said(stage, TranslatorSizes { sampling, ..sizes }),
            "a probability of 1.5 for the right token is not possible; it must be at least 0 and at most 1"
        );
    }
    assert_eq!(
        said(TranslatorStage::Seq2Seq, TranslatorSizes { bottleneck: Some(0), ..sizes }),
        "the width of the vector that passes is 0; it must be at least 1"
    );
    assert_eq!(
        said(TranslatorStage::Transformer, sizes),
        "a width of 10 cannot be divided among 4 heads; choose a width that is a multiple of the heads"
    );
    let one_table = TranslatorSizes { shared_embeddings: true, heads: 2, ..sizes };
    assert_eq!(
        said(TranslatorStage::Transformer, one_table),
        "7 source tokens and 9 target tokens cannot share one table of embeddings; use one vocabulary for both or \
         share less"
    );
}

/// What it does not read changes nothing in it.
#[test]
fn step_06_a_stage_reads_what_it_says() {
    let learned = |context| Positions::Learned { context };
    let plain = TranslatorSizes { positions: learned(11), ..TranslatorSizes::new(9, 9, 8) };
    let changed = [
        ("layers", TranslatorSizes { layers: 2, ..plain }),
        ("width", TranslatorSizes { width: 4, ..plain }),
        ("embedding", TranslatorSizes { embedding: 3, ..plain }),
        ("heads", TranslatorSizes { heads: 2, ..plain }),
        ("context", TranslatorSizes { positions: learned(12), ..plain }),
        ("dropout", TranslatorSizes { dropout: 0.5, ..plain }),
        ("smoothing", TranslatorSizes { smoothing: 0.5, ..plain }),
        ("sampling", TranslatorSizes { sampling: Some(ScheduledSampling { least: 0.5, steps: 10 }), ..plain }),
        ("cell", TranslatorSizes { cell: Cell::Gru, ..plain }),
        ("bottleneck", TranslatorSizes { bottleneck: Some(3), ..plain }),
        ("peeking", TranslatorSizes { peeking: true, ..plain }),
        ("reversed", TranslatorSizes { reversed: true, ..plain }),
        ("bidirectional", TranslatorSizes { bidirectional: true, ..plain }),
        ("score", TranslatorSizes { score: Score::Dot, ..plain }),
        ("input-feeding", TranslatorSizes { input_feeding: true, ..plain }),
        ("norm", TranslatorSizes { norm: Norm::Post, ..plain }),
        ("positions", TranslatorSizes { positions: Positions::None, ..plain }),
        ("shared-embeddings", TranslatorSizes { shared_embeddings: true, ..plain }),
    ];
    for stage in TranslatorStage::ALL {
        let before = stage.configure(plain);
        let read = changed.iter().filter(|(_, sizes)| stage.configure(*sizes) != before).map(|(name, _)| *name);
        let mut said = stage.about().reads.to_vec();
        said.sort_by_key(|name| changed.iter().position(|(known, _)| known == name));
        assert_eq!(read.collect::<Vec<_>>(), said, "{stage}");
    }
}
