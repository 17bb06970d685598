//! What a decoder does, from what it has said to the scores of its next word.

use ndarray::{Array2, Axis, Ix2, Ix4, s};
use nn::{Trainable, Translator, cross_entropy, smoothed_cross_entropy};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, say, show, title};
use tensor::{Context, Real, Tensor};
use transformer::scaled_dot_product::{literal, literal::weights};
use transformer::{Form, Mask, Positions};

use crate::machine::{
    WORDS, compare, embedded, machine, matrix, memory, norm, pair, project, pytorch, show_head, weight,
};

#[test]
fn step_08_the_decoder_looks_back_at_itself() {
    title("Step 8. The decoder looks back at what was said");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (_, y) = embedded(&cx, &model);
    say("The decoder reads <start> el gato duerme, from the same table and with the same vectors of position:");
    let words = weight(&cx, "source").view::<Ix2>("W").select(Axis(0), &[1, 6, 7, 8]);
    compare("2·W[tokens]", "(T, D)", &(words * 2.0), "target.words");
    compare("y = 2·W[tokens] + P", "(T, D)", &matrix(&y), "target.x");
    let [q, k, v] = project(&cx, &y, &y, "decoder.layers.0.self_attn");
    compare("Q", "(T, N·d_k)", &matrix(&q), "decoder.Q");
    compare("K", "(T, N·d_k)", &matrix(&k), "decoder.K");
    compare("V", "(T, N·d_k)", &matrix(&v), "decoder.V");

    say("All four places are computed at once, and none may see a later one: it would read the answer there. So the scores
of later places become minus infinity before the softmax, and their weights exactly 0:");
    for number in [1, 2] {
        show_head("decoder", "(T, T)", number, [&q, &k], Mask::Causal);
    }
    let p = weights(&q, &k, 2, Mask::Causal);
    assert!(p.view::<Ix4>("P").indexed_iter().all(|((_, _, t, s), &p)| (p == 0.0) == (s > t)));

    say(
        "\"The mask multiplies later scores by zero\" would leave a weight of e^0 = 1 before normalising. Head 1 again:",
    );
    let scores = matrix(&q).slice(s![.., ..2]).dot(&matrix(&k).slice(s![.., ..2]).t()) / (2.0 as Real).sqrt();
    let multiplied = Array2::from_shape_fn((4, 4), |(t, s)| if s > t { 0.0 } else { scores[[t, s]] });
    let leak = Tensor::constant(multiplied).softmax();
    // by hand, in row 1: e^0.741755 = 2.099618 of 5.099618, and 1 of it for each word of the future
    compare("softmax(scores × mask)", "(T, T)", &leak.view::<Ix2>("leak").to_owned(), "decoder.leak");
    say("Row 1, which should see <start> alone, looks at the three words to come with three fifths of its weight.

Minus infinity hides completely. Let the second place alone have a loss, and ask for the gradient of what each place had
read. The first two have one, and the places behind have exactly 0. That is claim C10, for every layer and head of a
trained model in `cargo run --release -- compare --only C10`:");
    let training = Context::train(&parameters, 1, 0);
    let read = training.leaf(matrix(&y).insert_axis(Axis(0)));
    let [q_2, k_2, v_2] = project(&training, &read, &read, "decoder.layers.0.self_attn");
    let second = literal::attention(&q_2, &k_2, &v_2, 2, Mask::Causal).slice(1, 1..2);
    let gradients = second.sum().backward();
    let dy = gradients.of(&read).expect("the second place has read it").index_axis(Axis(0), 0).to_owned();
    show("d (sum of row 2) / d y", "(T, D)", &dy);
    assert!(dy.rows().into_iter().enumerate().all(|(t, row)| row.iter().any(|&d| d != 0.0) == (t < 2)), "{dy}");

    say("What the heads gather is mixed, added and normalised as in step 6:");

    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    compare("P·V of both heads", "(T, N·d_k)", &matrix(&gathered), "decoder.gathered");
    let mixed = gathered.linear(&weight(&cx, "decoder.layers.0.self_attn.out_proj"), None);
    compare("P·V·W_Oᵀ", "(T, D)", &matrix(&mixed), "decoder.mixed");
    let y = norm(&(&y + &mixed));
    compare("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", &matrix(&y), "decoder.x");
}

#[test]
fn step_09_the_decoder_looks_at_the_source() {
    title("Step 9. The decoder looks at the source");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say(
        "Cross-attention: queries from the decoder, keys and values from the memory. The weights are a table of T words
that are said by S words of the source: the alignment that the attention of 2014 had, here in every layer and head.",
    );
    let (_, said) = embedded(&cx, &model);
    let memory = memory(&cx, &model);
    let [q, k, v] = project(&cx, &said, &said, "decoder.layers.0.self_attn");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    let y = norm(&(&said + &gathered.linear(&weight(&cx, "decoder.layers.0.self_attn.out_proj"), None)));

    let [q, k, v] = project(&cx, &y, &memory, "decoder.layers.0.multihead_attn");
    compare("Q of what is said", "(T, N·d_k)", &matrix(&q), "cross.Q");
    compare("K of the memory", "(S, N·d_k)", &matrix(&k), "cross.K");
    compare("V of the memory", "(S, N·d_k)", &matrix(&v), "cross.V");
    for number in [1, 2] {
        show_head("cross", "(T, S)", number, [&q, &k], Mask::Bidirectional);
    }
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Bidirectional);
    compare("P·V of both heads", "(T, N·d_k)", &matrix(&gathered), "cross.gathered");
    let mixed = gathered.linear(&weight(&cx, "decoder.layers.0.multihead_attn.out_proj"), None);
    compare("P·V·W_Oᵀ", "(T, D)", &matrix(&mixed), "cross.mixed");
    let y = norm(&(&y + &mixed));
    compare("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", &matrix(&y), "cross.x");

    say("And it thinks, as the encoder did, with a feed-forward layer of its own:");
    let hidden = y.linear(&weight(&cx, "decoder.layers.0.linear1"), None).relu();
    compare("ReLU(y·W₁ᵀ)", "(T, F)", &matrix(&hidden), "decoder.ff.hidden");
    let thought = hidden.linear(&weight(&cx, "decoder.layers.0.linear2"), None);
    compare("ReLU(y·W₁ᵀ)·W₂ᵀ", "(T, D)", &matrix(&thought), "decoder.ff.thought");
    let y = norm(&(&y + &thought));
    compare("y ← LayerNorm(y + ReLU(y·W₁ᵀ)·W₂ᵀ)", "(T, D)", &matrix(&y), "decoder.ff.x");

    for form in [Form::Literal, Form::Fused] {
        let whole = model.decoder().forward(&cx, &said, &memory, None, form);
        assert_close("the library's decoder", whole.value(), y.value(), 1e-5);
    }
    let [own, cross] = model.decoder().blocks()[0].weights(&cx, &said, &memory, None);
    assert_eq!((own.shape(), cross.shape()), (&[1, 2, 4, 4][..], &[1, 2, 4, 3][..]));
    let p = weights(&q, &k, 2, Mask::Bidirectional);
    assert_close("the library's weights", cross.value(), p.value(), 1e-5);
}

#[test]
fn step_10_scores_of_the_next_word_and_the_loss() {
    title("Step 10. Scores of the next word, and the loss");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let batch = pair();
    say("Each vector is compared with the table of step 2: scores, not probabilities. The softmax makes these.");
    let logits = model.logits(&cx, &batch);
    let p = logits.softmax();
    compare("scores", "(T, V)", &matrix(&logits), "logits");
    compare("p = softmax(scores)", "(T, V)", &matrix(&p), "p");
    say("The first row, which read <start>, as a chart:");
    for (word, p) in WORDS.iter().zip(matrix(&p).row(0)) {
        bar(word, f64::from(*p), &format!("p = {p:.4}"));
    }

    let targets = batch.targets.view().into_dyn();
    let (plain, smooth) = (cross_entropy(&logits, targets.clone()), smoothed_cross_entropy(&logits, targets, 0.1));
    println!(
        "\n    loss {:.6}, with label smoothing {:.6}; guessing costs ln 9 = 2.1972\n",
        plain.item(),
        smooth.item()
    );
    say("The loss is the mean of -ln p of el, gato, duerme and <end>. With smoothing the aim is 0.9 on the right word and
the rest spread over all, so that certainty never pays without end.");
    // -(ln 0.075202 + ln 0.044139 + ln 0.071033 + ln 0.193759)/4
    for (loss, theirs) in [(&plain, "loss"), (&smooth, "loss.smoothed")] {
        assert!((loss.item() - pytorch(theirs)[[0, 0]]).abs() < 1e-5);
    }
    assert_eq!(model.loss(&cx, &batch).item(), plain.item());
}

#[test]
fn step_11_one_word_after_another() {
    title("Step 11. One word after another");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say(
        "When it translates, nobody tells it the right word: it reads its own. Keys and values of the words before have
not changed, for they could not see this one, so they are kept; those of the memory are computed once. Told the same
words, it gives the same scores as all at once:",
    );
    let batch = pair();
    let all = matrix(&model.logits(&cx, &batch));
    let looked = (pytorch("cross.P.1") + pytorch("cross.P.2")) / 2.0; // the mean of the heads
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    for (t, &token) in batch.inputs.row(0).iter().enumerate() {
        let step = model.next(&cx, &memory, &mut state, &[token]);
        let alignment = step.alignment.expect("a Transformer looks back");
        println!("    {:>8}  looks at {:6.3}", WORDS[token as usize], alignment.row(0));
        assert_close("alignment", &alignment.row(0), &looked.row(t), 1e-5);
        assert_close("scores", &step.logits.row(0), &all.row(t), 1e-5);
    }
    println!();
}
