//! The quizzes' keys are what the workspace computes: no number and no shape is taken on trust.

mod controls;
mod encoders;
mod families;
mod gpt;
mod recurrent;
mod tape;
mod text_to_text;
mod tokens;
mod transformer;
mod translators;

use std::collections::BTreeMap;

use quiz::{Judged, Key, Quiz};
use tensor::{Context, Parameters, Real, Tensor, shared};

/// Answers to the questions of a quiz that can be computed, by the questions' ids.
type Computed = Vec<(&'static str, String)>;

fn number(value: impl Into<f64>) -> String {
    value.into().to_string()
}

fn shape(sizes: &[usize]) -> String {
    format!("{sizes:?}")
}

/// Gives parameters values.
fn set<D: ndarray::Dimension>(parameters: &mut Parameters, name: &str, value: ndarray::Array<Real, D>) {
    let id = parameters.find(name).unwrap_or_else(|| panic!("no parameter {name}"));
    parameters.set(id, shared(value));
}

fn recorded(parameters: &Parameters) -> Context<'_> {
    Context::train(parameters, 1, 0)
}

/// The mean loss, in nats, where the right one of two tokens gets these probabilities.
fn loss(right: &[f64]) -> f64 {
    let logits = ndarray::Array2::from_shape_fn((right.len(), 2), |(row, token)| match token {
        0 => 0.0,
        _ => (1.0 / right[row] - 1.0).ln() as Real,
    });
    let targets = ndarray::Array1::<data::Token>::zeros(right.len());
    nn::cross_entropy(&Tensor::constant(logits), targets.view().into_dyn()).item().into()
}

#[test]
fn every_number_and_every_shape_is_what_the_workspace_computes() {
    let computed: BTreeMap<&str, Computed> = [
        ("tape", tape::computed()),
        ("rnn", recurrent::of_rnn()),
        ("lstm", recurrent::of_lstm()),
        ("seq2seq", translators::of_seq2seq()),
        ("attention", translators::of_attention()),
        ("transformer", transformer::of_transformer()),
        ("shapes", transformer::of_shapes()),
        ("tokens", tokens::computed()),
        ("gpt", gpt::of_gpt()),
        ("controls", controls::computed()),
        ("families", families::computed()),
        ("encoders", encoders::computed()),
        ("text-to-text", text_to_text::computed()),
    ]
    .into();
    for quiz in Quiz::all() {
        let mut answers = computed[quiz.chapter].clone();
        for question in &quiz.questions {
            let at = answers.iter().position(|(id, _)| *id == question.id);
            match (&question.key, at.map(|at| answers.remove(at).1)) {
                (Key::Choice(_), None) => {}
                (Key::Choice(_), Some(_)) => panic!("{}, {}: a choice is not computed", quiz.chapter, question.id),
                (_, None) => panic!("{}, {}: nothing computes it", quiz.chapter, question.id),
                (_, Some(answer)) => {
                    let right = question.right();
                    let judged = question.judge(&answer);
                    assert_eq!(judged, Judged::Right, "{}, {}: {answer}, key {right}", quiz.chapter, question.id);
                }
            }
        }
        assert!(answers.is_empty(), "{}: no question {answers:?}", quiz.chapter);
    }
}
