//! The simple recurrent network, step by step:
//! `cargo test -p rnn --test walkthrough -- --nocapture --test-threads=1`

use data::tasks::{Recall, TokenTask};
use ndarray::{Array1, Array2, Array3, arr1, arr2, s};
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, Elman, ElmanOptions, Form, Nonlinearity, PassOptions, Recurrence, Recurrent,
    StackedConfig, gradient_norms, hidden_gradients,
};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, say, show, title};
use tensor::{Context, Init, Meter, ParameterId, Parameters, Real, Tensor, shared};

/// Everything here was worked out with a pocket calculator to six places.
const HAND: f64 = 2e-6;

/// The layer of this lecture: I = 3 symbols, H = 2 units.
fn layer() -> (Parameters, Elman) {
    let mut parameters = Parameters::new();
    let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 3, 2, ElmanOptions::default());
    for (name, value) in [
        ("weight_ih_l0", shared(arr2(&[[1.0, -1.0, 0.5], [0.0, 2.0, -1.0]]))),
        ("weight_hh_l0", shared(arr2(&[[0.5, 1.0], [-1.0, 0.25]]))),
        ("bias_ih_l0", shared(arr1(&[0.25, -0.5]))),
        ("bias_hh_l0", shared(arr1(&[0.0, 0.25]))),
    ] {
        parameters.set(parameters.find(name).unwrap(), value);
    }
    (parameters, layer)
}

/// A word over the alphabet a, b, c as (1, T, 3): each letter is a vector with one 1.
fn word(letters: &str) -> Array3<Real> {
    let mut x = Array3::zeros((1, letters.len(), 3));
    for (t, letter) in letters.bytes().enumerate() {
        x[[0, t, (letter - b'a') as usize]] = 1.0;
    }
    x
}

/// Every state while reading a word, (T, H).
fn states(letters: &str) -> Array2<Real> {
    let (parameters, layer) = layer();
    let x = Tensor::constant(word(letters));
    let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), PassOptions::default());
    ys.view::<ndarray::Ix3>("walkthrough").slice(s![0, .., ..]).to_owned()
}

fn matrix(parameters: &Parameters, name: &str) -> Array2<Real> {
    parameters.get(parameters.find(name).unwrap()).value().to_owned().into_dimensionality().unwrap()
}

