//! What masks, caches and positions promise of whole models, and that the models learn.

mod support;

use data::masked::WordMask;
use data::pairs::{PAD, PairBatch, START, Sources};
use data::random::stream;
use data::{IGNORE, Token};
use ndarray::{Array2, ArrayView1, Axis, Ix3, s};
use ndarray_rand::rand::Rng;
use nn::{
    AdamW, BeamSearch, Hooks, Rows, Schedule, Trainable, Trainer, TrainingConfig, Translation, Translator, metrics,
};
use support::{EXACT, batch, loud};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::{
    BlockConfig, ConfigError, Decoder, EncoderConfig, Form, Labelled, MaskedLanguageModel, Norm, Positions,
    SentenceClassifier, Sharing, Transformer, TransformerConfig,
};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];
const PLACES: [Norm; 2] = [Norm::Pre, Norm::Post];

/// The gradient of the sum of `y`, randomly weighted, with respect to `x`, (B, T, D).
fn gradient(y: &Tensor, x: &Tensor) -> ndarray::Array3<Real> {
    let gradients = y.backward_with(random_tensor(y.shape(), 2, "cotangent"));
    gradients.of(x).unwrap().into_dimensionality::<Ix3>().unwrap().to_owned()
}

#[test]
fn no_position_of_a_decoder_depends_on_a_later_one_in_any_layer_or_head() {
    let (layers, heads, length, width) = (3, 2, 5, 12);
    for norm in PLACES {
        let mut parameters = Parameters::new();
        let config = BlockConfig { norm, ..BlockConfig::paper(width, heads) };
        let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), &config, layers, true);
        let memory = Tensor::constant(random_tensor(&[4, 6, width], 1, "memory"));
        let lengths = Some(&[6, 1, 3, 5][..]);
        for form in ENGINES {
            for t in 0..length {
                let see_the_past_alone = |what: &str, output: &dyn Fn(&Context<'_>, &Tensor) -> Tensor| {
                    let cx = Context::train(&parameters, 1, 0);
                    let x = cx.leaf(random_tensor(&[4, length, width], 1, "x"));
                    let dx = gradient(&output(&cx, &x).index(1, t), &x);
                    let (past, future) = dx.view().split_at(Axis(1), t + 1);
                    assert!(future.iter().all(|&g| g == 0.0), "{norm:?}, {form:?}, {what}, position {t}");
                    assert!(past.slice(s![.., 0, ..]).iter().all(|&g| g != 0.0), "{what}: all see the first position");
                };
                for layer in 0..layers {
                    for head in 0..heads {
                        let columns = head * width / heads..(head + 1) * width / heads;
                        see_the_past_alone(&format!("layer {layer}, head {head}"), &|cx, x| {
                            let below = decoder.blocks()[..layer].iter();
                            let x = below.fold(x.clone(), |x, block| block.forward(cx, &x, &memory, lengths, form));
                            decoder.blocks()[layer].heads(cx, &x, form).slice(2, columns.clone())
                        });
                    }
                }
                see_the_past_alone("the output", &|cx, x| decoder.forward(cx, x, &memory, lengths, form));
            }
        }
    }
}

#[test]
fn nothing_depends_on_the_padding_of_the_source() {
    let batch = batch();
    for norm in PLACES {
        let (parameters, model) = loud(norm, Positions::Sinusoidal);
        for form in ENGINES {
            let model = model.clone().with_form(form);
            let cx = Context::train(&parameters, 1, 0);
            let source = cx.leaf(model.embed_source(&cx, batch.sources.tokens.view()).value().to_owned());
            let target = model.embed_target(&cx, batch.inputs.view(), 0).detach();
            let logits = model.logits_of_embedded(&cx, &source, Some(&batch.sources.lengths), &target);
            let dx = gradient(&logits, &source);
            for (dx, &length) in dx.outer_iter().zip(&batch.sources.lengths) {
                let (sentence, padding) = dx.split_at(Axis(0), length);
                assert!(padding.iter().all(|&g| g == 0.0) && sentence.iter().all(|&g| g != 0.0), "{norm:?}, {form:?}");
            }

            // Other tokens in the padding: the same bits.
            let mut other = batch.clone();
            other.sources.tokens.iter_mut().filter(|token| **token == PAD).for_each(|token| *token = 5);
            let cx = Context::eval(&parameters);
            assert_eq!(model.logits(&cx, &batch).value(), model.logits(&cx, &other).value(), "{norm:?}, {form:?}");
        }
    }
}

