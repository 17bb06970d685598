//! The lecture on attention as a program. Run it with
//! `cargo test -p attention --test walkthrough -- --nocapture --test-threads=1`:
//! every matrix is printed with its name and shape, and every number is checked. What is "worked out by hand" below,
//! `fixtures/walkthrough.py` repeats from the equations.

use attention::{Decoder, DecoderConfig, Form, Memory, RnnSearch, RnnSearchConfig, Score, Scoring, decoder};
use data::pairs::{END, PairBatch};
use data::{Token, random::stream};
use lstm::Lstm;
use ndarray::{Array2, Array3, Ix3, arr1, arr2, arr3, s};
use ndarray_rand::rand::Rng;
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig, translate};
use rnn::Input;
use tensor::check::assert_close;
use tensor::check::lecture::{bar, say, show, title};
use tensor::{Context, Init, Meter, Parameters, Tensor, shared};

/// Everything here was worked out by hand to six places.
const HAND: f64 = 3e-6;

/// The same, relative to numbers below a tenth.
const SMALL: f64 = 1e-5;

/// The states of an encoder that has read three words, C = 2.
fn states() -> Array3<tensor::Real> {
    arr3(&[[[1.0, 0.0], [0.0, 1.0], [-1.0, 0.5]]])
}

/// H = C = A = E = 2, so the LSTM has 4H = 8 rows, which read the word and the context, E + C = 4 columns.
fn machine() -> (Parameters, Decoder) {
    let mut parameters = Parameters::new();
    let (score, start) = (Score::Additive, Default::default());
    let config = DecoderConfig { input: 2, hidden: 2, states: 2, score, width: 2, input_feeding: false, start };
    let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), config);
    let w_ih = arr2(&[
        [1.0, 0.0, 0.5, 0.0],
        [0.0, 1.0, 0.0, 0.5],
        [0.5, 0.5, 0.0, 1.0],
        [0.0, 0.0, 1.0, 0.0],
        [-1.0, 1.0, 2.0, 0.0],
        [1.0, -1.0, 0.0, 2.0],
        [0.0, 0.5, 1.0, 1.0],
        [0.5, 0.0, -1.0, 1.0],
    ]);
    let w_hh =
        arr2(&[[0.5, 0.0], [0.0, 0.5], [1.0, 0.0], [0.0, 1.0], [0.0, -1.0], [1.0, 0.0], [0.5, 0.5], [-0.5, 0.5]]);
    for (name, value) in [
        ("attention.query.weight", shared(arr2(&[[2.0, 0.0], [-1.0, 1.0]]))),
        ("attention.key.weight", shared(arr2(&[[1.0, -1.0], [0.5, 1.0]]))),
        ("attention.v", shared(arr1(&[1.0, 2.0]))),
        ("weight_ih_l0", shared(w_ih)),
        ("weight_hh_l0", shared(w_hh)),
        ("bias_ih_l0", shared(arr1(&[0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0]))),
        ("bias_hh_l0", shared(arr1(&[0.0; 8]))),
    ] {
        parameters.set(parameters.find(name).unwrap(), value);
    }
    (parameters, decoder)
}

fn memory(cx: &Context<'_>, decoder: &Decoder, length: usize) -> Memory {
    decoder.memory(cx, Tensor::constant(states()), vec![length])
}

/// The query: the state of a decoder before its next word.
fn h() -> Tensor {
    Tensor::constant(arr3(&[[[0.5, -0.5]]]))
}

fn numbers(x: &Tensor) -> Array3<tensor::Real> {
    x.view::<Ix3>("walkthrough").to_owned()
}

