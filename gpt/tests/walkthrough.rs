//! From text to the next token in eight steps, then learning. Read it aloud:
//!
//! `cargo test -p gpt --test walkthrough -- --nocapture --test-threads=1`
//!
//! The machine is as small as it can be with all sizes different: V = 7 characters, D = 6, N = 2 heads of K = 3, F = 10,
//! one block, a context of 9. Its weights come from a formula (`numbers` in support), so that anyone can repeat every
//! step; the numbers to compare with were made by PyTorch from the same formula (`fixtures/walkthrough.py`), or by hand
//! where that is said.

mod support;

use data::{CharacterTokenizer, RandomBatches, TextBatch, TextSplit, Token, Tokenizer};
use gpt::{Gpt, GptConfig};
use ndarray::{Array1, Array2, Ix2, Ix4, array, s};
use nn::{AdamW, Hooks, LanguageModel, Schedule, Temperature, Trainer, TrainingConfig, generate};
use support::{PHRASE, PROMPT, SIX_DIGITS, machine, matrix, normal, prompt, queries_keys_values, say, show, weight};
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::scaled_dot_product::literal;
use transformer::{Engine, Mask};

#[test]
fn step_01_tokens() {
    let (tokenizer, ..) = machine();
    say("\n== Step 1: tokens. A machine computes with numbers, so every character of the text gets one: its place in");
    say("   the alphabet of the text. Nothing is known about a character but that it is another one than the rest.");
    println!("\n  text {PHRASE:?} has the characters {:?}, V = 7", tokenizer.characters());
    let tokens = tokenizer.encode(PROMPT).unwrap();
    println!("  {PROMPT:?} becomes {tokens:?}");
    say("\n   Notice: 't' is 6 both times. A number is a name here, not a quantity: 6 is not twice 3.");

    assert_eq!(tokenizer.characters(), [' ', 'b', 'e', 'n', 'o', 'r', 't']);
    assert_eq!(tokens, [3, 4, 6, 0, 6]); // by hand: count in the alphabet above
    assert_eq!(tokenizer.decode(&tokens), PROMPT);
}

#[test]
fn step_02_embedding() {
    let (_, parameters, _) = machine();
    let cx = Context::eval(&parameters);
    let table = weight(&cx, "wte");
    say("\n== Step 2: embedding. Each token looks up its row in a table W (V, D): from now on it is a vector of D = 6");
    say("   numbers, and vectors can be near or far, added and turned.");
    show("W (V, D)", " benort", table.view::<Ix2>("W"));
    let vectors = matrix(&table.gather(prompt().into_dyn().view()));
    show("W[tokens] (T, D)", PROMPT, vectors.view());
    say(
        "\n   Notice: both rows of 't' are equal. So far the order of the letters could be shuffled unseen. And looking up",
    );
    say("   a row is the product with a one-hot vector, without the multiplications by zero.");

    let t = array![-0.1, 0.3, -0.6, -0.9, -0.6, 0.3]; // by the formula, row 6 of W
    assert_close("'t'", &vectors.row(2).to_owned(), &t, 1e-6);
    assert_eq!(vectors.row(2), vectors.row(4));
    let one_hot = Array2::from_shape_fn((5, 7), |(t, v)| if prompt()[[0, t]] as usize == v { 1.0 } else { 0.0 });
    assert_eq!(one_hot.dot(&table.view::<Ix2>("W")), vectors);
}

#[test]
fn step_03_positions() {
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say(
        "\n== Step 3: positions. Attention will see a set of vectors, not a sequence. So every place has a vector of its",
    );
    say("   own, learned like the others, and it is added.");
    let table = weight(&cx, "wpe").slice(0, 0..5);
    show("the first five of the nine rows of P (T, D)", "01234", table.view::<Ix2>("P"));
    let x = matrix(&model.embed(&cx, prompt().view(), 0));
    show("X = W[tokens] + P (T, D)", PROMPT, x.view());
    say("\n   Notice: the two rows of 't' differ now. By hand, the first number of each: -0.1 + 0.2 and -0.1 + 0.1.");

    assert_close("'t' at 2", &x.row(2).to_owned(), &array![0.1, 0.2, -0.4, -1.7, 0.1, 1.2], 1e-6); // by hand
    assert_close("'t' at 4", &x.row(4).to_owned(), &array![0.0, -0.3, -1.3, -1.1, 0.3, 1.0], 1e-6);
}

