//! From what the encoder has made of a text to the first token of another.

use data::pairs::{Ends, PairBatch};
use ndarray::{Array1, Array2, ArrayView1, Axis, array, s};
use nn::Trainable;
use t5::{T5, T5Config};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Init, Parameters, Real};

use crate::machine::{
    END, PAD, PLACES, SIX_DIGITS, TARGET, TOKENS, WRITTEN, config, explained, machine, source, tokens,
};

const ACROSS: Names<'static> = [WRITTEN, PLACES];

#[test]
fn step_05_the_decoder_looks_across() {
    title("Step 5. The decoder looks across");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let found = explained(&cx, &model);
    say("A block of the decoder has three sublayers. It looks at what was written so far, never at what comes; then at what
the encoder has made of the source, from every place; then the feed-forward layer works on each place alone.");
    let own = found.own[0].index_axis(Axis(0), 0).to_owned();
    let names: Names = [WRITTEN, WRITTEN];
    heat("own weights, first head", "(T, T)", names, "a triangle: what comes is hidden", &own);
    let [first, second] = [0, 1].map(|head| found.source[0].index_axis(Axis(0), head).to_owned());
    heat("into the source, first head", "(T, S)", ACROSS, "each row sums to 1: all of it is seen", &first);
    heat("into the source, second head", "(T, S)", ACROSS, "before anything is written: 0.3956 on the gap", &second);
    expect("Does this look into the source know how far away a place is?", &["yes", "no"]);
    say("Answer: b. The buckets are of places in one text, and there is no distance from one text to another. What the
encoder has made of a place tells where it stands.");
    let expected = array![0.119421, 0.107905, 0.102212, 0.395631, 0.159210, 0.115621];
    assert_close("second head", &second.row(0).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.773504, 0.087390, 0.026478, 0.036752, 0.030325, 0.045551];
    assert_close("first head", &first.row(4).to_owned(), &expected, SIX_DIGITS);
    assert!(own.indexed_iter().all(|((t, s), &weight)| (s > t) == (weight == 0.0)));
}

fn probabilities(scores: ArrayView1<'_, Real>) -> Array1<Real> {
    let powers = scores.mapv(Real::exp);
    let sum = powers.sum();
    powers / sum
}

#[test]
fn step_06_the_head_of_version_1_0() {
    title("Step 6. The output layer is the embedding, and its scores are divided by √D");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The vectors of tokens begin with numbers of order 1, since nothing scales them on their way in. As an output layer
they would give scores of order √D, so what they are compared with is divided by √D first.");
    let found = model.explain(&cx, &source(), &[PAD]);
    let scaled = probabilities(found.logits.row(1));
    let without = probabilities((&found.logits.row(1) * Real::sqrt(6.0)).view());
    let both = ndarray::stack![Axis(1), scaled, without];
    let names: Names = [TOKENS, &["scaled", "not"]];
    heat("the first token", "(V, 2)", names, "without the factor the same order, but surer", &both);
    expect(
        "Version 1.1 has a matrix of its own as output layer, which begins small. Is it divided too?",
        &["yes", "no"],
    );
    say("Answer: b. Files of both versions look alike, and this factor is told by one word of their configuration. A model
that is read with the wrong one ranks tokens as before, and every probability is wrong.");
    let expected = array![
        0.092091, 0.048873, 0.050442, 0.036216, 0.135681, 0.059395, 0.112746, 0.038566, 0.079262, 0.133762, 0.082150,
        0.130817
    ];
    assert_close("scaled", &scaled, &expected, SIX_DIGITS);
    let expected = array![
        0.079780, 0.016902, 0.018261, 0.008111, 0.206136, 0.027249, 0.130972, 0.009462, 0.055248, 0.199067, 0.060308,
        0.188502
    ];
    assert_close("not", &without, &expected, SIX_DIGITS);
    assert!(config().scaled_output && config().tied_head);
    let v1_1 = T5Config::v1_1(12, 1, 6, 2);
    assert!(!v1_1.scaled_output && !v1_1.tied_head);
    let mut its = Parameters::new();
    T5::new(&mut Init::new(&mut its, 1), v1_1).unwrap();
    assert!(its.find("lm_head.weight").is_some() && parameters.find("lm_head.weight").is_none());
}

#[test]
fn step_07_a_gate_in_version_1_1() {
    title("Step 7. Version 1.1 has a gate in its feed-forward layer");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Version 1.0 computes W₂·max(0, W₁·x). Version 1.1 has two maps where there was one: what the first gives goes
through GELU and opens or closes what the second gives, number by number. F is made smaller, so that both versions
have about as many parameters.");
    let table =
        |name: &str| -> Array2<Real> { cx.get(parameters.find(name).unwrap()).view::<ndarray::Ix2>(name).to_owned() };
    let [gate, other] = ["encoder", "decoder"].map(|stack| table(&format!("{stack}.layers.0.linear1.weight")));
    let x = explained(&cx, &model).embedded[0].row(3).to_owned();
    let x = &x / (x.iter().map(|x| x * x).sum::<Real>() / 6.0 + 1e-6).sqrt();
    let opened = gate.dot(&x);
    let gelu = |x: Real| {
        let inner = (2.0 / std::f64::consts::PI).sqrt() * (f64::from(x) + 0.044715 * f64::from(x).powi(3));
        (0.5 * f64::from(x) * (1.0 + inner.tanh())) as Real
    };
    let plain = opened.mapv(|x| x.max(0.0));
    let gated = opened.mapv(gelu) * other.dot(&x);
    let both = ndarray::stack![Axis(1), plain, gated];
    let names: Names = [&[], &["ReLU", "gated"]];
    show("hidden numbers of the gap", "(F, 2)", names, "ReLU: five are zero; gated: none is", &both);
    say(
        "Two maps of the machine stand in for the two of a gate. Every later model with a gate, LLaMA's too, has this form.",
    );
    let expected = array![-0.085081, 0.220060, 0.062131, 0.408519, 0.071046, -0.025427, 1.062191, 0.234196, 0.037148];
    assert_close("gated", &gated, &expected, SIX_DIGITS);
    let expected = array![0.0, 0.0, 0.564906, 0.0, 0.154065, 0.0, 3.184016, 0.924392, 0.0];
    assert_close("ReLU", &plain, &expected, SIX_DIGITS);
    assert_eq!((plain.iter().filter(|&&x| x == 0.0).count(), gated.iter().filter(|&&x| x == 0.0).count()), (5, 0));
    // 3·D·F' = 2·D·F of version 1.0 with F = 4·D, by hand: F' = 8/3·D, up to the next multiple of 8
    assert_eq!(T5Config::v1_1(12, 1, 48, 2).block.feed_forward, 128);
}

#[test]
fn step_08_the_loss() {
    title("Step 8. The loss, token by token");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let found = explained(&cx, &model);
    say("In training the decoder is told the right text and asked for its next token at every place: teacher forcing, as in
the encoder-decoder of 2014. The loss is the mean of -ln p.");
    let (read, told) = (source(), tokens(TARGET));
    let asked = [&told[..], &[END]].concat();
    let ends = Ends { padding: PAD, start: PAD, end: END };
    let batch = PairBatch::between(ends, &[(&read, &told)]);
    assert_eq!(batch.targets.row(0).to_vec(), asked);
    let loss = f64::from(model.loss(&cx, &batch).item());
    let losses = [2.033958, 2.395679, 2.950081, 2.274615, 2.621060]; // PyTorch's
    for ((read, &token), loss) in WRITTEN.iter().zip(&asked).zip(losses) {
        println!("    after {read:<6} {:<6} -ln p = {loss:.4}", TOKENS[token as usize]);
    }
    println!("    in the mean {loss:.4}\n");
    say("Who knows nothing has ln 12 = 2.4849 for each of the five. The sentinels and the end are asked for too, so a
trained model knows how long a gap is and when to stop.");
    let mean = losses.iter().sum::<f64>() / 5.0;
    assert!((loss - mean).abs() < 5e-6 && (loss - 2.455079).abs() < 5e-6, "{loss}");
    let first = probabilities(model.explain(&cx, &source(), &[PAD]).logits.slice(s![1, ..]));
    assert!((-f64::from(first[asked[0] as usize]).ln() - losses[0]).abs() < 5e-6);
    assert_eq!(found.logits.nrows(), 2);
}
