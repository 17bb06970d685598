//! From a source to its translation.

use data::pairs::{END, START};
use ndarray::{Ix2, Ix3, arr1, arr2, arr3, s};
use nn::{BeamSearch, Trainable, Translator, translate};
use seq2seq::ScheduledSampling;
use tensor::check::assert_close;
use tensor::check::lecture::{Names, bar, expect, heat, say, show, title};
use tensor::{Context, Real, Tensor};

use crate::machine::{A, B, COUNTS, HAND, TOKENS, letters, model, pair, sources, vectors};

#[test]
fn step_01_the_encoder_reads_and_says_nothing() {
    title("Step 1. The encoder reads and says nothing");
    say("The task of these pages: read a word of the letters a and b, and write the same letters in the order of the
alphabet. bab becomes abb. The first network, the encoder, reads bab. Its state s begins with zeros; each step adds
the vector of a letter, s_t = relu(x_t + s_{t-1}): a is (1, 0), b is (0, 1), and relu(z) = max(0, z).

Every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. B counts
words, S the letters of the source, T those of the translation, H the numbers of the state, V the tokens of the
vocabulary. A number that is exactly zero is written 0.");
    let (parameters, model) = model(1.0, |_| ());
    for (read, look_for) in
        [("b", "the 1: one b has been read"), ("ba", "what the a has added"), ("bab", "how often each letter has come")]
    {
        let s = vectors(&parameters, &model, &[read]);
        show(&format!("s after {read}"), "(B, H)", [&[], COUNTS], look_for, &s);
    }
    assert_eq!(vectors(&parameters, &model, &["b"]), arr2(&[[0.0, 1.0]]));
    assert_eq!(vectors(&parameters, &model, &["ba"]), arr2(&[[1.0, 1.0]]));
    assert_eq!(vectors(&parameters, &model, &["bab"]), arr2(&[[1.0, 2.0]]));
    say("No output is computed on the way. The last state, v = (1, 2), is all that the second network will know of
the word: one a and two b. A word of fifty letters would be two numbers as well.");
}

#[test]
fn step_02_words_of_different_lengths() {
    title("Step 2. Words of different lengths in one batch");
    say("A batch is a rectangle, so the shorter word is filled up with PAD. From the end of a word on, its state
stays as it is. Here the encoder keeps only half of its state at each step, s_t = relu(x_t + s_{t-1}/2).");
    let (mut parameters, model) = model(0.5, |_| ());
    let batch = sources(&["abb", "b"]);
    println!(
        "    tokens of abb and b, where PAD is 0, a is {A} and b is {B}  (B, S) = (2, 3)\n    {:?}\n    {:?}\n",
        batch.tokens.row(0).to_vec(),
        batch.tokens.row(1).to_vec()
    );
    let both = vectors(&parameters, &model, &["abb", "b"]);
    let names: Names = [&["abb", "b"], COUNTS];
    show("v", "(B, H)", names, "the row of b: it is not halved by the two PAD behind it", &both);
    assert_eq!(both, arr2(&[[0.25, 1.5], [0.0, 1.0]]));

    say("An encoder that read on over the padding would halve twice more: (0, 0.25) instead of (0, 1). Now let the
vector of PAD, which was (0, 0), become (7, 7).");
    expect("What happens to v?", &["both rows change", "the row of b changes, which has padding", "nothing"]);
    let table = parameters.find("se.weight").unwrap();
    parameters.value_mut(table).slice_mut(s![0, ..]).fill(7.0);
    let same = vectors(&parameters, &model, &["abb", "b"]);
    show("v", "(B, H)", names, "a number that is not as above", &same);
    say("Answer: c. Whatever the vector of PAD is, it has no part in anything.");
    assert_eq!(same, both);
}

#[test]
fn step_03_the_decoder_begins_where_the_encoder_ended() {
    title("Step 3. The decoder begins where the encoder ended");
    say("The second network, the decoder, is a language model. It begins with the state of the encoder, d_0 = v, and
reads START, whose vector is (0, 0). It subtracts the letter it has read: d_1 = relu(d_0 - 0) = (1, 2), what is left
to say. From the state come the scores of the five tokens, and from these, by softmax, probabilities.");
    let (parameters, model) = model(1.0, |_| ());
    let cx = Context::eval(&parameters);
    let (memory, mut state) = model.encode(&cx, &sources(&["bab"]));
    let step = model.next(&cx, &memory, &mut state, &[START]);
    let d_1 = state[0][0].view::<Ix2>("walkthrough").to_owned();
    show("d_1", "(B, H)", [&[], COUNTS], "the numbers of v: nothing has been said yet", &d_1);
    let scores = "a and b: the score of a is larger, though there are more b";
    show("scores", "(B, V)", [&[], TOKENS], scores, &step.logits);
    assert_eq!(d_1, arr2(&[[1.0, 2.0]]));
    assert_eq!(step.logits, arr2(&[[-8.0, -8.0, 0.0, 4.0, 3.0]])); // 8·1 - 4 and 2·2 - 1
    expect(
        "The scores of a and b are 4 and 3. What are their probabilities?",
        &["4/7 and 3/7", "about 0.72 and 0.27", "about 0.99 and 0.01"],
    );
    let p = Tensor::constant(step.logits).softmax();
    let p = p.view::<Ix2>("walkthrough").to_owned();
    heat("p(y_1)", "(B, V)", [&[], TOKENS], "the shades; their sum is 1, and none is exactly zero", &p);
    assert_close("p", &p, &arr2(&[[4e-6, 4e-6, 0.013213, 0.721393, 0.265386]]), 2e-6);
    say("Answer: b. The softmax compares e⁴ with e³, not 4 with 3. The likeliest token is a, with e⁴ = 54.60 of e⁴ +
e³ + e⁰ + 2e⁻⁸ = 75.68.");
}

#[test]
fn step_04_teacher_forcing() {
    title("Step 4. Teacher forcing");
    say("In training the decoder is told the right translation, abb, shifted by one: it reads START a b b and is
asked for a b b END. All scores come from one call, (B, T, V), and the loss is the mean of -ln p over the tokens
asked for.");
    let (parameters, model) = model(1.0, |_| ());
    let cx = Context::eval(&parameters);
    let batch = pair("bab", "abb");
    assert_eq!(batch.inputs, arr2(&[[START, A, B, B]]));
    assert_eq!(batch.targets, arr2(&[[A, B, B, END]]));
    let logits = model.logits(&cx, &batch);
    let read = &["START", "a", "b", "b"];
    let largest = "the largest score of each row: is it what is asked for, a b b END?";
    show("scores, by what is read", "(B, T, V)", [read, TOKENS], largest, &logits.view::<Ix3>("walkthrough"));
    expect("All four are. So what is the loss?", &["zero: everything is right", "above zero", "below zero"]);
    let by_hand = arr3(&[[
        [-8.0, -8.0, 0.0, 4.0, 3.0],   // d_1 = (1, 2)
        [-8.0, -8.0, 0.0, -4.0, 3.0],  // d_2 = (0, 2): the a is said
        [-8.0, -8.0, 0.0, -4.0, 1.0],  // d_3 = (0, 1)
        [-8.0, -8.0, 0.0, -4.0, -1.0], // d_4 = (0, 0): nothing is left, and END is likeliest
    ]]);
    assert_eq!(logits.view::<Ix3>("walkthrough"), by_hand);
    let p = logits.softmax();
    let losses: Vec<Real> =
        [A, B, B, END].iter().enumerate().map(|(t, &y)| -p.value()[[0, t, y as usize]].ln()).collect();
    let asked = &["a", "b", "b", "END"];
    show("-ln p(y_t)", "(T)", [&[], asked], "the smallest: which token was the surest?", &arr1(&losses));
    assert_close("losses", &arr1(&losses), &arr1(&[0.326572, 0.049487, 0.318355, 0.327047]), HAND);
    let loss = model.loss(&cx, &batch).item();
    say(&format!(
        "Answer: b. Right is not certain: each loss is zero only at a probability of 1. Their mean is {loss:.6} nats
per token (a nat is the unit of the natural logarithm). e^-(4·{loss:.4}) = {:.4} is the probability of the whole
translation.",
        (-4.0 * loss).exp()
    ));
    assert!((f64::from(loss) - 0.255365).abs() < 1e-6);
}

#[test]
fn step_05_translating() {
    title("Step 5. Translating: now it hears itself");
    say("After training nobody tells the right translation. The decoder reads what it has said itself, until it says
END. The greedy way is to take the likeliest token each time.");
    let (parameters, model) = model(1.0, |_| ());
    let said = &translate(&model, &parameters, &sources(&["bab"]), 10)[0];
    println!("    bab  →  {}    ln p = {:.6}\n", letters(&said.tokens), said.log_probability);
    assert_eq!(said.tokens, [A, B, B, END]);
    assert!((said.log_probability + 1.021460).abs() < 1e-5); // 4·-0.255365

    say("Now suppose that it has begun with a mistake and said b first. In training, where it is told the right
letters, it has never been in such a state.");
    expect("What does it say next?", &["b again", "a, which is left to say", "END: the word is spoilt"]);
    let batch = pair("bab", "bab");
    let logits = model.logits(&Context::eval(&parameters), &batch);
    let after = logits.view::<Ix3>("walkthrough").slice(s![0, 1, ..]).to_owned();
    show("scores after b", "(V)", [&[], TOKENS], "the largest", &after);
    assert_eq!(after, arr1(&[-8.0, -8.0, 0.0, 4.0, 1.0])); // d_2 = (1, 1)
    say("Answer: b. Here it does well, because its state is what is left to say. A trained network need not.
Scheduled sampling lets it practise: with a probability that falls from step to step of the training it is told the
truth, otherwise it reads what it says itself. The probability of the truth, by the step of the training:");
    let sampling = ScheduledSampling { least: 0.5, steps: 1000 };
    for (step, truth) in [(0, 1.0), (500, 0.75), (1000, 0.5), (2000, 0.5)] {
        bar(&step.to_string(), sampling.truth(step), &format!("{truth:.2}"));
        assert_eq!(sampling.truth(step), truth);
    }
    println!();
}

#[test]
fn step_06_the_likeliest_translation_is_not_made_of_likeliest_tokens() {
    title("Step 6. The likeliest translation is not made of likeliest tokens");
    say("The encoder that keeps half of its state reads babb: v = (0.25, 1.625). The greedy decoder says b. Then b
has the score 0.25 and END has 0, so it says b again. A beam of two does not decide so soon: it keeps the two
likeliest beginnings and goes on with both.");
    expect(
        "Can what a beam of two finds be likelier than what the greedy decoder says?",
        &["no: the greedy decoder takes the likeliest token each time", "yes, and shorter", "yes, and longer"],
    );
    let (parameters, model) = model(0.5, |_| ());
    assert_eq!(vectors(&parameters, &model, &["babb"]), arr2(&[[0.25, 1.625]]));
    let babb = sources(&["babb"]);
    let greedy = &translate(&model, &parameters, &babb, 6)[0];
    let beam =
        |width, penalty| BeamSearch::new(width, penalty, 6).unwrap().translate(&model, &parameters, &babb).remove(0);
    let row = |name: &str, said: &nn::Translation| {
        println!("    {name:<22} {:<8} ln p = {:9.6}", letters(&said.tokens), said.log_probability);
    };
    row("greedy", greedy);
    row("beam of 2", &beam(2, 0.0));
    println!();
    assert_eq!(greedy.tokens, [B, B, END]);
    assert_eq!(beam(1, 0.0).tokens, greedy.tokens);
    assert_eq!((beam(2, 0.0).tokens, beam(2, 2.0).tokens), (vec![B, END], vec![B, B, END]));
    for (said, log_probability) in [(greedy, -1.154924), (&beam(2, 0.0), -0.996872)] {
        assert!((said.log_probability - log_probability).abs() < 1e-5, "{}", said.log_probability);
    }
    say("Answer: b. A beam of two follows both, and finds that to end at once is likelier: every further token costs
something. So probability alone prefers short translations. Wu and colleagues divide ln p by lp = ((5 + |Y|)/6)^α,
where |Y| is the number of tokens. With α = 0 that is 1; with α = 2:");
    let search = BeamSearch::new(2, 2.0, 6).unwrap();
    let (short, long) = (search.score(-0.996872, 2), search.score(-1.154924, 3));
    println!("    b END   -0.9969 / (7/6)² = {short:.4}\n    bb END  -1.1549 / (8/6)² = {long:.4}, the larger");
    row("beam of 2, α = 2", &beam(2, 2.0));
    println!();
    assert!((short + 0.732396).abs() < 1e-5 && (long + 0.649645).abs() < 1e-5);
}