#[test]
fn step_04_blocks_a_queries_keys_values() {
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say(
        "\n== Step 4: blocks, where the vectors learn from each other. a) Each vector is normalised (mean 0, variance 1)",
    );
    say(
        "   and makes three others: a query (what do I look for?), a key (what do I offer to be found by?) and a value",
    );
    say("   (what do I hand over?). One product with an (18, 6) table makes all three.");
    let n = matrix(&normal(&cx, &model.embed(&cx, prompt().view(), 0)));
    show("LayerNorm(X) (T, D)", PROMPT, n.view());
    let [q, k, v] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    show("Q (T, D)", PROMPT, q.view());
    show("K (T, D)", PROMPT, k.view());
    show("V (T, D)", PROMPT, v.view());
    say(
        "\n   Notice: the three are different views of the same vectors. Heads are slices of the WIDTH: head 1 has the",
    );
    say("   columns 1 to 3 of Q, K and V, head 2 the columns 4 to 6; every head sees all five letters.");

    // by hand, for 'n': mean -0.616667, variance 0.201389, so (-0.4 + 0.616667) / 0.448775 = 0.482796
    assert_close(
        "n[0]",
        &n.row(0).to_owned(),
        &array![0.482796, -1.299835, -0.40852, -1.077006, 0.928454, 1.374111],
        SIX_DIGITS,
    );
    let last = |x: &Array2<Real>| x.row(4).to_owned();
    assert_close("q", &last(&q), &array![-0.227581, 0.168579, -0.556309, -2.00187, 0.636384, 1.192693], SIX_DIGITS);
    assert_close("k", &last(&k), &array![0.467805, -0.577382, 0.379302, 2.056658, -1.390773, 0.606883], SIX_DIGITS);
    assert_close("v", &last(&v), &array![1.803791, -1.163192, 0.914539, -1.251696, -0.855536, 2.103017], SIX_DIGITS);
}

#[test]
fn step_04_blocks_b_scores_and_the_mask() {
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let [q, k, _] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    say("\n   b) A query is compared with every key: score = query · key / √K. Head 1:");
    let scores = q.slice(s![.., ..3]).dot(&k.slice(s![.., ..3]).t()) / (3.0 as Real).sqrt();
    show("scores, a row for each query (T, T)", PROMPT, scores.view());
    say(
        "\n   The machine must guess the next letter, so no letter may look at a later one. Minus infinity is put there",
    );
    say("   BEFORE the softmax, which makes positive weights of the scores that sum to one:");
    let [queries, keys, _] = queries_keys_values(&cx, &model);
    let weights = literal::weights(&queries, &keys, 2, Mask::Causal); // (1, N, T, T)
    let weights = weights.view::<Ix4>("weights").slice(s![0, 0, .., ..]).to_owned();
    show("P = softmax(scores + mask) (T, T)", PROMPT, weights.view());
    say("\n   Notice: zeros above the diagonal, exactly. 'n' can see only itself. The last 't' looks mostly at 'o'.");
    let multiplied = Array1::from_shape_fn(5, |s| if s == 0 { scores[[0, 0]].exp() } else { 1.0 });
    let leaking = &multiplied / multiplied.sum();
    println!("\n   Said loosely, \"the mask multiplies later scores by zero\". Then 'n' would look at {leaking:.3}:");
    say("   a score of zero has the weight e^0 = 1, and the future leaks.");

    assert_close(
        "scores",
        &scores.row(4).to_owned(),
        &array![-1.126205, 0.325468, -0.278532, -0.453557, -0.239489],
        SIX_DIGITS,
    );
    assert_close(
        "weights",
        &weights.row(4).to_owned(),
        &array![0.083396, 0.356121, 0.194663, 0.163407, 0.202414],
        SIX_DIGITS,
    );
    // by hand, for 'o': e^-0.089023 = 0.914825 and e^0.958397 = 2.607511 of a sum of 3.522336
    assert_close("'o'", &weights.row(1).to_owned(), &array![0.259721, 0.740279, 0.0, 0.0, 0.0], SIX_DIGITS);
    assert!(weights.indexed_iter().all(|((query, key), &p)| if key > query { p == 0.0 } else { p > 0.0 }));
    // by hand: e^1.455766 = 4.287764, and four times e^0
    assert_close("leak", &leaking, &array![0.517361, 0.12066, 0.12066, 0.12066, 0.12066], SIX_DIGITS);
}

