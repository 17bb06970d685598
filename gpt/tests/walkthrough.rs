//! From text to the next token in eight steps, then learning, then looking up. Read it aloud:
//! `cargo test -p gpt --test walkthrough -- --nocapture --test-threads=1`
//!
//! The machine is as small as it can be with all sizes different: V = 7 characters, D = 6, N = 2 heads of d_k = 3,
//! F = 10, one block, a context of 9. Its weights come from a formula (`tables` in support), so that anyone can repeat every
//! step; the numbers to compare with were made by PyTorch from the same formula (`fixtures/walkthrough.py`), or by hand
//! where that is said.

mod support;

use data::tasks::{AssociativeRecall, TokenTask};
use data::{CharacterTokenizer, RandomBatches, TextBatch, TextSplit, Token, Tokenizer};
use gpt::{Gpt, GptConfig};
use ndarray::{Array1, Array2, Axis, Ix1, Ix2, Ix4, array, s, stack};
use nn::{AdamW, Hooks, LanguageModel, Schedule, Temperature, Trainer, TrainingConfig, generate};
use support::{PHRASE, PROMPT, SIX_DIGITS, machine, matrix, normal, prompt, queries_keys_values, weight};
use tensor::check::assert_close;
use tensor::check::lecture::{bar, say, show, show_rows, title};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};
use transformer::scaled_dot_product::literal;
use transformer::{Form, Mask};

