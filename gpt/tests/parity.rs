//! The whole model against PyTorch: logits, loss and every gradient.

use data::{TextBatch, Token};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView2, Ix2};
use nn::{BeamSearch, LanguageModel, RepetitionPenalty, Trainable};
use serde::Deserialize;
use tensor::check::Fixture;
use tensor::{Context, Init, Parameters, shared};
use transformer::Form;

/// The model of `fixtures/make.py`.
fn stored(fixture: &Fixture) -> (Gpt, Parameters) {
    let mut parameters = Parameters::new();
    let config = GptConfig::new(11, 7, 3, 8, 2);
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    let mut names: Vec<_> = ids.iter().map(|(_, name)| name.as_str()).collect();
    names.sort();
    assert_eq!(names, fixture.names("param.").collect::<Vec<_>>(), "the names of GPT-2's checkpoints");
    for (id, name) in &ids {
        parameters.set(*id, shared(fixture.array(&format!("param.{name}"))));
    }
    (model, parameters)
}

#[test]
fn logits_loss_and_gradients_are_pytorchs() {
    let fixture = Fixture::load("tests/fixtures/gpt.safetensors");
    let tokens = |name| -> Array2<Token> {
        fixture.array(name).into_dimensionality::<Ix2>().expect("(B, T)").mapv(|token| token as Token)
    };
    let batch = TextBatch { inputs: tokens("input.tokens"), targets: tokens("input.targets") };

    let (model, parameters) = stored(&fixture);
    for form in [Form::Literal, Form::Fused] {
        let model = model.clone().with_form(form);
        let cx = Context::train(&parameters, 1, 0);
        fixture.assert_matches("output.logits", &model.logits(&cx, batch.inputs.view()).value().view());
        let loss = model.loss(&cx, &batch);
        fixture.assert_matches("output.loss", &loss.value().view());
        let gradients = loss.backward();
        for (id, parameter) in parameters.iter() {
            let name = format!("grad.param.{}", parameter.name());
            fixture.assert_matches(&name, &gradients.get(id).expect("all are used"));
        }
    }
}

#[derive(Deserialize)]
struct Search {
    prompt: Vec<Token>,
    beams: usize,
    tokens: Vec<Token>,
    log_probability: f64,
}

/// `fixtures/beams.py` says how they were made.
#[test]
fn beams_find_what_those_of_transformers_find() {
    let fixture = Fixture::load("tests/fixtures/gpt.safetensors");
    let (model, parameters) = stored(&fixture);
    let searches: Vec<Search> = serde_json::from_str(include_str!("fixtures/beams.json")).unwrap();
    for Search { prompt, beams, tokens, log_probability } in searches {
        let search = BeamSearch::new(beams, 0.0, tokens.len()).unwrap();
        let prompts = ArrayView2::from_shape((1, prompt.len()), &prompt).unwrap();
        let [found] = &search.generate(&model, &parameters, prompts, None)[..] else { panic!("one prompt") };
        assert_eq!(found.tokens, tokens, "{beams} beams after {prompt:?}");
        assert!((found.log_probability - log_probability).abs() < 1e-4, "{} {log_probability}", found.log_probability);
    }
}

#[derive(Deserialize)]
struct Repeated {
    prompt: Vec<Token>,
    beams: usize,
    penalty: f64,
    tokens: Vec<Token>,
    score: f64,
}

#[test]
fn beams_with_a_repetition_penalty_find_what_those_of_transformers_find() {
    let fixture = Fixture::load("tests/fixtures/gpt.safetensors");
    let (model, parameters) = stored(&fixture);
    let searches: Vec<Repeated> = serde_json::from_str(include_str!("fixtures/repeated.json")).unwrap();
    assert!(searches.len() > 50);
    for Repeated { prompt, beams, penalty, tokens, score } in searches {
        let search = BeamSearch::new(beams, 0.0, tokens.len()).unwrap();
        let search = search.with_repetition_penalty(RepetitionPenalty::new(penalty).unwrap());
        let [found] = &search.generate(&model, &parameters, vec![prompt.clone()], None)[..] else {
            panic!("one prompt")
        };
        assert_eq!(found.tokens, tokens, "{beams} beams after {prompt:?}, {penalty}");
        assert!((found.log_probability - score).abs() < 1e-4, "{} {score}", found.log_probability);
    }
}