/// A row by itself has no padding. Its products have fewer rows, whose sums a kernel may round differently.
#[test]
fn a_sentence_is_translated_the_same_beside_longer_ones() {
    let batch = batch();
    for norm in PLACES {
        let (parameters, model) = loud(norm, Positions::Sinusoidal);
        for form in ENGINES {
            let model = model.clone().with_form(form);
            let cx = Context::eval(&parameters);
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
                let alone = model.logits(&cx, &alone);
                assert_close(&format!("{norm:?}, row {row}"), alone.value(), &together.into_dyn(), EXACT);
            }
        }
    }
}

#[test]
fn one_token_after_another_says_what_all_at_once_says() {
    let batch = batch();
    for norm in PLACES {
        for positions in [Positions::Sinusoidal, Positions::None, Positions::Learned { context: 40 }] {
            let (parameters, model) = loud(norm, positions);
            let cx = Context::eval(&parameters);
            let weights = model.attention_weights(&cx, &batch);
            // (B, T, S)
            let last = weights.cross.last().unwrap().view::<ndarray::Ix4>("cross").mean_axis(Axis(1)).unwrap();
            let logits = model.logits(&cx, &batch);
            let (memory, mut state) = model.encode(&cx, &batch.sources);
            for (t, tokens) in batch.inputs.columns().into_iter().enumerate() {
                let step = model.next(&cx, &memory, &mut state, &tokens.to_vec());
                let expected = logits.view::<Ix3>("logits").slice(s![.., t, ..]).to_owned();
                assert_close(&format!("{norm:?}, {positions:?}, step {t}"), &step.logits, &expected, EXACT);
                let alignment = step.alignment.expect("a Transformer looks back");
                assert_close("alignment", &alignment, &last.slice(s![.., t, ..]), EXACT);
            }
        }
    }
}

#[test]
fn rows_of_memory_and_state_can_be_taken_in_any_order() {
    let batch = batch();
    let (parameters, model) = loud(Norm::Pre, Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    model.next(&cx, &memory, &mut state, &[START; 3]);
    let order = [2, 0, 2, 1];
    let (taken, mut of_taken) = (memory.rows(&order), state.rows(&order));
    let tokens: [Token; 3] = [3, 4, 5];
    let step = model.next(&cx, &memory, &mut state, &tokens);
    let same = model.next(&cx, &taken, &mut of_taken, &order.map(|row| tokens[row]));
    assert_close("logits", &same.logits, &step.logits.select(Axis(0), &order), EXACT);
    assert_close("alignment", &same.alignment.unwrap(), &step.alignment.unwrap().select(Axis(0), &order), EXACT);
}

#[test]
fn without_positions_outputs_move_with_their_inputs() {
    let order = [3, 0, 4, 1, 2];
    let moved = |tokens: &Array2<Token>| tokens.select(Axis(1), &order);
    let difference = |positions| {
        let mut parameters = Parameters::new();
        let config = EncoderConfig { positions, ..EncoderConfig::new(9, 2, 12, 3) };
        let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let read = |tokens: Array2<Token>| {
            let sentences = Sources { lengths: vec![tokens.ncols(); tokens.nrows()], tokens };
            model.logits(&Context::eval(&parameters), &sentences).view::<Ix3>("logits").to_owned()
        };
        let tokens = ndarray::array![[3, 4, 5, 6, 7], [8, 3, 8, 4, 8]];
        let (moved_after, moved_before) = (read(tokens.clone()).select(Axis(1), &order), read(moved(&tokens)));
        f64::from((&moved_after - &moved_before).mapv(Real::abs).sum() / moved_after.mapv(Real::abs).sum())
    };
    let rounding = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };
    assert!(difference(Positions::None) < rounding, "{}", difference(Positions::None));
    assert!(difference(Positions::Sinusoidal) > 1e-2);
    assert!(difference(Positions::Learned { context: 5 }) > 1e-4); // they begin small
}

