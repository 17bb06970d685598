//! The Transformer, step by step:
//! `cargo test -p transformer --test walkthrough -- --nocapture --test-threads=1`

#[path = "support/machine.rs"]
mod machine;

use data::Token;
use data::pairs::{PAD, PairBatch, START, Sources};
use machine::{HAND, WORDS, embedded, head, machine, matrix, norm, pair, project, rows, tokens, weight};
use ndarray::{Axis, Ix2, Ix4, arr1, arr2, s};
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
    show("2·W[tokens]", "(S, D)", &(&table * 2.0));
    show("P", "(S, D)", &sinusoidal(3, 4));
    show("x", "(S, D)", &matrix(&source));
    // sin 1, cos 1, sin 0.01, cos 0.01
    assert_close("P", &sinusoidal(3, 4).row(1).to_owned(), &arr1(&[0.841471, 0.540302, 0.01, 0.99995]), HAND);
    // by hand: 0.1 + sin 1, -0.1 + cos 1, 0.3 + sin 0.01, -0.6 + cos 0.01
    assert_close("x", &matrix(&source).row(1).to_owned(), &arr1(&[0.941471, 0.440302, 0.31, 0.39995]), HAND);
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
    for (name, x) in [("Q", &q), ("K", &k), ("V", &v)] {
        show(name, "(S, N·K)", &matrix(x));
    }
    assert_close("Q", &matrix(&q).row(0).to_owned(), &arr1(&[2.57, 0.96, -2.43, -0.38]), HAND);
    assert_close("K", &matrix(&k).row(0).to_owned(), &arr1(&[-1.06, -0.67, -3.58, 1.61]), HAND);
    assert_close("V", &matrix(&v).row(2).to_owned(), &arr1(&[0.233503, 1.093369, 0.043852, -0.780977]), HAND);
}

#[test]
fn step_04_scores_weights_and_the_mean_of_the_values() {
    title("Step 4. Scores, weights, and the mean of the values");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    say("A query is compared with every key by their inner product, divided by √K = √2. Head 1:");
    let (q1, k1, v1) = (q.slice(2, 0..2), k.slice(2, 0..2), v.slice(2, 0..2));
    let scores = matrix(&q1).dot(&matrix(&k1).t()) / (2.0 as Real).sqrt();
    show("Q·Kᵀ/√K", "(S, S)", &scores);
    // by hand, for "the" and itself: (2.57·(-1.06) + 0.96·(-0.67))/√2 = -3.3674/1.414214
    assert_close("scores", &scores.row(0).to_owned(), &arr1(&[-2.381111, 1.612026, -0.643882]), HAND);

    say("The softmax of each row makes of them positive weights that sum to one: \"the\" looks at \"cat\".");
    let p = head(&weights(&q, &k, 2, Mask::Bidirectional), 0);
    show("P = softmax(scores)", "(S, S)", &p);
    // by hand: e^-2.381111 = 0.092448, e^1.612026 = 5.012956 and e^-0.643882 = 0.525249 of their sum 5.630653
    assert_close("P", &p.row(0).to_owned(), &arr1(&[0.016419, 0.890297, 0.093284]), HAND);

    say("What \"the\" gathers is the mean of the VALUES with these weights, not of the embeddings:");
    let gathered = p.dot(&matrix(&v1));
    show("P·V", "(S, K)", &gathered);
    // by hand: 0.016419·2.93 + 0.890297·0.237406 + 0.093284·0.233503
    assert_close("P·V", &gathered.row(0).to_owned(), &arr1(&[0.28125, 0.134233]), HAND);

    let all = matrix(&literal::attention(&q, &k, &v, 2, Mask::Bidirectional));
    show("both heads side by side", "(S, N·K)", &all);
    assert_close("all", &all.row(0).to_owned(), &arr1(&[0.28125, 0.134233, 2.121009, -1.508431]), HAND);
    assert_close("all", &all.row(2).to_owned(), &arr1(&[1.534048, 0.931508, 1.447946, -1.311154]), HAND);
}

