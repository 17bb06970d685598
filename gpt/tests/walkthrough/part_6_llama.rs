//! The same block, with five parts exchanged as in LLaMA (Touvron et al. 2023, section 2.2). What is not shown again is as in
//! steps 1 to 8.

use gpt::{Gpt, GptConfig};
use ndarray::{Array1, Array2, Ix2, Ix4, array, s};
use nn::LanguageModel;
use tensor::check::assert_close;
use tensor::check::lecture::{Names, bar, expect, heat, say, show, title};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};
use transformer::scaled_dot_product::{Heads, literal};
use transformer::{BlockConfig, Form, Mask, Rotary};

use crate::machine::{LETTERS, ROWS, SIX_DIGITS, machine as gpt_2, matrix, prompt, tables, weight};

/// V = 7 and D = 8; N = 2 heads of queries and one of keys and values, of d_k = 4; F = 6.
fn machine() -> (Parameters, Gpt) {
    let block = BlockConfig { feed_forward: 6, key_value_heads: Some(1), ..BlockConfig::llama(8, 2) };
    let mut parameters = Parameters::new();
    let config = GptConfig { block, ..GptConfig::llama(7, 9, 1, 8, 2) };
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let mut table = tables(24);
    let tables = [
        ("wte", table(7, 8)),
        ("h.0.attn.c_attn", table(16, 8)),
        ("h.0.attn.c_proj", table(8, 8)),
        ("h.0.mlp.c_fc", table(12, 8)),
        ("h.0.mlp.c_proj", table(8, 6)),
        ("lm_head", table(7, 8)),
    ];
    for (name, table) in tables {
        let id = parameters.find(&format!("{name}.weight")).expect("GPT-2's names, and an output layer");
        parameters.set(id, shared(table));
    }
    (parameters, model)
}

/// x / √(mean(x²) + ε), with gains of 1.
fn rms(cx: &Context<'_>, x: &Tensor) -> Tensor {
    nn::rms_norm(x, &weight(cx, "h.0.ln_1"), 1e-6)
}

/// Queries (1, T, N·d_k), keys and values (1, T, d_k) of the prompt, not turned yet.
fn queries_keys_values(cx: &Context<'_>, model: &Gpt) -> [Tensor; 3] {
    let qkv = rms(cx, &model.embed(cx, prompt().view(), 0)).linear(&weight(cx, "h.0.attn.c_attn"), None);
    [0..8, 8..12, 12..16].map(|columns| qkv.slice(2, columns))
}

/// Each of `heads` heads turned to where it stands, if the first letter stands at `first`.
fn turned(x: &Tensor, heads: usize, first: usize) -> Tensor {
    Rotary::new(4).forward(x, heads, 4, first, Form::Literal)
}

/// One head of keys and values for two of queries.
const SHARED: Heads = Heads { queries: 2, keys: 1, scale: None };

/// What attention has added to the letters, (1, T, D).
fn attended(cx: &Context<'_>, model: &Gpt) -> Tensor {
    let [q, k, v] = queries_keys_values(cx, model);
    let gathered = literal::attention(&turned(&q, 2, 0), &turned(&k, 1, 0), &v, SHARED, Mask::Causal);
    &model.embed(cx, prompt().view(), 0) + &gathered.linear(&weight(cx, "h.0.attn.c_proj"), None)
}

/// SiLU(x·W_gᵀ) and x·W₁ᵀ, (T, F) each.
fn gate_and_other(cx: &Context<'_>, attended: &Tensor) -> [Array2<Real>; 2] {
    let both = matrix(&rms(cx, attended).linear(&weight(cx, "h.0.mlp.c_fc"), None));
    [both.slice(s![.., ..6]).mapv(|a| a / (1.0 + (-a).exp())), both.slice(s![.., 6..]).to_owned()]
}

