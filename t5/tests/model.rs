//! Sizes, configurations, what masks and caches promise, and that the model learns.

mod support;

use data::pairs::{Ends, PAD, PairBatch, START, Sources};
use data::{IGNORE, Token};
use ndarray::{Axis, Ix3, s};
use nn::{
    AdamW, BeamSearch, Hooks, Rows, Schedule, Trainable, Trainer, TrainingConfig, Translation, Translator, translate,
};
use support::{batch, configs, loud};
use t5::{SpanCorruption, T5, T5Config};
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real};
use transformer::{Activation, AttentionPositions, BlockConfig, Form, Norm, Rotary};

/// What two orders of summation may differ by, relative to the largest element.
const EXACT: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 2e-5 };

fn build(config: T5Config) -> (Parameters, T5) {
    let mut parameters = Parameters::new();
    let model = T5::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (parameters, model)
}

/// Of t5-small and its version 1.1, as published: 60.5 and 77 million.
#[test]
fn the_number_of_parameters_is_that_of_the_published_small_models() {
    let count = |config: T5Config| {
        let mut parameters = Parameters::new();
        T5::new(&mut Init::unset(&mut parameters), config).unwrap();
        parameters.count()
    };
    assert_eq!(count(T5Config::v1_0(32_128, 6, 512, 8)), 60_506_624);
    let v1_1 = T5Config::v1_1(32_128, 8, 512, 6);
    let block = BlockConfig { head_width: Some(64), feed_forward: 1024, ..v1_1.block.clone() };
    assert_eq!(count(T5Config { block, ..v1_1 }), 76_961_152);
}

#[test]
fn weights_begin_with_the_deviations_of_t5() {
    let (parameters, _) = build(T5Config::v1_1(300, 1, 64, 4));
    let deviation = |name: &str, rows: std::ops::Range<usize>| {
        let value = parameters.get(parameters.find(name).unwrap()).value();
        let rows = value.slice_axis(Axis(0), rows.into());
        (rows.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / rows.len() as f64).sqrt()
    };
    for (name, rows, expected) in [
        ("shared.weight", 0..300, 1.0),
        ("lm_head.weight", 0..300, 64_f64.powf(-0.5)),
        ("encoder.layers.0.self_attn.in_proj_weight", 0..64, (64.0 * 16.0_f64).powf(-0.5)),
        ("encoder.layers.0.self_attn.in_proj_weight", 64..192, 64_f64.powf(-0.5)),
        ("decoder.layers.0.multihead_attn.in_proj_weight", 0..64, (64.0 * 16.0_f64).powf(-0.5)),
        ("decoder.layers.0.self_attn.out_proj.weight", 0..64, 64_f64.powf(-0.5)),
        ("decoder.layers.0.linear1.weight", 0..352, 64_f64.powf(-0.5)),
        ("decoder.layers.0.linear2.weight", 0..64, 176_f64.powf(-0.5)),
    ] {
        let found = deviation(name, rows);
        assert!((found / expected - 1.0).abs() < 0.06, "{name}: {found} instead of {expected}");
    }
}

#[test]
fn what_cannot_be_is_refused_with_a_sentence() {
    let right = T5Config::v1_0(9, 2, 12, 3);
    let with = |block: BlockConfig| T5Config { block, ..right.clone() };
    let block = right.block.clone();
    for (config, sentence) in [
        (T5Config { vocabulary: 0, ..right.clone() }, "the vocabulary is 0; it must be at least 1"),
        (T5Config { decoder_layers: 0, ..right.clone() }, "the number of decoder layers is 0; it must be at least 1"),
        (
            T5Config { end: 9, ..right.clone() },
            "the end of a text is 9, and the 9 tokens of the vocabulary are counted from 0; it must be one of them",
        ),
        (
            T5Config { buckets: 2, ..right.clone() },
            "positions with a number of buckets of 2 are not possible; it must be at least 4",
        ),
        (
            T5Config { max_distance: 16, ..right.clone() },
            "positions with a greatest distance of 16 are not possible; it must be more than half the number of buckets",
        ),
        (
            with(BlockConfig { norm: Norm::Post, ..block.clone() }),
            "no model has relative positions in buckets and normalisations behind its sublayers; choose one of the two",
        ),
        (
            with(BlockConfig { attention_positions: AttentionPositions::Rotary(Rotary::new(4)), ..block.clone() }),
            "no model has relative positions in buckets and others in its attention; choose one of the two",
        ),
        (
            with(BlockConfig { gated: true, ..block.clone() }),
            "no model has a feed-forward layer that is gated by ReLU; choose one of the two",
        ),
    ] {
        assert_eq!(config.validate().unwrap_err().to_string(), sentence);
    }
    assert_eq!(right.block.activation, Activation::Relu);
    right.validate().unwrap();
}

