//! Speaking token by token says what reading everything at once says.

use data::Token;
use gpt::{GenerationState, Gpt, GptConfig, Head};
use ndarray::{Array2, ArrayView2, Ix3, s};
use nn::{LanguageModel, Temperature, generate};
use tensor::check::{assert_close, random_tensor};
use tensor::{Array, Context, Init, Meter, Parameters};
use transformer::{Alibi, AttentionPositions, BlockConfig, Residuals, Rotary, RotaryScaling};

const CONTEXT: usize = 6;
const VOCABULARY: usize = 13;

/// A model with weights so large that every token in the window matters.
fn model(parameters: &mut Parameters) -> Gpt {
    let mut config = GptConfig::new(VOCABULARY, CONTEXT, 3, 20, 4);
    config.block.bias = true.into();
    model_of(parameters, config)
}

fn model_of(parameters: &mut Parameters, config: GptConfig) -> Gpt {
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

/// The first rows of these tokens, as prompts.
fn prompts(tokens: ArrayView2<'_, Token>) -> Vec<Vec<Token>> {
    tokens.outer_iter().map(|row| row.to_vec()).collect()
}

/// The last position of a pass over all of these tokens.
fn full_pass(model: &Gpt, parameters: &Parameters, tokens: ArrayView2<'_, Token>) -> Array {
    let logits = model.logits(&Context::eval(parameters), tokens);
    logits.view::<Ix3>("logits").slice(s![.., -1, ..]).to_owned().into_dyn().into_shared()
}

/// How many of `length` tokens are seen: as many as the context holds, and when one more comes, half of these and that one.
fn seen(prompt: usize, length: usize) -> usize {
    let one_more = |seen: usize, _| if seen == CONTEXT { CONTEXT / 2 + 1 } else { seen + 1 };
    (prompt..length).fold(prompt.min(CONTEXT), one_more)
}

#[test]
fn cached_logits_are_those_of_the_full_pass_before_and_after_the_older_half_is_dropped() {
    let mut config = GptConfig::new(VOCABULARY, CONTEXT, 3, 20, 4);
    config.block.bias = true.into();
    cached_is_full(config);
}

#[test]
fn cached_logits_are_those_of_the_full_pass_in_the_architectures_published_since() {
    let plain = GptConfig { learned_positions: false, ..GptConfig::new(VOCABULARY, CONTEXT, 2, 20, 4) };
    let llama = GptConfig::llama(VOCABULARY, CONTEXT, 2, 16, 4);
    let dynamic = RotaryScaling::Dynamic { factor: 2.0, context: 4 };
    let growing = AttentionPositions::Rotary(Rotary { scaling: Some(dynamic), ..Rotary::new(4) });
    let with = |change: fn(&mut GptConfig)| {
        let mut config = plain.clone();
        change(&mut config);
        config
    };
    for config in [
        llama.clone(),
        GptConfig { block: BlockConfig { attention_positions: growing, ..llama.block.clone() }, ..llama },
        with(|config| config.block.attention_positions = AttentionPositions::Alibi(Alibi::Added)),
        with(|config| (config.embedding_norm, config.head) = (true, Head::OwnWithBias)),
        with(|config| (config.block.key_value_heads, config.block.residual) = (Some(1), Residuals::Parallel)),
    ] {
        cached_is_full(config);
    }
}

fn cached_is_full(config: GptConfig) {
    let mut parameters = Parameters::new();
    let model = model_of(&mut parameters, config);
    let cx = Context::eval(&parameters);
    let text = tokens(4 * CONTEXT);
    for prompt in [1, 2, CONTEXT - 1, CONTEXT, CONTEXT + 1, 2 * CONTEXT] {
        let (mut memory, mut logits) = model.start(&cx, &prompts(text.slice(s![.., ..prompt])));
        for length in prompt.. {
            let dropped = length - seen(prompt, length);
            let window = text.slice(s![.., dropped..length]);
            for row in 0..3 {
                assert_eq!((memory.window(row), model.dropped(&memory, row)), (&window.row(row).to_vec()[..], dropped));
            }
            let expected = full_pass(&model, &parameters, window);
            assert_close(&format!("prompt {prompt}, {length} tokens"), &logits.view().into_dyn(), &expected, 1e-5);
            let Some(next) = (length < text.ncols()).then(|| text.column(length).to_vec()) else { break };
            logits = model.next(&cx, &mut memory, &next);
        }
    }
}

#[test]
fn the_window_of_a_context_of_one_is_the_last_token() {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(VOCABULARY, 1, 1, 4, 1)).unwrap();
    let cx = Context::eval(&parameters);
    let (mut memory, _) = model.start(&cx, &[[1, 2, 3]]);
    assert_eq!((memory.window(0), model.dropped(&memory, 0)), (&[3][..], 2));
    model.next(&cx, &mut memory, &[4]);
    assert_eq!((memory.window(0), model.dropped(&memory, 0)), (&[4][..], 3));
}

