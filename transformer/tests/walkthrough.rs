//! The Transformer, step by step:
//! `cargo test -p transformer --test walkthrough -- --nocapture --test-threads=1`
//!
//! One sentence from its words to the loss of its translation. Every matrix on the way is printed and compared, number
//! for number, with what PyTorch makes of the same weights (`fixtures/walkthrough.py`); comments work some out by hand.

#[path = "support/machine.rs"]
mod machine;

use data::Token;
use data::pairs::{PAD, PairBatch, START, Sources};
use machine::{
    HAND, WORDS, compare, embedded, head, machine, matrix, norm, pair, project, pytorch, rows, tokens, weight,
};
use ndarray::{Array2, Axis, Ix2, Ix4, s};
use nn::{
    AdamW, Hooks, Schedule, Trainable, Trainer, TrainingConfig, Translator, cross_entropy, smoothed_cross_entropy,
    translate,
};
use tensor::check::lecture::{bar, say, show, title};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::scaled_dot_product::{literal, literal::weights};
use transformer::{Engine, Mask, Positions, Transformer, TransformerConfig, sinusoidal};

/// What the encoder makes of the sentence.
fn memory(cx: &Context<'_>, model: &Transformer) -> Tensor {
    model.encoder().forward(cx, &embedded(cx, model).0, None, Engine::Fused)
}

#[test]
fn step_01_words_become_numbers() {
    title("Step 1. Words become numbers");
    say(
        "The machine is to translate \"the cat sleeps\" into \"el gato duerme\". Both languages share one vocabulary of
nine words. The encoder reads the source. The decoder is told the translation, moved on by one place: it reads <start>
and is asked for el, reads el and is asked for gato. In the second row the source is shorter and padded.",
    );
    let batch = PairBatch::new(&[
        (&tokens("the cat sleeps"), &tokens("el gato duerme")),
        (&tokens("the cat"), &tokens("el gato")),
    ]);
    for (name, texts) in [("sources (B, S) = (2, 3)", &batch.sources.tokens), ("inputs (B, T) = (2, 4)", &batch.inputs)]
    {
        println!("    {name}");
        for row in texts.rows() {
            let words: Vec<_> = row.iter().map(|&token| format!("{token} {}", WORDS[token as usize])).collect();
            println!("      {}", words.join(", "));
        }
    }
    assert_eq!(batch.sources.tokens, ndarray::array![[3, 4, 5], [3, 4, PAD]]);
    assert_eq!(batch.sources.lengths, [3, 2]);
    assert_eq!(batch.inputs, ndarray::array![[START, 6, 7, 8], [START, 6, 7, PAD]]);
    assert_eq!(batch.targets, ndarray::array![[6, 7, 8, 2], [6, 7, 2, data::IGNORE]]);
}

#[test]
fn step_02_numbers_become_vectors_that_know_their_place() {
    title("Step 2. Numbers become vectors that know their place");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say(
        "Each word has a row of D = 4 numbers in the table, which is multiplied by √D = 2 (the weights here come from a
formula; nothing is trained). To it a vector of the position is added: sine and cosine of t, and of t/100.",
    );
    let (source, _) = embedded(&cx, &model);
    let table = weight(&cx, "source").view::<Ix2>("W").slice(s![3..6, ..]).to_owned();
    compare("2·W[tokens]", "(S, D)", &(&table * 2.0), "source.words");
    compare("P", "(T, D)", &sinusoidal(4, 4), "positions");
    // by hand, for "cat": 0.1 + sin 1, -0.1 + cos 1, 0.3 + sin 0.01, -0.6 + cos 0.01
    compare("x = 2·W[tokens] + P", "(S, D)", &matrix(&source), "source.x");
    say("P has a row for each of four places, of which the source has three.");
}

