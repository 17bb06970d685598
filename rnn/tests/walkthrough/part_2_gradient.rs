//! How far a gradient reaches back, and what a network learns with it.

use data::tasks::{Recall, TokenTask};
use ndarray::{Array2, arr2, s};
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, Elman, ElmanOptions, Nonlinearity, PassOptions, Recurrence, Recurrent, StackedConfig,
    gradient_norms, hidden_gradients,
};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, bar, expect, heat, say, show, title};
use tensor::{Context, Init, ParameterId, Parameters, Real, Tensor, shared};

use crate::layer::{HAND, UNITS, layer, word};

#[test]
fn step_07_the_gradient_walks_back_through_time() {
    title("Step 7. The gradient walks back through time");
    say("Let the loss be the first unit of h_4. How much does it depend on each earlier state? Backwards, each step
multiplies by tanh' = 1 - h² and by W_hh transposed:

    dh_3 = W_hhᵀ ((1 - h_4²) dh_4),  dh_2 = W_hhᵀ ((1 - h_3²) dh_3),  and so on.

The fused operation hands these numbers out: a probe of zeros is added to every state, and its gradient is dh_t. ‖dh_t‖ is the length of this vector.");
    expect(
        "The length of dh_4 is 1. What is the length of dh_1, three steps further back?",
        &["1 as well: a derivative is passed on unchanged", "about a half", "less than a tenth"],
    );
    let (parameters, layer) = layer();
    let dh = hidden_gradients(&parameters, (1, 4, 2), |cx, probe| {
        let run = PassOptions { probe: Some(&probe), ..PassOptions::default() };
        let (ys, _) = layer.forward(cx, &Tensor::constant(word("abbc")), &layer.empty(1), run);
        ys.slice(1, 3..4).slice(2, 0..1).sum()
    });
    let dh = dh.slice(s![0, .., ..]);
    let names: Names = [&["dh_1", "dh_2", "dh_3", "dh_4"], UNITS];
    heat("dh", "(T, H)", names, "the last row against the others", &dh);
    // dh_3: 1 - 0.918482² = 0.156391 times the first row of W_hh, (0.5, 1).
    let by_hand = arr2(&[[-0.026774, 0.031960], [0.030606, 0.071798], [0.078195, 0.156391], [1.0, 0.0]]);
    assert_close("dh", &dh, &by_hand, HAND);

    let norms = gradient_norms(&dh.to_owned().insert_axis(ndarray::Axis(0)));
    for (t, norm) in norms.iter().enumerate() {
        bar(&format!("‖dh_{}‖", t + 1), *norm, &format!("{norm:.4}"));
    }
    println!();
    say("Answer: c. Three steps back, a twenty-fourth is left. Each step back multiplies by 1 - h², which is small
where tanh is near 1 or -1.");
    assert!((norms[0] - 0.041693).abs() < 1e-5);
}

#[test]
fn step_08_it_fades_or_not_and_the_beginning_decides() {
    title("Step 8. It fades, or not: the beginning decides");
    say("A product of many matrices shrinks or grows exponentially. Here are 24 units before any training, which read
50 random symbols; the loss looks at the last state. ‖dh_50‖, the length of its gradient, is 1; how much of it is
left at each tenth step before? W_hh begins in one of three ways: with random numbers, as in PyTorch; as a random
orthogonal matrix, which turns a vector and keeps its length; or as the identity, with relu instead of tanh.");
    expect(
        "How much of the gradient reaches the first symbol?",
        &[
            "hardly anything, whatever W_hh begins with",
            "with one of the beginnings more than a tenth, with random numbers less than a millionth",
            "more than a tenth with each of them: 50 steps are not many",
        ],
    );
    say("The bars are logarithmic: half a bar is not half of the gradient but less than a ten-millionth.");
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
    say("Answer: b. With random numbers the first symbol is out of reach: what the loss could tell it is lost in
rounding. The orthogonal matrix keeps the length of the gradient, and only tanh shortens it. The identity with relu
passes on what it gets.");
    assert!(first[0] < 1e-8 && first[1] > 1e4 * first[0] && first[2] > 0.1, "{first:?}");
}

#[test]
fn step_09_truncation_keeps_the_state_and_cuts_the_gradient() {
    title("Step 9. Truncation keeps the state and cuts the gradient");
    say("A book is too long to be kept whole for the backward pass. So read two letters, carry the state on, and read
two more. To the second half the carried state is a constant.");
    let (parameters, layer) = layer();
    let first = Context::train(&parameters, 1, 0);
    let x = first.leaf(word("ab"));
    let (_, state) = layer.forward(&first, &x, &layer.empty(1), PassOptions::default());
    first.carry("h", &state[0]);

    let second = Context::train(&parameters, 1, 1).carrying(first.into_carried());
    let carried = second.carried("h").unwrap();
    let x = second.leaf(word("bc"));
    let (_, end) = layer.forward(&second, &x, std::slice::from_ref(&carried), PassOptions::default());
    let h_2 = carried.view::<ndarray::Ix2>("walkthrough");
    show("h_2, which is carried", "(B, H)", [&[], UNITS], "the h_2 of step 2", &h_2);
    let h_4 = end[0].view::<ndarray::Ix2>("walkthrough");
    show("h_4", "(B, H)", [&[], UNITS], "the last row of step 6: nothing is lost", &h_4);
    assert_close("h_4", end[0].value(), &arr2(&[[0.918482, -0.599628]]).into_dyn(), HAND);
    assert!(!carried.is_tracked());

    say("The state is what it was. Now the gradient of the first unit of h_4 with respect to W_hh. Each step adds to
it a product of a column and a row, da_t h_{t-1}ᵀ; da_t is the gradient before tanh.");
    expect(
        "Is it the same as the gradient over the whole word abbc?",
        &["yes: equal states give equal gradients", "no: it is zero", "no: what the first two letters add is missing"],
    );
    let w_hh: ParameterId = parameters.find("weight_hh_l0").unwrap();
    let of_first_unit = |state: &Tensor| state.slice(1, 0..1).sum().backward().get(w_hh).unwrap().to_owned();
    let truncated = of_first_unit(&end[0]);
    let cx = Context::train(&parameters, 1, 0);
    let (_, end) = layer.forward(&cx, &Tensor::constant(word("abbc")), &layer.empty(1), PassOptions::default());
    let whole = of_first_unit(&end[0]);
    let as_matrix = |x: &ndarray::ArrayD<Real>| x.clone().into_dimensionality::<ndarray::Ix2>().unwrap();
    let names = [UNITS, UNITS];
    heat("dW_hh, truncated", "(H, H)", names, "the row of unit 2", &as_matrix(&truncated));
    heat("dW_hh, whole", "(H, H)", names, "the same row: is it what it was?", &as_matrix(&whole));
    say("Answer: c. Truncated, the steps 4 and 3 are in the gradient; whole, also step 2 (and step 1, where h_0 = 0
adds nothing). The network carries on what it has read, but cannot learn what to carry.");
    // Step 4: 0.156391·(-0.311222, 0.984844) in the first row; step 3: (0.070621, 0.004705)ᵀ·(-0.515930, 0.686067).
    assert_close("truncated", &truncated, &arr2(&[[-0.085108, 0.202472], [-0.002427, 0.003228]]).into_dyn(), 1e-5);
    // Step 2: (0.022459, 0.038003)ᵀ·(0.848284, -0.244919).
    assert_close("whole", &whole, &arr2(&[[-0.066056, 0.196971], [0.029811, -0.006080]]).into_dyn(), 1e-5);
}

#[test]
fn step_10_with_the_way_back_it_remembers_without_it_does_not() {
    title("Step 10. With the way back it remembers, without it does not");
    say("The claim of this crate: a recurrent network carries information by feeding its state back. The task: read
one of 4 symbols, then 3 random symbols that do not matter, then a question mark, and name the first symbol. The same
network is trained twice, with the same beginning, batches and settings; but in one of them W_hh is zero and stays
zero.");
    expect(
        "How often is each right, in 500 sequences that it has not seen?",
        &[
            "both nearly always: W_ih and the output layer can learn it",
            "with W_hh nearly always, without it never",
            "with W_hh nearly always, without it in one case of four",
        ],
    );
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
    println!();
    say("Answer: c. Without the way back the last state has read a question mark and nothing else. It guesses, and
one guess in four is right.");
    assert!(with > 0.99, "with the way back {with}");
    assert!((0.15..0.35).contains(&without), "without it {without}");
}
