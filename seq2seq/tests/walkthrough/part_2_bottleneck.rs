//! What does not pass through one vector.

use lstm::Lstm;
use ndarray::{Ix2, arr1, arr2};
use nn::{AdamW, Hooks, Schedule, Trainable, Trainer, TrainingConfig, evaluate_pairs, translate};
use rnn::Elman;
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, expect, say, show, title};
use tensor::{Context, Init, Parameters, Real, shared};

use crate::copying;
use crate::machine::{COUNTS, HAND, letters, model, pair, sources, vectors};

#[test]
fn step_07_what_the_vector_does_not_hold_is_lost() {
    title("Step 7. What the vector does not hold is lost");
    say("Writing the letters in the order of the alphabet needs only how many there are of each, and v holds that.
Now ask the same network to *copy* the word. Three words have one a and two b:");
    let (parameters, model) = model(1.0, |_| ());
    let words = ["abb", "bab", "bba"];
    let v = vectors(&parameters, &model, &words);
    show("v", "(B, H)", [&words, COUNTS], "a difference between the rows", &v);
    expect(
        "How many of the three can a decoder copy, if its weights are trained as long as one likes?",
        &["all three", "one at most", "none"],
    );
    assert_eq!(v, arr2(&[[1.0, 2.0], [1.0, 2.0], [1.0, 2.0]]));
    let cx = Context::eval(&parameters);
    let all = translate(&model, &parameters, &sources(&words), 10);
    assert!(all.iter().all(|said| *said == all[0]));
    say("Answer: b. The three rows are equal, so the decoder cannot tell the words apart: whatever its weights, it
says the same for all three, and that is a copy of one at most. Which of the three it was is log2 3 = 1.585 bits, and
they did not pass. Whatever it learns, the probabilities that it gives to the three add up to 1 at most, so its mean
loss is at least ln 3 = 1.0986 nats a word. Ours:");
    let losses: Vec<Real> = words.iter().map(|word| 4.0 * model.loss(&cx, &pair(word, word)).item()).collect();
    show("-ln p(copy)", "(B)", [&[], &words], "abb: the only one that it says", &arr1(&losses));
    let mean = losses.iter().sum::<Real>() / 3.0;
    println!("    mean {mean:.4}\n");
    assert!(mean > 3.0_f64.ln() as Real);
    assert!(losses.iter().map(|loss| (-loss).exp()).sum::<Real>() < 1.0);
    assert_close("losses", &arr1(&losses), &arr1(&[1.02146, 2.037868, 4.74427]), HAND);
}

#[test]
fn step_08_which_end_is_lost_first() {
    title("Step 8. Which end is lost first, if every step halves the state");
    say("The encoder that keeps half of its state also knows something of the order: what it read first counts least.
Sutskever and colleagues let the encoder read the sentence from its end. Then the first letters are the last that it
reads, and the freshest when the translation begins. The word is abbb.");
    expect(
        "What does each of the two say of abbb?",
        &[
            "forwards the a is missing; reversed all letters are there",
            "forwards the a is missing; reversed b is missing, at the other end",
            "both say abbb: only the order of reading has changed",
        ],
    );
    let (parameters, forwards) = model(0.5, |_| ());
    let (_, reversed) = model(0.5, |config| config.reversed = true);
    let (v, r) = (vectors(&parameters, &forwards, &["abbb"]), vectors(&parameters, &reversed, &["abbb"]));
    show("v of abbb", "(B, H)", [&[], COUNTS], "the a, which was halved three times", &v);
    show("v of abbb, read reversed", "(B, H)", [&[], COUNTS], "the a, whole; and what is left of three b", &r);
    assert_eq!(v, arr2(&[[0.125, 1.75]])); // a: 1/8; b: 1/4 + 1/2 + 1
    assert_eq!(r, arr2(&[[1.0, 0.875]])); // a: 1; b: 1/2 + 1/4 + 1/8
    let said = |model: &Seq2Seq<Elman>| letters(&translate(model, &parameters, &sources(&["abbb"]), 10)[0].tokens);
    println!("    forwards {}    reversed {}\n", said(&forwards), said(&reversed));
    assert_eq!((said(&forwards), said(&reversed)), ("bb END".to_owned(), "ab END".to_owned()));
    say("Answer: b. Forwards the a is too faint to be said, and one b of three is lost as well. Reversed the a is
said, and two b are lost: now it is the other end, for the vector is as narrow as before. This encoder halves its
state at every step because we set it so. A trained LSTM can keep what it read first; whether it does is measured in
claim C3.");
}

#[test]
fn step_09_a_narrower_vector() {
    title("Step 9. A narrower vector");
    say("To separate what passes from what the networks can compute, the state may be mapped down to a vector of any
width W and up again. With one number, v = s_1 + s_2 and d_0 = (v/2, v/2).");
    expect(
        "What does the decoder still know of ab, aa and bb?",
        &["how many of each letter", "how many letters", "nothing"],
    );
    let (mut parameters, model) = model(1.0, |config| config.bottleneck = Some(1));
    let mut set = |name: &str, value| parameters.set(parameters.find(name).unwrap(), value);
    set("down.weight", shared(arr2(&[[1.0, 1.0]])));
    set("down.bias", shared(arr1(&[0.0])));
    set("up.weight", shared(arr2(&[[0.5], [0.5]])));
    set("up.bias", shared(arr1(&[0.0, 0.0])));
    let (v, state) = model.vector(&Context::eval(&parameters), &sources(&["ab", "aa", "bb"]));
    let words = &["ab", "aa", "bb"];
    show("v", "(B, W)", [words, &[]], "what tells the words apart", &v.view::<Ix2>("walkthrough"));
    let d_0 = state[0][0].view::<Ix2>("walkthrough");
    show("d_0", "(B, H)", [words, COUNTS], "the row of aa: one a too few, and one b too many", &d_0);
    assert_eq!(v.view::<Ix2>("walkthrough"), arr2(&[[2.0], [2.0], [2.0]]));
    assert_eq!(state[0][0].view::<Ix2>("walkthrough"), arr2(&[[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]));
    say("Answer: b. Only the length has passed. Of words of n letters there are n + 1 different counts, so the count
of each letter takes log2(n + 1) bits. That grows with the length, and so does what the order takes. The width of the
vector does not.");
}

#[test]
fn step_10_quality_falls_with_length() {
    title("Step 10. Quality falls with length");
    say("Now train. LSTM layers of 32 units are to copy words of 1 to 8 symbols out of four; a symbol is two bits. In
three networks the vector has 2 numbers, 8, or the 64 of the whole state. Each is trained for 1000 steps of 64 words.
Then come 200 new words of each length: how many are copied without a mistake, and the loss of a token if the right
ones before it are told.");
    expect(
        "64 numbers can easily hold the 16 bits of the longest words. How many of these does the widest network copy?",
        &["nearly all", "fewer than of the shortest words", "no more than the narrowest network"],
    );
    say("Before each bar stands the length of the words.");
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
            bar(&format!("{length:2}"), *exact, &format!("{:5.1} % right, {nats:.3} nats a token", 100.0 * exact));
        }
        println!();
        all.push(quality.into_iter().map(|(exact, _)| exact).collect::<Vec<_>>());
    }
    say("Answer: b. Short words pass through any of them. The longer the word, the more of it is lost, and the
narrower the vector, the sooner. The three have had the same training, so the difference between them is the room, or
how easily training fills it. The vector bounds what can pass; what does pass, training decides. The loss of a token
says little of it: it is small where half of the words are wrong. That is claim C3, on English and Spanish:

    cargo run --release -- compare --only C3

The next crate looks back instead of remembering.");
    for quality in &all {
        assert!(quality[0] > 0.9 && quality[7] < quality[0] - 0.1, "{quality:?}");
    }
    let mean = |quality: &[f64]| quality.iter().sum::<f64>() / 8.0;
    assert!(mean(&all[0]) + 0.1 < mean(&all[1]) && mean(&all[1]) < mean(&all[2]), "{all:?}");
}
