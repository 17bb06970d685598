//! From the output vector to the next letter, and to text.

use data::{Token, Tokenizer};
use gpt::Gpt;
use ndarray::{Array1, ArrayView2, Axis, Ix1, Ix2, array, stack};
use nn::{LanguageModel, Temperature};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, expect, heat, say, show, title};
use tensor::{Context, Real, Tensor};
use transformer::Form;

use crate::machine::{ALPHABET, PROMPT, SIX_DIGITS, machine, matrix, normal, prompt, weight};

/// The last row after the last normalisation, (D).
fn output(cx: &Context<'_>, model: &Gpt) -> Array1<Real> {
    let x = model.blocks()[0].forward(cx, &model.embed(cx, prompt().view(), 0), None, Form::Fused);
    matrix(&normal(cx, &x)).row(4).to_owned()
}

#[test]
fn step_05_output_vector() {
    title("Step 5. The output vector");
    let (_, parameters, model) = machine();
    let output = output(&Context::eval(&parameters), &model);
    say("What the last block made of the *last* letter, normalised once more. These six numbers are all that the
machine says about the next letter.");
    show("output", "(D)", [&[], &[]], "six numbers, however long the text is", &output);
    say("In training the other four rows are used too. Each guesses its own next letter: five exercises in one.");
    let expected = array![-0.563245, -0.553647, 0.980183, 0.083868, -1.457992, 1.510832];
    assert_close("output", &output, &expected, SIX_DIGITS);
}

#[test]
fn step_06_probabilities() {
    title("Step 6. Probabilities");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The output vector is multiplied with the embedding of every letter, the very table W of step 2. The products
are scores, called logits. The softmax makes probabilities of them.");
    expect(
        "The b has the logit 1.6906, the largest, and the t -0.0151. How likely is the t?",
        &["not at all: its logit is below zero", "about a fifth as likely as the b", "nearly as likely as the b"],
    );
    let logits = weight(&cx, "wte").view::<Ix2>("W").dot(&output(&cx, &model)); // (V)
    let probabilities = Tensor::constant(logits.clone()).softmax();
    for (letter, (z, &p)) in tokenizer.characters().iter().zip(logits.iter().zip(probabilities.value())) {
        bar(&format!("{letter:?}"), p.into(), &format!("logit {z:7.4}, probability {p:.4}"));
    }
    println!("\n    The sum of the probabilities is {:.4}.\n", probabilities.value().sum());
    say("Answer: b. Probabilities follow the differences of logits: e^(-0.0151 - 1.6906) = 0.18. A logit below zero is no
probability of zero.");

    let expected = array![0.522615, 1.690623, -0.886496, -1.736333, -0.505060, -1.039353, -0.015100];
    assert_close("logits", &logits, &expected, SIX_DIGITS);
    let expected = array![0.174946, 0.562554, 0.042750, 0.018275, 0.062602, 0.036690, 0.102183].into_dyn();
    assert_close("probabilities", probabilities.value(), &expected, SIX_DIGITS);
    let whole = model.logits(&cx, prompt().view()); // (1, T, V)
    assert_close("the library's logits", &matrix(&whole).row(4).to_owned(), &logits, 1e-5);
}

#[test]
fn step_07_choice() {
    title("Step 7. Choice");
    let (tokenizer, parameters, model) = machine();
    let logits = matrix(&model.logits(&Context::eval(&parameters), prompt().view())).row(4).to_owned();
    let name = |token: Token| tokenizer.decode(&[token]);
    say("Greedy takes the likeliest letter. Or a wheel of fortune is spun, whose sectors are the probabilities. A
temperature divides the logits first.");
    expect(
        "What does a temperature of 2 do to the sector of the b, the largest?",
        &["it doubles it", "it makes it smaller", "nothing: all logits are divided alike"],
    );
    let at =
        |temperature: Real| Tensor::constant(&logits / temperature).softmax().view::<Ix1>("walkthrough").to_owned();
    let probabilities = stack![Axis(1), at(0.5), at(1.0), at(2.0)];
    let columns = &["at 0.5", "at 1", "at 2"];
    let b = "the row of the b, from left to right";
    heat("probabilities by temperature", "(V, 3)", [ALPHABET, columns], b, &probabilities);
    say("Answer: b. Above 1 all sectors become more alike; below 1 the largest grows. The wheel stops at a number
between 0 and 1, and the sectors follow each other from above down:");
    let choose =
        |temperature: f64, spin| name(Temperature::new(temperature).unwrap().choose(logits.view(), spin).unwrap());
    println!("    greedy                            {:?}", choose(0.0, 0.99));
    println!("    temperature 1, the wheel at 0.55  {:?}", choose(1.0, 0.55));
    println!("    temperature 1, the wheel at 0.85  {:?}\n", choose(1.0, 0.85));
    say("The same logits, different letters. What the model knows ends with the logits; the rest is chance.");

    let expected = array![
        [0.083866, 0.867172, 0.005008, 0.000915, 0.010739, 0.003689, 0.028611],
        [0.174946, 0.562554, 0.042750, 0.018275, 0.062602, 0.036690, 0.102183],
        [0.184123, 0.330171, 0.091017, 0.059509, 0.110142, 0.084320, 0.140717],
    ];
    assert_close("probabilities", &probabilities, &expected.reversed_axes(), 1e-5);
    assert_eq!(choose(0.0, 0.99), "b");
    // by hand: ' ' ends at 0.1749, 'b' at 0.7375, 'e' at 0.7803, 'n' at 0.7985, 'o' at 0.8611, 'r' at 0.8978
    let spins = [
        (0.17, " "),
        (0.18, "b"),
        (0.55, "b"),
        (0.73, "b"),
        (0.74, "e"),
        (0.79, "n"),
        (0.85, "o"),
        (0.87, "r"),
        (0.90, "t"),
    ];
    for (spin, letter) in spins {
        assert_eq!(choose(1.0, spin), letter, "spin {spin}");
    }
}

#[test]
fn step_08_repeat() {
    title("Step 8. Repeat");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The chosen letter is appended and everything begins again. Keys and values of the letters before it have not
changed (they could not see it), so they are kept: only one new row is computed. Greedily, letter by letter:");
    let (mut memory, mut logits) = model.start(&cx, &[prompt().row(0).to_vec()]);
    let mut text = PROMPT.to_owned();
    for expected in ["b", "b", "o", " ", " ", " ", " ", " "] {
        let token = Temperature::GREEDY.choose(logits.row(0), 0.0).unwrap();
        let best = logits[[0, token as usize]];
        println!("    {:<14} goes on with {:?}, logit {best:.4}", format!("{text:?}"), tokenizer.decode(&[token]));
        assert_eq!(tokenizer.decode(&[token]), expected); // PyTorch's choice, everything computed anew each time
        text += expected;
        logits = model.next(&cx, &mut memory, &[token]);
        let window = ArrayView2::from_shape((1, memory.window(0).len()), memory.window(0)).unwrap();
        let last = matrix(&model.logits(&cx, window)).row(window.ncols() - 1).to_owned();
        assert_close("kept and computed anew", &logits.row(0).to_owned(), &last, 1e-5);
    }
    println!();
    say(&format!(
        "After {:?} the context of 9 is full. With the next letter the older five are dropped; four and the new one move
to the first five places and are computed anew. Then there is room again. The text is nonsense: the machine has all its
parts and has learned nothing yet.",
        &text[..9]
    ));
    assert_eq!((memory.window(0).len(), model.dropped(&memory, 0)), (8, 5)); // of 13: 5 and then 3 more
}
