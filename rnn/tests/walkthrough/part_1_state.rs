//! What a state is and where it comes from.

use ndarray::{Array1, Array3, arr1, s};
use rnn::{Form, PassOptions, Recurrent};
use tensor::check::assert_close;
use tensor::check::lecture::{expect, heat, say, show, title};
use tensor::{Context, Meter, Real, Tensor};

use crate::layer::{ALPHABET, HAND, READ, UNITS, layer, matrix, states, word};

#[test]
fn step_01_one_letter_is_read() {
    title("Step 1. One letter is read");
    say("A network reads the word abbc, one letter at a time. A letter is a vector with one 1, so W_ih x_t is a
column of W_ih. All that the network knows is its state h, two numbers. Before the first letter both are zero.

Every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. B counts
words, T letters, I the numbers of a letter, H the units of the state. A number that is exactly zero is written 0.");
    let (parameters, _) = layer();
    let (w_ih, w_hh) = (matrix(&parameters, "weight_ih_l0"), matrix(&parameters, "weight_hh_l0"));
    let from_letter = "the column of each letter: what the two units get from it";
    show("W_ih", "(H, I)", [UNITS, ALPHABET], from_letter, &w_ih);
    let from_state = "the row of each unit: what it gets from both units of the old state";
    show("W_hh", "(H, H)", [UNITS, UNITS], from_state, &w_hh);
    let bias = "what each unit gets whatever is read";
    show("b_ih + b_hh", "(H)", [&[], UNITS], bias, &arr1::<Real>(&[0.25, -0.25]));
    let letters = &["a", "b", "b", "c"];
    show("x, the word abbc", "(B, T, I)", [letters, ALPHABET], "the single 1 of every row", &word("abbc"));

    say("h_1 = tanh(W_ih x_1 + b_ih + W_hh h_0 + b_hh). With h_0 = 0 the third term is gone. The letter a picks the
first column, and the biases are added: 1 + 0.25 = 1.25 and 0 - 0.25 = -0.25. tanh squeezes both between -1 and 1.");
    expect("Which of the two sums does tanh change more?", &["1.25", "-0.25", "both alike: it halves them"]);
    let h = states("abbc");
    show("h_1", "(H)", [&[], UNITS], "the distance of each number from its sum", &h.row(0));
    say("Answer: a. 1.25 has become 0.8483, and -0.25 is nearly what it was. Near zero tanh changes little; large
sums end up close to 1 or -1.");
    assert_close("h_1", &h.row(0), &arr1(&[0.848284, -0.244919]), HAND);
}

#[test]
fn step_02_the_state_is_fed_back() {
    title("Step 2. The state is fed back");
    say("For the second letter, b, there are two contributions: what the letter says and what the state says. Elman's
idea is the second one: the network's own state is part of what it reads. The first is the second column of W_ih with
the biases, the second is W_hh h_1, with h_1 = (0.8483, -0.2449).");
    expect(
        "Do the letter and the state push the units in the same direction? Take W_ih and W_hh of step 1.",
        &["yes, both units", "no, neither unit", "one unit yes, the other no"],
    );
    let (parameters, _) = layer();
    let h = states("abbc");
    let from_input: Array1<Real> = matrix(&parameters, "weight_ih_l0").column(1).to_owned() + arr1(&[0.25, -0.25]);
    let from_state = matrix(&parameters, "weight_hh_l0").dot(&h.row(0));
    show("W_ih x_2 + b_ih + b_hh", "(H)", [&[], UNITS], "the signs: where the letter pushes", &from_input);
    show("W_hh h_1", "(H)", [&[], UNITS], "the signs: where the state pushes", &from_state);
    let stronger = "the sign of each unit: who was stronger, the letter or the state?";
    show("h_2 = tanh of their sum", "(H)", [&[], UNITS], stronger, &h.row(1));
    say("Answer: b. The state pushes against the letter in both units. The letter is stronger, so the signs are those
of the letter; but both numbers are closer to zero than they would be without the state.");
    assert_close("from the letter", &from_input, &arr1(&[-0.75, 1.75]), HAND);
    // 0.5·0.848284 - 0.244919 and -0.848284 - 0.25·0.244919
    assert_close("from the state", &from_state, &arr1(&[0.179223, -0.909514]), HAND);
    assert_close("h_2", &h.row(1), &arr1(&[-0.515930, 0.686067]), HAND);
}

#[test]
fn step_03_the_same_letter_gives_another_state() {
    title("Step 3. The same letter gives another state");
    say("The third letter is b again, and it picks the same column of W_ih.");
    expect(
        "What is the state after the second b?",
        &["the same as after the first b", "another one", "exactly twice the state after the first b"],
    );
    let h = states("abbc");
    let both = h.slice(s![1..3, ..]);
    show("h_2 and h_3", "(2, H)", [&["ab", "abb"], UNITS], "the difference that one more b makes", &both);
    assert_close("h_3", &h.row(2), &arr1(&[-0.311222, 0.984844]), HAND);
    say("Answer: b. The letter is the same, the old state is not, so the sum is different. The network knows that
this b is not the first: the state is a memory.

Order is in there as well. Two words of the same letters end in different states:");
    let (ab, ba) = (states("ab"), states("ba"));
    let ends = ndarray::stack![ndarray::Axis(0), ab.row(1), ba.row(1)];
    show("the last states", "(2, H)", [&["ab", "ba"], UNITS], "the signs of unit 1", &ends);
    assert_close("after ba", &ba.row(1), &arr1(&[0.953937, 0.551471]), HAND);
}

#[test]
fn step_04_the_future_cannot_change_the_past() {
    title("Step 4. The future cannot change the past");
    say("Replace the letters from the second on: accc instead of abbc. The fourth letter is c in both words.");
    expect(
        "Which of the four states change?",
        &["the second and the third, whose letters have changed", "all from the second on", "all four"],
    );
    let (one, other) = (states("abbc"), states("accc"));
    show("states of abbc", "(T, H)", [READ, UNITS], "the first row and the last", &one);
    let compare = "the same two rows: what is as above, and what is not?";
    show("states of accc", "(T, H)", [&["a", "ac", "acc", "accc"], UNITS], compare, &other);
    say("Subtracted from each other. From here on, shades show the size of a number; what is exactly 0 has none.");
    let rows = &["h_1", "h_2", "h_3", "h_4"];
    heat("the difference", "(T, H)", [rows, UNITS], "the row without shade", &(&other - &one));
    say("Answer: b. The state after the first letter has not moved by one bit. All later ones have, also the fourth,
although its letter is the same: it remembers what came before.");
    assert_eq!(one.row(0), other.row(0));
    for t in 1..4 {
        assert_ne!(one.row(t), other.row(t), "state {}", t + 1);
    }
    // W_ih c + b = (0.75, -1.25), and W_hh h_1 as in step 2
    let expected = arr1(&[(0.75_f64 + 0.179223).tanh() as Real, (-1.25_f64 - 0.909514).tanh() as Real]);
    assert_close("h_2 of accc", &other.row(1), &expected, HAND);
}

#[test]
fn step_05_each_state_waits_for_the_one_before() {
    title("Step 5. Each state waits for the one before");
    say("h_2 needs h_1, h_3 needs h_2. Each step is a product, a sum and a tanh that wait for the step before; the
product with x_t does not wait. The tape counts all numbers that are computed, the work, and the longest chain of
operations that had to wait for each other, the span.");
    expect(
        "A text becomes ten times as long, and there are processors without end. What happens to the span?",
        &["nothing: the work is shared out", "it becomes ten times as long", "it becomes a hundred times as long"],
    );
    let (parameters, layer) = layer();
    println!("    {:>6} {:>12} {:>8}", "T", "work", "span");
    for (steps, span) in [(1, 3), (10, 30), (100, 300), (1000, 3000)] {
        let meter = Meter::start();
        let x = Tensor::constant(Array3::zeros((1, steps, 3)));
        let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
        let work = meter.finish()["elman"].cost.work;
        println!("    {steps:>6} {work:>12} {:>8}", ys.span());
        // Products of 2·2·3 and 2·2·2 operations, a sum of 2, a tanh of 2.
        assert_eq!((work, ys.span()), (steps as u64 * (12 + 8 + 2 + 2), span));
    }
    println!();
    say("Answer: b. Work can be shared out, a chain cannot: done step by step, no number of processors makes it
shorter.

Self-attention, in the crate transformer, has a span that does not grow with T, and pays for it with work that grows
with T². And the same states can be had in other ways than step by step: guess them all, compute each from the guess
of the one before, all at once, and repeat until nothing moves. That shortens the chain and does the work many times
over:

    cargo run --release -- compare --only C1");
}

#[test]
fn step_06_one_operation_instead_of_many() {
    title("Step 6. One operation instead of many");
    say("There are two forms of the layer. The literal one is the equation, out of small recorded operations. The
fused one is a single operation with a backward pass written by hand.");
    let (parameters, layer) = layer();
    let run = |form| {
        let meter = Meter::start();
        let run = PassOptions { form, ..PassOptions::default() };
        let x = Tensor::constant(word("abbc"));
        let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), run);
        let calls: u64 = meter.finish().values().map(|usage| usage.calls).sum();
        (ys.view::<ndarray::Ix3>("walkthrough").slice(s![0, .., ..]).to_owned(), calls)
    };
    let ((literal, many), (fused, one)) = (run(Form::Literal), run(Form::Fused));
    let names = [READ, UNITS];
    show(&format!("literal, {many} operations"), "(T, H)", names, "the last row, h_4", &literal);
    show(&format!("fused, {one} operation"), "(T, H)", names, "a number that differs from above", &fused);
    say("None differs: the two agree in every number, up to rounding. The literal form is for reading, the fused form
for speed.");
    assert_close("fused", &fused, &literal, 1e-6);
    // Four times slice, reshape, two linear, add, tanh; at the end four reshapes and a concatenation.
    assert_eq!((many, one), (4 * 6 + 5, 1));
}
