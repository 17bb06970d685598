//! Speaking token by token says what reading everything at once says.

use data::Token;
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, Ix3, s};
use nn::{LanguageModel, Temperature, generate};
use tensor::check::{assert_close, random_tensor};
use tensor::{Array, Context, Init, Parameters};

const CONTEXT: usize = 6;
const VOCABULARY: usize = 13;

/// A model with weights so large that every token in the window matters.
fn model(parameters: &mut Parameters) -> Gpt {
    let mut config = GptConfig::new(VOCABULARY, CONTEXT, 3, 20, 4);
    config.block.bias = true;
    let model = Gpt::new(&mut Init::new(parameters, 1), config).unwrap();
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let noise = random_tensor(parameters.get(id).value().shape(), 1, &name) * 0.4;
        let value = parameters.get(id).value() + &noise;
        parameters.set(id, value.into_shared());
    }
    model
}

/// B = 3 rows of random tokens.
fn tokens(length: usize) -> Array2<Token> {
    let numbers = random_tensor(&[3, length], 2, "tokens");
    Array2::from_shape_fn((3, length), |(b, t)| (numbers[[b, t]].abs() * 1e4) as Token % VOCABULARY as Token)
}

/// The last position of a pass over all of these tokens.
fn full_pass(model: &Gpt, parameters: &Parameters, tokens: ndarray::ArrayView2<'_, Token>) -> Array {
    let logits = model.logits(&Context::eval(parameters), tokens);
    logits.view::<Ix3>("logits").slice(s![.., -1, ..]).to_owned().into_dyn().into_shared()
}

#[test]
fn cached_logits_are_those_of_the_full_pass_also_beyond_the_context() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let cx = Context::eval(&parameters);
    let text = tokens(3 * CONTEXT);
    for prompt in [1, 2, CONTEXT - 1, CONTEXT, CONTEXT + 1, 2 * CONTEXT] {
        let (mut memory, mut logits) = model.start(&cx, text.slice(s![.., ..prompt]));
        for length in prompt.. {
            let window = text.slice(s![.., length.saturating_sub(CONTEXT)..length]);
            assert_eq!(memory.window(), window);
            let expected = full_pass(&model, &parameters, window);
            assert_close(&format!("prompt {prompt}, {length} tokens"), &logits.view().into_dyn(), &expected, 1e-5);
            let Some(next) = (length < text.ncols()).then(|| text.column(length).to_vec()) else { break };
            logits = model.next(&cx, &mut memory, &next);
        }
    }
}

#[test]
fn the_full_pass_changes_with_every_token_of_the_window() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let window = tokens(CONTEXT);
    let before = full_pass(&model, &parameters, window.view());
    for t in 0..CONTEXT {
        let mut changed = window.clone();
        changed.column_mut(t).mapv_inplace(|token| (token + 1) % VOCABULARY as Token);
        let after = full_pass(&model, &parameters, changed.view());
        let difference = (&after - &before).fold(0.0, |largest, x| x.abs().max(largest));
        assert!(
            difference > 1e-3,
            "token {t} changes the scores by {difference} only: the cache test would be blind to it"
        );
    }
}

#[test]
fn a_remembered_state_can_be_continued_in_two_ways() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let cx = Context::eval(&parameters);
    let (memory, _) = model.start(&cx, tokens(3).view());
    let [mut left, mut right] = [memory.clone(), memory];
    model.next(&cx, &mut left, &[1, 2, 3]);
    let after_right = model.next(&cx, &mut right, &[4, 5, 6]);
    assert_ne!(model.next(&cx, &mut left, &[7, 8, 9]), after_right);
    let (mut fresh, _) = model.start(&cx, tokens(3).view());
    assert_eq!(model.next(&cx, &mut fresh, &[4, 5, 6]), after_right);
}

#[test]
fn greedy_text_is_the_likeliest_token_of_each_full_pass() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let prompts = tokens(2);
    let said = generate(&model, &parameters, prompts.view(), 2 * CONTEXT, Temperature::GREEDY, 1).unwrap();
    let mut text = prompts;
    for said in said.columns() {
        let window = text.slice(s![.., text.ncols().saturating_sub(CONTEXT)..]);
        let scores = full_pass(&model, &parameters, window).into_dimensionality::<ndarray::Ix2>().unwrap();
        for (scores, &token) in scores.rows().into_iter().zip(said) {
            assert!(
                scores.iter().all(|&score| score <= scores[token as usize]),
                "{token} is not the likeliest of {scores}"
            );
        }
        text.push_column(said).unwrap();
    }
}

#[test]
#[should_panic(expected = "positions 0..7 go beyond the context of 6")]
fn the_full_pass_refuses_more_than_its_context() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    model.logits(&Context::eval(&parameters), tokens(CONTEXT + 1).view());
}
