//! The model's size, what padding and types do to it, and what it learns.

mod support;

use bert::{Bert, BertConfig, BertInput};
use data::masked::{MaskedBatch, WordMask};
use data::pairs::{PAD, Sources};
use data::random::stream;
use data::{IGNORE, Token};
use ndarray::{Array2, Axis, Ix2, Ix3, Ix4, s};
use ndarray_rand::rand::Rng;
use nn::{AdamW, Form, Hooks, Schedule, Trainable, Trainer, TrainingConfig, cross_entropy, metrics};
use support::{ROUNDING, config, loud, sentences};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::{AttentionPositions, Mask, Norm, Rotary};

#[path = "../../labs/course/32-masked-words/solutions/place_by_place.rs"]
mod lab;

const FORMS: [Form; 2] = [Form::Literal, Form::Fused];

/// How many parameters `transformers` counts in the published models' bodies.
#[test]
fn the_number_of_parameters_is_that_of_the_published_models() {
    let count = |config: BertConfig| {
        let mut parameters = Parameters::new();
        Bert::new(&mut Init::unset(&mut parameters), config).unwrap();
        parameters.count()
    };
    let body = |layers, width, heads| BertConfig {
        masked_words: false,
        pooler: true,
        ..BertConfig::new(30_522, 512, layers, width, heads)
    };
    assert_eq!(count(body(12, 768, 12)), 109_482_240); // bert-base-uncased
    assert_eq!(count(body(24, 1024, 16)), 335_141_888); // bert-large-uncased
    assert_eq!(count(body(6, 384, 12)), 22_713_216); // all-MiniLM-L6-v2
    let distilled = BertConfig { token_types: 0, pooler: false, ..body(6, 768, 12) };
    assert_eq!(count(distilled), 66_362_880); // distilbert-base-uncased
}

#[test]
fn weights_begin_with_the_deviation_of_bert_and_know_nothing() {
    let mut parameters = Parameters::new();
    let model = Bert::new(&mut Init::new(&mut parameters, 1), BertConfig::new(65, 64, 4, 128, 4)).unwrap();
    for (_, parameter) in parameters.iter().filter(|(_, p)| p.value().ndim() == 2) {
        let squares = parameter.value().iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
        let deviation = (squares / parameter.value().len() as f64).sqrt();
        let allowed = if parameter.value().len() < 1000 { 0.1 } else { 0.03 };
        assert!((deviation / 0.02 - 1.0).abs() < allowed, "{}: {deviation}", parameter.name());
    }
    let tokens = Array2::from_shape_fn((12, 64), |(b, t)| ((b * 31 + t * 17) % 65) as Token);
    let sentences = Sources { lengths: vec![64; 12], tokens: tokens.clone() };
    let loss = model.loss(&Context::eval(&parameters), &MaskedBatch { sentences, targets: tokens }).item();
    assert!((loss - 65_f64.ln() as Real).abs() < 0.1, "{loss} instead of ln 65");
}

/// Neither tokens nor types in the padding, nor how far it reaches, matter to anything that is not padding.
#[test]
fn nothing_depends_on_padding() {
    let (parameters, model) = loud(config());
    let cx = Context::eval(&parameters);
    let (sentences, types) = sentences();
    for form in FORMS {
        let model = model.clone().with_form(form);
        let all = |sentences: &Sources, types: &Array2<Token>| {
            let input = BertInput { sentences, types: Some(types.view()) };
            let read = model.read(&cx, input);
            let last = model.depths(&cx, input).pop().unwrap().within(&sentences.lengths);
            let scores = model.logits(&cx, input).within(&sentences.lengths);
            [read, last, scores, model.pooled(&cx, input), model.sentence_vectors(&cx, input)]
                .map(|y| y.value().clone())
        };
        let expected = all(&sentences, &types);
        let (mut other, mut other_types) = (sentences.clone(), types.clone());
        for (b, &length) in sentences.lengths.iter().enumerate() {
            other.tokens.slice_mut(s![b, length..]).fill(9);
            other_types.slice_mut(s![b, length..]).fill(1);
        }
        assert_eq!(all(&other, &other_types), expected, "{form:?}");
        assert_eq!(expected[0], expected[1], "the vectors are those behind the last block");
        for (b, &length) in sentences.lengths.iter().enumerate() {
            let tokens = sentences.tokens.slice(s![b..=b, ..length]).to_owned();
            let alone = all(&Sources { tokens, lengths: vec![length] }, &types.slice(s![b..=b, ..length]).to_owned());
            for (alone, padded) in alone.iter().zip(&expected) {
                let padded = padded.index_axis(Axis(0), b);
                let padded =
                    if padded.ndim() == 2 { padded.slice(s![..length, ..]).into_dyn() } else { padded.into_dyn() };
                assert_close("alone", &alone.index_axis(Axis(0), 0), &padded, ROUNDING);
            }
        }
    }
}

