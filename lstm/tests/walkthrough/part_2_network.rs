//! What the beginning decides, what waits for what, and the GRU.

use data::tasks::{Recall, TokenTask};
use lstm::{Gru, GruInit, Lstm, LstmInit};
use ndarray::{Ix3, arr1, arr2, s};
use nn::{AdamW, Hooks, Schedule, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, Elman, Form, PassOptions, Recurrent, StackedConfig, gradient_norms, hidden_gradients,
};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, expect, say, show, title};
use tensor::{Context, Init, Meter, Parameters, Tensor, shared};

use crate::layer::{ALPHABET, HAND, UNITS, layer, set, word};

/// What is left of the gradient of the last output at each step before, for a loss that asks after 50 random symbols.
fn left<R: Recurrent>(options: R::Options) -> Vec<f64>
where
    R::Options: Default,
{
    let task = Recall { symbols: 8, distractors: 4, gap: 48 };
    let mut parameters = Parameters::new();
    let layers = StackedConfig { layer: options, ..StackedConfig::new(12, 24) };
    let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 8, layers };
    let model = Classifier::<R>::new(&mut Init::new(&mut parameters, 1), config);
    let batch = task.batch(16, 1, 0);
    let dh = hidden_gradients(&parameters, (16, 50, 24), |cx, probe| model.probed_loss(cx, &batch, &[probe]));
    let norms = gradient_norms(&dh);
    norms.iter().map(|norm| norm / norms[49]).collect()
}

