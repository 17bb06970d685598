//! The whole: what it does not know, how it learns, and what waits for what.

use data::Token;
use data::pairs::PairBatch;
use ndarray::{Array2, Axis};
use nn::{AdamW, Hooks, Schedule, Trainable, Trainer, TrainingConfig, translate};
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Meter, Parameters, Tensor};
use transformer::{Form, Positions, Transformer, TransformerConfig};

use crate::machine::{SOURCE, WORDS, compare, machine, matrix, names, rows, tokens};

#[test]
fn step_12_blind_to_order() {
    title("Step 12. Without positions it is blind to order");
    let (parameters, model) = machine(Positions::None);
    let cx = Context::eval(&parameters);
    say("Nothing in attention or in the feed-forward layer knows where a word stands. Here the vectors of position of
step 2 are left out, and the encoder reads \"the cat sleeps\" and \"sleeps cat the\".");
    expect(
        "What is the vector of cat in the second sentence?",
        &["the same as in the first", "another one: it has other neighbours now", "zero"],
    );
    let read = |text| {
        let x = model.embed_source(&cx, rows(&[text]).view());
        matrix(&model.encoder().forward(&cx, &x, None, Form::Literal))
    };
    let (forward, backward) = (read("the cat sleeps"), read("sleeps cat the"));
    compare("the cat sleeps", "(S, D)", "the row of each word", &forward, "unordered.x");
    let turned: Names = [&["sleeps", "cat", "the"], &[]];
    show("sleeps cat the", "(S, D)", turned, "the same rows in the other order", &backward);
    assert_close("in the other order", &backward.select(Axis(0), &[2, 1, 0]), &forward, 1e-6);

    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let read = |text| {
        matrix(&model.encoder().forward(&cx, &model.embed_source(&cx, rows(&[text]).view()), None, Form::Literal))
    };
    let difference = read("sleeps cat the").select(Axis(0), &[2, 1, 0]) - read("the cat sleeps");
    say("Answer: a. The neighbours are the same set, and their order is not seen. With the vectors of position the
two sentences differ. Here the vectors of one are subtracted from those of the other, word by word:");
    heat(
        "the difference, with positions",
        "(S, D)",
        names("(S, D)"),
        "the row of cat, whose place is the same",
        &difference,
    );
    assert!(difference.iter().any(|x| x.abs() > 0.1), "{difference}");
    say("None is zero, not even that of cat: its neighbours have other places. That is claim C7. What a task loses
that depends on order:

    cargo run --release -- compare --only C7");
}

#[test]
fn step_13_learning() {
    title("Step 13. Learning");
    say("Six sentences, the same architecture with D = 16 and random weights. It is shown each pair again and again,
200 times. Nobody tells it which word belongs to which.");
    expect(
        "Where will it look, once it translates all six?",
        &[
            "at the word that it translates, and nowhere else",
            "at all three words alike",
            "that is not certain: the loss asks for words only",
        ],
    );
    let pairs = [
        ("the cat sleeps", "el gato duerme"),
        ("the cat", "el gato"),
        ("sleeps the cat", "duerme el gato"),
        ("cat sleeps", "gato duerme"),
        ("sleeps", "duerme"),
        ("the", "el"),
    ]
    .map(|(source, target)| (tokens(source), tokens(target)));
    let batch = PairBatch::new(&pairs.each_ref().map(|(source, target)| (&source[..], &target[..])));
    let mut parameters = Parameters::new();
    let config = TransformerConfig::new(9, 9, 1, 16, 2);
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let training = TrainingConfig::new(200, AdamW::default(), Schedule::constant(5e-3));
    let mut trainer = Trainer::new(&model, parameters, training);
    let outcome = trainer.run(&|_: u64| batch.clone(), Hooks::default()).unwrap();
    println!("    {outcome}\n");
    let said = translate(&model, trainer.parameters(), &batch.sources, 6);
    for (said, (source, target)) in said.iter().zip(&pairs) {
        let text = |tokens: &[Token]| tokens.iter().map(|&t| WORDS[t as usize]).collect::<Vec<_>>().join(" ");
        println!("    {:>16} → {}", text(source), text(said.words()));
        assert_eq!(said.words(), target);
    }
    let alignment = said[0].alignment.as_ref().expect("a Transformer looks back");
    println!();
    let said: Names = [&["el", "gato", "duerme", "<end>"], SOURCE];
    let own = "the darkest cell of each row: is it the word that is translated?";
    heat("where it looked, a row for each word said", "(T, S)", said, own, alignment);
    say("Answer: c. Where it looks is a by-product of learning to translate. It need not be an alignment: a word can
be said from what another has gathered.");
    assert!(alignment.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
}

/// A recurrent layer, from its equation: h_t = tanh(W x_t + U h_{t-1}).
fn recurrent(x: &Tensor) -> Tensor {
    let [_, steps, width] = *x.shape() else { panic!("(B, T, D)") };
    let [w, u] = ["w", "u"].map(|name| Tensor::constant(random_tensor(&[width, width], 1, name)));
    let mut h = Tensor::constant(Array2::zeros((1, width)));
    for t in 0..steps {
        h = (&x.index(1, t).linear(&w, None) + &h.linear(&u, None)).tanh();
    }
    h
}

#[test]
fn step_14_nothing_waits_for_the_word_before() {
    title("Step 14. Nothing waits for the word before");
    say("What was all this for? A recurrent layer, h_t = tanh(W·x_t + U·h_(t-1)), has three array operations between
a state and the next: product, sum, tanh. Computed step by step, they cannot begin before the word before is done,
however many processors there are. Here the longest chain of operations that wait for each other is counted while
they run, for texts of T words: in a recurrent layer, in a block of an encoder, and in the whole forward pass of a
Transformer, from the words to the loss.");
    expect(
        "A text becomes 16 times as long. What happens to the chain of the Transformer?",
        &["nothing", "it becomes 4 times as long", "it becomes 16 times as long, as in the recurrent layer"],
    );
    let mut parameters = Parameters::new();
    let config = TransformerConfig::new(9, 9, 1, 8, 2);
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap().with_form(Form::Literal);
    let cx = Context::eval(&parameters);
    let counted = [4, 16, 64].map(|length| {
        let x = Tensor::constant(random_tensor(&[1, length, 8], 1, "x"));
        let words: Vec<Token> = (0..length).map(|t| 3 + t as Token % 6).collect();
        let meter = Meter::start();
        let state = recurrent(&x).span();
        let block = model.encoder().blocks()[0].forward(&cx, &x, None, Form::Literal).span();
        let loss = model.loss(&cx, &PairBatch::new(&[(&words, &words)])).span();
        meter.finish();
        (length, state, block, loss)
    });
    println!("    {:>6} {:>18} {:>18} {:>22}", "T", "recurrent layer", "encoder's block", "from words to loss");
    for (length, state, block, loss) in counted {
        println!("    {length:>6} {state:>18} {block:>18} {loss:>22}");
        assert_eq!(state, 3 * length as u64);
        assert_eq!((block, loss), (counted[0].2, counted[0].3), "the same at every length");
    }
    println!();
    say("Answer: a. Three more for every word, against none. That is claim C6: all words are processed at once. There
is not less to compute, but no word waits for the word before; only when it translates, each word that it says does,
as in step 11. Every stage counted and timed:

    cargo run --release -- compare --only C6");
}