#[test]
fn attention_weights_are_there_for_every_layer_and_head() {
    let batch = batch();
    let (parameters, model) = loud(Norm::Post, Positions::Sinusoidal);
    let weights = model.attention_weights(&Context::eval(&parameters), &batch);
    let shapes = [(&weights.encoder, [3, 2, 6, 6]), (&weights.decoder, [3, 2, 5, 5]), (&weights.cross, [3, 2, 5, 6])];
    for (layers, shape) in shapes {
        assert_eq!(layers.len(), 2);
        for layer in layers {
            assert_eq!(layer.shape(), shape); // (B, N, queries, keys)
            assert!(layer.value().lanes(Axis(3)).into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
        }
    }
    for layer in weights.encoder.iter().chain(&weights.cross) {
        for ((b, _, _, s), &weight) in layer.view::<ndarray::Ix4>("weights").indexed_iter() {
            assert_eq!(weight == 0.0, s >= batch.sources.lengths[b], "padding has the weight 0, and nothing else");
        }
    }
    for layer in &weights.decoder {
        for ((_, _, t, s), &weight) in layer.view::<ndarray::Ix4>("weights").indexed_iter() {
            assert_eq!(weight == 0.0, s > t, "what is later has the weight 0, and nothing else");
        }
    }
}

#[test]
fn the_number_of_parameters_is_that_of_pytorch() {
    let count = |config| {
        let mut parameters = Parameters::new();
        Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        parameters.count()
    };
    // nn.Transformer(128, 4, 2, 2, 512) between two nn.Embedding(65, 128) and nn.Linear(128, 65).
    let pytorch = TransformerConfig::pytorch(65, 65, 2, 128, 4);
    assert_eq!(count(pytorch.clone()), 951_233);
    let table = 65 * 128;
    assert_eq!(count(TransformerConfig { sharing: Sharing::Output, ..pytorch.clone() }), 951_233 - table - 65);
    assert_eq!(count(TransformerConfig { sharing: Sharing::All, ..pytorch.clone() }), 951_233 - 2 * table - 65);
    assert_eq!(count(TransformerConfig { final_norm: false, ..pytorch.clone() }), 951_233 - 2 * 2 * 128);
    let positions = Positions::Learned { context: 20 };
    assert_eq!(count(TransformerConfig { positions, ..pytorch.clone() }), 951_233 + 2 * 20 * 128);
    let no_bias = BlockConfig { bias: false.into(), ..pytorch.block.clone() };
    let (encoder, decoder, last) = (4 * 128 + 128 + 512 + 2 * 128, 8 * 128 + 128 + 512 + 3 * 128, 2 * 128 + 65);
    assert_eq!(count(TransformerConfig { block: no_bias, ..pytorch }), 951_233 - 2 * (encoder + decoder) - last);
}

#[test]
fn every_parameter_receives_a_gradient() {
    for sharing in [Sharing::None, Sharing::Output, Sharing::All] {
        let positions = Positions::Learned { context: 8 };
        let config = TransformerConfig { sharing, positions, ..TransformerConfig::paper(9, 2, 12, 3) };
        let mut parameters = Parameters::new();
        let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        for form in ENGINES {
            let cx = Context::train(&parameters, 1, 0);
            let gradients = model.clone().with_form(form).loss(&cx, &batch()).backward();
            assert_eq!(gradients.missing(&parameters).collect::<Vec<_>>(), [""; 0]);
        }
    }
}

#[test]
fn dropout_acts_in_training_alone_and_both_forms_draw_the_same_masks() {
    let batch = batch();
    for norm in PLACES {
        let mut config = TransformerConfig::paper(9, 2, 12, 3);
        config.block = BlockConfig { norm, dropout: 0.25, ..config.block };
        let mut parameters = Parameters::new();
        let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let loss = |cx: &Context<'_>, form| model.clone().with_form(form).loss(cx, &batch).item();
        let training = |step, form| loss(&Context::train(&parameters, 1, step), form);
        assert_eq!(training(3, Form::Fused), training(3, Form::Fused));
        assert_ne!(training(3, Form::Fused), training(4, Form::Fused));
        assert_ne!(training(3, Form::Fused), loss(&Context::eval(&parameters), Form::Fused));
        assert!((training(3, Form::Fused) - training(3, Form::Literal)).abs() < 1e-5);
    }
}

#[test]
fn labels_are_smoothed_in_training_alone() {
    let batch = batch();
    let mut parameters = Parameters::new();
    let config = TransformerConfig { label_smoothing: 0.2, ..TransformerConfig::new(9, 9, 1, 12, 3) };
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let logits = model.logits(&Context::eval(&parameters), &batch);
    let loss = |smoothing| nn::smoothed_cross_entropy(&logits, batch.targets.view().into_dyn(), smoothing).item();
    assert_eq!(model.loss(&Context::eval(&parameters), &batch).item(), loss(0.0));
    assert_eq!(model.loss(&Context::train(&parameters, 1, 0), &batch).item(), loss(0.2));
    assert_ne!(loss(0.0), loss(0.2));
}

/// Sentences of 3 to 6 words out of 3..9, each of which is to be said in reverse.
fn to_reverse(step: u64) -> PairBatch {
    let mut rng = stream(1, step, "reverse");
    let sentences: Vec<Vec<Token>> =
        (0..32).map(|_| (0..rng.random_range(3..7)).map(|_| rng.random_range(3..9)).collect()).collect();
    let reversed: Vec<Vec<Token>> = sentences.iter().map(|words| words.iter().rev().copied().collect()).collect();
    let pairs: Vec<(&[Token], &[Token])> = sentences.iter().zip(&reversed).map(|(s, t)| (&s[..], &t[..])).collect();
    PairBatch::new(&pairs)
}

#[test]
fn a_translator_learns_to_reverse_sentences() {
    let mut parameters = Parameters::new();
    let config = TransformerConfig::new(9, 9, 1, 32, 2);
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let config = TrainingConfig::new(400, AdamW::default(), Schedule::constant(3e-3));
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&to_reverse, Hooks::default()).unwrap();

    let test = to_reverse(1_000_000);
    let reversed = |said: &Translation, source: ArrayView1<'_, Token>| {
        let words = source.iter().rev().copied().filter(|&word| word != PAD);
        said.words().iter().copied().eq(words)
    };
    let beam = BeamSearch::new(3, 0.6, 10).unwrap();
    let greedy = nn::translate(&model, trainer.parameters(), &test.sources, 10);
    for said in [greedy, beam.translate(&model, trainer.parameters(), &test.sources)] {
        let sentences = said.iter().zip(test.sources.tokens.outer_iter());
        let right = sentences.filter(|&(said, source)| reversed(said, source)).count();
        assert!(right >= 24, "{right} of 32 sentences without a mistake"); // chance: one of 1000
    }
}