#[test]
fn step_04_blocks_c_gather_and_think() {
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let x = model.embed(&cx, prompt().view(), 0);
    let [q, k, v] = queries_keys_values(&cx, &model);
    say("\n   c) Each letter gathers the mean of the VALUES, weighted by P; the heads stand side by side again.");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    show("P·V of both heads (T, N·K)", PROMPT, matrix(&gathered).view());
    say("\n   A last table mixes the heads, and the result is ADDED to X: the vectors keep what they were.");
    let attended = &x + &gathered.linear(&weight(&cx, "h.0.attn.c_proj"), None);
    show("X ← X + P·V·W_Oᵀ (T, D)", PROMPT, matrix(&attended).view());
    say("\n   Then each vector thinks for itself: to F = 10 numbers, through GELU, back to 6, and added again.");
    let hidden = normal(&cx, &attended).linear(&weight(&cx, "h.0.mlp.c_fc"), None).gelu();
    let y = &attended + &hidden.linear(&weight(&cx, "h.0.mlp.c_proj"), None);
    show("X ← X + GELU(LayerNorm(X)·W₁ᵀ)·W₂ᵀ (T, D)", PROMPT, matrix(&y).view());
    say("\n   Notice: the first row of P·V is the first row of V. 'n' saw itself alone.");

    let gathered = matrix(&gathered);
    assert_close("'n'", &gathered.row(0), &matrix(&v).row(0), 1e-6);
    assert_close(
        "gathered",
        &gathered.row(4).to_owned(),
        &array![0.005363, -0.002916, 0.128949, -0.759864, -1.660767, -0.271312],
        SIX_DIGITS,
    );
    assert_close(
        "attended",
        &matrix(&attended).row(4).to_owned(),
        &array![-0.956936, -0.123028, -0.299061, -2.28408, 1.465164, 1.265068],
        SIX_DIGITS,
    );
    assert_close(
        "block",
        &matrix(&y).row(4).to_owned(),
        &array![0.297597, -0.728385, 1.541355, -2.128078, 1.343884, 2.530582],
        SIX_DIGITS,
    );
    for engine in [Engine::Literal, Engine::Fused] {
        let block = model.blocks()[0].forward(&cx, &x, None, engine);
        assert_close("the library's block", block.value(), y.value(), 1e-5);
    }
}

/// The last row after the last normalisation, (D).
fn output(cx: &Context<'_>, model: &Gpt) -> Array1<Real> {
    let x = model.blocks()[0].forward(cx, &model.embed(cx, prompt().view(), 0), None, Engine::Fused);
    matrix(&normal(cx, &x)).row(4).to_owned()
}

#[test]
fn step_05_output_vector() {
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("\n== Step 5: the output vector. What the last block made of the LAST letter, normalised once more. These six");
    say("   numbers are all that the machine says about the next letter.");
    let output = output(&cx, &model);
    show("o (1, D)", "t", output.view().insert_axis(ndarray::Axis(0)));
    say(
        "\n   Notice: in training the other four rows are used too. Each guesses its own next letter, five exercises in one.",
    );
    assert_close("o", &output, &array![-0.115369, -0.778255, 0.688222, -1.682597, 0.560636, 1.327362], SIX_DIGITS);
}

