//! Both forms are the same function with the same gradient, and it is that of finite differences.

mod support;

use nn::{Trainable, Translator};
use support::{batch, configs, loud};
use tensor::check::assert_close;
use tensor::{Context, Gradients, Parameters, Real};
use transformer::Form;

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-11 } else { 1e-4 };

#[test]
fn literal_and_fused_form_have_the_same_scores_and_gradients() {
    for config in configs() {
        let (parameters, model) = loud(config);
        let of = |form| {
            let cx = Context::train(&parameters, 1, 0);
            let model = model.clone().with_form(form);
            (model.logits(&cx, &batch()), model.loss(&cx, &batch()).backward())
        };
        let [(literal, expected), (fused, found)] = [Form::Literal, Form::Fused].map(of);
        assert_close("logits", fused.value(), &literal.value().to_owned(), ROUNDING);
        let gradient = |gradients: &Gradients, id| gradients.get(id).expect("all have one").to_owned();
        for (id, parameter) in parameters.iter() {
            assert_close(parameter.name(), &gradient(&found, id), &gradient(&expected, id), ROUNDING);
        }
    }
}

/// Along the gradient of each parameter by itself, the loss changes as the gradient says.
#[test]
fn every_parameter_has_the_gradient_of_finite_differences() {
    if size_of::<Real>() < 8 {
        return; // differences of single precision are too coarse
    }
    for config in configs() {
        let (parameters, model) = loud(config);
        let loss = |parameters: &Parameters| f64::from(model.loss(&Context::eval(parameters), &batch()).item());
        let gradients = model.loss(&Context::train(&parameters, 1, 0), &batch()).backward();
        assert_eq!(gradients.missing(&parameters).count(), 0);
        for (id, parameter) in parameters.iter() {
            let gradient = gradients.get(id).expect("none is missing").to_owned();
            let norm = f64::from(gradient.iter().map(|g| g * g).sum::<Real>()).sqrt();
            assert!(norm > 1e-6, "{}: the loss does not depend on it", parameter.name());
            let step = 1e-5 / norm;
            let [more, less] = [step, -step].map(|step| {
                let mut moved = parameters.clone();
                moved.set(id, (parameter.value() + &(&gradient * step as Real)).into_shared());
                loss(&moved)
            });
            let slope = (more - less) / 2e-5;
            assert!((slope / norm - 1.0).abs() < 1e-5, "{}: {slope} instead of {norm}", parameter.name());
        }
    }
}