#[test]
fn step_01_keep_every_state() {
    title("Step 1. Keep every state");
    say("An encoder has read a sentence of three words. The encoder-decoder hands over what is left at the end and forgets
the rest: a vector of one width for three words and for thirty. Bahdanau, Cho and Bengio kept all of it, one state for
each word:");
    show("s_1, s_2, s_3", "(B, S, C)", &states());
    say("A state is a vector, and the decoder has to find the one that it needs. So each state gets a key to be found by,
k_j = W_k s_j. The keys depend on nothing that the decoder does, so they are computed once a sentence:");
    let (parameters, decoder) = machine();
    let memory = memory(&Context::eval(&parameters), &decoder, 3);
    show("k_1, k_2, k_3", "(B, S, A)", &numbers(&memory.keys));
    // The rows of W_k are (1, -1) and (1/2, 1): k_3 = (-1 - 1/2, -1/2 + 1/2)
    assert_close("keys", &numbers(&memory.keys), &arr3(&[[[1.0, 0.5], [-1.0, 1.0], [-1.5, 0.0]]]), HAND);
}

#[test]
fn step_02_a_query_and_its_scores() {
    title("Step 2. A query and its scores");
    say("The decoder stands before its next word. Its state h is turned into a query, q = W_q h, and the query is compared
with every key by a network of one hidden layer: e_j = v · tanh(q + k_j). The sum is what makes it additive.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let Scoring::Additive { w_q, v } = decoder.weights(&cx).scoring else { panic!("the score is additive") };
    let q = h().linear(&w_q, None);
    show("q", "(B, T, A)", &numbers(&q));
    let hidden = (&memory.keys + &q).tanh();
    show("tanh(q + k_j)", "(B, S, A)", &numbers(&hidden));
    let scores = hidden.linear(&v.reshape(&[1, 2]), None).reshape(&[1, 1, 3]);
    show("e_1, e_2, e_3", "(B, T, S)", &numbers(&scores));
    say("The second key is the exact opposite of the query, and its score is 0. There is nothing about a score that makes
it positive or bounds it: these are not weights yet.");
    assert_close("q", &numbers(&q), &arr3(&[[[1.0, -1.0]]]), HAND);
    // tanh 2 = 0.964028, tanh(1/2) = 0.462117, tanh 1 = 0.761594; v = (1, 2)
    let by_hand = arr3(&[[[0.964028, -0.462117], [0.0, 0.0], [-0.462117, -0.761594]]]);
    assert_close("hidden", &numbers(&hidden), &by_hand, HAND);
    assert_close("scores", &numbers(&scores), &arr3(&[[[0.039793, 0.0, -1.985305]]]), HAND);
}

#[test]
fn step_03_the_alignment() {
    title("Step 3. The alignment");
    say("The softmax makes of the scores positive numbers that sum to one. They are called the alignment, since after
training they often show which word of the source a word of the translation belongs to.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let look = |length| {
        let scoring = decoder.weights(&cx).scoring;
        let [z, alignment] = scoring.attend(&h(), &memory(&cx, &decoder, length), Form::Literal);
        (numbers(&z), numbers(&alignment))
    };
    let (_, three) = look(3);
    show("α of a sentence of three words", "(B, T, S)", &three);
    say("Sentences of a batch have different lengths, and the shorter ones are filled up with padding. Of a sentence of two
words the third state is no state at all. Its score is replaced by minus infinity *before* the softmax:");
    let (z, two) = look(2);
    show("α of a sentence of two words", "(B, T, S)", &two);
    say("Exactly zero, and the others share what it had: 0.509947 : 0.490053 = 0.477790 : 0.459151. A weight that is set to
zero afterwards would leave a sum below one.");
    assert_close("three", &three, &arr3(&[[[0.477790, 0.459151, 0.063059]]]), HAND);
    assert_close("two", &two, &arr3(&[[[0.509947, 0.490053, 0.0]]]), HAND);
    assert_eq!(two[[0, 0, 2]], 0.0);
    assert_close("z", &z, &arr3(&[[[0.509947, 0.490053]]]), HAND); // the first two states are unit vectors
}

#[test]
fn step_04_the_context_is_a_mean_of_states() {
    title("Step 4. The context is a mean of states");
    say("What the decoder finds is z = Σ_j α_j s_j, the mean of the *states*, weighted by the alignment. Not of the keys,
and not of the embeddings of the words: a state tells of its word in its surroundings.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let scoring = decoder.weights(&cx).scoring;
    for form in [Form::Literal, Form::Fused] {
        let [z, _] = scoring.attend(&h(), &memory, form);
        show(&format!("z, {form:?}"), "(B, T, C)", &numbers(&z));
        // 0.477790 - 0.063059 and 0.459151 + 0.063059/2
        assert_close("z", &numbers(&z), &arr3(&[[[0.414731, 0.490680]]]), HAND);
    }
    say("A mean has no order. Put the three states in another order, and the alignment is permuted with them; the context
stays what it was.");
    let turned = memory.states.value().slice(s![.., ..;-1, ..]).to_owned();
    let turned = decoder.memory(&cx, Tensor::constant(turned), vec![3]);
    let [z, alignment] = scoring.attend(&h(), &turned, Form::Fused);
    assert_close("alignment", &numbers(&alignment), &arr3(&[[[0.063059, 0.459151, 0.477790]]]), HAND);
    assert_close("z", &numbers(&z), &arr3(&[[[0.414731, 0.490680]]]), HAND);
}

#[test]
fn step_05_a_step_of_the_decoder() {
    title("Step 5. A step of the decoder");
    say("The decoder is an LSTM that reads two things side by side: its own last word x_t and the context z_t. The look comes
first, from the state h_{t-1} in which the last step has left it.");
    let (parameters, decoder) = machine();
    let cx = Context::eval(&parameters);
    let memory = memory(&cx, &decoder, 3);
    let begin = decoder.begin(Tensor::constant(arr2(&[[0.5, -0.5]])), Tensor::constant(arr2(&[[0.25, -1.0]])));
    let x = Tensor::constant(arr3(&[[[1.0, 0.0], [0.0, 1.0]]]));
    for form in [Form::Literal, Form::Fused] {
        let decoded = decoder.forward(&cx, &x, &memory, &begin, form);
        println!("    {form:?}");
        show("α_1, α_2", "(T, S)", &numbers(&decoded.alignment).slice(s![0, .., ..]));
        show("h_1, h_2", "(T, H)", &numbers(&decoded.ys).slice(s![0, .., ..]));
        show("c_2", "(B, H)", &decoded.state.c.value().view());
        let alignment = arr3(&[[[0.477790, 0.459151, 0.063059], [0.566824, 0.389796, 0.043380]]]);
        assert_close("alignment", &numbers(&decoded.alignment), &alignment, HAND);
        let ys = arr3(&[[[0.322774, -0.113387], [0.637223, -0.028643]]]);
        assert_close("h", &numbers(&decoded.ys), &ys, HAND);
        assert_close("c", decoded.state.c.value(), &arr2(&[[1.029937, -0.068594]]).into_dyn(), HAND);
    }
    say("The first step has changed the state, so the second looks elsewhere: more at the first word, less at the others.
Nobody tells the decoder where to look. Everything on the way is differentiable, and the loss of the translation alone
teaches the query, the keys and v.");
}

#[test]
fn step_06_or_simply_multiply() {
    title("Step 6. Or simply multiply");
    say("Luong, Pham and Manning asked whether a hidden layer is needed, and took the inner product e_j = h · s_j. It has no
parameters at all; one matrix between the two, h · W s_j, lets query and state speak different languages.");
    let states = Tensor::constant(states());
    let dot = Memory { keys: states.clone(), states, lengths: vec![3] };
    let scores = h().matmul(&dot.keys.permute(&[0, 2, 1]));
    show("e_1, e_2, e_3", "(B, T, S)", &numbers(&scores));
    assert_eq!(numbers(&scores), arr3(&[[[0.5, -0.5, -0.75]]]));
    let factor = 1.0 / (2.0 as tensor::Real).sqrt();
    for (name, factor, expected) in
        [("dot", 1.0, [0.604455, 0.222366, 0.173179]), ("scaled by 1/√2", factor, [0.524592, 0.258660, 0.216748])]
    {
        for form in [Form::Literal, Form::Fused] {
            let [_, alignment] = Scoring::Multiplicative { factor }.attend(&h(), &dot, form);
            assert_close(name, &numbers(&alignment), &arr3(&[[expected]]), HAND);
            if form == Form::Fused {
                show(&format!("α, {name}"), "(B, T, S)", &numbers(&alignment));
            }
        }
    }
    say("Divided by √H the scores come closer together, and the weights with them: the variance of an inner product grows
with its length, and a softmax of large scores looks at one place only. That factor is from 2017, from the paper that
threw out everything but this step.");
}

#[test]
fn step_07_the_way_back_is_short() {
    title("Step 7. The way back is short");
    say("The gradient of a loss at this step reaches every state of the encoder directly, times its weight: ds_j = α_j dz.
Whether the word stood three or thirty steps back does not matter; in an encoder-decoder it would have to come through all
the steps between. Here for the sum of the context's numbers, dz = (1, 1):");
    let (parameters, decoder) = machine();
    let cx = Context::train(&parameters, 1, 0);
    let (s, k) = (cx.leaf(states()), cx.leaf(arr3(&[[[1.0, 0.5], [-1.0, 1.0], [-1.5, 0.0]]])));
    let memory = Memory { states: s.clone(), keys: k.clone(), lengths: vec![3] };
    let [z, _] = decoder.weights(&cx).scoring.attend(&h(), &memory, Form::Fused);
    let gradients = z.sum().backward();
    let (ds, dk) = (gradients.of(&s).unwrap(), gradients.of(&k).unwrap());
    show("d (z_1 + z_2) / d s_j", "(B, S, C)", &ds);
    let by_hand = arr3(&[[[0.477790; 2], [0.459151; 2], [0.063059; 2]]]);
    assert_close("ds", &ds, &by_hand.into_dyn(), HAND);

    say("The scores get theirs through the softmax, de_j = α_j (dz · s_j - dz · z):");
    let cx = Context::train(&parameters, 1, 0);
    let e = cx.leaf(arr3(&[[[0.039793, 0.0, -1.985305]]]));
    let z = e.softmax().matmul(&Tensor::constant(states()));
    let de = z.sum().backward().of(&e).unwrap().to_owned();
    show("d (z_1 + z_2) / d e_j", "(B, T, S)", &de);
    assert_close("de", &de, &arr3(&[[[0.045194, 0.043430, -0.088624]]]).into_dyn(), SMALL);
    assert!(de.sum().abs() < 1e-7);
    say("They sum to zero, for what one position gains the others lose. Looking more at the third word would make this sum
smaller. From the score it goes on to the key, dk_j = de_j v (1 - tanh²(q + k_j)):");
    show("d (z_1 + z_2) / d k_j", "(B, S, A)", &dk);
    // tanh(q + k_j) of step 2 is 0 for the second key, so dk_2 = 0.043430·(1, 2)
    let by_hand = arr3(&[[[0.003193, 0.071085], [0.043430, 0.086861], [-0.069698, -0.074440]]]);
    assert_close("dk", &dk, &by_hand.into_dyn(), SMALL);
}

#[test]
fn step_08_still_one_step_after_the_other() {
    title("Step 8. Still one step after the other");
    say("The bottleneck is gone, and the recurrence is not. A look needs h_{t-1}, and h_t needs the look: query, sum, tanh,
score, softmax and mean stand in the chain before the LSTM's 7.");
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
    say("\nThe fused form is one operation over the whole translation. It saves the computer's time, not the mathematics':
the work is the same, and 13 steps wait for each other for every word. The Transformer gets rid of that chain: its queries
come from somewhere else than from the step before. That is claim C5; counted and timed beside the Transformer:
`cargo run --release -- compare --only C5`.");
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

#[test]
fn step_09_the_alignment_follows_the_order_of_words() {
    title("Step 9. The alignment follows the order of the words");
    say("Now train. The translation of a sentence is the sentence from its end: word t of the translation belongs to word
S + 1 - t of the source, and the diagonal is the wrong guess. The model has E = 16, H = 32 and reads the source from both
ends. Nobody tells it about positions.");
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
    let best = translations.iter().zip(&unseen.sources.lengths).find(|(_, length)| **length == 6).unwrap().0;
    let alignment: &Array2<tensor::Real> = best.alignment.as_ref().unwrap();
    show("the alignment of one sentence of six words, a row for each word said", "(T, S)", alignment);
    bar("right", part(right, 100), &format!("{right} of 100 unseen sentences"));
    bar("found", part(found, words), &format!("{found} of {words} words looked most at the word that they come from"));
    bar("diagonal", part(diagonal, words), &format!("{diagonal} stand at the place of the word that they come from"));
    say("\nThe large numbers stand on the other diagonal. The paper shows such figures of English and French. They say where
the decoder looked, not what it made of it: the states to the left and right know of the word as well. That is claim C4, on
English and Spanish, beside the encoder-decoder: `cargo run --release -- compare --only C4`.");
    assert!(right >= 90, "{right} of 100 right");
    assert!(part(found, words) > 0.8, "{found} of {words} found");
    assert!(part(diagonal, words) < 0.2);
}