#[test]
fn step_06_the_beginning_decides_here_too() {
    title("Step 6. The beginning decides, here too");
    say("Half of the content is left after ln 2 / -ln f steps. Tallec and Ollivier turned that round: a unit that is
to bridge u steps should begin with b_f = ln u, and b_i = -b_f. Each unit draws its own u up to a horizon, here of 50
steps (chrono initialisation). Before any training, 24 units read 50 random symbols, and the loss looks at the last
output: how much of the length of its gradient, ‖dh_50‖, is left at each tenth step before?");
    expect(
        "What lets the gradient reach the first symbols?",
        &[
            "gates: every LSTM and GRU does, the simple network does not",
            "gates that begin open: only chrono initialisation does",
            "the forget bias of 1, as everybody uses it",
        ],
    );
    say("The bars are logarithmic: half a bar is not half of the gradient but less than a ten-millionth. Look for the
slope, from t = 40 back to t = 1.");
    let horizon = 50.0;
    let kinds = [
        ("simple network, tanh, uniform", left::<Elman>(Default::default())),
        ("LSTM, uniform biases", left::<Lstm>(LstmInit::Uniform)),
        ("LSTM, forget bias 1", left::<Lstm>(LstmInit::ForgetBias)),
        ("LSTM, chrono", left::<Lstm>(LstmInit::Chrono { horizon })),
        ("GRU, uniform biases", left::<Gru>(GruInit::Uniform)),
        ("GRU, chrono", left::<Gru>(GruInit::Chrono { horizon })),
    ];
    for (name, norms) in &kinds {
        println!("    {name}");
        for t in [0, 9, 19, 29, 39, 49] {
            bar(&format!("t = {}", t + 1), 1.0 + norms[t].log10() / 15.0, &format!("{:.1e}", norms[t]));
        }
        println!();
    }
    say("Answer: b. From t = 40 back to t = 1, gates alone already help, and a forget bias of 1 helps more; still,
less than a hundredth is left. With chrono initialisation it is more than a tenth: gates *and* a beginning that holds
them open. (The LSTM's drop from t = 50 to t = 40 has another cause: from an output h_t back into the cell, the
gradient goes through an input gate, and that begins nearly shut.)");
    let kept: Vec<f64> = kinds.iter().map(|(_, norms)| norms[0] / norms[39]).collect();
    let [simple, uniform, forget, chrono, gru, gru_chrono] = kept[..] else { panic!("six kinds") };
    assert!(simple < 1e-9 && uniform < 1e-5 && gru < 1e-5, "{kept:?}");
    assert!(uniform < forget && forget < 1e-2 && chrono > 0.1 && gru_chrono > 0.1, "{kept:?}");
}

#[test]
fn step_07_still_one_step_after_the_other() {
    title("Step 7. Still one step after the other");
    say("Nothing has changed about time: h_t needs h_{t-1}. A step of the LSTM is a chain of 7 operations (product
with h_{t-1}, sum, gate, product with the gate, sum, tanh, product with the output gate); one of the simple network
is a chain of 3. The tape counts all numbers that are computed, the work, and the longest chain of operations that
wait for each other, the span, for the four letters of abbc. The layer is written twice: literally, as the equations
stand, out of many small operations, and fused into one.");
    expect(
        "What does the fused form make smaller?",
        &["work and span", "the span alone", "neither: only the number of operations that are noted"],
    );
    let (parameters, layer) = layer();
    let run = |form| {
        let meter = Meter::start();
        let run = PassOptions { form, ..PassOptions::default() };
        let x = Tensor::constant(word("abbc"));
        let (ys, state) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), run);
        let usage = meter.finish();
        let calls: u64 = usage.values().map(|usage| usage.calls).sum();
        let work: u64 = usage.values().map(|usage| usage.cost.work).sum();
        assert_eq!(ys.span(), state[0].span());
        (ys.view::<Ix3>("walkthrough").to_owned(), calls, work, ys.span())
    };
    let ((literal, many, work, span), (fused, one, same_work, same_span)) = (run(Form::Literal), run(Form::Fused));
    println!("    {:>8} {:>12} {:>8} {:>8}", "", "operations", "work", "span");
    println!("    {:>8} {many:>12} {work:>8} {span:>8}", "literal");
    println!("    {:>8} {one:>12} {same_work:>8} {same_span:>8}", "fused");
    println!();
    say("Answer: c. The fused form is one operation with a backward pass written by hand. It saves the computer's
time, not the mathematics': work and span are the same, and so is every number, up to rounding.");
    assert_close("fused", &fused, &literal, 1e-6);
    assert_eq!((one, work, span), (1, same_work, same_span));
    // Products of 2·3·8 and 2·2·8, then 8 sums, 8 gates and five more operations on 2 units; four steps.
    assert_eq!((work, span), (4 * (48 + 32 + 8 + 8 + 10), 4 * 7));
}

#[test]
fn step_08_the_gru_ties_two_gates_into_one() {
    title("Step 8. The GRU ties two gates into one");
    say("Cho and his colleagues made do with one vector, h, without a cell: h_t = (1 - z_t) n_t + z_t h_{t-1}. What
stays and what enters add up to 1. The gate r decides how much of the old state the proposal n sees; in this form it
multiplies the product W_hn h + b_hn, and not h. The word is ab.");
    let mut parameters = Parameters::new();
    let layer = Gru::new(&mut Init::new(&mut parameters, 1), "l0", 3, 2, GruInit::Uniform);
    let w_ih = arr2(&[
        [1.0, -1.0, 0.5],
        [0.0, 2.0, -1.0],
        [-0.5, 1.0, 1.5],
        [2.0, 0.0, -1.0],
        [1.0, -0.5, 0.25],
        [-1.0, 1.5, 0.5],
    ]);
    let w_hh = arr2(&[[0.5, 1.0], [-1.0, 0.25], [0.0, 0.5], [0.75, -0.5], [1.0, -1.0], [0.5, 2.0]]);
    let b_ih = arr1(&[0.25, -0.5, 0.5, 1.0, 0.0, 0.1]);
    let b_hh = arr1(&[0.0, 0.25, 0.0, -0.5, 0.5, -0.25]);
    let gates = &["r 1", "r 2", "z 1", "z 2", "n 1", "n 2"];
    show("W_ih", "(3H, I)", [gates, ALPHABET], "z 2: the a opens it wide; three parts, where the LSTM has four", &w_ih);
    show("W_hh", "(3H, H)", [gates, UNITS], "the same three, for the last output", &w_hh);
    show("b_ih", "(3H)", [&[], gates], "what is added to the products with W_ih", &b_ih);
    show("b_hh", "(3H)", [&[], gates], "n 1 and n 2: r multiplies these two as well", &b_hh);
    set(&mut parameters, [shared(w_ih), shared(w_hh), shared(b_ih), shared(b_hh)]);
    for form in [Form::Literal, Form::Fused] {
        let run = PassOptions { form, ..PassOptions::default() };
        let x = Tensor::constant(word("ab"));
        let (ys, _) = layer.forward(&Context::eval(&parameters), &x, &layer.empty(1), run);
        let ys = ys.view::<Ix3>("walkthrough").slice(s![0, .., ..]).to_owned();
        let name = format!("h_1 and h_2, {}", format!("{form:?}").to_lowercase());
        show(&name, "(T, H)", [&["a", "ab"], UNITS], "unit 2 after the a: z is 0.92, so hardly anything enters", &ys);
        // h_1 = (1 - 0.5)·0.882874 and (1 - 0.924142)·-0.765537;
        // h_2 = -0.026519 + 0.813204·0.441437 and 0.268345 - 0.702684·0.058072
        assert_close("h", &ys, &arr2(&[[0.441437, -0.058072], [0.332459, 0.227539]]), HAND);
    }
    say("If r multiplied h before the product, as in the first paper, h_2 would be another vector. So weights of one
kind that are loaded into the other give wrong numbers, and no error says so.");
}

#[test]
fn step_09_what_is_the_gate_and_what_the_beginning() {
    title("Step 9. What is the gate, and what the beginning?");
    say("Now train. The task: read one of 4 symbols, then 30 random symbols that do not matter, then a question mark,
and name the first symbol. Five networks with about as many parameters learn for 300 steps of 32 sequences; each is
trained three times, with three seeds. Then each names the symbols of 500 sequences that it has not seen. A guess is
right in one case of four.");
    expect(
        "Which of the five has learned it after 300 steps?",
        &[
            "every LSTM and GRU, but not the simple network",
            "the LSTM and the GRU with chrono initialisation",
            "all: 30 steps are not many",
        ],
    );
    fn train<R: Recurrent>(hidden: usize, options: R::Options, seed: u64) -> f64
    where
        R::Options: Default,
    {
        let task = Recall { symbols: 4, distractors: 3, gap: 30 };
        let mut parameters = Parameters::new();
        let layers = StackedConfig { layer: options, ..StackedConfig::new(6, hidden) };
        let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 4, layers };
        let model = Classifier::<R>::new(&mut Init::new(&mut parameters, seed), config);
        assert!((2300..2600).contains(&parameters.count()));
        let constant = Schedule::constant(0.01);
        let settings = TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(300, AdamW::default(), constant) };
        let mut trainer = Trainer::new(&model, parameters, settings);
        trainer.run(&|step| task.batch(32, seed, step), Hooks::default()).unwrap();
        model.accuracy(trainer.parameters(), &task.batch(500, 99, seed))
    }
    let horizon = 32.0;
    let show = |name: &str, train: &dyn Fn(u64) -> f64| {
        println!("    {name}");
        let accuracies = [1, 2, 3].map(train);
        for (seed, accuracy) in accuracies.iter().enumerate() {
            bar(&format!("seed {}", seed + 1), *accuracy, &format!("{:5.1} % right", 100.0 * accuracy));
        }
        println!();
        accuracies
    };
    let simple = show("simple network, tanh, uniform", &|seed| train::<Elman>(44, Default::default(), seed));
    let forget = show("LSTM, forget bias 1", &|seed| train::<Lstm>(20, LstmInit::ForgetBias, seed));
    let chrono = show("LSTM, chrono", &|seed| train::<Lstm>(20, LstmInit::Chrono { horizon }, seed));
    let gru = show("GRU, uniform", &|seed| train::<Gru>(24, GruInit::Uniform, seed));
    let gru_chrono = show("GRU, chrono", &|seed| train::<Gru>(24, GruInit::Chrono { horizon }, seed));
    let nine_in_ten = |accuracies: &[f64]| accuracies.iter().filter(|&&accuracy| accuracy > 0.9).count();
    let (open, of_simple) = (nine_in_ten(&[chrono, gru_chrono].concat()), nine_in_ten(&simple));
    say(&format!(
        "Answer: b, of the gated ones. Gates that begin open remember: in {open} of 6 trainings they name more than
nine in ten. The same gates with the usual biases have not learned it yet: hardly any of the gradient reaches the
first symbol (step 6). The simple network names more than nine in ten in {of_simple} of 3 trainings: it can keep a
symbol by holding a tanh close to 1 or -1 (Bengio, Simard and Frasconi 1994). How far a training is after 300 steps
can depend on the last bit of a sum, so another processor may give other counts.

So \"an LSTM remembers longer\" is, here, a sentence about the beginning as much as about the gate. This was one gap
and one learning rate. The comparison proper searches the best learning rate of each:

    cargo run --release -- compare --only C2"
    ));
    assert!(simple.iter().all(|accuracy| (0.15..=1.0).contains(accuracy)), "{simple:?}");
    // On every seed: open gates more than twice as often right as guessing, the others no more than that.
    for accuracies in [chrono, gru_chrono] {
        assert!(accuracies.iter().all(|&accuracy| accuracy > 0.5), "{accuracies:?}");
    }
    for accuracies in [forget, gru] {
        assert!(accuracies.iter().all(|&accuracy| accuracy < 0.5), "{accuracies:?}");
    }
}
