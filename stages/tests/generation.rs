//! Every model of text goes on with prompts of different lengths as with each alone, bit for bit.

use data::Token;
use nn::{BeamSearch, Generator, LanguageModel, Temperature};
use stages::{Model, Sizes, Stage};
use tensor::check::random_tensor;
use tensor::{Context, Parameters};

const VOCABULARY: usize = 11;
/// GPT drops the older half of its window several times on the way.
const CONTEXT: usize = 8;
const COUNT: usize = 30;

/// A model of this stage that is sure of much, so that a token which it sees or not changes what it says.
fn model(stage: Stage) -> (Model, Parameters) {
    let sizes = Sizes { layers: 2, heads: 2, ..Sizes::new(VOCABULARY, CONTEXT, 12) };
    let (model, mut parameters) = stage.configure(sizes).build(1).unwrap();
    let ids: Vec<_> = parameters.iter().map(|(id, parameter)| (id, parameter.name().to_owned())).collect();
    for (id, name) in ids {
        let value = parameters.get(id).value();
        let noise = random_tensor(value.shape(), 1, &name) * 0.7;
        let value = (value + &noise).into_shared();
        parameters.set(id, value);
    }
    (model, parameters)
}

fn prompts() -> Vec<Vec<Token>> {
    let prompt = |length| (0..length).map(|t| ((7 * t + 3 * length) % VOCABULARY) as Token).collect();
    [3, 1, CONTEXT + 3, CONTEXT].map(prompt).into()
}

/// What follows each prompt; every row to its first `end`, and what the model had dropped of it there.
fn said(
    model: &Model,
    parameters: &Parameters,
    prompts: &[Vec<Token>],
    streams: &[usize],
    end: Token,
) -> Vec<(Vec<Token>, usize)> {
    let temperature = Temperature::new(1.0).unwrap();
    let mut rows = vec![(Vec::new(), 0); prompts.len()];
    let mut generator = Generator::new(model, parameters, prompts, temperature, 7).streams(streams).until(end);
    while let Some(tokens) = generator.next().filter(|_| rows.iter().any(|(said, _)| said.len() < COUNT)) {
        for (row, (token, (said, dropped))) in tokens.unwrap().into_iter().zip(&mut rows).enumerate() {
            if said.len() < COUNT && said.last() != Some(&end) {
                said.push(token);
                *dropped = generator.dropped(row);
            }
        }
    }
    rows
}

#[test]
fn rows_that_end_at_different_times_say_what_each_says_alone() {
    for stage in Stage::ALL {
        let (model, parameters) = model(stage);
        let (prompts, streams) = (prompts(), [0, 1, 2, 3]);
        let mut lengths = std::collections::BTreeSet::new();
        for end in 0..VOCABULARY as Token {
            let together = said(&model, &parameters, &prompts, &streams, end);
            for (row, together) in together.iter().enumerate() {
                let alone = said(&model, &parameters, &prompts[row..=row], &streams[row..=row], end);
                assert_eq!(&alone[0], together, "{stage}, row {row} to {end}");
            }
            lengths.extend(together.into_iter().map(|(said, _)| said.len()));
        }
        assert!(lengths.len() > 4, "{stage}: rows end at different times: {lengths:?}");
    }
}

#[test]
fn a_beam_over_prompts_of_different_lengths_finds_what_it_finds_after_each_alone() {
    for stage in Stage::ALL {
        let (model, parameters) = model(stage);
        let search = BeamSearch::new(3, 0.6, 12).unwrap();
        let together = search.generate(&model, &parameters, prompts(), Some(4));
        for (prompt, together) in prompts().into_iter().zip(together) {
            assert_eq!(search.generate(&model, &parameters, vec![prompt], Some(4)), [together], "{stage}");
        }
    }
}

/// The tests above would be blind if these models forgot the beginning of a prompt.
#[test]
fn the_first_token_of_a_prompt_changes_the_scores() {
    for stage in Stage::ALL {
        let (model, parameters) = model(stage);
        let cx = Context::eval(&parameters);
        let (_, scores) = model.start(&cx, &[vec![1, 5, 3, 9, 2], vec![6, 5, 3, 9, 2]]);
        assert!((&scores.row(0) - &scores.row(1)).iter().any(|difference| difference.abs() > 1e-3), "{stage}");
    }
}
