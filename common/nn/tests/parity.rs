//! Layers, losses and optimisers against PyTorch's numbers; `fixtures/make.py` says how they were made.

use std::path::Path;

use data::{IGNORE, Token};
use ndarray::{ArrayD, Axis};
use nn::{
    Adam, AdamW, Embedding, LayerNorm, Linear, Optimizer, Rule, Sgd, Update, clip_factor, smoothed_cross_entropy,
};
use tensor::check::Fixture;
use tensor::{Context, Gradients, Init, Initializer, Parameters, Real, Tensor, shared};

fn fixture(name: &str) -> Fixture {
    Fixture::load(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name).with_extension("safetensors"))
}

fn restore(fixture: &Fixture, parameters: &mut Parameters) {
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, format!("param.{}", p.name()))).collect();
    assert_eq!(ids.len(), fixture.names("param.").count());
    for (id, name) in ids {
        parameters.set(id, shared(fixture.array(&name)));
    }
}

/// Compares output y and, weighting it with the file's cotangent, the gradients of all parameters.
fn assert_layer(fixture: &Fixture, parameters: &Parameters, y: &Tensor) -> Gradients {
    fixture.assert_matches("output.y", &y.value().view());
    let gradients = y.backward_with(fixture.array("cotangent.y"));
    for (id, parameter) in parameters.iter() {
        fixture.assert_matches(&format!("grad.param.{}", parameter.name()), &gradients.get(id).unwrap());
    }
    gradients
}

fn tokens(array: ArrayD<Real>) -> ArrayD<Token> {
    array.mapv(|x| if x < 0.0 { IGNORE } else { x as Token })
}

#[test]
fn linear() {
    let fixture = fixture("linear");
    let mut parameters = Parameters::new();
    let layer = Linear::new(&mut Init::new(&mut parameters, 1), 7, 5);
    restore(&fixture, &mut parameters);
    let cx = Context::train(&parameters, 1, 0);
    let x = cx.leaf(fixture.array("input.x"));
    let gradients = assert_layer(&fixture, &parameters, &layer.forward(&cx, &x));
    fixture.assert_matches("grad.input.x", &gradients.of(&x).unwrap());
}

#[test]
fn embedding() {
    let fixture = fixture("embedding");
    let mut parameters = Parameters::new();
    let layer = Embedding::new(&mut Init::new(&mut parameters, 1), 11, 5);
    restore(&fixture, &mut parameters);
    let cx = Context::train(&parameters, 1, 0);
    let y = layer.forward(&cx, tokens(fixture.array("input.tokens")).view());
    assert_layer(&fixture, &parameters, &y);
}

#[test]
fn layer_norm() {
    for (name, bias) in [("layer_norm", true), ("layer_norm_no_bias", false)] {
        let fixture = fixture(name);
        let mut parameters = Parameters::new();
        let mut init = Init::new(&mut parameters, 1);
        let layer = if bias { LayerNorm::new(&mut init, 7) } else { LayerNorm::without_bias(&mut init, 7) };
        restore(&fixture, &mut parameters);
        let cx = Context::train(&parameters, 1, 0);
        let x = cx.leaf(fixture.array("input.x"));
        let gradients = assert_layer(&fixture, &parameters, &layer.forward(&cx, &x));
        fixture.assert_matches("grad.input.x", &gradients.of(&x).unwrap());
    }
}

#[test]
fn cross_entropy_with_ignored_targets_and_label_smoothing() {
    for (name, smoothing) in [("cross_entropy", 0.0), ("cross_entropy_smoothed", 0.1)] {
        let fixture = fixture(name);
        let parameters = Parameters::new();
        let cx = Context::train(&parameters, 1, 0);
        let logits = cx.leaf(fixture.array("input.logits"));
        let loss = smoothed_cross_entropy(&logits, tokens(fixture.array("input.targets")).view(), smoothing);
        fixture.assert_matches("output.loss", &loss.value().view());
        let gradients = loss.backward_with(fixture.array("cotangent.loss"));
        fixture.assert_matches("grad.input.logits", &gradients.of(&logits).unwrap());
    }
}

/// Twenty updates on the file's gradients.
fn assert_optimizer(name: &str, rule: impl Into<Rule>, clip: Option<f64>) {
    let fixture = fixture(name);
    let mut parameters = Parameters::new();
    for name in fixture.names("param.") {
        let shape = fixture.array(&format!("param.{name}")).shape().to_vec();
        Init::new(&mut parameters, 1).param(name, &shape, Initializer::Constant(0.0));
    }
    restore(&fixture, &mut parameters);
    let rates = fixture.array("input.learning_rate");
    let mut optimizer = Optimizer::new(rule, &parameters);
    for step in 0..rates.len() {
        let gradients = {
            // The gradient of Σ g·w is g.
            let cx = Context::train(&parameters, 1, 0);
            let product = |(id, p): (_, &tensor::Parameter)| {
                let g = fixture.array(&format!("grad.param.{}", p.name())).index_axis_move(Axis(0), step);
                (&cx.get(id) * &Tensor::constant(g)).sum()
            };
            parameters.iter().map(product).reduce(|a, b| &a + &b).unwrap().backward()
        };
        let norm = gradients.global_norm();
        if clip.is_some() {
            let expected = f64::from(fixture.array("output.norm")[[step]]);
            assert!((norm / expected - 1.0).abs() < 1e-6, "norm {norm} instead of {expected} at step {step}");
        }
        let scale = clip.map_or(1.0, |limit| clip_factor(norm, limit));
        let learning_rate = f64::from(rates[[step]]);
        optimizer.update(&mut parameters, &gradients, Update { step: step as u64, learning_rate, scale });
        if [1, 5, 20].contains(&(step + 1)) {
            for (_, parameter) in parameters.iter() {
                fixture.assert_matches(
                    &format!("output.step_{}.{}", step + 1, parameter.name()),
                    &parameter.value().view(),
                );
            }
        }
    }
}

#[test]
fn sgd() {
    assert_optimizer("sgd", Sgd { momentum: 0.9 }, None);
}

#[test]
fn adam() {
    assert_optimizer("adam", Adam::default(), None);
}

#[test]
fn adamw_with_clipping() {
    assert_optimizer("adamw", AdamW { beta2: 0.99, weight_decay: 0.1, ..AdamW::default() }, Some(1.0));
}
