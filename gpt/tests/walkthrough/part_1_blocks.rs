//! From text to what a block makes of it.

use data::Tokenizer;
use ndarray::{Array1, Array2, Axis, Ix2, Ix4, array, s};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Real};
use transformer::scaled_dot_product::literal;
use transformer::{Form, Mask};

use crate::machine::{
    ALPHABET, LETTERS, PHRASE, PROMPT, ROWS, SIX_DIGITS, machine, matrix, normal, prompt, queries_keys_values, weight,
};

#[test]
fn step_01_tokens() {
    title("Step 1. Tokens");
    let (tokenizer, ..) = machine();
    let tokens = tokenizer.encode(PROMPT).unwrap();
    say("A machine computes with numbers, so every character of the text gets one: its place in the alphabet of the
text, counted from 0. Nothing is known about a character but that it differs from the others.");
    println!("    the text      {PHRASE:?}");
    println!("    its alphabet  {:?}, so V = 7", tokenizer.characters());
    println!("    the prompt    {PROMPT:?} becomes {tokens:?}\n");
    say("The t is 6 both times. A number is a name here, not a quantity: 6 is not twice 3. These names are called
tokens.

From here on every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. T
counts the letters of the prompt, V those of the alphabet, D the numbers of a vector, N the heads of attention. A
number that is exactly zero is written 0.");

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
    say("Each token looks up its row in a table W. From now on it is a vector of D = 6 numbers; vectors can be near
each other or far, and they can be added.");
    let of_t = "the row of the t, the last";
    show("W", "(V, D)", [ALPHABET, &[]], of_t, &table.view::<Ix2>("W"));
    expect(
        "The prompt has two letters t. What will their vectors be?",
        &["equal", "different, as they stand in different places", "the second is twice the first"],
    );
    let vectors = matrix(&table.gather(prompt().into_dyn().view()));
    show("W[tokens]", "(T, D)", ROWS, "the two rows of the t", &vectors);
    say("Answer: a. So far nothing tells where in the text a letter stands. Looking up a row gives what the product
of a one-hot vector (one 1 among zeros) with the table would give, without the multiplications by zero.");

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
    say("Attention will see a set of vectors, not a sequence. So every place has a vector of its own, learned like
the others, and it is added. The context is 9 places long; here are the first five rows of its table P.");
    let places: Names = [&["0", "1", "2", "3", "4"], &[]];
    let p = weight(&cx, "wpe").slice(0, 0..5);
    show("P, from place 0", "(T, D)", places, "rows 2 and 4, where a t stands", &p.view::<Ix2>("P"));
    let x = matrix(&model.embed(&cx, prompt().view(), 0));
    show("X = W[tokens] + P", "(T, D)", ROWS, "the two rows of the t: are they still equal?", &x);
    say("The two rows of the t differ now. By hand, the first number of each: 0.6 - 0.8 and 0.6 + 0.1.");

    assert_close("'t' at 2", &x.row(2).to_owned(), &array![-0.2, 1.3, 0.5, 0.7, -0.6, -0.2], 1e-6); // by hand
    assert_close("'t' at 4", &x.row(4).to_owned(), &array![0.7, 1.0, 0.7, 1.0, -1.3, -0.6], 1e-6);
}

#[test]
fn step_04_blocks_a_queries_keys_values() {
    title("Step 4 (a). Queries, keys, values");
    let (_, parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Now come the blocks, where the vectors learn from each other. Each vector is normalised: shifted and scaled
so that its numbers have the mean 0 and the variance 1. This is called layer normalisation. Then it makes three
others: a query (what do I look for?), a key (what do I offer to be found by?) and a value (what do I hand over?).
One product with a table of 3·D = 18 rows makes all three.");
    let n = matrix(&normal(&cx, &model.embed(&cx, prompt().view(), 0)));
    show("LayerNorm(X)", "(T, D)", ROWS, "the sum of each row: zero, up to rounding", &n);
    let [q, k, v] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    show("queries", "(T, D)", ROWS, "columns 1 to 3, the first head's; 4 to 6 are the second's", &q);
    show("keys", "(T, D)", ROWS, "the row of the n: not its query, though made of the same vector", &k);
    show("values", "(T, D)", ROWS, "the row of the n: it comes back in step 4 (c)", &v);
    say("The three are different views of the same vectors. Heads are slices of the *width*: the first of the N = 2
heads has the columns 1 to 3 of queries, keys and values, the second the columns 4 to 6, so each is d_k = 3 wide.
Every head sees all five letters.");

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
    say("A query is compared with every key: score = query · key / √d_k. For the first head, a row for each query and
a column for each key. Numbers are shaded by their size; what is exactly 0 has no shade.");
    let square: Names = [LETTERS, LETTERS];
    let scores = q.slice(s![.., ..3]).dot(&k.slice(s![.., ..3]).t()) / (3.0 as Real).sqrt();
    heat("scores", "(T, T)", square, "above the diagonal: here each letter still looks at later ones", &scores);
    say("The machine must guess the next letter, so no letter may look at a later one. In the places above the
diagonal minus infinity is added *before* the softmax, which turns each row into weights that sum to one.");
    expect(
        "What will the row of the n be, the first letter?",
        &["1 and four times 0", "five times 0.2", "five zeros: it has nobody to look at"],
    );
    let [queries, keys, _] = queries_keys_values(&cx, &model);
    let weights = literal::weights(&queries, &keys, 2, Mask::Causal); // (1, N, T, T)
    let weights = weights.view::<Ix4>("weights").slice(s![0, .., .., ..]).to_owned();
    let [first, second] = [0, 1].map(|head| weights.index_axis(Axis(0), head));
    let triangle = "the triangle of zeros; each row's sum, one";
    heat("softmax(scores + mask), first head", "(T, T)", square, triangle, &first);
    let darkest = "the last row: its darkest cell is another one";
    heat("the same, second head", "(T, T)", square, darkest, &second);
    say("Answer: a. Above the diagonal all weights are exactly zero, and the n can see only itself. The last t looks
most at the o in the first head, and most at the other t in the second: two heads look in two ways.");
    expect(
        "Said loosely, \"the mask multiplies later scores by zero\". What would the row of the n be then?",
        &["the same", "all five letters would have some weight", "five zeros"],
    );
    let multiplied = Array1::from_shape_fn(5, |s| if s == 0 { scores[[0, 0]].exp() } else { 1.0 });
    let leaking = &multiplied / multiplied.sum();
    let future = "the weights of the four letters to come";
    heat("softmax(scores · mask), row of the n", "(T)", [&[], LETTERS], future, &leaking);
    say("Answer: b. A score of zero has the weight e⁰ = 1 before the division by the sum, and the future leaks.");

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
    say("In each head a letter gathers the mean of the *values*, weighted by its row of weights. The heads stand side
by side again.");
    let gathered = literal::attention(&q, &k, &v, 2, Mask::Causal);
    show("gathered", "(T, N·d_k)", ROWS, "the row of the n: where has it been before?", &matrix(&gathered));
    say("The n saw itself alone, so its row is the first row of the values, of step 4 (a). A last table W_O mixes the
heads, and the result is *added* to X: the vectors keep what they were.");
    let attended = &x + &gathered.linear(&weight(&cx, "h.0.attn.c_proj"), None);
    let kept = "a row of X, step 3: something was added to it, nothing replaced";
    show("X' = X + gathered·W_Oᵀ", "(T, D)", ROWS, kept, &matrix(&attended));
    say("Then each vector thinks for itself. It is normalised, a table W₁ makes F = 10 numbers of it, each goes
through GELU (a smooth relative of max(0, a)), and a table W₂ makes D = 6 numbers of them, which are added again.");
    let hidden = normal(&cx, &attended).linear(&weight(&cx, "h.0.mlp.c_fc"), None).gelu();
    let y = &attended + &hidden.linear(&weight(&cx, "h.0.mlp.c_proj"), None);
    let shape = "the shape: as X, so that another block can follow";
    show("X'' = X' + GELU(LayerNorm(X')·W₁ᵀ)·W₂ᵀ", "(T, D)", ROWS, shape, &matrix(&y));
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
