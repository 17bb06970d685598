//! A decoder that looks at every step.

use attention::{Form, Memory, RnnSearch, RnnSearchConfig, Scoring, decoder};
use data::Token;
use data::pairs::{END, PairBatch};
use data::random::stream;
use lstm::Lstm;
use ndarray::{Array2, arr2, arr3, s};
use ndarray_rand::rand::Rng;
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig, translate};
use rnn::Input;
use tensor::check::assert_close;
use tensor::check::lecture::{Names, bar, expect, heat, say, show, title};
use tensor::{Context, Init, Meter, Parameters, Tensor};

use crate::machine::{HAND, SMALL, UNITS, WORDS, h, machine, memory, numbers, states};

#[test]
fn step_05_a_step_of_the_decoder() {
    title("Step 5. A step of the decoder");
    say("The decoder is an LSTM that reads two things side by side: its own last word x_t and the context z_t. The
look comes first, from the state h_{t-1} in which the last step has left it. Here it takes two steps.");
    expect(
        "Does the second step look at the same place as the first?",
        &["yes: the states and keys are the same", "no: the query has changed", "no: it always looks one word further"],
    );
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let begin = decoder.begin(Tensor::constant(arr2(&[[0.5, -0.5]])), Tensor::constant(arr2(&[[0.25, -1.0]])));
    let x = Tensor::constant(arr3(&[[[1.0, 0.0], [0.0, 1.0]]]));
    for form in [Form::Literal, Form::Fused] {
        let decoded = decoder.forward(&cx, &x, &memory, &begin, form);
        if form == Form::Fused {
            let steps = &["step 1", "step 2"];
            let alignment = numbers(&decoded.alignment);
            let rows = "a sum of one in each row; the column that gains";
            heat("α", "(T, S)", [steps, WORDS], rows, &alignment.slice(s![0, .., ..]));
            let ys = numbers(&decoded.ys);
            let state = "the last row: the next query will come from it";
            show("h", "(T, H)", [steps, UNITS], state, &ys.slice(s![0, .., ..]));
            let cell = "unit 1: far from its beginning, 0.25";
            show("c after step 2", "(B, H)", [&[], UNITS], cell, &decoded.state.c.value().view());
        }
        let alignment = arr3(&[[[0.477790, 0.459151, 0.063059], [0.566824, 0.389796, 0.043380]]]);
        assert_close("alignment", &numbers(&decoded.alignment), &alignment, HAND);
        let ys = arr3(&[[[0.322774, -0.113387], [0.637223, -0.028643]]]);
        assert_close("h", &numbers(&decoded.ys), &ys, HAND);
        assert_close("c", decoded.state.c.value(), &arr2(&[[1.029937, -0.068594]]).into_dyn(), HAND);
    }
    say("Answer: b. The first step has changed the state, so the second looks elsewhere: more at the first word, less
at the others. Nobody tells the decoder where to look. Everything on the way is differentiable, and the loss of the
translation alone teaches the query, the keys and v.");
}

#[test]
fn step_06_or_simply_multiply() {
    title("Step 6. Or simply multiply");
    say("Luong, Pham and Manning asked whether a hidden layer is needed, and took the inner product e_j = h · s_j. It
has no parameters at all; with one matrix, h · W s_j, query and state need not have the same meaning number by
number. Here h = (0.5, -0.5).");
    let states = Tensor::constant(states());
    let dot = Memory { keys: states.clone(), states, lengths: vec![3] };
    let scores = h().matmul(&dot.keys.permute(&[0, 2, 1]));
    let highest = "the highest: the state that points most in the direction of h";
    show("e", "(B, T, S)", [&[], WORDS], highest, &numbers(&scores));
    expect(
        "The scores are divided by √2, to half of their variance. What happens to the weights?",
        &["nothing: all scores shrink alike", "they come closer together", "they move further apart"],
    );
    assert_eq!(numbers(&scores), arr3(&[[[0.5, -0.5, -0.75]]]));
    let factor = 1.0 / (2.0 as tensor::Real).sqrt();
    for (name, factor, expected) in
        [("dot", 1.0, [0.604455, 0.222366, 0.173179]), ("scaled by 1/√2", factor, [0.524592, 0.258660, 0.216748])]
    {
        for form in [Form::Literal, Form::Fused] {
            let [_, alignment] = Scoring::Multiplicative { factor }.attend(&h(), &dot, form);
            assert_close(name, &numbers(&alignment), &arr3(&[[expected]]), HAND);
            if form == Form::Fused {
                let largest = "the largest weight against the smallest";
                heat(&format!("α, {name}"), "(B, T, S)", [&[], WORDS], largest, &numbers(&alignment));
            }
        }
    }
    say("Answer: b. The scores come closer together, and the weights with them. That is wanted for long vectors: the
variance of an inner product grows with its length H, so it is divided by √H; a softmax of large scores looks at one
place only. The factor is from 2017, from the paper that threw out everything but this step.");
}

#[test]
fn step_07_the_way_back_is_short() {
    title("Step 7. The way back is short");
    say("How does the gradient of a loss at this step reach the states of the encoder? Let the loss be the sum of the
two numbers of the context z, so that dz = (1, 1). The weights were 0.4778, 0.4592 and 0.0631.");
    expect(
        "How much of the gradient comes to the first word, which was read two steps before the third?",
        &["less than to the third", "as much as its weight, 0.4778", "all of it, 1"],
    );
    let (parameters, decoder) = machine();
    let cx = Context::train(&parameters, 1, 0);
    let (s, k) = (cx.leaf(states()), cx.leaf(arr3(&[[[1.0, 0.5], [-1.0, 1.0], [-1.5, 0.0]]])));
    let memory = Memory { states: s.clone(), keys: k.clone(), lengths: vec![3] };
    let [z, _] = decoder.weights(&cx).scoring.attend(&h(), &memory, Form::Fused);
    let gradients = z.sum().backward();
    let (ds, dk) = (gradients.of(&s).unwrap(), gradients.of(&k).unwrap());
    let rows: Names = [WORDS, &[]];
    heat("d (z_1 + z_2) / d s", "(B, S, C)", rows, "the weights of step 3", &ds);
    let by_hand = arr3(&[[[0.477790; 2], [0.459151; 2], [0.063059; 2]]]);
    assert_close("ds", &ds, &by_hand.into_dyn(), HAND);

    say("Answer: b. Each state gets the gradient directly, times its weight: ds_j = α_j dz. It does not matter
whether the word stood three or thirty steps back. In an encoder-decoder it would have to come through all the steps
between.

The scores get their gradient through the softmax, de_j = α_j (dz · s_j - dz · z).");
    expect("What is the sum of the three?", &["1", "0", "that depends on the states"]);
    let cx = Context::train(&parameters, 1, 0);
    let e = cx.leaf(arr3(&[[[0.039793, 0.0, -1.985305]]]));
    let z = e.softmax().matmul(&Tensor::constant(states()));
    let de = z.sum().backward().of(&e).unwrap().to_owned();
    let signs = "the signs: looking more at which word would make z_1 + z_2 smaller?";
    heat("d (z_1 + z_2) / d e", "(B, T, S)", [&[], WORDS], signs, &de);
    assert_close("de", &de, &arr3(&[[[0.045194, 0.043430, -0.088624]]]).into_dyn(), SMALL);
    assert!(de.sum().abs() < 1e-7);
    say("Answer: b. What one word gains the others lose. Looking more at the third word would make z_1 + z_2 smaller.
From the score the gradient goes on to the key, dk_j = de_j v (1 - tanh²(q + k_j)):");
    heat("d (z_1 + z_2) / d k", "(B, S, A)", rows, "word 2: de_2 times v = (1, 2), as its tanh is 0", &dk);
    // tanh(q + k_j) of step 2 is 0 for the second key, so dk_2 = 0.043430·(1, 2)
    let by_hand = arr3(&[[[0.003193, 0.071085], [0.043430, 0.086861], [-0.069698, -0.074440]]]);
    assert_close("dk", &dk, &by_hand.into_dyn(), SMALL);
}

#[test]
fn step_08_still_one_step_after_the_other() {
    title("Step 8. Still one step after the other");
    say("The bottleneck is gone. In the LSTM 7 operations of every step wait for each other. Attention adds six:
query, sum, tanh, score, softmax and mean. The tape counts all numbers that are computed, the work, and the longest
chain of operations that wait for each other, the span, for two words of the translation.");
    expect(
        "How long is the chain for these two words?",
        &[
            "14: the looks can be computed beside the LSTM",
            "26: 13 for each word",
            "20: all looks are computed at once, before the LSTM begins",
        ],
    );
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let (x, begin) = (arr3(&[[[1.0, 0.0], [0.0, 1.0]]]), arr2(&[[0.5, -0.5]]));
    let run = |form| {
        let memory = memory(&cx, &decoder, 3);
        let memory = Memory { keys: memory.keys.detach(), ..memory };
        let begin = decoder.begin(Tensor::constant(begin.clone()), Tensor::constant(begin.clone()));
        let x = Tensor::constant(x.clone());
        let forward = if form == Form::Literal { decoder::literal::forward } else { decoder::fused::forward };
        let meter = Meter::start();
        forward(Input::Vectors(&x), &memory, &begin, &decoder.weights(&cx));
        let usage = meter.finish();
        let sum = |of: &dyn Fn(&tensor::Usage) -> u64| usage.values().map(of).sum::<u64>();
        (sum(&|usage| usage.calls), sum(&|usage| usage.cost.work), usage)
    };
    let ((many, work, _), (one, same_work, usage)) = (run(Form::Literal), run(Form::Fused));
    let span = usage["attending_decoder"].cost.span;
    println!("    {:>8} {:>12} {:>8} {:>8}", "", "operations", "work", "span");
    println!("    {:>8} {many:>12} {work:>8}", "literal");
    println!("    {:>8} {one:>12} {same_work:>8} {span:>8}", "fused");
    println!();
    say("Answer: b. A look needs h_{t-1}, and h_t needs the look. The fused form is one operation over the whole
translation. It saves the computer's time, not the mathematics': the work is the same. The Transformer gets rid of
the chain: its queries do not come from the step before. That is claim C5; counted and timed beside the Transformer:

    cargo run --release -- compare --only C5");
    // A look: 8 + 6 + 6 + 12 + 12 + 12 operations; the LSTM: 64 + 32 + 8 + 8 + 4 + 2 + 2 + 2; two steps.
    assert_eq!((one, work, same_work, span), (1, 2 * (56 + 122), 2 * (56 + 122), 2 * 13));
}

/// Sentences of 3 to 6 of the eight letters, which are the tokens 3 to 10, and the same from the end.
fn turned_round(rows: usize, seed: u64, step: u64) -> PairBatch {
    let mut rng = stream(seed, step, "turned round");
    let mut sentence = || -> Vec<Token> {
        let length = rng.random_range(3..7);
        (0..length).map(|_| rng.random_range(3..11)).collect()
    };
    let sources: Vec<Vec<Token>> = (0..rows).map(|_| sentence()).collect();
    let targets: Vec<Vec<Token>> = sources.iter().map(|source| source.iter().rev().copied().collect()).collect();
    let pairs: Vec<(&[Token], &[Token])> = sources.iter().zip(&targets).map(|(s, t)| (&s[..], &t[..])).collect();
    PairBatch::new(&pairs)
}

fn letter(token: Token) -> &'static str {
    match token {
        END => "end",
        3..=10 => ["a", "b", "c", "d", "e", "f", "g", "h"][token as usize - 3],
        _ => "?",
    }
}

#[test]
fn step_09_the_alignment_follows_the_order_of_words() {
    title("Step 9. The alignment follows the order of the words");
    say("Now train. The sentences are rows of 3 to 6 letters out of a to h, and the translation of a sentence is the
sentence turned round: the first word said is the last word of the source. The model has embeddings of 16 numbers and
32 units, and reads the source from both ends. Nobody tells it about positions.");
    expect(
        "Where do the darkest cells of the alignment stand? A row is a word said, a column a word of the source.",
        &[
            "on the diagonal from the upper left, as in every translation word for word",
            "on the other diagonal, from the upper right",
            "in the last column: that state has read everything",
        ],
    );
    let mut parameters = Parameters::new();
    let config = RnnSearchConfig { bidirectional: true, ..RnnSearchConfig::new(11, 16, 32) };
    let model = RnnSearch::<Lstm>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let settings = TrainingConfig::new(300, AdamW::default(), Schedule::constant(0.01));
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(1.0), ..settings });
    trainer.run(&|step| turned_round(32, 1, step), Hooks::default()).unwrap();

    let unseen = turned_round(100, 2, 0);
    let translations = translate(&model, trainer.parameters(), &unseen.sources, 10);
    let (mut right, mut found, mut diagonal, mut words) = (0, 0, 0, 0);
    for (row, (translation, &length)) in translations.iter().zip(&unseen.sources.lengths).enumerate() {
        let expected: Vec<Token> = (0..length).rev().map(|s| unseen.sources.tokens[[row, s]]).chain([END]).collect();
        right += usize::from(translation.tokens == expected);
        for (t, weights) in translation.alignment.as_ref().unwrap().outer_iter().take(length).enumerate() {
            let most = (0..length).max_by(|&a, &b| weights[a].total_cmp(&weights[b])).unwrap();
            words += 1;
            found += usize::from(most == length - 1 - t);
            diagonal += usize::from(t == length - 1 - t);
        }
    }
    let part = |count: usize, of: usize| count as f64 / of as f64;
    let row = unseen.sources.lengths.iter().position(|&length| length == 6).unwrap();
    let alignment: &Array2<tensor::Real> = translations[row].alignment.as_ref().unwrap();
    let [said, read] = [&translations[row].tokens[..], &unseen.sources.tokens.row(row).to_vec()[..]]
        .map(|tokens| tokens.iter().map(|&token| letter(token)).collect::<Vec<_>>());
    let last = "the darkest cell of each row; the last row says the end of the sentence";
    heat("α of one sentence", "(T, S)", [&said, &read], last, alignment);
    bar("right", part(right, 100), &format!("{right} of 100 new sentences"));
    bar("looked", part(found, words), &format!("{found} of {words} words at their own"));
    bar("diagonal", part(diagonal, words), &format!("{diagonal} words stand on it"));
    println!();
    say("Answer: b. Of all words said, \"looked\" counts those that looked most at the word that they come from, and
\"diagonal\" those for which the first answer would have been right: the words in the middle. The paper shows such
figures of English and French. They say where the decoder looked, not what it made of it: the states to the left and
right know of the word as well. That is claim C4, on English and Spanish, beside the encoder-decoder:

    cargo run --release -- compare --only C4");
    assert!(right >= 90, "{right} of 100 right");
    assert!(part(found, words) > 0.8, "{found} of {words} found");
    assert!(part(diagonal, words) < 0.2);
}