#[test]
fn step_01_one_letter_is_read() {
    title("Step 1. One letter is read");
    say("A network reads the word abbc, one letter at a time. A letter is a vector with one 1; so W_ih x_t is a column
of W_ih. Everything that the network knows is its state h, two numbers, and before the first letter they are zero.");
    let (parameters, _) = layer();
    let (w_ih, w_hh) = (matrix(&parameters, "weight_ih_l0"), matrix(&parameters, "weight_hh_l0"));
    show("W_ih", "(H, I)", &w_ih);
    show("W_hh", "(H, H)", &w_hh);
    show("b_ih + b_hh", "(H)", &arr1::<Real>(&[0.25, -0.25]));
    show("x, the word abbc", "(B, T, I)", &word("abbc"));

    say("h_1 = tanh(W_ih x_1 + b_ih + W_hh h_0 + b_hh). With h_0 = 0 the third term is gone. The letter a picks the
first column: a_1 = (1 + 0.25, 0 - 0.25), and tanh squeezes both between -1 and 1.");
    let h = states("abbc");
    show("h_1", "(H)", &h.row(0));
    assert_close("h_1", &h.row(0), &arr1(&[0.848284, -0.244919]), HAND);
}

#[test]
fn step_02_the_state_is_fed_back() {
    title("Step 2. The state is fed back");
    say("For the second letter, b, there are two contributions: what the letter says and what the state says. Elman's
idea is the second one: the network's own state is part of what it reads.");
    let (parameters, _) = layer();
    let h = states("abbc");
    let from_input: Array1<Real> = matrix(&parameters, "weight_ih_l0").column(1).to_owned() + arr1(&[0.25, -0.25]);
    let from_state = matrix(&parameters, "weight_hh_l0").dot(&h.row(0));
    show("W_ih x_2 + b", "(H)", &from_input);
    show("W_hh h_1", "(H)", &from_state);
    show("h_2 = tanh of their sum", "(H)", &h.row(1));
    assert_close("from the letter", &from_input, &arr1(&[-0.75, 1.75]), HAND);
    // 0.5·0.848284 - 0.244919 and -0.848284 - 0.25·0.244919
    assert_close("from the state", &from_state, &arr1(&[0.179223, -0.909514]), HAND);
    assert_close("h_2", &h.row(1), &arr1(&[-0.515930, 0.686067]), HAND);
}

#[test]
fn step_03_the_same_letter_gives_another_state() {
    title("Step 3. The same letter gives another state");
    say("The third letter is b again. The column of W_ih is the same, the state is not, and so the result is another
one. The network knows that this b is not the first: the state is a memory.");
    let h = states("abbc");
    show("h_2, after ab", "(H)", &h.row(1));
    show("h_3, after abb", "(H)", &h.row(2));
    assert_close("h_3", &h.row(2), &arr1(&[-0.311222, 0.984844]), HAND);

    say("Order is in there as well. Two words of the same letters end in different states:");
    let (ab, ba) = (states("ab"), states("ba"));
    show("after ab", "(H)", &ab.row(1));
    show("after ba", "(H)", &ba.row(1));
    assert_close("after ba", &ba.row(1), &arr1(&[0.953937, 0.551471]), HAND);
}

#[test]
fn step_04_the_future_cannot_change_the_past() {
    title("Step 4. The future cannot change the past");
    say("Replace the second letter: accc instead of abbc. The state after the first letter does not move by one bit;
every state from the second on does.");
    let (one, other) = (states("abbc"), states("accc"));
    show("states of abbc", "(T, H)", &one);
    show("states of accc", "(T, H)", &other);
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
product with x_t does not wait. The tape counts the longest chain of operations that had to wait for each other, the
span. Done step by step, no number of processors makes it shorter.");
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
    say("\nWork can be shared out. The span is time. (Self-attention, in the crate transformer, has a span that does
not grow with T, and pays for it with work that grows with T². The same states can be had in other ways than step by
step: guess them all, compute each from the guess of the one before, all at once, and repeat until nothing moves. That
shortens the chain and does the work many times over: `cargo run --release -- compare --only C1`.)");
}

#[test]
fn step_06_one_operation_instead_of_many() {
    title("Step 6. One operation instead of many");
    say("There are two forms of the layer. The literal one is the equation, out of small recorded operations; the
fused one is a single operation with a backward pass written by hand. They agree in every number, up to rounding:");
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
    show(&format!("literal, {many} operations"), "(T, H)", &literal);
    show(&format!("fused, {one} operation"), "(T, H)", &fused);
    assert_close("fused", &fused, &literal, 1e-6);
    // Four times slice, reshape, two linear, add, tanh; at the end four reshapes and a concatenation.
    assert_eq!((many, one), (4 * 6 + 5, 1));
}

#[test]
fn step_07_the_gradient_walks_back_through_time() {
    title("Step 7. The gradient walks back through time");
    say("Let the loss be the first unit of h_4. How much does it depend on each earlier state? Backwards, each step
multiplies by tanh' = 1 - h² and by W_hh transposed:

    dh_3 = W_hhᵀ ((1 - h_4²) dh_4),  dh_2 = W_hhᵀ ((1 - h_3²) dh_3),  and so on.

The fused operation hands these numbers out: a probe of zeros is added to every state, and its gradient is dh_t.");
    let (parameters, layer) = layer();
    let dh = hidden_gradients(&parameters, (1, 4, 2), |cx, probe| {
        let run = PassOptions { probe: Some(&probe), ..PassOptions::default() };
        let (ys, _) = layer.forward(cx, &Tensor::constant(word("abbc")), &layer.empty(1), run);
        ys.slice(1, 3..4).slice(2, 0..1).sum()
    });
    let dh = dh.slice(s![0, .., ..]);
    show("dh_1 .. dh_4", "(T, H)", &dh);
    // dh_3: 1 - 0.918482² = 0.156391 times the first row of W_hh, (0.5, 1).
    let by_hand = arr2(&[[-0.026774, 0.031960], [0.030606, 0.071798], [0.078195, 0.156391], [1.0, 0.0]]);
    assert_close("dh", &dh, &by_hand, HAND);

    let norms = gradient_norms(&dh.to_owned().insert_axis(ndarray::Axis(0)));
    for (t, norm) in norms.iter().enumerate() {
        bar(&format!("‖dh_{}‖", t + 1), *norm, &format!("{norm:.4}"));
    }
    say("\nThree steps back, a twenty-fourth is left.");
    assert!((norms[0] - 0.041693).abs() < 1e-5);
}

#[test]
fn step_08_it_fades_or_not_and_the_beginning_decides() {
    title("Step 8. It fades, or not: the beginning decides");
    say("A product of many matrices shrinks or grows exponentially. Here are 24 units before any training, reading 50
random symbols; the loss looks at the last state. How much of ‖dh_50‖ is left at each tenth step? The scale is
logarithmic.");
    let left = |nonlinearity, recurrence| {
        let task = Recall { symbols: 8, distractors: 4, gap: 48 };
        let mut parameters = Parameters::new();
        let options = ElmanOptions { nonlinearity, recurrence };
        let layers = StackedConfig { layer: options, ..StackedConfig::new(12, 24) };
        let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 8, layers };
        let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
        let batch = task.batch(16, 1, 0);
        let dh = hidden_gradients(&parameters, (16, 50, 24), |cx, probe| model.probed_loss(cx, &batch, &[probe]));
        let norms = gradient_norms(&dh);
        norms.iter().map(|norm| norm / norms[49]).collect::<Vec<_>>()
    };
    let kinds = [
        ("tanh, W_hh uniform in ±1/√H", Nonlinearity::Tanh, Recurrence::Uniform),
        ("tanh, W_hh orthogonal", Nonlinearity::Tanh, Recurrence::Orthogonal),
        ("relu, W_hh the identity", Nonlinearity::Relu, Recurrence::Identity),
    ];
    let mut first = Vec::new();
    for (name, nonlinearity, recurrence) in kinds {
        println!("    {name}");
        let norms = left(nonlinearity, recurrence);
        for t in [0, 9, 19, 29, 39, 49] {
            bar(&format!("t = {}", t + 1), 1.0 + norms[t].log10() / 15.0, &format!("{:.1e}", norms[t]));
        }
        println!();
        first.push(norms[0]);
    }
    say("With PyTorch's uniform start the first symbol is out of reach: what the loss could tell it is lost in rounding.
The orthogonal matrix keeps lengths and only tanh takes; the identity with relu passes on what it gets.");
    assert!(first[0] < 1e-8 && first[1] > 1e4 * first[0] && first[2] > 0.1, "{first:?}");
}

#[test]
fn step_09_truncation_keeps_the_state_and_cuts_the_gradient() {
    title("Step 9. Truncation keeps the state and cuts the gradient");
    say("A book cannot be unrolled whole. Read two letters, carry the state on, read two more: the states are the same
as before. But the carried state is a constant to the second half, so no gradient reaches the first.");
    let (parameters, layer) = layer();
    let first = Context::train(&parameters, 1, 0);
    let x = first.leaf(word("ab"));
    let (_, state) = layer.forward(&first, &x, &layer.empty(1), PassOptions::default());
    first.carry("h", &state[0]);

    let second = Context::train(&parameters, 1, 1).carrying(first.into_carried());
    let carried = second.carried("h").unwrap();
    let x = second.leaf(word("bc"));
    let (_, end) = layer.forward(&second, &x, std::slice::from_ref(&carried), PassOptions::default());
    show("carried, h_2", "(B, H)", &carried.view::<ndarray::Ix2>("walkthrough"));
    show("h_4", "(B, H)", &end[0].view::<ndarray::Ix2>("walkthrough"));
    assert_close("h_4", end[0].value(), &arr2(&[[0.918482, -0.599628]]).into_dyn(), HAND);
    assert!(!carried.is_tracked());

    say("The gradient of the first unit of h_4 with respect to W_hh is the sum of one outer product da_t h_{t-1}ᵀ for
each step. Truncated, the steps 4 and 3 are in it; whole, also 2 (and 1, where h_0 = 0 adds nothing):");
    let w_hh: ParameterId = parameters.find("weight_hh_l0").unwrap();
    let of_first_unit = |state: &Tensor| state.slice(1, 0..1).sum().backward().get(w_hh).unwrap().to_owned();
    let truncated = of_first_unit(&end[0]);
    let cx = Context::train(&parameters, 1, 0);
    let (_, end) = layer.forward(&cx, &Tensor::constant(word("abbc")), &layer.empty(1), PassOptions::default());
    let whole = of_first_unit(&end[0]);
    let as_matrix = |x: &ndarray::ArrayD<Real>| x.clone().into_dimensionality::<ndarray::Ix2>().unwrap();
    show("dW_hh, truncated", "(H, H)", &as_matrix(&truncated));
    show("dW_hh, whole", "(H, H)", &as_matrix(&whole));
    // Step 4: 0.156391·(-0.311222, 0.984844) in the first row; step 3: (0.070621, 0.004705)ᵀ·(-0.515930, 0.686067).
    assert_close("truncated", &truncated, &arr2(&[[-0.085108, 0.202472], [-0.002427, 0.003228]]).into_dyn(), 1e-5);
    // Step 2: (0.022459, 0.038003)ᵀ·(0.848284, -0.244919).
    assert_close("whole", &whole, &arr2(&[[-0.066056, 0.196971], [0.029811, -0.006080]]).into_dyn(), 1e-5);
}

#[test]
fn step_10_with_the_way_back_it_remembers_without_it_does_not() {
    title("Step 10. With the way back it remembers, without it does not");
    say("The claim of this crate: a recurrent network carries information by feeding its state back. The task: read one
of 4 symbols, then 3 random distractors, then a question mark, and name the symbol. Twice the same network, with the same
beginning, batches and settings; but in one of them W_hh is zero and stays zero.");
    let task = Recall { symbols: 4, distractors: 3, gap: 3 };
    let train = |way_back: bool| {
        let mut parameters = Parameters::new();
        let layer = ElmanOptions { recurrence: Recurrence::Orthogonal, ..Default::default() };
        let layers = StackedConfig { layer, ..StackedConfig::new(6, 16) };
        let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 4, layers };
        let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
        if !way_back {
            parameters.set(parameters.find("rnn.weight_hh_l0").unwrap(), shared(Array2::zeros((16, 16))));
            assert_eq!(parameters.freeze("rnn.weight_hh_l0", true), 1);
        }
        let settings =
            TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(200, AdamW::default(), Schedule::constant(0.01)) };
        let mut trainer = Trainer::new(&model, parameters, settings);
        trainer.run(&|step| task.batch(32, 1, step), Hooks::default()).unwrap();
        model.accuracy(trainer.parameters(), &task.batch(500, 2, 0)) // another seed: sequences it has not seen
    };
    let (with, without) = (train(true), train(false));
    bar("with", with, &format!("{:.1} % right", 100.0 * with));
    bar("without", without, &format!("{:.1} % right", 100.0 * without));
    say("\nWithout the way back the last state has read a question mark and nothing else: it guesses, one in four.");
    assert!(with > 0.99, "with the way back {with}");
    assert!((0.15..0.35).contains(&without), "without it {without}");
}