#[test]
fn step_19_llama_a_by_its_size_alone() {
    title("Step 19 (a). LLaMA's block: divided by its size");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("LLaMA is GPT-2's decoder with five parts exchanged. Here is the machine of steps 1 to 8 again, with other tables
and D = 8, so that two heads are d_k = 4 wide. In GPT-2 a table of places was added to the letters. LLaMA adds nothing.");
    let x = model.embed(&cx, prompt().view(), 0);
    show("X = W[tokens]", "(T, D)", ROWS, "the two rows of the t: nothing tells them apart yet", &matrix(&x));
    say("The first exchange. Layer normalisation shifted and scaled: mean 0, variance 1. RMSNorm only scales. It divides a
row by the root of the mean of its squares, and takes no mean away.");
    expect(
        "Which of these is 8, the number of columns, in every row?",
        &["its sum", "the sum of its squares", "neither"],
    );
    let n = matrix(&rms(&cx, &x));
    show("RMSNorm(X)", "(T, D)", ROWS, "the sum of a row: not zero, as in step 4 (a)", &n);
    say("Answer: b. A mean less to compute and a bias less to learn, and models learn as well. Its
authors had guessed that of the two it is the scaling that helps (Zhang and Sennrich 2019).");

    assert_eq!(matrix(&x).row(2), matrix(&x).row(4));
    // by hand, for 'n': its squares have the sum 2.4 and the mean 0.3, and -0.2/√0.3 = -0.365148
    let expected = array![-0.365148, -0.912869, 1.643165, -1.643165, -0.912869, 0.365148, 0.365148, 0.730296];
    assert_close("'n'", &n.row(0).to_owned(), &expected, SIX_DIGITS);
    let expected = array![1.482369, 0.555888, 0.555888, 0.555888, -0.370592, -1.482369, -1.297073, -0.926481];
    assert_close("'t'", &n.row(4).to_owned(), &expected, SIX_DIGITS);
    assert!(n.rows().into_iter().all(|row| (row.dot(&row) - 8.0).abs() < 1e-3 && row.sum().abs() > 0.1));
}

#[test]
fn step_19_llama_b_one_key_for_two_queries() {
    title("Step 19 (b). LLaMA's block: one key for two queries");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The second exchange, of the larger LLaMA 2 and of LLaMA 3: two heads of queries, as before, but one head of keys and values, which both
look at. The table has (2 + 1 + 1)·4 = 16 rows instead of 24. These are grouped queries.");
    let [q, k, v] = queries_keys_values(&cx, &model).map(|x| matrix(&x));
    show("queries", "(T, N·d_k)", ROWS, "columns 1 to 4, the first head's; 5 to 8 are the second's", &q);
    show("keys", "(T, d_k)", ROWS, "half as wide: both heads ask these", &k);
    show("values", "(T, d_k)", ROWS, "as wide as the keys", &v);
    expect("Of step 11: how many numbers are kept for each letter now?", &["16, as with two heads of keys", "8", "4"]);
    say("Answer: b, four of the key and four of the value. LLaMA 2 with 70 billion parameters has 64 heads of queries, 8 of
keys, d_k = 128 and 80 layers. In two bytes a number it keeps 328 kB for each token, and without sharing it would be
2.6 MB: 10.7 GB for a text of 4,096 tokens. Queries are asked once and kept by nobody, so they stay as many as they were.");

    let expected = array![-1.797372, -0.852362, 0.352063, 2.056787, -1.260014, 0.796773, 1.056188, 1.167365];
    assert_close("q", &q.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![-0.574418, -0.889421, -2.594145, 1.40825];
    assert_close("k", &k.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![1.056188, -1.241484, -0.129707, 2.612675];
    assert_close("v", &v.row(4).to_owned(), &expected, SIX_DIGITS);
    assert_eq!(k.ncols() + v.ncols(), 8);
    let kept = |heads: u64| 2 * 2 * heads * 128 * 80;
    assert_eq!((kept(8), kept(64), kept(64) * 4096), (327_680, 2_621_440, 10_737_418_240));
    let (_, model) = machine();
    assert_eq!(model.start(&cx, &[prompt().row(0).to_vec()]).0.caches(0)[0].keys().dim(), (1, 5, 4));
}

#[test]
fn step_19_llama_c_turned_not_added() {
    title("Step 19 (c). LLaMA's block: turned, not added");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The third exchange: positions. Two numbers of a query or key are a point in a plane: here the first and third of a
head, and the second and fourth. At place t a point is turned by an angle, the first pair by t radians, the other by
t/100. Values are not turned.");
    let [q, k, _] = queries_keys_values(&cx, &model);
    let keys = matrix(&turned(&k, 1, 0));
    show("turned keys", "(T, d_k)", ROWS, "the n stands at place 0: as before; the two t differ at last", &keys);
    say("By hand, for the t at place 2, first and third number: -0.5744·cos 2 + 2.5941·sin 2 = 2.5979, and
-2.5941·cos 2 - 0.5744·sin 2 = 0.5572. A turned pair is as long as before. The second and fourth hardly moved: slow pairs
tell far from near, fast ones tell a place from the next.");
    let scores = |first| literal::scores(&turned(&q, 2, first), &turned(&k, 1, first), SHARED); // (1, N, T, T)
    let first_head = |scores: &Tensor| scores.view::<Ix4>("scores").slice(s![0, 0, .., ..]).to_owned();
    let square: Names = [LETTERS, LETTERS];
    let here = first_head(&scores(0));
    heat("scores, first head", "(T, T)", square, "the two t with themselves: rows 3 and 5, on the diagonal", &here);
    say("Each t looks at itself over a distance of 0, with the same query and the same key: 1.8869 both times.");
    expect(
        "The whole prompt is moved on by three places. Which scores change?",
        &["all", "those of the two t", "none"],
    );
    let moved = first_head(&scores(3));
    println!(
        "    the largest change is {:.1e}\n",
        (&moved - &here).iter().fold(0.0, |most: Real, x| most.max(x.abs()))
    );
    say("Answer: c. Query and key are turned by the same angle more, and the product of two vectors does not change when
both turn. So a score knows the distance, and no place. With a table of places all would have changed, and beyond its last
row there is nothing.");

    assert_close("'n'", &keys.row(0).to_owned(), &matrix(&k).row(0).to_owned(), 1e-6);
    let expected = array![2.597892, -0.917407, 0.557229, 1.390182];
    assert_close("'t' at 2", &keys.row(2).to_owned(), &expected, SIX_DIGITS);
    let expected = array![-1.587791, -0.945025, 2.130368, 1.371557];
    assert_close("'t' at 4", &keys.row(4).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.826031, 0.958728, 4.020234, -4.462208, 1.88686];
    assert_close("scores", &here.row(4).to_owned(), &expected, SIX_DIGITS);
    assert!((here[[2, 2]] - here[[4, 4]]).abs() < 1e-5);
    assert_close("moved", &moved, &here, 1e-5);
}

#[test]
fn step_19_llama_d_a_gate() {
    title("Step 19 (d). LLaMA's block: a gate");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Attention goes on as in step 4: mask, softmax, gather, W_O, add. The fourth exchange is where each letter thinks for
itself. GPT-2 makes F numbers and sends each through GELU. LLaMA makes F numbers twice. The first go through SiLU,
a / (1 + e⁻ᵃ), and are multiplied with the second: they are a gate, which says how much of each gets through.");
    let attended = attended(&cx, &model);
    let [gate, other] = gate_and_other(&cx, &attended);
    show("SiLU(X'·W_gᵀ)", "(T, F)", ROWS, "no number below -0.2785, the least that SiLU can be", &gate);
    show("X'·W₁ᵀ", "(T, F)", ROWS, "the row of the n, last number: its gate is about a half", &other);
    let passed = &gate * &other;
    show("their product", "(T, F)", ROWS, "where the gate is near 0, little is left", &passed);
    expect(
        "Three tables now, each with F·D numbers. GPT-2 has two, and F = 4·D. How wide may F be for as many numbers?",
        &["2·D", "8/3·D", "4·D"],
    );
    say("Answer: b: 3·8/3 = 2·4. So LLaMA 7B, with D = 4,096, has F = 11,008, which is 8/3·D rounded up to a multiple of 256.
Models with a gate learn a little better at the same size. Why, even its author does not know: he puts it down to
\"divine benevolence\" (Shazeer 2020).");
    let y = &matrix(&attended) + &passed.dot(&weight(&cx, "h.0.mlp.c_proj").view::<Ix2>("W₂").t());
    show("X'' = X' + (SiLU(..) ⊙ ..)·W₂ᵀ", "(T, D)", ROWS, "the shape: as X, so that another block can follow", &y);

    let expected = array![0.134920, 2.852188, -0.555130, -1.037337, -2.302001, -3.000438, -0.599745, -0.157725];
    assert_close("attended", &matrix(&attended).row(4).to_owned(), &expected, SIX_DIGITS);
    let least = |row: &Array1<Real>| row.iter().copied().fold(Real::INFINITY, Real::min);
    assert!(gate.rows().into_iter().all(|row| least(&row.to_owned()) > -0.2785));
    // by hand: 0.467908 · 0.354353
    assert!((f64::from(passed[[0, 5]]) - 0.165805).abs() < SIX_DIGITS);
    let expected = array![0.341866, 2.954161, -0.729114, -0.626683, -2.456486, -2.299098, -0.684982, -0.447261];
    assert_close("block", &y.row(4).to_owned(), &expected, SIX_DIGITS);
    for form in [Form::Literal, Form::Fused] {
        let block = model.blocks()[0].forward(&cx, &model.embed(&cx, prompt().view(), 0), None, form);
        assert_close("the library's block", &matrix(&block), &y, 1e-5);
    }
    assert_eq!(3 * 8 / 3, 2 * 4);
    assert_eq!((8 * 4096_usize).div_ceil(3).next_multiple_of(256), 11_008);
}

#[test]
fn step_19_llama_e_a_table_of_its_own() {
    title("Step 19 (e). LLaMA's block: a table of its own");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let (tokenizer, ..) = gpt_2();
    say("The last exchange is behind the block. GPT-2 multiplies the output vector with the embedding, the table W of step 2.
LLaMA has a second table of the same shape for it, which is learned by itself. The head is untied.");
    let y = model.blocks()[0].forward(&cx, &model.embed(&cx, prompt().view(), 0), None, Form::Fused);
    let output = matrix(&rms(&cx, &y)).row(4).to_owned();
    let product = |name| weight(&cx, name).view::<Ix2>("table").dot(&output);
    let [tied, own] = ["wte", "lm_head"].map(product);
    let probabilities = Tensor::constant(own.clone()).softmax();
    println!("    the next letter: logit, probability, and the logit of a tied head\n");
    for (v, letter) in tokenizer.characters().iter().enumerate() {
        let (logit, p) = (own[v], probabilities.value()[[v]]);
        bar(&format!("{letter:?}"), p.into(), &format!("{logit:7.4}, p {p:.4}, tied {:7.4}", tied[v]));
    }
    println!();
    expect(
        "LLaMA 7B has V = 32,000 and D = 4,096. What share of its 6.74 billion parameters is this second table?",
        &["2 in 100", "a quarter", "a half"],
    );
    say("Answer: a, 131 million. In GPT-2, with 124 million, a second table of 50,257·768 would be 39 million: a third more.
So small models tie their tables, as the smallest of LLaMA 3.2 do, and large ones need not.

That is all. Mask, softmax, the gathering of values, the addition to the stream and the choice of the next letter are as
they were in steps 4 to 8.");

    let expected = array![0.576883, 0.401868, 0.558083, -0.718622, -0.276222, 0.062161, 2.296143];
    assert_close("tied", &tied, &expected, SIX_DIGITS);
    let expected = array![0.138950, -0.072772, 0.544108, -1.814263, -0.994046, 0.495692, 0.858880];
    assert_close("logits", &own, &expected, SIX_DIGITS);
    let expected = array![0.137825, 0.111527, 0.206674, 0.019546, 0.044389, 0.196906, 0.283133].into_dyn();
    assert_close("probabilities", probabilities.value(), &expected, SIX_DIGITS);
    for form in [Form::Literal, Form::Fused] {
        let whole = model.clone().with_form(form).logits(&cx, prompt().view()); // (1, T, V)
        assert_close("the library's logits", &matrix(&whole).row(4).to_owned(), &own, 1e-5);
    }
    let share = |second: f64, all: f64| (100.0 * second / all).round();
    assert_eq!(share(32_000.0 * 4_096.0, 6_738_415_616.0), 2.0);
    assert_eq!(share(50_257.0 * 768.0, 124_439_808.0), 31.0);
}