#[test]
fn step_01_tokens() {
    title("Step 1. Tokens");
    let (tokenizer, ..) = machine();
    let tokens = tokenizer.encode(PROMPT).unwrap();
    say("A machine computes with numbers, so every character of the text gets one: its place in the alphabet of the text,
counted from 0. Nothing is known about a character but that it differs from the others.");
    println!("    the text      {PHRASE:?}");
    println!("    its alphabet  {:?}, so V = 7", tokenizer.characters());
    println!("    the prompt    {PROMPT:?} becomes {tokens:?}\n");
    say("The t is 6 both times. A number is a name here, not a quantity: 6 is not twice 3.");

    assert_eq!(tokenizer.characters(), [' ', 'b', 'e', 'n', 'o', 'r', 't']);
    assert_eq!(tokens, [3, 4, 6, 0, 6]); // by hand: count in the alphabet above
    assert_eq!(tokenizer.decode(&tokens), PROMPT);
}

#[test]
fn step_02_embedding() {
    title("Step 2. Embedding");
    let (_, parameters, _) = machine();
    let cx = Context::eval(&parameters);
    let table = weight(&cx, "wte");
    say("Each token looks up its row in a table W. From now on it is a vector of D = 6 numbers; vectors can be near each
other or far, and they can be added.");
    show_rows("W", "(V, D)", " benort", &table.view::<Ix2>("W"));
    let vectors = matrix(&table.gather(prompt().into_dyn().view()));
    show_rows("W[tokens]", "(T, D)", PROMPT, &vectors);
    say("Both rows of the t are equal: so far nothing tells where in the text a letter stands. Looking up a row gives
what the product of a one-hot vector (one 1 among zeros) with the table would give, without the multiplications by
zero.");

    assert_close("'t'", &vectors.row(2).to_owned(), &array![0.6, 0.7, 0.1, 0.6, -0.8, -0.4], 1e-6); // row 6 of W
    assert_eq!(vectors.row(2), vectors.row(4));
    let one_hot = Array2::from_shape_fn((5, 7), |(t, v)| if prompt()[[0, t]] as usize == v { 1.0 } else { 0.0 });
    assert_eq!(one_hot.dot(&table.view::<Ix2>("W")), vectors);
}

#[test]
fn step_03_positions() {
    title("Step 3. Positions");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Attention will see a set of vectors, not a sequence. So every place has a vector of its own, learned like the
others, and it is added. The context is 9 places long; here are the first five rows of its table P.");
    show_rows("P, from place 0", "(T, D)", "01234", &weight(&cx, "wpe").slice(0, 0..5).view::<Ix2>("P"));
    let x = matrix(&model.embed(&cx, prompt().view(), 0));
    show_rows("X = W[tokens] + P", "(T, D)", PROMPT, &x);
    say("The two rows of the t differ now. By hand, the first number of each: 0.6 - 0.8 and 0.6 + 0.1.");

    assert_close("'t' at 2", &x.row(2).to_owned(), &array![-0.2, 1.3, 0.5, 0.7, -0.6, -0.2], 1e-6); // by hand
    assert_close("'t' at 4", &x.row(4).to_owned(), &array![0.7, 1.0, 0.7, 1.0, -1.3, -0.6], 1e-6);
}

#[test]
fn step_04_blocks_a_queries_keys_values() {
    title("Step 4 (a). Queries, keys, values");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say(
        "Now come the blocks, where the vectors learn from each other. Each vector is normalised: shifted and scaled so
that its numbers have the mean 0 and the variance 1. Then it makes three others: a query (what do I look for?), a key
(what do I offer to be found by?) and a value (what do I hand over?). One product with a table of 3·D = 18 rows makes
all three.",
    );
    let n = matrix(&normal(&cx, &model.embed(&cx, prompt().view(), 0)));
    show_rows("LayerNorm(X)", "(T, D)", PROMPT, &n);
    let [q, k, v] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    show_rows("queries", "(T, D)", PROMPT, &q);
    show_rows("keys", "(T, D)", PROMPT, &k);
    show_rows("values", "(T, D)", PROMPT, &v);
    say("The three are different views of the same vectors. Heads are slices of the *width*: the first of the N = 2 heads
has the columns 1 to 3 of queries, keys and values, the second the columns 4 to 6, so each is d_k = 3 wide. Every head
sees all five letters.");

    // by hand, for 'n': mean -0.35, variance 0.235833, so (-0.1 + 0.35) / √(0.235833 + 0.00001) = 0.514788
    let expected = array![0.514788, -0.102958, -1.132533, 0.514788, 1.544363, -1.338448];
    assert_close("n[0]", &n.row(0).to_owned(), &expected, SIX_DIGITS);
    let last = |x: &Array2<Real>| x.row(4).to_owned();
    assert_close("q", &last(&q), &array![0.896892, -2.350084, 0.193002, -1.106923, 2.900707, -1.186395], SIX_DIGITS);
    assert_close("k", &last(&k), &array![-0.141913, -0.874186, 0.170296, 0.766332, 0.0, 0.295180], SIX_DIGITS);
    assert_close("v", &last(&v), &array![-0.034059, -0.295180, 0.244091, 3.008561, 0.550623, 1.061511], SIX_DIGITS);
}

#[test]
fn step_04_blocks_b_scores_and_the_mask() {
    title("Step 4 (b). Scores and the mask");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let [q, k, _] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    say(
        "A query is compared with every key: score = query · key / √d_k. For the first head, a row for each query and a
column for each key:",
    );
    let scores = q.slice(s![.., ..3]).dot(&k.slice(s![.., ..3]).t()) / (3.0 as Real).sqrt();
    show_rows("scores", "(T, T)", PROMPT, &scores);
    say("The machine must guess the next letter, so no letter may look at a later one. Minus infinity is put in those
places *before* the softmax, which turns each row into weights that sum to one, and minus infinity into zero:");
    let [queries, keys, _] = queries_keys_values(&cx, &model);
    let weights = literal::weights(&queries, &keys, 2, Mask::Causal); // (1, N, T, T)
    let weights = weights.view::<Ix4>("weights").slice(s![0, .., .., ..]).to_owned();
    let [first, second] = [0, 1].map(|head| weights.index_axis(Axis(0), head));
    show_rows("weights = softmax(scores + mask), first head", "(T, T)", PROMPT, &first);
    show_rows("the same, second head", "(T, T)", PROMPT, &second);
    say("Right of the diagonal all weights are exactly zero, and the n can see only itself. The last t looks most at the
o in the first head, and most at the other t in the second: two heads look in two ways.

Said loosely, \"the mask multiplies later scores by zero\". Then these would be the weights of the n in the first head:");
    let multiplied = Array1::from_shape_fn(5, |s| if s == 0 { scores[[0, 0]].exp() } else { 1.0 });
    let leaking = &multiplied / multiplied.sum();
    show("softmax(scores · mask), row of the n", "(T)", &leaking);
    say("A score of zero has the weight e⁰ = 1 before the division by the sum, and the future leaks.");

    let expected = array![0.131259, 1.762054, 1.553598, -0.610993, 1.131604];
    assert_close("scores", &scores.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.074349, 0.379772, 0.308313, 0.035393, 0.202172];
    assert_close("weights", &first.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.104584, 0.251705, 0.299115, 0.168006, 0.176591];
    assert_close("weights", &second.row(4).to_owned(), &expected, SIX_DIGITS);
    // by hand, for 'o': e^0.057013 = 1.058670 and e^-0.469139 = 0.625541 of a sum of 1.684211
    assert_close("'o'", &first.row(1).to_owned(), &array![0.628585, 0.371415, 0.0, 0.0, 0.0], SIX_DIGITS);
    assert!(weights.indexed_iter().all(|((_, query, key), &p)| if key > query { p == 0.0 } else { p > 0.0 }));
    // by hand: e^0.180787 = 1.198160, and four times e^0
    assert_close("leak", &leaking, &array![0.230497, 0.192376, 0.192376, 0.192376, 0.192376], SIX_DIGITS);
}

#[test]
fn step_04_blocks_c_gather_and_think() {
    title("Step 4 (c). Gather and think");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let x = model.embed(&cx, prompt().view(), 0);
    let [q, k, v] = queries_keys_values(&cx, &model);
    say("In each head a letter gathers the mean of the *values*, weighted by its row of weights. The heads stand side by
side again.");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    show_rows("gathered", "(T, N·d_k)", PROMPT, &matrix(&gathered));
    say("The n saw itself alone: its row is the first row of the values, of step 4 (a). A last table mixes the heads,
and the result is *added* to X: the vectors keep what they were.");
    let attended = &x + &gathered.linear(&weight(&cx, "h.0.attn.c_proj"), None);
    show_rows("X' = X + gathered·W_Oᵀ", "(T, D)", PROMPT, &matrix(&attended));
    say("Then each vector thinks for itself. It is normalised, makes F = 10 numbers, each goes through GELU (a smooth
relative of max(0, a)), and a second table makes D = 6 numbers of them, which are added again.");
    let hidden = normal(&cx, &attended).linear(&weight(&cx, "h.0.mlp.c_fc"), None).gelu();
    let y = &attended + &hidden.linear(&weight(&cx, "h.0.mlp.c_proj"), None);
    show_rows("X'' = X' + GELU(LayerNorm(X')·W₁ᵀ)·W₂ᵀ", "(T, D)", PROMPT, &matrix(&y));
    say("That is a block. GPT-2 has 12 to 48 of them, one after another; ours has this one.");

    let gathered = matrix(&gathered);
    assert_close("'n'", &gathered.row(0), &matrix(&v).row(0), 1e-6);
    let expected = array![0.036447, -0.300211, -0.126639, 2.62202, -0.359724, 0.361286];
    assert_close("gathered", &gathered.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![-0.208554, -0.907432, 1.68176, -0.221301, -1.038592, 1.684408];
    assert_close("attended", &matrix(&attended).row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![-0.136389, -0.128199, 1.180721, 0.415835, -0.899937, 1.63356];
    assert_close("block", &matrix(&y).row(4).to_owned(), &expected, SIX_DIGITS);
    for form in [Form::Literal, Form::Fused] {
        let block = model.blocks()[0].forward(&cx, &x, None, form);
        assert_close("the library's block", block.value(), y.value(), 1e-5);
    }
}

/// The last row after the last normalisation, (D).
fn output(cx: &Context<'_>, model: &Gpt) -> Array1<Real> {
    let x = model.blocks()[0].forward(cx, &model.embed(cx, prompt().view(), 0), None, Form::Fused);
    matrix(&normal(cx, &x)).row(4).to_owned()
}

#[test]
fn step_05_output_vector() {
    title("Step 5. The output vector");
    let (_, parameters, model) = machine();
    let output = output(&Context::eval(&parameters), &model);
    say("What the last block made of the *last* letter, normalised once more. These six numbers are all that the machine
says about the next letter.");
    show("output", "(D)", &output);
    say("In training the other four rows are used too. Each guesses its own next letter: five exercises in one.");
    let expected = array![-0.563245, -0.553647, 0.980183, 0.083868, -1.457992, 1.510832];
    assert_close("output", &output, &expected, SIX_DIGITS);
}

#[test]
fn step_06_probabilities() {
    title("Step 6. Probabilities");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The output vector is multiplied with the embedding of every letter, the very table W of step 2. The products are
scores, called logits. The softmax makes probabilities of them.");
    let logits = weight(&cx, "wte").view::<Ix2>("W").dot(&output(&cx, &model)); // (V)
    let probabilities = Tensor::constant(logits.clone()).softmax();
    for (letter, (z, &p)) in tokenizer.characters().iter().zip(logits.iter().zip(probabilities.value())) {
        bar(&format!("{letter:?}"), p.into(), &format!("logit {z:7.4}, probability {p:.4}"));
    }
    println!("\n    The sum of the probabilities is {:.4}.\n", probabilities.value().sum());
    say("Output times embedding alone is no probability: some logits are negative. The softmax is needed.");

    let expected = array![0.522615, 1.690623, -0.886496, -1.736333, -0.505060, -1.039353, -0.015100];
    assert_close("logits", &logits, &expected, SIX_DIGITS);
    let expected = array![0.174946, 0.562554, 0.042750, 0.018275, 0.062602, 0.036690, 0.102183].into_dyn();
    assert_close("probabilities", probabilities.value(), &expected, SIX_DIGITS);
    let whole = model.logits(&cx, prompt().view()); // (1, T, V)
    assert_close("the library's logits", &matrix(&whole).row(4).to_owned(), &logits, 1e-5);
}

#[test]
fn step_07_choice() {
    title("Step 7. Choice");
    let (tokenizer, parameters, model) = machine();
    let logits = matrix(&model.logits(&Context::eval(&parameters), prompt().view())).row(4).to_owned();
    let name = |token: Token| tokenizer.decode(&[token]);
    say("Greedy takes the likeliest letter. Or a wheel is spun whose sectors are the probabilities. A temperature divides
the logits first: below 1 the likeliest sector grows, above 1 all become more alike.");
    let at =
        |temperature: Real| Tensor::constant(&logits / temperature).softmax().view::<Ix1>("walkthrough").to_owned();
    let probabilities = stack![Axis(1), at(0.5), at(1.0), at(2.0)];
    show_rows("probabilities at the temperatures 0.5, 1 and 2", "(V, 3)", " benort", &probabilities);
    let choose =
        |temperature: f64, spin| name(Temperature::new(temperature).unwrap().choose(logits.view(), spin).unwrap());
    println!("    greedy                            {:?}", choose(0.0, 0.99));
    println!("    temperature 1, the wheel at 0.55  {:?}", choose(1.0, 0.55));
    println!("    temperature 1, the wheel at 0.85  {:?}\n", choose(1.0, 0.85));
    say("The same logits, different letters. What the model knows ends with the logits; the rest is dice.");

    let expected = array![
        [0.083866, 0.867172, 0.005008, 0.000915, 0.010739, 0.003689, 0.028611],
        [0.174946, 0.562554, 0.042750, 0.018275, 0.062602, 0.036690, 0.102183],
        [0.184123, 0.330171, 0.091017, 0.059509, 0.110142, 0.084320, 0.140717],
    ];
    assert_close("probabilities", &probabilities, &expected.reversed_axes(), 1e-5);
    assert_eq!(choose(0.0, 0.99), "b");
    // by hand: ' ' ends at 0.1749, 'b' at 0.7375, 'e' at 0.7803, 'n' at 0.7985, 'o' at 0.8611, 'r' at 0.8978
    let spins = [
        (0.17, " "),
        (0.18, "b"),
        (0.55, "b"),
        (0.73, "b"),
        (0.74, "e"),
        (0.79, "n"),
        (0.85, "o"),
        (0.87, "r"),
        (0.90, "t"),
    ];
    for (spin, letter) in spins {
        assert_eq!(choose(1.0, spin), letter, "spin {spin}");
    }
}

#[test]
fn step_08_repeat() {
    title("Step 8. Repeat");
    let (tokenizer, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The chosen letter is appended and everything begins again. Keys and values of the letters before it have not
changed (they could not see it), so they are kept: only one new row is computed. Greedily, letter by letter:");
    let (mut memory, mut logits) = model.start(&cx, prompt().view());
    let mut text = PROMPT.to_owned();
    for expected in ["b", "b", "o", " ", " ", " ", " ", " "] {
        let token = Temperature::GREEDY.choose(logits.row(0), 0.0).unwrap();
        let best = logits[[0, token as usize]];
        println!("    {:<14} goes on with {:?}, logit {best:.4}", format!("{text:?}"), tokenizer.decode(&[token]));
        assert_eq!(tokenizer.decode(&[token]), expected); // PyTorch's choice, everything computed anew each time
        text += expected;
        logits = model.next(&cx, &mut memory, &[token]);
        let window = model.logits(&cx, memory.window());
        let last = matrix(&window).row(memory.window().ncols() - 1).to_owned();
        assert_close("kept and computed anew", &logits.row(0).to_owned(), &last, 1e-5);
    }
    say(&format!(
        "
After {:?} the context of 9 is full. From there on the oldest letter is dropped, the others move to the place
before theirs, and the window is computed anew. The text is nonsense: the machine has all its parts and has learned
nothing yet.",
        &text[..9]
    ));
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
    title("Step 9. Learning");
    let tokenizer = CharacterTokenizer::from_text(PHRASE);
    say("Nobody labels anything: the text itself says at every place which letter comes next. A machine of the same kind,
with D = 24, N = 3 and two blocks, begins with random weights and reads the phrase over and over, 400 steps of 8 windows.");
    let tokens = tokenizer.encode(&format!("{PHRASE} ").repeat(20)).unwrap();
    let batches = RandomBatches::new(&TextSplit::from_tokens("the phrase", tokens.clone()), 8, 9, 1).unwrap();
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(7, 9, 2, 24, 3)).unwrap();
    let config = TrainingConfig::new(400, AdamW::default(), Schedule::constant(0.005));
    let mut trainer = Trainer::new(&model, parameters, config);
    trainer.run(&batches, Hooks::default()).unwrap();

    // Every window of nine that the text has: it repeats after 19 letters.
    let windows = TextBatch {
        inputs: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t]),
        targets: Array2::from_shape_fn((19, 9), |(start, t)| tokens[start + t + 1]),
    };
    let possible = uncertainty(&windows);
    let reached = nn::evaluate(&model, trainer.parameters(), [windows]).unwrap().nats;
    let prompt = Array2::from_shape_vec((1, 7), tokenizer.encode("to be o").unwrap()).unwrap();
    let said = generate(&model, trainer.parameters(), prompt.view(), 30, Temperature::GREEDY, 1).unwrap();
    let said = tokenizer.decode(&said.row(0).to_vec());
    println!("    nats a letter, knowing nothing: ln 7  {:.4}", 7_f64.ln());
    println!("    after training                        {reached:.4}");
    println!("    the least possible                    {possible:.4}");
    println!("    \"to be o\" goes on with {said:?}\n");
    say("The loss cannot reach zero. Who sees the first letter of a window, say an o, cannot know what follows. That
uncertainty is the text's and can be counted; the machine comes close to it and cannot go below.");

    assert!((possible - 0.130785).abs() < 1e-6, "{possible}");
    assert!((possible..possible + 0.05).contains(&reached), "{reached} against {possible}");
    assert_eq!(said, "r not to be to be or not to be");
}

/// A machine with so many blocks that has learned to name the value behind each of four keys.
fn looker(task: &AssociativeRecall, layers: usize) -> (Gpt, Parameters) {
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), GptConfig::new(16, 12, layers, 32, 1)).unwrap();
    // GPT-2's weights begin with 0.02, which is 1/√D for D = 2,500; here D = 32.
    let tables: Vec<_> = parameters.iter().filter(|(_, table)| table.value().ndim() == 2).collect();
    for (id, value) in tables.into_iter().map(|(id, table)| (id, table.value() * 8.8)).collect::<Vec<_>>() {
        parameters.set(id, shared(value));
    }
    let config = TrainingConfig::new(1_000, AdamW::default(), Schedule::constant(0.003));
    let mut trainer = Trainer::new(&model, parameters, TrainingConfig { clip: Some(1.0), ..config });
    trainer.run(&|step| task.batch(16, 1, step), Hooks::default()).unwrap();
    let parameters = trainer.into_parameters();
    (model, parameters)
}

#[test]
fn step_10_looking_up() {
    title("Step 10. Looking up");
    let task = AssociativeRecall { pairs: 4, symbols: 8 };
    let rows = task.batch(256, 2, 0);
    say("Four pairs of a key (an even number) and a value (an odd one), then the four keys again in another order. At each of
these the machine is asked for the value that stood behind that key. Every row is new, so there is nothing to know by
heart: what is asked has to be looked up in the row.");
    println!("    a row        {:?}", rows.inputs.row(0).to_vec());
    println!("    the answers  {:?}\n", &rows.targets.row(0).to_vec()[8..]);
    let [one, two] = [1, 2].map(|layers| looker(&task, layers));
    let right = |(model, parameters): &(Gpt, Parameters)| {
        let logits = model.logits(&Context::eval(parameters), rows.inputs.view());
        nn::metrics::accuracy(logits.value(), rows.targets.view().into_dyn()).unwrap()
    };
    let [one_right, two_right] = [right(&one), right(&two)];
    println!("    right answers with one block, after 1,000 steps {one_right:.3}");
    println!("    with two blocks                                 {two_right:.3}\n");
    say("With one block, a question can find its key. But the value stands one place behind, and its vector says nothing of
the key: the machine can do no better than to name one of the values it saw. With two, the first block lets every value look
one place back, and the second finds, for the key that is asked, the value that has seen that key.");
    let weights = two.0.attention_weights(&Context::eval(&two.1), rows.inputs.view()).swap_remove(0);
    let weights = weights.view::<Ix4>("weights"); // (B, N, T, T)
    let back = [1, 3, 5, 7].map(|value| weights.slice(s![.., 0, value, value - 1]).mean().unwrap());
    println!("    weight of the first block, from each value to the key before it  {back:.2?}\n");
    say("A recurrent network has to carry all pairs along in one state. How many it can carry, and how attention compares,
is what the claim C26 measures: cargo run --release -- compare --only C26 --budget standard");

    assert!(one_right < 0.6, "{one_right}");
    assert!(two_right > 0.99, "{two_right}");
    assert!(back.iter().all(|&weight| weight > 0.5), "{back:?}");
}