/// A table whose row of [`PAD`] is no number harms nothing that does not ask for its score.
#[test]
fn a_pad_that_is_no_number_reaches_no_vector_and_no_gradient() {
    let (mut parameters, model) = loud(BertConfig { masked_words: false, ..config() });
    let words = parameters.find("embeddings.word_embeddings.weight").unwrap();
    parameters.value_mut(words).index_axis_mut(Axis(0), PAD as usize).fill(Real::NAN);
    let (sentences, _) = sentences();
    for form in FORMS {
        let cx = Context::train(&parameters, 1, 0);
        let vectors = model.clone().with_form(form).sentence_vectors(&cx, &sentences);
        assert!(vectors.value().iter().all(|x| x.is_finite()));
        let gradients = vectors.slice(1, 0..5).sum().backward();
        for (id, parameter) in parameters.iter().filter(|(_, p)| !p.name().starts_with("pooler")) {
            assert!(gradients.get(id).unwrap().iter().all(|x| x.is_finite()), "{form:?}, {}", parameter.name());
        }
    }
}

#[test]
fn sentence_vectors_are_means_of_length_one() {
    let (parameters, model) = loud(config());
    let (sentences, _) = sentences();
    let cx = Context::eval(&parameters);
    let vectors = model.sentence_vectors(&cx, &sentences);
    let read = model.read(&cx, &sentences);
    for (b, vector) in vectors.view::<Ix2>("vectors").outer_iter().enumerate() {
        assert!((vector.dot(&vector) - 1.0).abs() < 1e-5);
        let tokens = read.view::<Ix3>("read").slice_move(s![b, ..sentences.lengths[b], ..]);
        let mean = tokens.mean_axis(Axis(0)).unwrap();
        assert_close("direction", &vector, &(&mean / mean.dot(&mean).sqrt()), ROUNDING);
    }
}

#[test]
fn tokens_without_types_are_of_type_0_and_others_differ() {
    let (parameters, model) = loud(config());
    let cx = Context::eval(&parameters);
    let (sentences, types) = sentences();
    let zeros = Array2::zeros(types.raw_dim());
    let read = |types| model.read(&cx, BertInput { sentences: &sentences, types }).value().clone();
    assert_eq!(read(None), read(Some(zeros.view())));
    assert_ne!(read(None), read(Some(types.view())));
}

#[test]
fn the_loss_asks_at_the_hidden_words_alone() {
    let (parameters, model) = loud(config());
    let batch = WordMask { chosen: 0.5, ..WordMask::new(9, 3..9) }.hide(sentences().0, 3, 0);
    assert!(batch.answers() > 1);
    for form in FORMS {
        let model = model.clone().with_form(form);
        let cx = Context::eval(&parameters);
        let logits = model.logits(&cx, &batch.sentences);
        let expected = cross_entropy(&logits, batch.targets.view().into_dyn());
        assert_close("loss", model.loss(&cx, &batch).value(), expected.value(), ROUNDING);

        let nothing = MaskedBatch { targets: batch.targets.mapv(|_| IGNORE), ..batch.clone() };
        let loss = model.loss(&Context::train(&parameters, 1, 0), &nothing);
        assert_eq!(loss.item(), 0.0);
        let gradients = loss.backward();
        for (id, parameter) in parameters.iter() {
            let is_zero = gradients.get(id).is_none_or(|gradient| gradient.iter().all(|&g| g == 0.0));
            assert!(is_zero, "{form:?}, {}", parameter.name());
        }
    }
}