#[test]
fn one_token_after_another_says_what_all_at_once_says() {
    let batch = batch();
    for config in configs() {
        let (parameters, model) = loud(config);
        let cx = Context::eval(&parameters);
        let logits = model.logits(&cx, &batch);
        let (memory, mut state) = model.encode(&cx, &batch.sources);
        for (t, tokens) in batch.inputs.columns().into_iter().enumerate() {
            let step = model.next(&cx, &memory, &mut state, &tokens.to_vec());
            let expected = logits.view::<Ix3>("logits").slice(s![.., t, ..]).to_owned();
            assert_close(&format!("step {t}"), &step.logits, &expected, EXACT);
            let alignment = step.alignment.expect("a T5 looks back");
            let sums = alignment.sum_axis(Axis(1));
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-5), "{sums}");
            assert!((1..6).all(|s| alignment[[2, s]] == 0.0), "the third source has one token");
        }
    }
}

#[test]
fn the_padding_of_a_source_has_no_part_in_anything() {
    let batch = batch();
    let mut other = batch.clone();
    other.sources.tokens.iter_mut().filter(|token| **token == PAD).for_each(|token| *token = 5);
    for config in configs() {
        let (parameters, model) = loud(config);
        for form in [Form::Literal, Form::Fused] {
            let model = model.clone().with_form(form);
            let cx = Context::eval(&parameters);
            assert_eq!(model.logits(&cx, &batch).value(), model.logits(&cx, &other).value());
            let together = model.logits(&cx, &batch);
            for (row, &length) in batch.sources.lengths.iter().enumerate() {
                let said = batch.targets.row(row).iter().filter(|&&target| target != IGNORE).count();
                let alone = PairBatch {
                    sources: Sources {
                        tokens: batch.sources.tokens.slice(s![row..=row, ..length]).to_owned(),
                        lengths: vec![length],
                    },
                    inputs: batch.inputs.slice(s![row..=row, ..said]).to_owned(),
                    targets: batch.targets.slice(s![row..=row, ..said]).to_owned(),
                };
                let together = together.view::<Ix3>("logits").slice(s![row..=row, ..said, ..]).to_owned();
                assert_close("alone", model.logits(&cx, &alone).value(), &together.into_dyn(), EXACT);
            }
        }
    }
}

#[test]
fn no_score_depends_on_a_later_token() {
    let batch = batch();
    for config in configs() {
        let (parameters, model) = loud(config);
        let cx = Context::eval(&parameters);
        let before = model.logits(&cx, &batch);
        for changed in 1..5 {
            let mut other = batch.clone();
            other.inputs.column_mut(changed).fill(6);
            let after = model.logits(&cx, &other);
            let [before, after] =
                [&before, &after].map(|logits| logits.view::<Ix3>("logits").slice(s![1, .., ..]).to_owned());
            for t in 0..5 {
                let same = before.row(t) == after.row(t);
                assert_eq!(same, t < changed || batch.inputs[[1, changed]] == 6, "position {t}, changed {changed}");
            }
        }
    }
}

/// Distances are all that a T5 knows of places; in the encoder one kind for what stands before and one for behind.
#[test]
fn the_order_of_the_source_matters_through_the_table_alone() {
    let [config, _] = configs();
    let (mut parameters, model) = loud(config);
    let scores = |parameters: &Parameters, source: &[Token]| {
        let batch = PairBatch::new(&[(source, &[5, 4])]);
        model.logits(&Context::eval(parameters), &batch).value().to_owned()
    };
    let (one, reversed) = ([3, 4, 5, 6], [6, 5, 4, 3]);
    let moved = &scores(&parameters, &one) - &scores(&parameters, &reversed);
    assert!(moved.iter().any(|x| x.abs() > 1e-2));
    let table = parameters.find("encoder.relative.weight").unwrap();
    parameters.value_mut(table).fill(0.7);
    assert_close("set", &scores(&parameters, &one), &scores(&parameters, &reversed), EXACT);
}