#[test]
fn step_06_probabilities() {
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say(
        "\n== Step 6: probabilities. The output vector is compared with the embedding of every letter, the very table of",
    );
    say("   step 2: that gives scores, the logits. The softmax makes probabilities of them.");
    let logits = weight(&cx, "wte").view::<Ix2>("W").dot(&output(&cx, &model)); // (V)
    let probabilities = Tensor::constant(logits.clone()).softmax();
    for (letter, (z, p)) in tokenizer.characters().iter().zip(logits.iter().zip(probabilities.value())) {
        println!("    {letter:?}  logit {z:7.3}   probability {p:.3}  {}", "#".repeat((p * 60.0) as usize));
    }
    println!("\n   sum of the probabilities {:.6}", probabilities.value().sum());
    say(
        "\n   Notice: \"output times embedding\" alone is no probability; some logits are negative. The softmax is needed.",
    );

    let expected = array![-0.071389, 2.239594, -1.62409, 0.857955, -0.874004, 0.783939, 0.941291];
    assert_close("logits", &logits, &expected, SIX_DIGITS);
    let expected = array![0.051594, 0.52029, 0.010921, 0.13068, 0.023122, 0.121356, 0.142036].into_dyn();
    assert_close("probabilities", probabilities.value(), &expected, SIX_DIGITS);
    let whole = model.logits(&cx, prompt().view()); // (1, T, V)
    assert_close("the library's logits", &matrix(&whole).row(4).to_owned(), &logits, 1e-5);
}

#[test]
fn step_07_choice() {
    let (tokenizer, parameters, model) = machine();
    let logits = matrix(&model.logits(&Context::eval(&parameters), prompt().view())).row(4).to_owned();
    let name = |token: Token| tokenizer.decode(&[token]);
    say(
        "\n== Step 7: choice. Greedy takes the likeliest letter. Or a wheel is spun whose sectors are the probabilities.",
    );
    say("   A temperature divides the logits first: below 1 the likeliest sector grows, above 1 all become alike.");
    for (temperature, likeliest) in [(0.5, 0.830383), (1.0, 0.520290), (2.0, 0.314742)] {
        let p = Tensor::constant(&logits / temperature as Real).softmax();
        println!("    temperature {temperature}: {:.3}", p.value());
        assert!((f64::from(p.value()[[1]]) - likeliest).abs() < 1e-5);
    }
    let choose = |temperature: f64, spin| name(Temperature::new(temperature).unwrap().choose(logits.view(), spin));
    println!(
        "\n   greedy {:?}; at temperature 1 a spin of 0.55 gives {:?}, of 0.72 {:?}",
        choose(0.0, 0.5),
        choose(1.0, 0.55),
        choose(1.0, 0.72)
    );
    say(
        "\n   Notice: the same logits, different letters. What the model knows ends with the logits; the rest is dice.",
    );

    assert_eq!(choose(0.0, 0.99), "b");
    // by hand: ' ' and 'b' end at 0.0516 and 0.5719, 'e' at 0.5828, 'n' at 0.7135, 'o' at 0.7366
    let spins =
        [(0.05, " "), (0.06, "b"), (0.57, "b"), (0.575, "e"), (0.7, "n"), (0.72, "o"), (0.85, "r"), (0.86, "t")];
    for (spin, letter) in spins {
        assert_eq!(choose(1.0, spin), letter, "spin {spin}");
    }
}

