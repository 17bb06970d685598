//! From a text with a gap to a guess.

use ndarray::{Array1, Axis, Ix2, Ix4, array, s};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Real};

use crate::machine::{ALPHABET, PLACES, ROWS, SIX_DIGITS, SQUARE, TOKENS, guess, machine, matrix, sentence, tokens};

#[test]
fn step_01_tokens_and_marks() {
    title("Step 1. Tokens, and marks around them");
    say("BERT does not go on with a text. It gets a whole text in which something is hidden, and says what stood
there. Letters are tokens here, numbered by the alphabet of \"to be or not to be\". Three more tokens stand for no
letter: [CLS] before every text, [SEP] behind it, [MASK] in the place of what is hidden.");
    println!("    the alphabet  {ALPHABET:?}, with the marks V = {}", TOKENS.len());
    println!("    n?t           {PLACES:?}");
    println!("    as numbers    {:?}\n", tokens("n?t"));
    say("[CLS] means nothing by itself. It is a place where the blocks may gather something about the whole text.");
    assert_eq!(tokens("n?t"), [7, 3, 9, 6, 8]); // by hand: count in the alphabet above
}

#[test]
fn step_02_three_vectors_are_added() {
    title("Step 2. Three vectors are added, and the sum is normalised");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let table = |name: &str| {
        let id = parameters.find(&format!("embeddings.{name}_embeddings.weight")).unwrap();
        cx.get(id).view::<Ix2>(name).to_owned()
    };
    let [words, positions, types] = ["word", "position", "token_type"].map(table);
    say("Every token has a vector, every place has one, and so has every type of token: 0 in a first text, 1 in a
second that is read together with it, as a question and its answer. Here all are of type 0.");
    let sum = Array1::from_iter((0..6).map(|d| words[[9, d]] + positions[[2, d]] + types[[0, d]]));
    show("word", "(D)", [&[], &[]], "the row of [MASK]: that of every gap", &words.row(9));
    show("position", "(D)", [&[], &[]], "the row of place 2, counted from 0", &positions.row(2));
    show("type", "(D)", [&[], &[]], "the row of type 0: added at every place", &types.row(0));
    show("their sum", "(D)", [&[], &[]], "the first number: by hand", &sum);
    expect(
        "GPT adds its vectors and hands the sum on. BERT normalises it first. What is the sum of a row then?",
        &["as before", "zero", "one"],
    );
    let depths = model.depths(&cx, &sentence("n?t"));
    let embedded = matrix(&depths[0]);
    show("LayerNorm of the sums", "(S, D)", ROWS, "each row sums to zero, its squares to D = 6", &embedded);
    say("Answer: b, up to rounding. In the blocks too the normalisation stands *behind* each sublayer, where what it
found has been added, as in the Transformer of 2017. So no normalisation is needed at the end.");

    assert_close("sum", &sum, &array![-1.6, 0.2, 0.3, 1.6, 0.9, 1.0], 1e-6); // by hand from the three rows
    let expected = array![-1.983539, -0.198354, -0.099177, 1.190123, 0.495885, 0.595062];
    assert_close("embedded", &embedded.row(2).to_owned(), &expected, SIX_DIGITS);
    assert!(embedded.sum_axis(Axis(1)).iter().all(|sum| sum.abs() < 1e-5));
}

#[test]
fn step_03_every_place_sees_both_sides() {
    title("Step 3. Every place sees both sides");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Attention is that of the Transformer, with one thing left out: no mask hides what comes later. Nothing has to
be hidden, since nothing is to be said one letter after another.");
    expect(
        "How many of the 5·5 weights of a head are exactly zero?",
        &["the 10 above the diagonal", "none", "the 5 of the gap, where nothing stands"],
    );
    let weights = model.attention_weights(&cx, &sentence("n?t")).remove(0);
    let weights = weights.view::<Ix4>("weights").slice(s![0, .., .., ..]).to_owned();
    let [first, second] = [0, 1].map(|head| weights.index_axis(Axis(0), head));
    heat("weights, first head", "(S, S)", SQUARE, "above the diagonal: no triangle of zeros", &first);
    heat("weights, second head", "(S, S)", SQUARE, "the row of [MASK]: it looks at the n", &second);
    say("Answer: b. The gap looks to its left and to its right, and it is looked at itself, as [MASK]: 0.9143 of the
second head's row is on the n, 0.4217 of the first head's on the t.");
    let depths = model.depths(&cx, &sentence("n?t"));
    show("behind the block", "(S, D)", ROWS, "the row of [MASK]: it began as in step 2", &matrix(&depths[1]));

    let expected = array![0.225954, 0.023920, 0.296030, 0.421745, 0.032351];
    assert_close("first head", &first.row(2).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.028295, 0.914326, 0.020081, 0.003466, 0.033832];
    assert_close("second head", &second.row(2).to_owned(), &expected, SIX_DIGITS);
    assert!(weights.iter().all(|&weight| weight > 0.0));
    let expected = array![-0.945682, -0.966005, -0.381915, 1.599887, -0.436213, 1.129929];
    assert_close("behind the block", &matrix(&depths[1]).row(2).to_owned(), &expected, SIX_DIGITS);
}

/// Probabilities beside their tokens.
const SAID: Names<'static> = [TOKENS, &["p"]];

#[test]
fn step_04_the_guess() {
    title("Step 4. The guess");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The vector at the gap goes through a small layer, a map with GELU and a normalisation, and is then compared
with the vector of every token: the table of step 2 once more, as in GPT. A softmax makes probabilities of the
scores.");
    let said = guess(&cx, &model, "n?t", 2);
    heat("the guess at the gap of n?t", "(V)", SAID, "the likeliest letter; the marks are not excluded", &said);
    say("The machine is not trained, so it says b with great confidence, and the o has 0.0129. Scores exist at every
place, not at the gap alone, but only the gap is asked.");
    let expected =
        array![0.016377, 0.770095, 0.018563, 0.091203, 0.012929, 0.011298, 0.022650, 0.009893, 0.026239, 0.020754];
    assert_close("n?t", &said.column(0).to_owned(), &expected, SIX_DIGITS);
    assert!((said.sum() - 1.0).abs() < 1e-5);
}

#[test]
fn step_05_what_comes_later_matters() {
    title("Step 5. What comes later matters");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Now the letter behind the gap is changed, and nothing before it: n?b in place of n?t.");
    expect(
        "In GPT, what a place says depends on the letters up to it. And here?",
        &["the guess stays", "the guess changes"],
    );
    let [before, after] = ["n?t", "n?b"].map(|text| guess(&cx, &model, text, 2).column(0).to_owned());
    let both = ndarray::stack![Axis(1), before, after];
    let names: Names = [TOKENS, &["n?t", "n?b"]];
    heat("the guesses", "(V, 2)", names, "the n: four times as likely with a b behind the gap", &both);
    say("Answer: b. That is what BERT gives up speaking for. Who guesses \"the [MASK] barked\" from the left alone has
nothing to go by.");
    let expected =
        array![0.014302, 0.480582, 0.018076, 0.409862, 0.012516, 0.015076, 0.008894, 0.006519, 0.017456, 0.016717];
    assert_close("n?b", &after, &expected, SIX_DIGITS);
    let ratio: Real = after[3] / before[3];
    assert!((ratio - 4.494).abs() < 1e-2, "{ratio}"); // by hand: 0.409862/0.091203
}