/// Sentences that say one word again and again, so that a hidden one can be seen at any other place.
fn again(step: u64) -> Sources {
    let mut rng = stream(1, step, "again");
    let sentences: Vec<Vec<Token>> = (0..32).map(|_| vec![rng.random_range(3..9); rng.random_range(4..9)]).collect();
    Sources::new(&sentences.iter().map(|words| &words[..]).collect::<Vec<_>>())
}

#[test]
fn hidden_words_are_found_and_what_was_learned_helps_to_classify() {
    let mask = WordMask::new(9, 3..9);
    let batches = |step: u64| mask.hide(again(step), 1, step);
    let mut parameters = Parameters::new();
    let config = EncoderConfig::new(10, 1, 24, 2);
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config.clone()).unwrap();
    let training = TrainingConfig::new(250, AdamW::default(), Schedule::constant(3e-3));
    let mut trainer = Trainer::new(&model, parameters, training.clone());
    trainer.run(&batches, Hooks::default()).unwrap();
    let learned = trainer.into_parameters();
    let test = batches(1_000_000);
    let logits = model.logits(&Context::eval(&learned), &test.sentences);
    let found = metrics::accuracy(logits.value(), test.targets.view().into_dyn()).unwrap();
    assert!(found > 0.9, "{found} of the hidden words");

    // The class is the parity of the word; the first position stands for the whole.
    let labelled = |step: u64| {
        let mut sentences = again(step);
        let labels = sentences.tokens.column(1).iter().map(|&word| word % 2).collect();
        sentences.tokens.column_mut(0).fill(START);
        Labelled { sentences, labels }
    };
    let mut parameters = Parameters::new();
    let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, 2).unwrap();
    for (_, parameter) in learned.iter() {
        parameters.set(parameters.find(parameter.name()).expect("the same names"), parameter.value().clone());
    }
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { steps: 150, ..training });
    trainer.run(&labelled, Hooks::default()).unwrap();
    let test = labelled(1_000_000);
    let logits = model.logits(&Context::eval(trainer.parameters()), &test.sentences);
    let right = metrics::accuracy(logits.value(), ArrayView1::from(&test.labels).into_dyn()).unwrap();
    assert!(right > 0.95, "{right} of the classes");
}