#[test]
fn step_08_repeat() {
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say(
        "\n== Step 8: repeat. The chosen letter is appended and everything begins again. Keys and values of the letters",
    );
    say("   before it have not changed (they could not see it), so they are kept: only one new row is computed.");
    let (mut memory, mut logits) = model.start(&cx, prompt().view());
    let mut text = PROMPT.to_owned();
    for expected in ["b", "o", "r", "r", "r", "n", "r", "r"] {
        let token = Temperature::GREEDY.choose(logits.row(0), 0.0);
        let best = logits[[0, token as usize]];
        println!("    {text:?} → {:?} (logit {best:.3})", tokenizer.decode(&[token]));
        assert_eq!(tokenizer.decode(&[token]), expected); // PyTorch's choice, everything computed anew each time
        text += expected;
        logits = model.next(&cx, &mut memory, &[token]);
        let window = model.logits(&cx, memory.window());
        let last = matrix(&window).row(memory.window().ncols() - 1).to_owned();
        assert_close("kept and computed anew", &logits.row(0).to_owned(), &last, 1e-5);
    }
    println!(
        "\n   Notice: after {:?} the context of 9 is full. From there on the oldest letter is forgotten and the",
        &text[..9]
    );
    say("   window read anew. The text is nonsense: the machine has all its parts and has learned nothing yet.");
    assert_eq!(memory.window().ncols(), 9);
}

/// The mean uncertainty of the next letter, in nats, for a reader who has seen the window's letters up to it, if every
/// window of the repeating text is equally likely: no model can have a lower loss.
fn uncertainty(windows: &TextBatch) -> f64 {
    let (rows, context) = windows.inputs.dim();
    let mut nats = 0.0;
    for t in 0..context {
        for row in 0..rows {
            let same = |other: &usize| windows.inputs.slice(s![*other, ..=t]) == windows.inputs.slice(s![row, ..=t]);
            let alike: Vec<usize> = (0..rows).filter(same).collect();
            let right = alike.iter().filter(|&&other| windows.targets[[other, t]] == windows.targets[[row, t]]).count();
            nats -= (right as f64 / alike.len() as f64).ln();
        }
    }
    nats / (rows * context) as f64
}

#[test]
fn step_09_learning() {
    let tokenizer = CharacterTokenizer::from_text(PHRASE);
    say("\n== Step 9: learning. Nobody labels anything: the text itself says at every place which letter comes next.");
    say("   The same machine with D = 24, N = 3 and two blocks, random weights, and the phrase over and over:");
    let tokens = tokenizer.encode(&format!("{PHRASE} ").repeat(20)).unwrap();
    let batches = RandomBatches::new(&TextSplit::from_tokens("the phrase", tokens.clone()), 8, 9, 1).unwrap();
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(7, 9, 2, 24, 3)).unwrap();
    let config = TrainingConfig::new(400, AdamW::default(), Schedule::constant(0.005));
    let mut trainer = Trainer::new(&model, parameters, config);
    let outcome = trainer.run(&batches, Hooks::default()).unwrap();

    // Every window of nine that the text has: it repeats after 19 letters.
    let windows = TextBatch {
        inputs: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t]),
        targets: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t + 1]),
    };
    let possible = uncertainty(&windows);
    let reached = nn::evaluate(&model, trainer.parameters(), [windows]).unwrap().nats;
    println!(
        "\n    knowing nothing costs ln 7 = 1.946 nats a letter; {outcome}: {reached:.3}; the least possible {possible:.3}"
    );
    let prompt = Array2::from_shape_vec((1, 7), tokenizer.encode("to be o").unwrap()).unwrap();
    let said = generate(&model, trainer.parameters(), prompt.view(), 30, Temperature::GREEDY, 1);
    let said = tokenizer.decode(&said.row(0).to_vec());
    println!("    \"to be o\" goes on with {said:?}");
    say(
        "\n   Notice: the loss cannot reach zero. Who sees the first letter of a window, say 'o', cannot know what follows;",
    );
    say("   that uncertainty is the text's, it can be counted, and the machine comes close to it and never below.");

    assert!((possible..possible + 0.05).contains(&reached), "{reached} against {possible}");
    assert_eq!(said, "r not to be to be or not to be");
}
