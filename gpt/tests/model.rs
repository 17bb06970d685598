//! The model's size, its configuration, and what masking promises.

use gpt::{Gpt, GptConfig};
use ndarray::{Array2, Axis, Ix3, array, s};
use nn::Trainable;
use tensor::check::random_tensor;
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{Form, Mask};

fn build(config: GptConfig) -> (Parameters, Gpt) {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (parameters, model)
}

#[test]
fn the_number_of_parameters_is_that_of_nanogpts_cpu_configuration() {
    let (parameters, _) = build(GptConfig::new(65, 64, 4, 128, 4));
    let block = 12 * 128 * 128 + 2 * 128; // c_attn 3·D², c_proj D², c_fc and c_proj 4·D² each; two gains
    assert_eq!(parameters.count(), 65 * 128 + 64 * 128 + 4 * block + 128);
    assert_eq!(parameters.count(), 804_096);
    assert_eq!(build(GptConfig::new(65, 256, 6, 384, 6)).0.count(), 10_745_088);

    let mut with_biases = GptConfig::new(65, 64, 4, 128, 4);
    with_biases.block.bias = true.into();
    let biases = 4 * (3 * 128 + 128 + 4 * 128 + 128 + 2 * 128) + 128;
    assert_eq!(build(with_biases).0.count(), 804_096 + biases);
}

#[test]
fn weights_begin_with_the_deviations_of_gpt_2() {
    let (parameters, _) = build(GptConfig::new(65, 64, 4, 128, 4));
    for (_, parameter) in parameters.iter().filter(|(_, p)| p.value().ndim() == 2) {
        let expected = if parameter.name().ends_with("c_proj.weight") { 0.02 / 8_f64.sqrt() } else { 0.02 };
        let squares = parameter.value().iter().map(|&x| f64::from(x).powi(2)).sum::<f64>();
        let deviation = (squares / parameter.value().len() as f64).sqrt();
        assert!((deviation / expected - 1.0).abs() < 0.03, "{}: {deviation} instead of {expected}", parameter.name());
    }
}

#[test]
fn an_untrained_model_knows_nothing() {
    let (parameters, model) = build(GptConfig::new(65, 64, 4, 128, 4));
    let tokens = |seed| Array2::from_shape_fn((12, 64), |(b, t)| ((b * 31 + t * 17 + seed) % 65) as u32);
    let batch = data::TextBatch { inputs: tokens(0), targets: tokens(7) };
    let loss = model.loss(&Context::eval(&parameters), &batch).item();
    assert!((loss - 65_f64.ln() as tensor::Real).abs() < 0.1, "{loss} instead of ln 65");
}

#[test]
fn every_parameter_receives_a_gradient() {
    let mut config = GptConfig::new(7, 5, 3, 12, 2);
    config.block.bias = true.into();
    let (parameters, model) = build(config);
    let batch =
        data::TextBatch { inputs: array![[1, 2, 3, 4], [6, 5, 0, 2]], targets: array![[2, 3, 4, 5], [5, 0, 2, 1]] };
    for form in [Form::Literal, Form::Fused] {
        let gradients = model.clone().with_form(form).loss(&Context::train(&parameters, 1, 0), &batch).backward();
        assert_eq!(gradients.missing(&parameters).count(), 0);
    }
}

#[test]
fn no_position_depends_on_a_later_one_in_any_layer_or_head() {
    let (layers, heads, length, width) = (3, 2, 5, 12);
    let (parameters, model) = build(GptConfig::new(7, 8, layers, width, heads));
    let head_width = width / heads;
    for form in [Form::Literal, Form::Fused] {
        for t in 0..length {
            for layer in 0..layers {
                for head in 0..heads {
                    let cx = Context::train(&parameters, 1, 0);
                    let embedded = cx.leaf(random_tensor(&[4, length, width], 1, "embedded"));
                    let below = &model.blocks()[..layer];
                    let x = below.iter().fold(embedded.clone(), |x, block| block.forward(&cx, &x, None, form));
                    let gathered = model.blocks()[layer].heads(&cx, &x, None, form); // (B, T, N·d_k)
                    let own = gathered.slice(2, head * head_width..(head + 1) * head_width).index(1, t); // (B, d_k)
                    let weight = Tensor::constant(random_tensor(own.shape(), 2, "cotangent"));
                    let gradients = (&own * &weight).sum().backward();
                    let gradient = gradients.of(&embedded).unwrap().into_dimensionality::<Ix3>().unwrap();
                    let (past, future) = gradient.split_at(Axis(1), t + 1);
                    assert!(future.iter().all(|&g| g == 0.0), "{form:?}, layer {layer}, head {head}, position {t}");
                    assert!(past.slice(s![.., 0, ..]).iter().all(|&g| g != 0.0), "the first position is seen by all");
                }
            }
        }
    }
}