#[test]
fn step_03_queries_keys_and_values() {
    title("Step 3. Queries, keys and values");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    say("From each vector three others are made: a query (what do I look for?), a key (what can be found here?) and a
value (what do I hand over?). One product with a (12, 4) matrix makes all three. Heads are slices of the WIDTH: the first
head has columns 1 and 2 of each, the second columns 3 and 4. Every head sees all words.");
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    // by hand, the first number of Q: -0.7·(-0.1) + 1.5·0.8 + 0.4·0.4 + 1.9·0.6
    compare("Q", "(S, N·d_k)", &matrix(&q), "encoder.Q");
    compare("K", "(S, N·d_k)", &matrix(&k), "encoder.K");
    compare("V", "(S, N·d_k)", &matrix(&v), "encoder.V");
}

#[test]
fn step_04_scores_weights_and_the_mean_of_the_values() {
    title("Step 4. Scores, weights, and the mean of the values");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    say("A query is compared with every key by their inner product, divided by √d_k = √2. Head 1:");
    let (q1, k1, v1) = (q.slice(2, 0..2), k.slice(2, 0..2), v.slice(2, 0..2));
    let scores = matrix(&q1).dot(&matrix(&k1).t()) / (2.0 as Real).sqrt();
    // by hand, for "the" and itself: (2.57·(-1.06) + 0.96·(-0.67))/√2 = -3.3674/1.414214
    compare("Q·Kᵀ/√d_k", "(S, S)", &scores, "encoder.scores.1");

    say("The softmax of each row makes of them positive weights that sum to one: \"the\" looks at \"cat\".");
    let p = head(&weights(&q, &k, 2, Mask::Bidirectional), 0);
    // by hand: e^-2.381111 = 0.092448, e^1.612026 = 5.012956 and e^-0.643882 = 0.525249 of their sum 5.630653
    compare("P = softmax(scores)", "(S, S)", &p, "encoder.P.1");

    say("What \"the\" gathers is the mean of the VALUES with these weights, not of the embeddings:");
    let gathered = p.dot(&matrix(&v1));
    show("P·V", "(S, d_k)", &gathered);
    // by hand: 0.016419·2.93 + 0.890297·0.237406 + 0.093284·0.233503
    assert_close("P·V", &gathered, &pytorch("encoder.gathered").slice(s![.., ..2]), HAND);

    say("Head 2 does the same with its own columns, and looks elsewhere: every word looks at \"the\".");
    show_head("encoder", "(S, S)", 2, [&q, &k], Mask::Bidirectional);
    let all = matrix(&literal::attention(&q, &k, &v, 2, Mask::Bidirectional));
    compare("P·V of both heads side by side", "(S, N·d_k)", &all, "encoder.gathered");
}

/// One head of an attention, by its number from 1: its scores before any mask, and its weights.
fn show_head(name: &str, letters: &str, number: usize, [q, k]: [&Tensor; 2], mask: Mask) {
    let columns = |x: &Tensor| matrix(&x.slice(2, 2 * (number - 1)..2 * number));
    let scores = columns(q).dot(&columns(k).t()) / (2.0 as Real).sqrt();
    compare(&format!("scores of head {number}"), letters, &scores, &format!("{name}.scores.{number}"));
    let p = head(&weights(q, k, 2, mask), number - 1);
    compare(&format!("P of head {number}"), letters, &p, &format!("{name}.P.{number}"));
}

/// Of random queries and keys of width d_k: the spread of the scores, the largest weight among 16 keys, and how much the
/// softmax passes back, Σ p(1 - p); each the mean over 256 queries.
fn saturation(width: usize, scale: f64) -> [f64; 3] {
    let q = Tensor::constant(random_tensor(&[256, width], 1, "q"));
    let k = Tensor::constant(random_tensor(&[16, width], 1, "k"));
    let scores = q.matmul(&k.permute(&[1, 0])).scale(scale as Real); // (256, 16)
    let mean = |f: &dyn Fn(&[f64]) -> f64, x: &Tensor| {
        let rows = x.view::<Ix2>("scores").mapv(f64::from);
        rows.rows().into_iter().map(|row| f(&row.to_vec())).sum::<f64>() / 256.0
    };
    let spread = mean(&|row| row.iter().map(|x| x * x).sum::<f64>() / 16.0, &scores).sqrt();
    let p = scores.softmax();
    let largest = mean(&|row| row.iter().copied().fold(0.0, f64::max), &p);
    [spread, largest, mean(&|row| row.iter().map(|p| p * (1.0 - p)).sum(), &p)]
}

#[test]
fn step_05_what_breaks_without_the_scale() {
    title("Step 5. What breaks without 1/√d_k");
    say(
        "An inner product of d_k random numbers of variance 1 has the variance d_k. Wide heads would have scores so far
apart that the softmax puts all its weight on one key, and then its gradient, p(1 - p), is gone. 256 random queries and
16 random keys:",
    );
    println!("    {:>6} {:>24} {:>30}", "", "with 1/√d_k", "without");
    println!("    {:>6}{}", "d_k", format!("{:>10} {:>10} {:>10}", "spread", "max p", "Σp(1-p)").repeat(2));
    let mut unscaled = vec![];
    for width in [4, 64, 1024] {
        let (with, without) = (saturation(width, 1.0 / (width as f64).sqrt()), saturation(width, 1.0));
        let row = |x: [f64; 3]| format!("{:>10.3} {:>10.3} {:>10.4}", x[0], x[1], x[2]);
        println!("    {width:>6}{}{}", row(with), row(without));
        assert!((with[0] - 1.0).abs() < 0.25 && with[1] < 0.4 && with[2] > 0.7, "d_k = {width}: {with:?}");
        assert!((without[0] / (width as f64).sqrt() - 1.0).abs() < 0.25, "d_k = {width}: {without:?}");
        unscaled.push(without);
    }
    say("\nWith the factor nothing depends on d_k. Without it, at d_k = 1024, hardly any gradient is left.");
    assert!(unscaled[2][1] > 0.95 && unscaled[2][2] < 0.06, "{unscaled:?}");
    assert!(unscaled[0][2] > unscaled[1][2] && unscaled[1][2] > unscaled[2][2]);
}

#[test]
fn step_06_add_normalise_think() {
    title("Step 6. Add and normalise; think; add and normalise");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    say("The heads are mixed by a (4, 4) matrix and ADDED to x: the words keep what they were. Then each vector is
brought to mean 0 and variance 1 (post-norm, as in the paper; since GPT-2 the normalisation stands before attention).");
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Bidirectional);
    let mixed = gathered.linear(&weight(&cx, "encoder.layers.0.self_attn.out_proj"), None);
    compare("P·V·W_Oᵀ", "(S, D)", &matrix(&mixed), "encoder.mixed");
    let x = norm(&(&x + &mixed));
    compare("x ← LayerNorm(x + P·V·W_Oᵀ)", "(S, D)", &matrix(&x), "encoder.x");

    say("Then each word thinks for itself: to F = 6 numbers, of which only the positive ones are kept, and back.");
    let hidden = x.linear(&weight(&cx, "encoder.layers.0.linear1"), None).relu();
    compare("ReLU(x·W₁ᵀ)", "(S, F)", &matrix(&hidden), "encoder.ff.hidden");
    let thought = hidden.linear(&weight(&cx, "encoder.layers.0.linear2"), None);
    compare("ReLU(x·W₁ᵀ)·W₂ᵀ", "(S, D)", &matrix(&thought), "encoder.ff.thought");
    let memory = norm(&(&x + &thought));
    compare("memory = LayerNorm(x + ReLU(x·W₁ᵀ)·W₂ᵀ)", "(S, D)", &matrix(&memory), "encoder.ff.x");
    assert_close("the library's encoder", &matrix(&self::memory(&cx, &model)), &matrix(&memory), 1e-5);
    say("That is the whole encoder, if it has one layer: a vector for each word, which knows the other words.");
}

#[test]
fn step_07_padding_is_not_seen() {
    title("Step 7. Padding is not seen");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say("\"the cat\" stands in a row of three, so behind it there is padding. Its scores become minus infinity before the
softmax, and its weight exactly 0. What the padding itself looks at is computed and read by nobody.");
    let sources = Sources::new(&[&tokens("the cat sleeps"), &tokens("the cat")]);
    let x = model.embed_source(&cx, sources.tokens.view());
    let weights = &model.encoder().forward_with_weights(&cx, &x, Some(&sources.lengths), Engine::Literal).1[0];
    let second = weights.view::<Ix4>("weights").slice(s![1, 0, .., ..]).to_owned();
    compare("P of the second row, head 1", "(S, S)", &second, "padded.P.1");
    assert!(second.column(2).iter().all(|&p| p == 0.0));
    assert!(second.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    let short = model.embed_source(&cx, rows(&["the cat"]).view());
    let alone = &model.encoder().forward_with_weights(&cx, &short, None, Engine::Literal).1[0];
    assert_close("as if alone", &second.slice(s![..2, ..2]).to_owned(), &head(alone, 0), 1e-6);
}

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

What the heads gather is mixed, added and normalised as in step 6:");

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

    for engine in [Engine::Literal, Engine::Fused] {
        let whole = model.decoder().forward(&cx, &said, &memory, None, engine);
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

#[test]
fn step_12_blind_to_order() {
    title("Step 12. Without positions it is blind to order");
    let (parameters, model) = machine(Positions::None);
    let cx = Context::eval(&parameters);
    say(
        "Nothing in attention or in the feed-forward layer knows where a word stands. Without the vectors of step 2 the
encoder makes of \"sleeps cat the\" what it makes of \"the cat sleeps\", in the other order:",
    );
    let read = |text| {
        let x = model.embed_source(&cx, rows(&[text]).view());
        matrix(&model.encoder().forward(&cx, &x, None, Engine::Literal))
    };
    let (forward, backward) = (read("the cat sleeps"), read("sleeps cat the"));
    compare("the cat sleeps", "(S, D)", &forward, "unordered.x");
    show("sleeps cat the", "(S, D)", &backward);
    assert_close("in the other order", &backward.select(Axis(0), &[2, 1, 0]), &forward, 1e-6);
}

#[test]
fn step_13_learning() {
    title("Step 13. Learning");
    say("Six sentences, the same architecture with D = 16 and random weights. It is shown each pair again and again.");
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
    show("where it looked at \"the cat sleeps\"", "(T, S)", alignment);
    say("Where it looks is a by-product of learning to translate; nobody told it which word belongs to which. It need not
be an alignment: a word can be said from what another has gathered.");
    assert!(alignment.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-5));
}
