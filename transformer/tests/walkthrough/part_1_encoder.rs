//! What an encoder does, from words to vectors that know each other.

use data::pairs::{PAD, PairBatch, START, Sources};
use ndarray::{Ix2, Ix4, s};
use tensor::check::lecture::{expect, heat, say, show, title};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Real, Tensor};
use transformer::scaled_dot_product::{literal, literal::weights};
use transformer::{Form, Mask, Positions, sinusoidal};

use crate::machine::{
    self, HAND, WORDS, compare, compare_shaded, embedded, head, machine, matrix, names, norm, project, pytorch, rows,
    show_head, tokens, weight,
};

#[test]
fn step_01_words_become_numbers() {
    title("Step 1. Words become numbers");
    say("The machine is to translate \"the cat sleeps\" into \"el gato duerme\". Both languages share one vocabulary
of nine words. The encoder reads the source. The decoder is told the translation, moved on by one place: it reads
<start> and is asked for el, reads el and is asked for gato. In the second row the source is shorter and padded.");
    say("B counts sentences, S the words of a source, T those that the decoder reads.");
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
    println!();
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
    say("Each word has a row of D = 4 numbers in the table, which is multiplied by √D = 2 (the weights here come from
a formula; nothing is trained). To it a vector of the position t is added: sine and cosine of t, and of t/100.

Every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. A number that
is exactly zero is written 0.");
    let (source, _) = embedded(&cx, &model);
    let table = weight(&cx, "source").view::<Ix2>("W").slice(s![3..6, ..]).to_owned();
    compare("2·W[tokens]", "(S, D)", "a row for each word", &(&table * 2.0), "source.words");
    let places = &["t = 0", "t = 1", "t = 2", "t = 3"];
    let speeds = "columns 1 and 2 against 3 and 4: the first two change fast with t";
    show("P", "(T, D)", [places, &[]], speeds, &sinusoidal(4, 4));
    assert_close("P", &sinusoidal(4, 4), &pytorch("positions"), HAND);
    // by hand, for "cat": 0.1 + sin 1, -0.1 + cos 1, 0.3 + sin 0.01, -0.6 + cos 0.01
    let sum = "the row of cat: 0.1 + sin 1, -0.1 + cos 1, and so on";
    compare("x = 2·W[tokens] + P", "(S, D)", sum, &matrix(&source), "source.x");
    say("P has a row for each of four places, of which the source has three.");
}

#[test]
fn step_03_queries_keys_and_values() {
    title("Step 3. Queries, keys and values");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    say("From each vector three others are made: a query (what do I look for?), a key (what can be found here?) and a
value (what do I hand over?). One product with a (12, 4) matrix makes all three. There are N = 2 heads of width d_k =
2. Heads are slices of the WIDTH: the first has columns 1 and 2 of each, the second columns 3 and 4. Every head sees
all words.");
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    // by hand, the first number of Q: -0.7·(-0.1) + 1.5·0.8 + 0.4·0.4 + 1.9·0.6
    let query = "the row of the, columns 1 and 2: what head 1 looks for there";
    compare("Q", "(S, N·d_k)", query, &matrix(&q), "encoder.Q");
    let key = "columns 1 and 2: which key points in the direction of that query?";
    compare("K", "(S, N·d_k)", key, &matrix(&k), "encoder.K");
    compare("V", "(S, N·d_k)", "the row of cat: head 1 will hand it over", &matrix(&v), "encoder.V");
}

#[test]
fn step_04_scores_weights_and_the_mean_of_the_values() {
    title("Step 4. Scores, weights, and the mean of the values");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    let (x, _) = embedded(&cx, &model);
    let [q, k, v] = project(&cx, &x, &x, "encoder.layers.0.self_attn");
    say("Query, key, value, score, softmax, weighted mean: these are the parts of attention that claim C8 names. A
query is compared with every key by their inner product, divided by √d_k = √2. Numbers are shaded by their size. Head
1, a row for each query and a column for each key:");
    let (q1, k1, v1) = (q.slice(2, 0..2), k.slice(2, 0..2), v.slice(2, 0..2));
    let scores = matrix(&q1).dot(&matrix(&k1).t()) / (2.0 as Real).sqrt();
    // by hand, for "the" and itself: (2.57·(-1.06) + 0.96·(-0.67))/√2 = -3.3674/1.414214
    let largest = "the largest number of each row: it need not stand on the diagonal";
    compare_shaded("Q·Kᵀ/√d_k", "(S, S)", largest, &scores, "encoder.scores.1");

    say("The softmax of each row makes of them positive weights that sum to one.");
    expect(
        "The first row, of \"the\", has the scores -2.3811, 1.6120 and -0.6439. What is its weight on \"cat\"?",
        &["about a third", "about a half", "nearly nine tenths"],
    );
    let p = head(&weights(&q, &k, 2, Mask::Bidirectional), 0);
    // by hand: e^-2.381111 = 0.092448, e^1.612026 = 5.012956 and e^-0.643882 = 0.525249 of their sum 5.630653
    let sums = "the sum of each row, one; the columns need not sum to one";
    compare_shaded("P = softmax(scores)", "(S, S)", sums, &p, "encoder.P.1");
    say("Answer: c. The softmax turns differences of scores into ratios of weights: \"the\" looks nearly only at
\"cat\".

What \"the\" gathers is the mean of the VALUES with these weights, not of the embeddings:");
    let gathered = p.dot(&matrix(&v1));
    let near = "the first row against V of step 3: near to the value of cat";
    show("P·V", "(S, d_k)", names("(S, d_k)"), near, &gathered);
    // by hand: 0.016419·2.93 + 0.890297·0.237406 + 0.093284·0.233503
    assert_close("P·V", &gathered, &pytorch("encoder.gathered").slice(s![.., ..2]), HAND);

    say("Head 2 does the same with its own columns, and looks elsewhere.");
    let looks = ["the largest number of each row", "the column of the: every word looks there"];
    show_head("encoder", "(S, S)", 2, [&q, &k], Mask::Bidirectional, looks);
    let all = matrix(&literal::attention(&q, &k, &v, 2, Mask::Bidirectional));
    let halves = "columns 1 and 2: the P·V of head 1 above";
    compare("P·V of both heads side by side", "(S, N·d_k)", halves, &all, "encoder.gathered");
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
    say("An inner product of d_k random numbers of variance 1 has the variance d_k: wide heads have scores far apart.
Here are 256 random queries and 16 random keys, with the spread of their scores; the largest weight, max p; and the
sum of p(1 - p), the derivatives of the softmax, which is how much of a gradient it passes back.");
    expect(
        "What happens to the largest of the 16 weights if d_k grows to 1024 and nothing is divided?",
        &["it stays at about 0.3", "it comes close to 1", "it comes close to 1/16"],
    );
    println!("    {:>6}{:>33}{:>33}", "", "with 1/√d_k", "without");
    println!("    {:>6}{}", "d_k", format!(" {:>10} {:>10} {:>10}", "spread", "max p", "Σp(1-p)").repeat(2));
    let mut unscaled = vec![];
    for width in [4, 64, 1024] {
        let (with, without) = (saturation(width, 1.0 / (width as f64).sqrt()), saturation(width, 1.0));
        let row = |x: [f64; 3]| format!(" {:>10.3} {:>10.3} {:>10.4}", x[0], x[1], x[2]);
        println!("    {width:>6}{}{}", row(with), row(without));
        assert!((with[0] - 1.0).abs() < 0.25 && with[1] < 0.4 && with[2] > 0.7, "d_k = {width}: {with:?}");
        assert!((without[0] / (width as f64).sqrt() - 1.0).abs() < 0.25, "d_k = {width}: {without:?}");
        unscaled.push(without);
    }
    println!();
    say("Answer: b. With the factor nothing depends on d_k. Without it, at d_k = 1024, the softmax puts all its
weight on one key, and passes hardly anything back. That is not yet the gradient of a query: the keys that multiply
it are not divided either, so it is larger by √d_k. Claim C8 measures both, and what it costs in training:

    cargo run --release -- compare --only C8");
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
    let mix = "every column: it now has something of both heads";
    compare("P·V·W_Oᵀ", "(S, D)", mix, &matrix(&mixed), "encoder.mixed");
    let x = norm(&(&x + &mixed));
    let zero = "the sum of each row: zero, up to rounding";
    compare("x ← LayerNorm(x + P·V·W_Oᵀ)", "(S, D)", zero, &matrix(&x), "encoder.x");

    say("Then each word thinks for itself: to F = 6 numbers, of which only the positive ones are kept, and back.");
    let hidden = x.linear(&weight(&cx, "encoder.layers.0.linear1"), None).relu();
    compare("ReLU(x·W₁ᵀ)", "(S, F)", "the zeros: other ones for each word", &matrix(&hidden), "encoder.ff.hidden");
    let thought = hidden.linear(&weight(&cx, "encoder.layers.0.linear2"), None);
    let back = "the shape: D again, so that it can be added to x";
    compare("ReLU(x·W₁ᵀ)·W₂ᵀ", "(S, D)", back, &matrix(&thought), "encoder.ff.thought");
    let memory = norm(&(&x + &thought));
    let last = "a row for each word, as at the beginning";
    compare("memory = LayerNorm(x + ReLU(x·W₁ᵀ)·W₂ᵀ)", "(S, D)", last, &matrix(&memory), "encoder.ff.x");
    assert_close("the library's encoder", &matrix(&machine::memory(&cx, &model)), &matrix(&memory), 1e-5);
    say("That is the whole encoder, if it has one layer: a vector for each word, which knows the other words.");
}

#[test]
fn step_07_padding_is_not_seen() {
    title("Step 7. Padding is not seen");
    let (parameters, model) = machine(Positions::Sinusoidal);
    let cx = Context::eval(&parameters);
    say("\"the cat\" stands in a row of three, so behind it there is padding. Its scores become minus infinity before
the softmax.");
    expect(
        "What do \"the\" and \"cat\" gather in this row?",
        &["a little of the padding", "the same as if \"the cat\" stood alone", "nothing: the row is not full"],
    );
    let sources = Sources::new(&[&tokens("the cat sleeps"), &tokens("the cat")]);
    let x = model.embed_source(&cx, sources.tokens.view());
    let weights = &model.encoder().forward_with_weights(&cx, &x, Some(&sources.lengths), Form::Literal).1[0];
    let second = weights.view::<Ix4>("weights").slice(s![1, 0, .., ..]).to_owned();
    let padded: &[&str] = &["the", "cat", "<pad>"];
    heat("P of the second row, head 1", "(S, S)", [padded, padded], "the column of <pad>", &second);
    assert_close("P of the second row", &second, &pytorch("padded.P.1"), HAND);
    say("Answer: b. No word looks at the padding: its weight is exactly 0, and the others sum to one. What the
padding itself looks at is computed and read by nobody.");
    assert!(second.column(2).iter().all(|&p| p == 0.0));
    assert!(second.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    let short = model.embed_source(&cx, rows(&["the cat"]).view());
    let alone = &model.encoder().forward_with_weights(&cx, &short, None, Form::Literal).1[0];
    assert_close("as if alone", &second.slice(s![..2, ..2]).to_owned(), &head(alone, 0), 1e-6);
}