#[test]
fn the_scores_of_a_position_do_not_depend_on_later_tokens() {
    let (parameters, model) = build(GptConfig::new(7, 8, 3, 12, 2));
    for form in [Form::Literal, Form::Fused] {
        let model = model.clone().with_form(form);
        for t in 0..5 {
            let cx = Context::train(&parameters, 1, 0);
            let embedded = cx.leaf(random_tensor(&[4, 5, 12], 1, "embedded"));
            let logits = model.logits_of_embedded(&cx, &embedded).index(1, t); // (B, V)
            let weight = Tensor::constant(random_tensor(logits.shape(), 2, "cotangent"));
            let gradients = (&logits * &weight).sum().backward();
            let gradient = gradients.of(&embedded).unwrap();
            for later in t + 1..5 {
                assert!(gradient.index_axis(Axis(1), later).iter().all(|&g| g == 0.0), "{form:?}: {t} sees {later}");
            }
        }
    }
}

#[test]
fn without_the_mask_every_position_depends_on_every_other() {
    let mut config = GptConfig::new(7, 8, 1, 12, 2);
    config.block.mask = Mask::Bidirectional;
    let (parameters, model) = build(config);
    let cx = Context::train(&parameters, 1, 0);
    let embedded = cx.leaf(random_tensor(&[4, 5, 12], 1, "embedded"));
    let first = model.blocks()[0].heads(&cx, &embedded, None, Form::Fused).index(1, 0); // (B, D)
    let weight = Tensor::constant(random_tensor(first.shape(), 2, "cotangent"));
    let gradients = (&first * &weight).sum().backward();
    assert!(gradients.of(&embedded).unwrap().iter().all(|&g| g != 0.0));
}

#[test]
fn attention_weights_are_there_for_every_layer_and_head() {
    let (parameters, model) = build(GptConfig::new(7, 8, 3, 12, 2));
    let weights = model.attention_weights(&Context::eval(&parameters), array![[1, 2, 3, 4, 5], [0, 6, 0, 6, 0]].view());
    assert_eq!(weights.len(), 3);
    for layer in weights {
        assert_eq!(layer.shape(), [2, 2, 5, 5]); // (B, N, T, T)
        for (at, row) in layer.value().lanes(Axis(3)).into_iter().enumerate() {
            let (past, future) = row.split_at(Axis(0), at % 5 + 1);
            assert!((past.sum() - 1.0).abs() < 1e-6 && past.iter().all(|&p| p > 0.0));
            assert!(future.iter().all(|&p| p == 0.0));
        }
    }
}

#[test]
fn dropout_acts_in_training_alone_and_is_the_same_for_the_same_step() {
    let mut config = GptConfig::new(7, 8, 2, 12, 2);
    config.block.dropout = 0.25;
    let (parameters, model) = build(config);
    let batch = data::TextBatch { inputs: array![[1, 2, 3, 4]], targets: array![[2, 3, 4, 5]] };
    let loss = |cx: &Context<'_>, form| model.clone().with_form(form).loss(cx, &batch).item();
    let training = |step, form| loss(&Context::train(&parameters, 1, step), form);
    assert_eq!(training(3, Form::Fused), training(3, Form::Fused));
    assert_ne!(training(3, Form::Fused), training(4, Form::Fused));
    assert_ne!(training(3, Form::Fused), loss(&Context::eval(&parameters), Form::Fused));
    assert!((training(3, Form::Fused) - training(3, Form::Literal)).abs() < 1e-5, "both forms draw the same masks");
}

#[test]
fn impossible_configurations_are_explained() {
    let explained =
        |config: GptConfig| Gpt::new(&mut Init::new(&mut Parameters::new(), 1), config).unwrap_err().to_string();
    assert_eq!(explained(GptConfig::new(65, 0, 4, 128, 4)), "the context is 0; it must be at least 1");
    assert_eq!(explained(GptConfig::new(65, 64, 0, 128, 4)), "the number of layers is 0; it must be at least 1");
    assert_eq!(
        explained(GptConfig::new(65, 64, 4, 128, 3)),
        "a width of 128 cannot be divided among 3 heads; choose a width that is a multiple of the heads"
    );
    let mut config = GptConfig::new(65, 64, 4, 128, 4);
    config.block.dropout = 1.0;
    assert_eq!(explained(config), "a dropout of 1 is not possible; it must be at least 0 and below 1");
}
