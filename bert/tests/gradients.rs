//! Literal = fused in value and gradient, and both against finite differences, for all that a model gives.

mod support;

use bert::{Bert, BertInput};
use data::masked::MaskedBatch;
use data::{IGNORE, Token};
use ndarray::{Array2, ArrayD};
use nn::{Form, Trainable};
use support::{ROUNDING, config, loud, sentences};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Parameters, Real, Tensor};

/// Relative error that a gradient may have, and the step of its central differences. In f32 rounding leaves few digits.
const ALLOWED: f64 = if size_of::<Real>() == 8 { 1e-6 } else { 5e-2 };
const STEP: f64 = if size_of::<Real>() == 8 { 1e-5 } else { 1e-2 };

/// Scores, pooled vectors, sentence vectors, of sentences with types.
fn outputs(model: &Bert, cx: &Context<'_>) -> Vec<Tensor> {
    let (sentences, types) = sentences();
    let input = BertInput { sentences: &sentences, types: Some(types.view()) };
    let logits = model.logits(cx, input).within(&sentences.lengths);
    vec![logits, model.pooled(cx, input), model.sentence_vectors(cx, input)]
}

/// One number of all outputs, and of the loss of masked words.
fn objective(model: &Bert, cx: &Context<'_>) -> Tensor {
    let (sentences, _) = sentences();
    let mut targets: Array2<Token> = Array2::from_elem(sentences.tokens.raw_dim(), IGNORE);
    (targets[[0, 2]], targets[[0, 5]], targets[[2, 0]]) = (5, 9, 1);
    let loss = model.loss(cx, &MaskedBatch { sentences, targets });
    outputs(model, cx).iter().enumerate().fold(loss, |sum, (i, y)| {
        let weight = Tensor::constant(random_tensor(y.shape(), 1, &format!("cotangent.{i}")));
        &sum + &(y * &weight).sum()
    })
}

/// The outputs, and the gradient of the objective by every parameter.
fn run(model: &Bert, parameters: &Parameters) -> (Vec<Tensor>, Vec<(String, ArrayD<Real>)>) {
    let cx = Context::train(parameters, 1, 0);
    let gradients = objective(model, &cx).backward();
    let of =
        |(id, p): (_, &tensor::Parameter)| (p.name().to_owned(), gradients.get(id).expect("all are used").to_owned());
    (outputs(model, &Context::eval(parameters)), parameters.iter().map(of).collect())
}

#[test]
fn the_fused_model_is_the_literal_model() {
    let (parameters, model) = loud(config());
    let [(literal, expected), (fused, found)] =
        [Form::Literal, Form::Fused].map(|form| run(&model.clone().with_form(form), &parameters));
    for ((literal, fused), what) in literal.iter().zip(&fused).zip(["logits", "pooled", "sentence"]) {
        assert_close(what, fused.value(), literal.value(), ROUNDING);
    }
    for ((name, expected), (_, found)) in expected.iter().zip(&found) {
        assert_close(name, found, expected, ROUNDING);
    }
}

#[test]
fn every_parameter_has_the_gradient_of_its_finite_differences() {
    let (parameters, model) = loud(config());
    for form in [Form::Literal, Form::Fused] {
        let model = model.clone().with_form(form);
        for (name, gradient) in run(&model, &parameters).1 {
            let id = parameters.find(&name).expect("its own name");
            let v = random_tensor(gradient.shape(), 1, &format!("direction.{name}"));
            let moved = |sign: f64| {
                let mut parameters = parameters.clone();
                let value = parameters.get(id).value() + &(&v * (sign * STEP) as Real);
                parameters.set(id, value.into_shared());
                f64::from(objective(&model, &Context::eval(&parameters)).item())
            };
            let measured = (moved(1.0) - moved(-1.0)) / (2.0 * STEP);
            let terms = gradient.iter().zip(&v).map(|(&g, &v)| f64::from(g) * f64::from(v));
            let (analytic, squares) = terms.fold((0.0, 0.0), |(sum, squares), x| (sum + x, squares + x * x));
            let error = (measured - analytic).abs() / squares.sqrt().max(1e-1);
            assert!(error <= ALLOWED, "{form:?}, {name}: {analytic} is computed, {measured} measured");
        }
    }
}
