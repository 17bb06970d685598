//! What a decoder does, from what it has said to the scores of its next word.

use ndarray::{Array2, Axis, Ix2, Ix4, s};
use nn::{Trainable, Translator, cross_entropy, smoothed_cross_entropy};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, expect, heat, say, title};
use tensor::{Context, Real, Tensor};
use transformer::scaled_dot_product::{literal, literal::weights};
use transformer::{Form, Mask, Positions};

use crate::machine::{
    HAND, WORDS, compare, compare_shaded, embedded, machine, matrix, memory, names, norm, pair, project, pytorch,
    show_head, weight,
};

#[test]
fn step_08_the_decoder_looks_back_at_itself() {
    title("Step 8. The decoder looks back at what was said");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (_, y) = embedded(&cx, &model);
    say("The decoder reads <start> el gato duerme, from the same table and with the same vectors of position:");
    let words = weight(&cx, "source").view::<Ix2>("W").select(Axis(0), &[1, 6, 7, 8]);
    let words = words * 2.0;
    compare("2·W[tokens]", "(T, D)", "<start>: a word like the others", &words, "target.words");
    compare("y = 2·W[tokens] + P", "(T, D)", "the first row: P adds 0, 1, 0, 1", &matrix(&y), "target.x");
    let [q, k, v] = project(&cx, &y, &y, "decoder.layers.0.self_attn");
    compare("Q", "(T, N·d_k)", "the shape: as in step 3, with four words", &matrix(&q), "decoder.Q");
    compare("K", "(T, N·d_k)", "the same", &matrix(&k), "decoder.K");
    compare("V", "(T, N·d_k)", "the first row: it comes back below", &matrix(&v), "decoder.V");

    say("All four places are computed at once, and none may see a later one: it would read the answer there. So the
scores of later places become minus infinity before the softmax.");
    expect(
        "What does the row of <start> look like after it?",
        &["0.25 four times", "1, 0, 0, 0", "four small numbers, the largest first"],
    );
    let before = "above the diagonal: scores that nobody may use";
    show_head("decoder", "(T, T)", 1, [&q, &k], Mask::Causal, [before, "the triangle of zeros"]);
    let other = "the row of el: in head 1 it looks more at <start>; and here?";
    show_head("decoder", "(T, T)", 2, [&q, &k], Mask::Causal, [before, other]);
    say("Answer: b. <start> sees itself alone, el two words, and so on; every row sums to one.");
    let p = weights(&q, &k, 2, Mask::Causal);
    assert!(p.view::<Ix4>("P").indexed_iter().all(|((_, _, t, s), &p)| (p == 0.0) == (s > t)));

    expect(
        "Courses say that \"the mask multiplies later scores by zero\". What would <start> look at then?",
        &["itself alone, as above", "also the words to come", "nothing"],
    );
    let scores = matrix(&q).slice(s![.., ..2]).dot(&matrix(&k).slice(s![.., ..2]).t()) / (2.0 as Real).sqrt();
    let multiplied = Array2::from_shape_fn((4, 4), |(t, s)| if s > t { 0.0 } else { scores[[t, s]] });
    let leak = Tensor::constant(multiplied).softmax();
    // by hand, in row 1: e^0.741755 = 2.099618 of 5.099618, and 1 of it for each word of the future
    let leak = leak.view::<Ix2>("leak").to_owned();
    compare_shaded("softmax(scores × mask), head 1", "(T, T)", "the first row", &leak, "decoder.leak");
    say("Answer: b. A score of zero is a weight of e^0 = 1 before the row is divided by its sum. <start>, which
should see itself alone, looks at the three words to come with three fifths of its weight.

Minus infinity hides completely, and derivatives show it. Let the second place alone have a loss, and ask for its
gradient with respect to the vectors y that all places have read.");
    expect(
        "Which rows of this gradient are exactly zero?",
        &["none: everything hangs together", "all but the second", "the third and the fourth"],
    );
    let training = Context::train(&parameters, 1, 0);
    let read = training.leaf(matrix(&y).insert_axis(Axis(0)));
    let [q_2, k_2, v_2] = project(&training, &read, &read, "decoder.layers.0.self_attn");
    let second = literal::attention(&q_2, &k_2, &v_2, 2, Mask::Causal).slice(1, 1..2);
    let gradients = second.sum().backward();
    let dy = gradients.of(&read).expect("the second place has read it").index_axis(Axis(0), 0).to_owned();
    heat("d (sum of row 2) / d y", "(T, D)", names("(T, D)"), "the rows without shade", &dy);
    assert!(dy.rows().into_iter().enumerate().all(|(t, row)| row.iter().any(|&d| d != 0.0) == (t < 2)), "{dy}");

    say("Answer: c. The second place has read itself and the first, and nothing behind. That is claim C10; for every
layer and head of a trained model:

    cargo run --release -- compare --only C10

What the heads gather is mixed, added and normalised as in step 6:");

    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    let alone = "the first row: that of V, as <start> sees itself alone";
    compare("P·V of both heads", "(T, N·d_k)", alone, &matrix(&gathered), "decoder.gathered");
    let mixed = gathered.linear(&weight(&cx, "decoder.layers.0.self_attn.out_proj"), None);
    compare("P·V·W_Oᵀ", "(T, D)", "the shape: as y, to be added", &matrix(&mixed), "decoder.mixed");
    let y = norm(&(&y + &mixed));
    compare("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", "the sum of each row: zero", &matrix(&y), "decoder.x");
}

#[test]
fn step_09_the_decoder_looks_at_the_source() {
    title("Step 9. The decoder looks at the source");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say("Cross-attention: queries from the decoder, keys and values from the memory, which is what the encoder has
made of the source. The weights are the alignment that the attention of 2014 had, here in every layer and head.");
    expect(
        "Four words are read by the decoder, and the source has three. What is the shape of the weights of a head?",
        &["(4, 4)", "(3, 3)", "(4, 3)"],
    );
    let (_, said) = embedded(&cx, &model);
    let memory = memory(&cx, &model);
    let [q, k, v] = project(&cx, &said, &said, "decoder.layers.0.self_attn");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    let y = norm(&(&said + &gathered.linear(&weight(&cx, "decoder.layers.0.self_attn.out_proj"), None)));

    let [q, k, v] = project(&cx, &y, &memory, "decoder.layers.0.multihead_attn");
    compare("Q of what is said", "(T, N·d_k)", "a row for each word read", &matrix(&q), "cross.Q");
    compare("K of the memory", "(S, N·d_k)", "a row for each word of the source", &matrix(&k), "cross.K");
    compare("V of the memory", "(S, N·d_k)", "the same", &matrix(&v), "cross.V");
    let looks =
        ["a row for each word read, a column for each word of the source", "no zeros: nothing of the source is hidden"];
    show_head("cross", "(T, S)", 1, [&q, &k], Mask::Bidirectional, looks);
    let looks = ["the largest number of each row", "the darkest cell of each row, against those of head 1"];
    show_head("cross", "(T, S)", 2, [&q, &k], Mask::Bidirectional, looks);
    say("Answer: c. Each word that was read has a row of weights over the source, and each row sums to one. Nothing
is trained here, so it means nothing yet where they look.");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Bidirectional);
    compare("P·V of both heads", "(T, N·d_k)", "four rows again", &matrix(&gathered), "cross.gathered");
    let mixed = gathered.linear(&weight(&cx, "decoder.layers.0.multihead_attn.out_proj"), None);
    compare("P·V·W_Oᵀ", "(T, D)", "what the source adds to each word", &matrix(&mixed), "cross.mixed");
    let y = norm(&(&y + &mixed));
    compare("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", "the sum of each row: zero", &matrix(&y), "cross.x");

    say("And it thinks, as the encoder did, with a feed-forward layer of its own:");
    let hidden = y.linear(&weight(&cx, "decoder.layers.0.linear1"), None).relu();
    compare("ReLU(y·W₁ᵀ)", "(T, F)", "the zeros", &matrix(&hidden), "decoder.ff.hidden");
    let thought = hidden.linear(&weight(&cx, "decoder.layers.0.linear2"), None);
    let back = "the shape: D again";
    compare("ReLU(y·W₁ᵀ)·W₂ᵀ", "(T, D)", back, &matrix(&thought), "decoder.ff.thought");
    let y = norm(&(&y + &thought));
    let last = "a row for each word read: from it the next word is guessed";
    compare("y ← LayerNorm(y + ReLU(y·W₁ᵀ)·W₂ᵀ)", "(T, D)", last, &matrix(&y), "decoder.ff.x");

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
    say("Each vector is multiplied with every row of the table of step 2: these are scores. The softmax makes
probabilities of them. A column for each word read, a row for each word of the vocabulary that may come next.");
    expect(
        "The weights come from a formula, nothing is trained. Which probability will el, gato, duerme and <end> have?",
        &["1/9 each: nothing is known", "something between 0 and 1, without any sense", "nearly 1: it was told them"],
    );
    let logits = model.logits(&cx, &batch);
    let p = logits.softmax();
    let (logits_t, p_t) = (matrix(&logits).reversed_axes(), matrix(&p).reversed_axes());
    let largest = "the largest number of each column: is it the word asked for?";
    heat("scores, turned", "(V, T)", names("(V, T)"), largest, &logits_t);
    let asked = "the cells of the words asked for: el, gato, duerme, <end>";
    heat("p = softmax(scores), turned", "(V, T)", names("(V, T)"), asked, &p_t);
    assert_close("scores", &matrix(&logits), &pytorch("logits"), HAND);
    assert_close("p", &matrix(&p), &pytorch("p"), HAND);
    say("Answer: b. The first column, after <start>, as a chart:");
    for (word, p) in WORDS.iter().zip(matrix(&p).row(0)) {
        bar(word, f64::from(*p), &format!("p = {p:.4}"));
    }

    let targets = batch.targets.view().into_dyn();
    let (plain, smooth) = (cross_entropy(&logits, targets.clone()), smoothed_cross_entropy(&logits, targets, 0.1));
    println!(
        "\n    loss {:.6}, with label smoothing {:.6}; a guess costs ln 9 = 2.1972\n",
        plain.item(),
        smooth.item()
    );
    say("The loss is the mean of -ln p of el, gato, duerme and <end>; here it is worse than a guess among nine words.
With label smoothing the aim is 0.9 on the right word and the rest spread over all, so that it does not pay to be
ever more certain.");
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
    say("When it translates, nobody tells it the right word: it reads its own, one after another. Here it is told the
same words as before.");
    expect(
        "Must the keys and values of the words before be computed anew for each word?",
        &["yes: there is one more word to see", "no: they could not see the new word", "only those of the word before"],
    );
    println!("    the alignment, the mean of both heads:");
    let batch = pair();
    let all = matrix(&model.logits(&cx, &batch));
    let looked = (pytorch("cross.P.1") + pytorch("cross.P.2")) / 2.0; // the mean of the heads
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    for (t, &token) in batch.inputs.row(0).iter().enumerate() {
        let step = model.next(&cx, &memory, &mut state, &[token]);
        let alignment = step.alignment.expect("a Transformer looks back");
        let looks: String = alignment.row(0).iter().map(|weight| format!(" {weight:7.4}")).collect();
        println!("    {:>8}  looks at {looks}", WORDS[token as usize]);
        assert_close("alignment", &alignment.row(0), &looked.row(t), 1e-5);
        assert_close("scores", &step.logits.row(0), &all.row(t), 1e-5);
    }
    println!();
    say("Answer: b. Keys and values of the words before are kept, and those of the memory are computed once. The
scores are those of step 10, and where it looks is the mean of the two heads of step 9: one after another gives the
same as all at once.");
}