#[test]
fn prompts_of_different_lengths_are_gone_on_with_as_if_each_were_alone() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let cx = Context::eval(&parameters);
    let text = tokens(3 * CONTEXT);
    let prompts: Vec<_> =
        [CONTEXT + 2, 1, 4].iter().zip(prompts(text.view())).map(|(&n, row)| row[..n].to_vec()).collect();
    let (mut together, mut logits) = model.start(&cx, &prompts);
    let mut apart: Vec<_> = prompts.iter().map(|prompt| model.start(&cx, &[prompt])).collect();
    for next in text.columns() {
        for (row, (_, alone)) in apart.iter().enumerate() {
            assert_eq!(logits.row(row), alone.row(0), "row {row}: the same bits");
        }
        logits = model.next(&cx, &mut together, &next.to_vec());
        for ((state, alone), &token) in apart.iter_mut().zip(next) {
            *alone = model.next(&cx, state, &[token]);
        }
    }
    let dropped = [0, 1, 2].map(|row| model.dropped(&together, row));
    assert!(dropped[0] > dropped[1], "each row's window is its own: {dropped:?}");
}

/// The work of the next `count` tokens.
fn work(model: &Gpt, cx: &Context<'_>, memory: &mut GenerationState, count: usize) -> u64 {
    let meter = Meter::start();
    for _ in 0..count {
        model.next(cx, memory, &[3]);
    }
    meter.finish().values().map(|usage| usage.cost.work).sum()
}

#[test]
fn to_4096_tokens_a_token_costs_no_more_than_at_the_beginning() {
    let mut parameters = Parameters::new();
    let context = 32;
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(VOCABULARY, context, 2, 8, 2)).unwrap();
    let cx = Context::eval(&parameters);
    let (mut memory, _) = model.start(&cx, &[[1]]);
    work(&model, &cx, &mut memory, context - 2);
    let full = work(&model, &cx, &mut memory, 1); // the token that fills the context sees all of it
    let halves: Vec<_> = (0..(4096 - context) / 16).map(|_| work(&model, &cx, &mut memory, context / 2)).collect();
    assert_eq!((memory.window(0).len(), model.dropped(&memory, 0)), (32, 4064));
    assert_eq!(halves, vec![halves[0]; 254], "every sixteen tokens cost the same");
    // Sixteen tokens read 32 positions, the last of which sees the whole context.
    assert!(halves[0] < 32 * full, "{} is less than {}", halves[0], 32 * full);
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
    let (memory, _) = model.start(&cx, &prompts(tokens(3).view()));
    let [mut left, mut right] = [memory.clone(), memory];
    model.next(&cx, &mut left, &[1, 2, 3]);
    let after_right = model.next(&cx, &mut right, &[4, 5, 6]);
    assert_ne!(model.next(&cx, &mut left, &[7, 8, 9]), after_right);
    let (mut fresh, _) = model.start(&cx, &prompts(tokens(3).view()));
    assert_eq!(model.next(&cx, &mut fresh, &[4, 5, 6]), after_right);
}

#[test]
fn an_explained_text_is_gone_on_with_without_being_read_again() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let cx = Context::eval(&parameters);
    for length in [2, 4, CONTEXT] {
        let text = tokens(length).row(0).to_vec();
        let found = model.explain(&cx, &text);
        let (mut expected, logits) = model.start(&cx, &[&text]);
        assert_eq!(found.logits.slice(s![-1.., ..]), logits, "{length} tokens");
        let mut memory = found.state;
        assert_eq!(memory.window(0), text);
        for token in [3, 9] {
            assert_eq!(model.next(&cx, &mut memory, &[token]), model.next(&cx, &mut expected, &[token]));
        }
    }
}

#[test]
fn greedy_text_is_the_likeliest_token_of_each_full_pass() {
    let mut parameters = Parameters::new();
    let model = model(&mut parameters);
    let prompts = tokens(2);
    let said = generate(&model, &parameters, prompts.view(), 2 * CONTEXT, Temperature::GREEDY, 1).unwrap();
    let mut text = prompts;
    for said in said.columns() {
        let window = text.slice(s![.., text.ncols() - seen(2, text.ncols())..]);
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