#[test]
fn attention_weights_are_there_for_every_layer_and_head() {
    let (parameters, model) = loud(config());
    let (sentences, _) = sentences();
    let weights = model.attention_weights(&Context::eval(&parameters), &sentences);
    assert_eq!(weights.len(), 2);
    for layer in weights {
        assert_eq!(layer.shape(), [3, 3, 6, 6]); // (B, N, S, S)
        assert!(layer.value().lanes(Axis(3)).into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
        for ((b, _, _, key), &weight) in layer.view::<Ix4>("weights").indexed_iter() {
            assert_eq!(weight == 0.0, key >= sentences.lengths[b], "padding has the weight 0, and nothing else");
        }
    }
}

#[test]
fn dropout_acts_in_training_alone_and_is_the_same_for_the_same_step() {
    let mut config = config();
    config.block.dropout = 0.25;
    let (parameters, model) = loud(config);
    let batch = WordMask { chosen: 0.5, ..WordMask::new(9, 3..9) }.hide(sentences().0, 3, 0);
    let loss = |cx: &Context<'_>, form| model.clone().with_form(form).loss(cx, &batch).item();
    let training = |step, form| loss(&Context::train(&parameters, 1, step), form);
    assert_eq!(training(3, Form::Fused), training(3, Form::Fused));
    assert_ne!(training(3, Form::Fused), training(4, Form::Fused));
    assert_ne!(training(3, Form::Fused), loss(&Context::eval(&parameters), Form::Fused));
    assert!((training(3, Form::Fused) - training(3, Form::Literal)).abs() < 1e-5, "both forms draw the same masks");
}

#[test]
fn impossible_configurations_are_explained() {
    let explained = |change: fn(&mut BertConfig)| {
        let mut config = BertConfig::new(10, 8, 1, 12, 3);
        change(&mut config);
        Bert::new(&mut Init::new(&mut Parameters::new(), 1), config).unwrap_err().to_string()
    };
    assert_eq!(explained(|c| c.layers = 0), "the number of layers is 0; it must be at least 1");
    assert_eq!(
        explained(|c| c.block.mask = Mask::Causal),
        "no model has hidden words to guess and a causal mask; choose one of the two"
    );
    assert_eq!(
        explained(|c| c.block.norm = Norm::Pre),
        "no model has a normalised embedding and pre-norm blocks with no normalisation behind them; choose one of the two"
    );
    assert_eq!(
        explained(|c| c.block.attention_positions = AttentionPositions::Rotary(Rotary::new(4))),
        "no model has learned positions and an attention that tells positions apart; choose one of the two"
    );
    assert!(explained(|c| c.block.heads = 5).starts_with("a width of 12 cannot be divided among 5 heads"));
}

/// Left stands one of two words, right one of three, and each pair has a word of its own between: who sees one side alone
/// finds at most half of them.
#[test]
fn it_learns_words_that_both_sides_together_tell() {
    const LEFT: Token = 7;
    const RIGHT: Token = 9;
    const HIDDEN: Token = 12;
    let batches = |step: u64| {
        let mut rng = stream(1, step, "both sides");
        let mut tokens = Array2::zeros((16, 3));
        let mut targets = Array2::from_elem((16, 3), IGNORE);
        for (mut row, mut target) in tokens.outer_iter_mut().zip(targets.outer_iter_mut()) {
            let (left, right) = (rng.random_range(0..2), rng.random_range(0..3));
            (row[0], row[1], row[2]) = (LEFT + left, HIDDEN, RIGHT + right);
            target[1] = 1 + 3 * left + right;
        }
        MaskedBatch { sentences: Sources { tokens, lengths: vec![3; 16] }, targets }
    };
    let mut parameters = Parameters::new();
    let config = BertConfig::new(HIDDEN as usize + 1, 3, 1, 32, 4);
    let model = Bert::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let training = TrainingConfig::new(150, AdamW::default(), Schedule::constant(3e-3));
    let mut trainer = Trainer::new(&model, parameters, training);
    trainer.run(&batches, Hooks::default()).unwrap();
    let learned = trainer.into_parameters();
    let test = batches(1_000_000);
    let logits = model.logits(&Context::eval(&learned), &test.sentences);
    let found = metrics::accuracy(logits.value(), test.targets.view().into_dyn()).unwrap();
    assert!(found > 0.95, "{found} of the hidden words");
}

/// Given the numbers that are drawn here.
#[test]
fn the_lab_hides_the_words_that_are_hidden_here_and_asks_for_the_same_loss() {
    let (words, mask) = (3..20, 20);
    let before =
        Sources { tokens: Array2::from_shape_fn((4, 25), |(b, s)| (b + 3 * s) as Token % 21), lengths: vec![25; 4] };
    let mut rng = stream(7, 3, "masked words");
    let drawn: Vec<[f64; 3]> = (0..100).map(|_| rng.random()).collect();
    let [choice, fate, word] = std::array::from_fn(|i| Array2::from_shape_fn((4, 25), |(b, s)| drawn[25 * b + s][i]));
    let MaskedBatch { sentences, targets } = WordMask::new(mask, words.clone()).hide(before.clone(), 7, 3);
    let usual = |tokens: &Array2<Token>, other: Token| {
        tokens.mapv(|token| if token == other { lab::IGNORE } else { token as usize })
    };
    let (tokens, words) = (before.tokens.mapv(|token| token as usize), words.start as usize..words.end as usize);
    let (inputs, labels) = lab::hide(&tokens, [&choice, &fate, &word], words, mask as usize);
    assert_eq!(inputs, sentences.tokens.mapv(|token| token as usize));
    assert_eq!(labels, usual(&targets, IGNORE));

    let logits = random_tensor(&[4, 25, 21], 1, "logits");
    let loss = cross_entropy(&Tensor::constant(logits.clone()), targets.view().into_dyn()).item();
    let expected = lab::masked_loss(&logits.into_dimensionality::<Ix3>().unwrap().mapv(f64::from), &labels);
    assert!((f64::from(loss) - expected).abs() < 1e-5, "{loss} in place of {expected}");
}
