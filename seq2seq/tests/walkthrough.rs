//! The encoder-decoder and its bottleneck, step by step:
//! `cargo test -p seq2seq --test walkthrough -- --nocapture --test-threads=1`

#[path = "support/copying.rs"]
mod copying;

use data::Token;
use data::pairs::{END, PairBatch, START, Sources};
use lstm::Lstm;
use ndarray::{Array2, Ix2, Ix3, arr1, arr2, arr3, s};
use nn::{
    AdamW, BeamSearch, Hooks, Schedule, Trainable, Trainer, TrainingConfig, Translator, evaluate_pairs, translate,
};
use rnn::{Elman, ElmanOptions, Nonlinearity};
use seq2seq::{ScheduledSampling, Seq2Seq, Seq2SeqConfig};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, say, show, title};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

/// Everything here was worked out apart, by `fixtures/walkthrough.py`, to six places.
const HAND: f64 = 3e-6;

/// The two letters of this lecture, behind PAD, START and END: V = 5.
const A: Token = 3;
const B: Token = 4;

/// An encoder-decoder of E = H = 2 with one simple rectified layer on each side, so that every number can be followed.
/// The encoder keeps the part `keep` of its state and adds the letter; the decoder takes away the letter it has said.
fn model(keep: Real, change: impl FnOnce(&mut Seq2SeqConfig<ElmanOptions>)) -> (Parameters, Seq2Seq<Elman>) {
    let layer = ElmanOptions { nonlinearity: Nonlinearity::Relu, ..Default::default() };
    let mut config = Seq2SeqConfig { layer, ..Seq2SeqConfig::new(5, 2, 2) };
    change(&mut config);
    let mut parameters = Parameters::new();
    let model = Seq2Seq::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let letters = arr2(&[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
    let one = Array2::eye(2);
    let scores = arr2(&[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [8.0, 0.0], [0.0, 2.0]]);
    let mut set = |name: &str, value| parameters.set(parameters.find(name).unwrap(), value);
    set("se.weight", shared(letters.clone()));
    set("te.weight", shared(letters));
    set("enc.weight_ih_l0", shared(one.clone()));
    set("enc.weight_hh_l0", shared(&one * keep));
    set("dec.weight_ih_l0", shared(-one.clone()));
    set("dec.weight_hh_l0", shared(one));
    for bias in ["enc.bias_ih_l0", "enc.bias_hh_l0", "dec.bias_ih_l0", "dec.bias_hh_l0"] {
        set(bias, shared(arr1(&[0.0, 0.0])));
    }
    set("out.weight", shared(scores));
    set("out.bias", shared(arr1(&[-8.0, -8.0, 0.0, -4.0, -1.0])));
    (parameters, model)
}

fn word(letters: &str) -> Vec<Token> {
    letters.bytes().map(|letter| if letter == b'a' { A } else { B }).collect()
}

fn letters(tokens: &[Token]) -> String {
    let name = |&token: &Token| match token {
        A => "a",
        B => "b",
        END => " END",
        _ => "?",
    };
    tokens.iter().map(name).collect()
}

fn sources(words: &[&str]) -> Sources {
    let words: Vec<Vec<Token>> = words.iter().map(|letters| word(letters)).collect();
    Sources::new(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn pair(source: &str, target: &str) -> PairBatch {
    PairBatch::new(&[(&word(source), &word(target))])
}

/// The vectors that pass for these words, (B, 2).
fn vectors(parameters: &Parameters, model: &Seq2Seq<Elman>, words: &[&str]) -> Array2<Real> {
    model.vector(&Context::eval(parameters), &sources(words)).0.view::<Ix2>("walkthrough").to_owned()
}

#[test]
fn step_01_the_encoder_reads_and_says_nothing() {
    title("Step 1. The encoder reads and says nothing");
    say("The task of these pages: read a word of the letters a and b, and write the same letters in the order of the
alphabet. The first network, the encoder, reads bab. Its state begins with zeros; each step adds the vector of a letter,
s_t = relu(x_t + s_{t-1}): a is (1, 0), b is (0, 1).");
    let (parameters, model) = model(1.0, |_| ());
    for read in ["b", "ba", "bab"] {
        show(&format!("s after {read}"), "(B, H)", &vectors(&parameters, &model, &[read]));
    }
    assert_eq!(vectors(&parameters, &model, &["b"]), arr2(&[[0.0, 1.0]]));
    assert_eq!(vectors(&parameters, &model, &["ba"]), arr2(&[[1.0, 1.0]]));
    assert_eq!(vectors(&parameters, &model, &["bab"]), arr2(&[[1.0, 2.0]]));
    say("No output is computed on the way. The last state, v = (1, 2), is all that anybody will know of the word: it holds
one a and two b. A word of fifty letters would be two numbers as well.");
}

#[test]
fn step_02_words_of_different_lengths() {
    title("Step 2. Words of different lengths in one batch");
    say("A batch is a rectangle, so the shorter word is filled up with PAD. From its end on a row's state stays as it is.
So the vector of each row is the one of the row alone.");
    let (mut parameters, model) = model(0.5, |_| ());
    let batch = sources(&["abb", "b"]);
    println!(
        "    tokens  (B, S) = (2, 3)\n    {:?}\n    {:?}\n",
        batch.tokens.row(0).to_vec(),
        batch.tokens.row(1).to_vec()
    );
    let both = vectors(&parameters, &model, &["abb", "b"]);
    show("v, the encoder keeping half of its state", "(B, H)", &both);
    assert_eq!(both, arr2(&[[0.25, 1.5], [0.0, 1.0]]));

    say("The reader of a padded row who forgot this would go on halving: (0, 0.25) instead of (0, 1). And whatever the
vector of PAD is, it has no part in anything. Here it becomes (7, 7):");
    let table = parameters.find("se.weight").unwrap();
    parameters.value_mut(table).slice_mut(s![0, ..]).fill(7.0);
    let same = vectors(&parameters, &model, &["abb", "b"]);
    show("v", "(B, H)", &same);
    assert_eq!(same, both);
}

#[test]
fn step_03_the_decoder_begins_where_the_encoder_ended() {
    title("Step 3. The decoder begins where the encoder ended");
    say("The second network is a language model that begins with the state v and reads START, whose vector is (0, 0). It
subtracts the letter it has read: d_1 = relu(d_0 - 0) = (1, 2). From the state come the scores of the five tokens PAD,
START, END, a, b, and from these, by softmax, probabilities.");
    let (parameters, model) = model(1.0, |_| ());
    let cx = Context::eval(&parameters);
    let (memory, mut state) = model.encode(&cx, &sources(&["bab"]));
    let step = model.next(&cx, &memory, &mut state, &[START]);
    let d_1 = state[0][0].view::<Ix2>("walkthrough").to_owned();
    show("d_1", "(B, H)", &d_1);
    show("scores", "(B, V)", &step.logits);
    assert_eq!(d_1, arr2(&[[1.0, 2.0]]));
    assert_eq!(step.logits, arr2(&[[-8.0, -8.0, 0.0, 4.0, 3.0]])); // 8·1 - 4 and 2·2 - 1
    let p = Tensor::constant(step.logits).softmax();
    let p = p.view::<Ix2>("walkthrough").to_owned();
    show("p(y_1)", "(B, V)", &p);
    assert_close("p", &p, &arr2(&[[4e-6, 4e-6, 0.013213, 0.721393, 0.265386]]), 2e-6);
    say("The likeliest is a: e⁴ = 54.60 of e⁴ + e³ + e⁰ + 2e⁻⁸ = 75.68.");
}

#[test]
fn step_04_teacher_forcing() {
    title("Step 4. Teacher forcing");
    say("In training the decoder is told the right translation, abb, shifted by one: it reads START a b b and is asked for
a b b END. All steps are computed at once, (B, T, V), and the loss is the mean of -ln p over the tokens asked for.");
    let (parameters, model) = model(1.0, |_| ());
    let cx = Context::eval(&parameters);
    let batch = pair("bab", "abb");
    assert_eq!(batch.inputs, arr2(&[[START, A, B, B]]));
    assert_eq!(batch.targets, arr2(&[[A, B, B, END]]));
    let logits = model.logits(&cx, &batch);
    show("scores", "(B, T, V)", &logits.view::<Ix3>("walkthrough"));
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
    show("-ln p(y_t)", "(T)", &arr1(&losses));
    assert_close("losses", &arr1(&losses), &arr1(&[0.326572, 0.049487, 0.318355, 0.327047]), HAND);
    let loss = model.loss(&cx, &batch).item();
    say(&format!(
        "Their mean is {loss:.6} nats per token; e^-(4·{loss:.4}) = {:.4} is the probability of the translation.",
        (-4.0 * loss).exp()
    ));
    assert!((f64::from(loss) - 0.255365).abs() < 1e-6);
}

#[test]
fn step_05_translating() {
    title("Step 5. Translating: now it hears itself");
    say("Nobody knows the right translation now. The decoder reads what it has said itself, until it says END. The greedy
way is to take the likeliest token each time.");
    let (parameters, model) = model(1.0, |_| ());
    let said = &translate(&model, &parameters, &sources(&["bab"]), 10)[0];
    println!("    bab  →  {}    ln p = {:.6}\n", letters(&said.tokens), said.log_probability);
    assert_eq!(said.tokens, [A, B, B, END]);
    assert!((said.log_probability + 1.021460).abs() < 1e-5); // 4·-0.255365

    say("What if it begins with a mistake? Suppose that it has said b first. In training it has never been in such a
state; it can only go on from there. Here it does well, because what is left to say is part of its state:");
    let batch = pair("bab", "bab");
    let logits = model.logits(&Context::eval(&parameters), &batch);
    let after = logits.view::<Ix3>("walkthrough").slice(s![0, 1, ..]).to_owned();
    show("scores after b", "(V)", &after);
    assert_eq!(after, arr1(&[-8.0, -8.0, 0.0, 4.0, 1.0])); // d_2 = (1, 1)
    say("A trained network need not. Scheduled sampling lets it practise: with a probability that falls from step to step
of the training it is told the truth, otherwise it reads what it says itself.");
    let sampling = ScheduledSampling { least: 0.5, steps: 1000 };
    for (step, truth) in [(0, 1.0), (500, 0.75), (1000, 0.5), (2000, 0.5)] {
        bar(&format!("step {step}"), sampling.truth(step), &format!("{truth:.2}"));
        assert_eq!(sampling.truth(step), truth);
    }
}

#[test]
fn step_06_the_likeliest_translation_is_not_made_of_likeliest_tokens() {
    title("Step 6. The likeliest translation is not made of likeliest tokens");
    say("The encoder that keeps half of its state reads babb: v = (0.25, 1.625). Greedily the decoder says b, is then
undecided between b (score 0.25) and END (0), and says b.");
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
    row("beam of 2, α = 0", &beam(2, 0.0));
    row("beam of 2, α = 2", &beam(2, 2.0));
    println!();
    assert_eq!(greedy.tokens, [B, B, END]);
    assert_eq!(beam(1, 0.0).tokens, greedy.tokens);
    assert_eq!((beam(2, 0.0).tokens, beam(2, 2.0).tokens), (vec![B, END], vec![B, B, END]));
    for (said, log_probability) in [(greedy, -1.154924), (&beam(2, 0.0), -0.996872)] {
        assert!((said.log_probability - log_probability).abs() < 1e-5, "{}", said.log_probability);
    }
    say(
        "A beam of two follows both, and finds that to end at once is likelier: every further token costs something. So
probability alone prefers short translations. Wu and colleagues divide ln p by lp = ((5 + |Y|)/6)^α. With α = 2:",
    );
    let search = BeamSearch::new(2, 2.0, 6).unwrap();
    let (short, long) = (search.score(-0.996872, 2), search.score(-1.154924, 3));
    println!("    b END   -0.9969 / (7/6)² = {short:.4}\n    bb END  -1.1549 / (8/6)² = {long:.4}\n");
    assert!((short + 0.732396).abs() < 1e-5 && (long + 0.649645).abs() < 1e-5);
}

#[test]
fn step_07_what_the_vector_does_not_hold_is_lost() {
    title("Step 7. What the vector does not hold is lost");
    say(
        "Writing the letters in the order of the alphabet needs their numbers alone, and v holds them. Now ask the same
network to *copy* the word. Three words have the vector (1, 2):",
    );
    let (parameters, model) = model(1.0, |_| ());
    let words = ["abb", "bab", "bba"];
    let v = vectors(&parameters, &model, &words);
    show("v of abb, bab, bba", "(B, H)", &v);
    assert_eq!(v, arr2(&[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]));
    let cx = Context::eval(&parameters);
    let all = translate(&model, &parameters, &sources(&words), 10);
    assert!(all.iter().all(|said| *said == all[0]));
    say("The decoder cannot tell them apart: whatever its weights, it says the same of all three and is right of one.
Which of the three it was is log2 3 = 1.585 bits, and they did not pass. Whatever it learns, the probabilities that it
gives to the three add up to 1 at most, so its mean loss is at least ln 3 = 1.0986 nats a word. Ours:");
    let losses: Vec<Real> = words.iter().map(|word| 4.0 * model.loss(&cx, &pair(word, word)).item()).collect();
    show("-ln p(copy)", "(B)", &arr1(&losses));
    let mean = losses.iter().sum::<Real>() / 3.0;
    println!("    mean {mean:.4}\n");
    assert!(mean > 3.0_f64.ln() as Real);
    assert!(losses.iter().map(|loss| (-loss).exp()).sum::<Real>() < 1.0);
    assert_close("losses", &arr1(&losses), &arr1(&[1.02146, 2.037868, 4.74427]), HAND);
}

#[test]
fn step_08_which_end_is_lost_first() {
    title("Step 8. Which end is lost first, if every step halves the state");
    say(
        "The encoder that keeps half of its state tells the order too: what was read first counts least. Read the other
way round, the first letters are the freshest when the translation begins, and that is what Sutskever and colleagues
did.",
    );
    let (parameters, forwards) = model(0.5, |_| ());
    let (_, reversed) = model(0.5, |config| config.reversed = true);
    let (v, r) = (vectors(&parameters, &forwards, &["abbb"]), vectors(&parameters, &reversed, &["abbb"]));
    show("v of abbb", "(B, H)", &v);
    show("v of abbb, read reversed", "(B, H)", &r);
    assert_eq!(v, arr2(&[[0.125, 1.75]])); // a: 1/8; b: 1/4 + 1/2 + 1
    assert_eq!(r, arr2(&[[1.0, 0.875]])); // a: 1; b: 1/2 + 1/4 + 1/8
    let said = |model: &Seq2Seq<Elman>| letters(&translate(model, &parameters, &sources(&["abbb"]), 10)[0].tokens);
    println!("    forwards {}    reversed {}\n", said(&forwards), said(&reversed));
    assert_eq!((said(&forwards), said(&reversed)), ("bb END".to_owned(), "ab END".to_owned()));
    say("Forwards the a is too faint to be said at all. Reversed it is said, and one b fewer: another end gets lost, for
the vector is as narrow as before. This encoder halves its state at every step because we set it so. A trained LSTM can
keep what it read first; whether it does is measured in claim C3.");
}

#[test]
fn step_09_a_narrower_vector() {
    title("Step 9. A narrower vector");
    say("To separate what passes from what the networks can compute, the state may be mapped down to a vector of any width
and up again. With one number, v = s_1 + s_2 and d_0 = (v/2, v/2):");
    let (mut parameters, model) = model(1.0, |config| config.bottleneck = Some(1));
    let mut set = |name: &str, value| parameters.set(parameters.find(name).unwrap(), value);
    set("down.weight", shared(arr2(&[[1.0, 1.0]])));
    set("down.bias", shared(arr1(&[0.0])));
    set("up.weight", shared(arr2(&[[0.5], [0.5]])));
    set("up.bias", shared(arr1(&[0.0, 0.0])));
    let (v, state) = model.vector(&Context::eval(&parameters), &sources(&["ab", "aa", "bb"]));
    show("v of ab, aa, bb", "(B, W)", &v.view::<Ix2>("walkthrough"));
    show("d_0", "(B, H)", &state[0][0].view::<Ix2>("walkthrough"));
    assert_eq!(v.view::<Ix2>("walkthrough"), arr2(&[[2.0], [2.0], [2.0]]));
    assert_eq!(state[0][0].view::<Ix2>("walkthrough"), arr2(&[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]));
    say(
        "Even the numbers of a and b are one now. Of three letters there are four different counts; of n letters n + 1:
log2(n + 1) bits grow with the length, and so do those of the order. The width of the vector does not.",
    );
}

#[test]
fn step_10_quality_falls_with_length() {
    title("Step 10. Quality falls with length");
    say("Now train. LSTM layers of 32 units are to copy words of 1 to 8 symbols out of four, two bits each. Three networks:
the vector has 2 numbers, 8, or the 64 of the whole state. 1000 steps of 64 words; then the part of 200 new words of each
length that is copied without a mistake, and the loss of a token if the right ones are told.");
    let train = |bottleneck| {
        let mut parameters = Parameters::new();
        let config = Seq2SeqConfig { bottleneck, ..Seq2SeqConfig::new(7, 8, 32) };
        let model = Seq2Seq::<Lstm>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let schedule = Schedule { warmup: 50, ..Schedule::constant(0.005) };
        let settings = TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(1000, AdamW::default(), schedule) };
        let mut trainer = Trainer::new(&model, parameters, settings);
        trainer.run(&|step| copying::batch(&copying::words(64, 4, 1..=8, 1, step)), Hooks::default()).unwrap();
        let quality = |length: usize| {
            let batch = copying::batch(&copying::words(200, 4, length..=length, 99, length as u64));
            let told = evaluate_pairs(&model, trainer.parameters(), [batch.clone()]).unwrap().nats;
            let said = translate(&model, trainer.parameters(), &batch.sources, length + 2);
            let right =
                said.iter().zip(batch.sources.tokens.outer_iter()).filter(|(said, word)| word.to_vec() == said.words());
            (right.count() as f64 / 200.0, told)
        };
        (1..=8).map(quality).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for bottleneck in [Some(2), Some(8), None] {
        println!("    a vector of {} numbers", bottleneck.unwrap_or(64));
        let quality = train(bottleneck);
        for (length, (exact, nats)) in (1..).zip(&quality) {
            bar(
                &format!("{length:2}"),
                *exact,
                &format!("{:5.1} % right, {nats:.3} nats a token, {:2} bits", 100.0 * exact, 2 * length),
            );
        }
        println!();
        all.push(quality.into_iter().map(|(exact, _)| exact).collect::<Vec<_>>());
    }
    say("Short words pass through any of them. The longer the word, the more of it is lost, and the narrower the vector, the
sooner. The three have had the same training, so the difference between them is the room, or how easily training fills it:
64 numbers could hold sixteen bits with ease, and longer training would copy more of the eights. The vector bounds what can
pass; what does pass, training decides. The loss of a token says little of it: it is small where half of the words are wrong.
That is claim C3, on English and Spanish: `cargo run --release -- compare --only C3`. The next crate looks back instead
of remembering.");
    for quality in &all {
        assert!(quality[0] > 0.9 && quality[7] < quality[0] - 0.1, "{quality:?}");
    }
    let mean = |quality: &[f64]| quality.iter().sum::<f64>() / 8.0;
    assert!(mean(&all[0]) + 0.1 < mean(&all[1]) && mean(&all[1]) < mean(&all[2]), "{all:?}");
}