/// Of random queries and keys of width K: the spread of the scores, the largest weight among 16 keys, and how much the
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
    title("Step 5. What breaks without 1/√K");
    say("An inner product of K random numbers of variance 1 has the variance K. Wide heads would have scores so far
apart that the softmax puts all its weight on one key, and then its gradient, p(1 - p), is gone. 256 random queries and
16 random keys:");
    println!("    {:>6} {:>24} {:>30}", "", "with 1/√K", "without");
    println!("    {:>6}{}", "K", format!("{:>10} {:>10} {:>10}", "spread", "max p", "Σp(1-p)").repeat(2));
    let mut unscaled = vec![];
    for width in [4, 64, 1024] {
        let (with, without) = (saturation(width, 1.0 / (width as f64).sqrt()), saturation(width, 1.0));
        let row = |x: [f64; 3]| format!("{:>10.3} {:>10.3} {:>10.4}", x[0], x[1], x[2]);
        println!("    {width:>6}{}{}", row(with), row(without));
        assert!((with[0] - 1.0).abs() < 0.25 && with[1] < 0.4 && with[2] > 0.7, "K = {width}: {with:?}");
        assert!((without[0] / (width as f64).sqrt() - 1.0).abs() < 0.25, "K = {width}: {without:?}");
        unscaled.push(without);
    }
    say("\nWith the factor nothing depends on K. Without it, at K = 1024, hardly any gradient is left.");
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
    let x = norm(&(&x + &mixed));
    show("x ← LayerNorm(x + P·V·W_Oᵀ)", "(S, D)", &matrix(&x));
    assert_close("x", &matrix(&x).row(0).to_owned(), &arr1(&[-1.353557, -0.53582, 0.725732, 1.163645]), HAND);

    say("Then each word thinks for itself: to F = 6 numbers, of which only the positive ones are kept, and back.");
    let hidden = x.linear(&weight(&cx, "encoder.layers.0.linear1"), None).relu();
    show("ReLU(x·W₁ᵀ)", "(S, F)", &matrix(&hidden));
    let memory = norm(&(&x + &hidden.linear(&weight(&cx, "encoder.layers.0.linear2"), None)));
    show("memory = LayerNorm(x + ReLU(x·W₁ᵀ)·W₂ᵀ)", "(S, D)", &matrix(&memory));
    let expected = arr2(&[
        [-1.139606, -0.534337, 0.124689, 1.549254],
        [-0.030521, -1.60582, 1.020061, 0.61628],
        [-0.497111, -1.298116, 0.419952, 1.375275],
    ]);
    assert_close("hidden", &matrix(&hidden).row(1).to_owned(), &arr1(&[0.842431, 0.0, 0.140187, 0.0, 0.0, 0.0]), HAND);
    assert_close("memory", &matrix(&memory), &expected, HAND);
    assert_close("the library's encoder", &matrix(&self::memory(&cx, &model)), &expected, HAND);
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
    show("P of the second row, head 1", "(S, S)", &second);
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
    say("All four places are computed at once, and none may see a later one: it would read the answer there.");
    let [q, k, v] = project(&cx, &y, &y, "decoder.layers.0.self_attn");
    let p = weights(&q, &k, 2, Mask::Causal);
    show("P = softmax(scores + mask), head 1", "(T, T)", &head(&p, 0));
    show("head 2", "(T, T)", &head(&p, 1));
    assert_close("P", &head(&p, 0).row(2).to_owned(), &arr1(&[0.379808, 0.321484, 0.298707, 0.0]), HAND);
    assert!(head(&p, 0).indexed_iter().all(|((t, s), &p)| (p == 0.0) == (s > t)));

    say("\"The mask multiplies later scores by zero\" would leave a weight of e^0 = 1 before normalising. In row 1:");
    let q1 = matrix(&q).slice(s![.., ..2]).dot(&matrix(&k).slice(s![.., ..2]).t()) / (2.0 as Real).sqrt();
    let multiplied = Tensor::constant(arr1(&[q1[[0, 0]], 0.0, 0.0, 0.0])).softmax();
    show("softmax(scores × mask), row 1", "(T)", &multiplied.view::<ndarray::Ix1>("leak"));
    // by hand: e^0.741755 = 2.099618 of 5.099618, and 1 of it for each word of the future
    assert_close(
        "leak",
        &multiplied.view::<ndarray::Ix1>("leak"),
        &arr1(&[0.411721, 0.196093, 0.196093, 0.196093]),
        HAND,
    );

    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    let mixed = gathered.linear(&weight(&cx, "decoder.layers.0.self_attn.out_proj"), None);
    let y = norm(&(&y + &mixed));
    show("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", &matrix(&y));
    assert_close("y", &matrix(&y).row(3).to_owned(), &arr1(&[-0.208945, -1.538966, 0.700327, 1.047584]), HAND);
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
    show("Q of what is said", "(T, N·K)", &matrix(&q));
    show("K of the memory", "(S, N·K)", &matrix(&k));
    show("V of the memory", "(S, N·K)", &matrix(&v));
    let p = weights(&q, &k, 2, Mask::Bidirectional);
    show("P, head 1", "(T, S)", &head(&p, 0));
    show("P, head 2", "(T, S)", &head(&p, 1));
    assert_close("Q", &matrix(&q).row(0).to_owned(), &arr1(&[1.128937, -0.238615, -0.401035, 1.714455]), HAND);
    assert_close("K", &matrix(&k).row(1).to_owned(), &arr1(&[2.318932, -0.761486, -1.616022, -1.645383]), HAND);
    assert_close("head 1", &head(&p, 0).row(0).to_owned(), &arr1(&[0.176986, 0.433588, 0.389426]), HAND);
    assert_close("head 2", &head(&p, 1).row(3).to_owned(), &arr1(&[0.347852, 0.370239, 0.281909]), HAND);

    let gathered = literal::attention(&q, &k, &v, 2, Mask::Bidirectional);
    show("P·V of both heads", "(T, N·K)", &matrix(&gathered));
    let y = norm(&(&y + &gathered.linear(&weight(&cx, "decoder.layers.0.multihead_attn.out_proj"), None)));
    show("y ← LayerNorm(y + P·V·W_Oᵀ)", "(T, D)", &matrix(&y));
    let hidden = y.linear(&weight(&cx, "decoder.layers.0.linear1"), None).relu();
    let y = norm(&(&y + &hidden.linear(&weight(&cx, "decoder.layers.0.linear2"), None)));
    show("y ← LayerNorm(y + ReLU(y·W₁ᵀ)·W₂ᵀ)", "(T, D)", &matrix(&y));
    assert_close("V", &matrix(&gathered).row(2).to_owned(), &arr1(&[-0.16673, -0.593713, -0.789827, 0.819619]), HAND);
    assert_close("y", &matrix(&y).row(0).to_owned(), &arr1(&[-1.037556, -0.850574, 0.487189, 1.400941]), HAND);

    for engine in [Engine::Literal, Engine::Fused] {
        let whole = model.decoder().forward(&cx, &said, &memory, None, engine);
        assert_close("the library's decoder", whole.value(), y.value(), 1e-5);
    }
    let [own, cross] = model.decoder().blocks()[0].weights(&cx, &said, &memory, None);
    assert_eq!((own.shape(), cross.shape()), (&[1, 2, 4, 4][..], &[1, 2, 4, 3][..]));
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
    for (word, (z, p)) in WORDS.iter().zip(matrix(&logits).row(0).iter().zip(matrix(&p).row(0))) {
        bar(word, f64::from(*p), &format!("p = {p:.4}, score {z:.4}"));
    }
    let expected = [0.75801, 0.508772, 0.604751, 0.878362, -0.356553, 0.725104, 0.013037, -0.2362, -0.140222];
    assert_close("logits", &matrix(&logits).row(0).to_owned(), &arr1(&expected.map(|z: f64| z as Real)), HAND);

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
    assert!((plain.item() - 2.498433).abs() < 1e-5 && (smooth.item() - 2.479446).abs() < 1e-5);
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
    let (memory, mut state) = model.encode(&cx, &batch.sources);
    for (t, &token) in batch.inputs.row(0).iter().enumerate() {
        let step = model.next(&cx, &memory, &mut state, &[token]);
        println!("    {:>8}  looks at {:6.3}", WORDS[token as usize], step.alignment.as_ref().unwrap().row(0));
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
    show("the cat sleeps", "(S, D)", &forward);
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
