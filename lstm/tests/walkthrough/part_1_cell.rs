//! Gates, and what they do to the cell and its gradient.

use lstm::{Lstm, LstmInit, trace};
use ndarray::{Array2, Array3, Axis, arr1, arr2, s};
use rnn::{PassOptions, Recurrent};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

use crate::layer::{ALPHABET, GATES, HAND, UNITS, gates, layer, set, word};

#[test]
fn step_01_three_gates_and_a_proposal() {
    title("Step 1. Three gates and a proposal");
    say("The network reads the word abbc. Each unit keeps a number, the content c of its cell. It has three gates,
numbers between 0 and 1: i lets new content in, f keeps the old (the forget gate: at 0 all is forgotten), o shows the
content to the others. And it has a proposal g between -1 and 1, the new content. All are computed from the letter
and the last output h, which is zero before the first letter.

Every matrix has its name, its shape in letters and in numbers, and a line that says what to look for. B counts
words, T letters, I the numbers of a letter, H the units. A number that is exactly zero is written 0.");
    let (parameters, _) = layer();
    let value = |name| parameters.get(parameters.find(name).unwrap()).value().to_owned();
    let four = "the four parts i, f, g, o below each other, two rows each";
    show("W_ih", "(4H, I)", [GATES, ALPHABET], four, &value("weight_ih_l0"));
    show("W_hh", "(4H, H)", [GATES, UNITS], "the same four, for the last output", &value("weight_hh_l0"));
    let bias = value("bias_ih_l0") + value("bias_hh_l0");
    show("b_ih + b_hh", "(4H)", [&[], GATES], "f 1 and f 2: the gate that keeps begins open", &bias);

    say("The letter a picks the first column of W_ih, and the biases are added. For the input gate the sums are 2 + 0
and 0.5 - 0.5, so i = (σ(2), σ(0)), where σ(a) = 1 / (1 + e^-a); for the proposal they are 1.5 + 0.1 and -1 + 0.25,
so g = (tanh(1.6), tanh(-0.75)).");
    expect(
        "The second sum of the input gate is 0. What does the gate do?",
        &["it is shut: 0", "it is half open: 0.5", "it is open: 1"],
    );
    let now = gates("a");
    for (name, gate, look_for) in [
        ("i_1", &now.i, "the gate of unit 2"),
        ("f_1", &now.f, "both gates: they let most pass"),
        ("g_1", &now.g, "the sign: only a proposal can be below zero"),
        ("o_1", &now.o, "a gate again: both between 0 and 1"),
    ] {
        heat(name, "(B, T, H)", [&[], UNITS], look_for, gate);
    }
    say("Answer: b. σ(0) is a half. A gate is shut by a large sum below zero. Shades show the size of a number: of a
gate up to 1, of a proposal with its sign.");
    assert_close("i", &now.i, &Array3::from_shape_vec((1, 1, 2), vec![0.880797, 0.5]).unwrap(), HAND);
    assert_close("f", &now.f, &Array3::from_shape_vec((1, 1, 2), vec![0.880797, 0.731059]).unwrap(), HAND);
    assert_close("g", &now.g, &Array3::from_shape_vec((1, 1, 2), vec![0.921669, -0.635149]).unwrap(), HAND);
    assert_close("o", &now.o, &Array3::from_shape_vec((1, 1, 2), vec![0.5, 0.777300]).unwrap(), HAND);
}

#[test]
fn step_02_the_cell_is_a_sum() {
    title("Step 2. The cell is a sum");
    say("c_t = f_t c_{t-1} + i_t g_t: what stays of the old content, plus what enters of the new. No matrix and no
tanh stand between one cell and the next. The word goes on with b.");
    expect(
        "The a has left c_1 = (0.8118, -0.3176). What has the cell after the b?",
        &[
            "the new content in place of the old, as the simple network would",
            "in both units mostly the old",
            "in unit 1 mostly the old, in unit 2 mostly the new",
        ],
    );
    let now = gates("ab");
    let at = |x: &Array3<Real>, t: usize| x.slice(s![0, t..t + 1, ..]).to_owned();
    let stays = at(&now.f, 1) * at(&now.c, 0);
    let enters = at(&now.i, 1) * at(&now.g, 1);
    let units: Names = [&[], UNITS];
    show("f_2 c_1, what stays", "(B, H)", units, "unit 1: nearly all of 0.8118", &stays);
    show("i_2 g_2, what enters", "(B, H)", units, "unit 2: more than what stays", &enters);
    show("c_2, their sum", "(B, H)", units, "the sign of unit 2: it has changed", &at(&now.c, 1));
    assert_close("c_1", &at(&now.c, 0), &arr2(&[[0.811803, -0.317574]]), HAND); // 0.880797·0.921669, -0.5·0.635149
    assert_close("stays", &stays, &arr2(&[[0.768678, -0.140813]]), HAND);
    assert_close("enters", &enters, &arr2(&[[-0.159312, 0.461298]]), HAND);
    assert_close("c_2", &at(&now.c, 1), &arr2(&[[0.609366, 0.320485]]), HAND);

    say("Answer: c. Each unit decides for itself.

What the rest of the network sees is h_t = o_t tanh(c_t), the cell behind a third gate. So a cell can hold what will
matter later, and hide it until then.");
    let h = now.h.slice(s![0, .., ..]);
    show("h_1, h_2", "(T, H)", [&["a", "ab"], UNITS], "the second row: how much smaller it is than c_2", &h);
    assert_close("h", &now.h.slice(s![0, .., ..]), &arr2(&[[0.335292, -0.238874], [0.440776, 0.122220]]), HAND);
}

#[test]
fn step_03_the_gates_over_a_word() {
    title("Step 3. The gates over a word");
    say("Now all four letters. The a has written 0.8118 into the cell of unit 1. A row for each letter.");
    expect(
        "How much of that is still there after the c?",
        &["about two thirds", "about a third", "nothing: each letter overwrites the one before"],
    );
    let now = gates("abbc");
    for (name, values, look_for) in [
        ("i", &now.i, "unit 1: it lets in less with every letter"),
        ("f", &now.f, "unit 1: how far is it open, from the second row on?"),
        ("g", &now.g, "unit 1: each later letter proposes less than the a"),
        ("o", &now.o, "the rows of the two b: near to each other, not equal"),
        ("c", &now.c, "unit 1: no jump, as f is large and i small; unit 2 changes its sign"),
        ("h", &now.h, "the rows against those of c: always nearer to zero"),
    ] {
        heat(name, "(T, H)", [&["a", "b", "b", "c"], UNITS], look_for, &values.slice(s![0, .., ..]));
    }
    assert_close("c_4", &now.c.slice(s![0, 3, ..]), &arr1(&[0.500766, 0.673907]), HAND);
    assert_close("h_4", &now.h.slice(s![0, 3, ..]), &arr1(&[0.418870, 0.358409]), HAND);
    assert_close("f", &now.f.slice(s![0, .., 0]), &arr1(&[0.880797, 0.946877, 0.955260, 0.756129]), HAND);
    assert!((1..4).all(|t| now.i[[0, t, 0]] < now.i[[0, t - 1, 0]]));
    // 0.946877·0.955260·0.756129 of the first cell's content
    let kept = now.f.slice(s![0, 1.., 0]).product();
    say(&format!(
        "Answer: a. What is left is the product of the forget gates f_2 f_3 f_4, and that is {kept:.4}. (c_4 is less
than {kept:.4} · 0.8118: the later letters have taken something away.)"
    ));
    assert!((kept - 0.683929).abs() < 5e-6);
}

#[test]
fn step_04_a_forget_gate_forgets() {
    title("Step 4. A forget gate forgets");
    say("Sometimes it is said that an LSTM never forgets. With small weights f is close to σ(b_f), where b_f is its
bias, whatever is read, and after n steps f^n of the content is left. A cell begins with the content 1 and reads
nothing. b_f = 1 is the usual beginning: f = 0.73.");
    expect("How much of the content is left after ten steps with b_f = 1?", &["about 73 %", "about 30 %", "about 4 %"]);
    let left = |bias: f64, steps: usize| {
        let mut parameters = Parameters::new();
        let layer = Lstm::new(&mut Init::new(&mut parameters, 1), "l0", 3, 1, LstmInit::ForgetBias);
        let b_ih = arr1(&[0.0, bias as Real, 0.0, 0.0]);
        set(
            &mut parameters,
            [
                shared(Array2::zeros((4, 3))),
                shared(Array2::zeros((4, 1))),
                shared(b_ih),
                shared(ndarray::Array1::zeros(4)),
            ],
        );
        let state = [Tensor::constant(arr2(&[[0.0]])), Tensor::constant(arr2(&[[1.0]]))];
        let nothing = Tensor::constant(Array3::zeros((1, steps, 3)));
        layer.forward(&Context::eval(&parameters), &nothing, &state, PassOptions::default()).1[1].item()
    };
    println!("    {:>8} {:>8} {:>12} {:>12}", "b_f", "f", "after 10", "after 100");
    for (bias, ten, hundred) in
        [(0.0, 9.765625e-4, 0.0), (1.0, 0.043606, 0.0), (3.0, 0.615160, 0.007760), (99_f64.ln(), 0.904382, 0.366032)]
    {
        let (after_10, after_100) = (left(bias, 10), left(bias, 100));
        println!("    {bias:>8.3} {:>8.4} {after_10:>12.4} {after_100:>12.4}", 1.0 / (1.0 + (-bias).exp()));
        assert!((f64::from(after_10) - ten).abs() < 1e-5 && (f64::from(after_100) - hundred).abs() < 1e-5);
    }
    println!();
    say("Answer: c. 0.73 multiplied by itself ten times is 0.04. Look down the last column: only f = 0.99 bridges a
hundred steps.");
}

#[test]
fn step_05_the_gradient_along_the_cell() {
    title("Step 5. The gradient along the cell is the product of the forget gates");
    say("Backwards the sum is a sum again. Let W_hh be 0, so that nothing but the cell leads back. Then the gradient
of c_4 with respect to c_0 is f_4 f_3 f_2 f_1, unit by unit. No matrix is in it.");
    expect(
        "Which unit passes more of the gradient back over the four letters?",
        &[
            "the one with the larger forget gates",
            "both alike: only h, not f, decides on gradients",
            "neither: after four steps it has vanished, as in the simple network",
        ],
    );
    let (mut parameters, layer) = layer();
    parameters.set(parameters.find("weight_hh_l0").unwrap(), shared(Array2::zeros((8, 2))));
    let cx = Context::train(&parameters, 1, 0);
    let x = Tensor::constant(word("abbc"));
    let [h0, c0] = [cx.leaf(Array2::zeros((1, 2))), cx.leaf(Array2::zeros((1, 2)))];
    let (_, state) = layer.forward(&cx, &x, &[h0, c0.clone()], PassOptions::default());
    let dc0 = state[1].sum().backward().of(&c0).unwrap().to_owned();
    let f = trace(&layer, &Context::eval(&parameters), &x).f;
    let names: Names = [&["f_1", "f_2", "f_3", "f_4"], UNITS];
    heat("f", "(T, H)", names, "the column whose numbers are all large", &f.slice(s![0, .., ..]));
    heat("d c_4 / d c_0", "(B, H)", [&[], UNITS], "the products of the two columns above", &dc0);
    say("Answer: a. A gate near 1 passes on the content and the gradient alike. One gate of a half is enough to lose
a half of both.");
    // σ(2) σ(3) σ(3) σ(1) and σ(1) σ(0) σ(0) σ(3)
    assert_close("by hand", &dc0, &arr2(&[[0.584286, 0.174097]]).into_dyn(), HAND);
    assert_close(
        "product",
        &dc0.index_axis(Axis(0), 0),
        &f.fold_axis(Axis(1), 1.0, |p, f| p * f).index_axis_move(Axis(0), 0).into_dyn(),
        1e-6,
    );
}