#[test]
fn impossible_configurations_are_explained() {
    let explained = |config: TransformerConfig| -> ConfigError {
        Transformer::new(&mut Init::new(&mut Parameters::new(), 1), config).unwrap_err()
    };
    let paper = TransformerConfig::paper(9, 2, 12, 3);
    let said = |config| explained(config).to_string();
    assert_eq!(
        said(TransformerConfig { source_vocabulary: 8, ..paper.clone() }),
        "8 source tokens and 9 target tokens cannot share one table of embeddings; use one vocabulary for both or share less"
    );
    assert_eq!(
        said(TransformerConfig { decoder_layers: 0, ..paper.clone() }),
        "the number of decoder layers is 0; it must be at least 1"
    );
    assert_eq!(
        said(TransformerConfig { positions: Positions::Learned { context: 0 }, ..paper.clone() }),
        "the number of learned positions is 0; it must be at least 1"
    );
    assert_eq!(
        said(TransformerConfig { label_smoothing: 1.0, ..paper.clone() }),
        "a label smoothing of 1 is not possible; it must be at least 0 and below 1"
    );
    let no_class =
        SentenceClassifier::new(&mut Init::new(&mut Parameters::new(), 1), EncoderConfig::new(9, 1, 12, 3), 0);
    assert_eq!(no_class.unwrap_err().to_string(), "the number of classes is 0; it must be at least 1");
}

#[test]
fn a_configuration_survives_its_file_and_older_ones_are_read() {
    let config =
        TransformerConfig { positions: Positions::Learned { context: 7 }, ..TransformerConfig::paper(9, 2, 12, 3) };
    let json = serde_json::to_string(&config).unwrap();
    assert_eq!(serde_json::from_str::<TransformerConfig>(&json).unwrap(), config);
    let older =
        r#"{"width":8,"heads":2,"feed_forward":32,"activation":"gelu","mask":"causal","bias":false,"dropout":0.0}"#;
    assert_eq!(serde_json::from_str::<BlockConfig>(older).unwrap(), BlockConfig::new(8, 2));
}