#[test]
fn rows_of_memory_and_state_can_be_taken_in_any_order() {
    let batch = batch();
    let [config, _] = configs();
    let (parameters, model) = loud(config);
    let cx = Context::eval(&parameters);
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    model.next(&cx, &memory, &mut state, &[START; 3]);
    let order = [2, 0, 2, 1];
    let mut taken = state.rows(&order);
    let expected = model.next(&cx, &memory, &mut state, &[5, 6, 7]).logits.select(Axis(0), &order);
    let found = model.next(&cx, &memory.rows(&order), &mut taken, &[7, 5, 7, 6]).logits;
    assert_close("rows", &found, &expected, EXACT);
}

/// Texts that count: what was taken out follows from its neighbours, once the model sees both sides.
#[test]
fn gaps_are_learned_to_be_filled() {
    let corruption = SpanCorruption { density: 0.3, mean_length: 2.0, sentinels: vec![19, 18, 17, 16] };
    let batch = |step: u64| {
        let pairs: Vec<_> = (0..8)
            .map(|row| {
                let text: Vec<Token> = (0..7).map(|n| 3 + ((row + n) % 7) as Token).collect();
                corruption.corrupt(&text, row, step)
            })
            .collect();
        let views: Vec<(&[Token], &[Token])> = pairs.iter().map(|(s, t)| (&s[..], &t[..])).collect();
        PairBatch::new(&views)
    };
    let (parameters, model) = build(T5Config::v1_0(20, 1, 24, 2));
    let held_out = batch(1_000_000);
    let loss = |parameters: &Parameters| model.loss(&Context::eval(parameters), &held_out).item();
    let before = loss(&parameters);
    let config = TrainingConfig::new(400, AdamW::default(), Schedule::constant(3e-3));
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&batch, Hooks::default()).unwrap();
    let parameters = trainer.parameters();
    let after = loss(parameters);
    assert!(after < 0.3 && after < before / 5.0, "{before} became {after}");

    let greedy = translate(&model, parameters, &held_out.sources, 12);
    let beams = BeamSearch::new(3, 0.6, 12).unwrap().translate(&model, parameters, &held_out.sources);
    let right = |said: &[Translation]| {
        let rows = said.iter().zip(held_out.targets.outer_iter());
        rows.filter(|(said, target)| target.iter().copied().filter(|&t| t != IGNORE).eq(said.tokens.iter().copied()))
            .count()
    };
    assert!(right(&greedy) >= 6 && right(&beams) >= 6, "{} and {} of 8", right(&greedy), right(&beams));
}

/// Published T5s begin with their padding; what is said has the probability that teacher forcing gives it.
#[test]
fn a_model_may_begin_and_end_with_other_tokens() {
    let batch = batch();
    for config in configs() {
        let ends = Ends { padding: 8, start: 8, end: 1 };
        let (parameters, model) = loud(T5Config { start: ends.start, end: ends.end, ..config });
        let greedy = translate(&model, &parameters, &batch.sources, 9);
        let beams = BeamSearch::new(3, 0.0, 9).unwrap().translate(&model, &parameters, &batch.sources);
        assert!(greedy.iter().chain(&beams).any(Translation::ended));
        for (row, said) in greedy.iter().enumerate().chain(beams.iter().enumerate()) {
            assert!(!said.words().iter().any(|&token| token == ends.start || token == ends.end), "{:?}", said.tokens);
            let source: Vec<_> =
                batch.sources.tokens.row(row).iter().copied().take(batch.sources.lengths[row]).collect();
            let told = PairBatch::between(ends, &[(&source, said.words())]);
            let logits = model.logits(&Context::eval(&parameters), &told);
            let logits = logits.view::<Ix3>("logits");
            let mut expected = 0.0;
            for (t, &token) in said.tokens.iter().enumerate() {
                let scores = logits.slice(s![0, t, ..]);
                let total = scores.iter().map(|&x| f64::from(x).exp()).sum::<f64>().ln();
                expected += f64::from(scores[token as usize]) - total;
            }
            assert!((said.log_probability - expected).abs() < 1e-4, "{} for {expected}", said.log_probability);
        }
    }
}
