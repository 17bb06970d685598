//! The machine of the walkthrough: one layer each, D = 4, N = 2, F = 6, weights from a formula.

use data::Token;
use data::pairs::PairBatch;
use ndarray::{Array2, Ix3, Ix4, arr1, s};
use nn::layer_norm;
use tensor::check::assert_close;
use tensor::check::lecture::{Names, heat, show};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};
use transformer::scaled_dot_product::literal::weights;
use transformer::{BlockConfig, Form, Mask, Positions, Transformer, TransformerConfig};

/// The numbers are given to six places.
pub const HAND: f64 = 3e-6;

pub const WORDS: [&str; 9] = ["<pad>", "<start>", "<end>", "the", "cat", "sleeps", "el", "gato", "duerme"];

pub const SOURCE: &[&str] = &["the", "cat", "sleeps"];
/// What the decoder reads.
pub const READ: &[&str] = &["<start>", "el", "gato", "duerme"];

/// Number k of a table is ((3·(k + seed)² + 7·k) mod 19 - 9) / 10: between -0.9 and 0.9, without pattern.
fn numbers(rows: usize, columns: usize, seed: usize) -> Array2<Real> {
    let number = |k: usize| ((3 * (k + seed).pow(2) + 7 * k) % 19) as f64 - 9.0;
    Array2::from_shape_fn((rows, columns), |(i, j)| (number(i * columns + j) / 10.0) as Real)
}

/// The paper's architecture without biases.
pub fn machine(positions: Positions) -> (Parameters, Transformer) {
    let block = BlockConfig { bias: false.into(), feed_forward: 6, ..BlockConfig::paper(4, 2) };
    let config = TransformerConfig { block, positions, label_smoothing: 0.0, ..TransformerConfig::paper(9, 1, 4, 2) };
    let mut parameters = Parameters::new();
    let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).expect("possible");
    let tables = [
        ("source.weight", numbers(9, 4, 1) / 2.0),
        ("encoder.layers.0.self_attn.in_proj_weight", numbers(12, 4, 3)),
        ("encoder.layers.0.self_attn.out_proj.weight", numbers(4, 4, 4)),
        ("encoder.layers.0.linear1.weight", numbers(6, 4, 5)),
        ("encoder.layers.0.linear2.weight", numbers(4, 6, 6)),
        ("decoder.layers.0.self_attn.in_proj_weight", numbers(12, 4, 7)),
        ("decoder.layers.0.self_attn.out_proj.weight", numbers(4, 4, 8)),
        ("decoder.layers.0.multihead_attn.in_proj_weight", numbers(12, 4, 9)),
        ("decoder.layers.0.multihead_attn.out_proj.weight", numbers(4, 4, 10)),
        ("decoder.layers.0.linear1.weight", numbers(6, 4, 11)),
        ("decoder.layers.0.linear2.weight", numbers(4, 6, 12)),
    ];
    for (name, table) in tables {
        parameters.set(parameters.find(name).expect("the names of PyTorch"), shared(table));
    }
    (parameters, model)
}

/// What PyTorch makes with the same weights: a matrix of `fixtures/walkthrough.txt`.
pub fn pytorch(name: &str) -> Array2<Real> {
    let mut matrices = include_str!("../fixtures/walkthrough.txt").split("\n\n");
    let rows = matrices.find_map(|matrix| matrix.strip_prefix(name)?.strip_prefix('\n')).expect("a name of the file");
    let number = |text: &str| text.parse::<Real>().expect("a number");
    let rows: Vec<Vec<Real>> = rows.lines().map(|row| row.split_whitespace().map(number).collect()).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(i, j)| rows[i][j])
}

/// The names of rows and columns: S are the words of the source, T those that the decoder reads, V the vocabulary.
pub fn names(letters: &str) -> Names<'static> {
    let axis = |letter| match letter {
        "S" => SOURCE,
        "T" => READ,
        "V" => &WORDS,
        _ => &[],
    };
    let (rows, columns) = letters.trim_matches(['(', ')']).split_once(", ").expect("two axes");
    [axis(rows), axis(columns)]
}

/// Shows a matrix and compares all of it with PyTorch's.
#[track_caller]
pub fn compare(name: &str, letters: &str, look_for: &str, matrix: &Array2<Real>, theirs: &str) {
    show(name, letters, names(letters), look_for, matrix);
    assert_close(name, matrix, &pytorch(theirs), HAND);
}

/// [`compare`] with shades.
#[track_caller]
pub fn compare_shaded(name: &str, letters: &str, look_for: &str, matrix: &Array2<Real>, theirs: &str) {
    heat(name, letters, names(letters), look_for, matrix);
    assert_close(name, matrix, &pytorch(theirs), HAND);
}

pub fn tokens(text: &str) -> Vec<Token> {
    let token = |word| WORDS.iter().position(|&known| known == word).expect("a word of the vocabulary") as Token;
    text.split(' ').map(token).collect()
}

/// Texts of one length, a row for each.
pub fn rows(texts: &[&str]) -> Array2<Token> {
    let rows: Vec<_> = texts.iter().map(|text| tokens(text)).collect();
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(b, t)| rows[b][t])
}

/// The sentence and its translation.
pub fn pair() -> PairBatch {
    PairBatch::new(&[(&tokens("the cat sleeps"), &tokens("el gato duerme"))])
}

/// What the first blocks of encoder and decoder receive, (1, S, D) and (1, T, D).
pub fn embedded(cx: &Context<'_>, model: &Transformer) -> (Tensor, Tensor) {
    let batch = pair();
    (model.embed_source(cx, batch.sources.tokens.view()), model.embed_target(cx, batch.inputs.view(), 0))
}

/// A matrix of the machine, by its name without `.weight` if that is how it ends.
pub fn weight(cx: &Context<'_>, name: &str) -> Tensor {
    let find = |name: &str| cx.parameters().find(name);
    cx.get(find(name).or_else(|| find(&format!("{name}.weight"))).expect("the names of PyTorch"))
}

/// The one sequence of a batch, as a matrix.
pub fn matrix(x: &Tensor) -> Array2<Real> {
    x.view::<Ix3>("walkthrough").slice(s![0, .., ..]).to_owned()
}

/// The normalisation of an untrained model: all gains are 1.
pub fn norm(x: &Tensor) -> Tensor {
    layer_norm(x, &Tensor::constant(arr1(&[1.0; 4])), None, 1e-5)
}

/// Queries of `x`, keys and values of `memory`, from the packed weights of an attention.
pub fn project(cx: &Context<'_>, x: &Tensor, memory: &Tensor, name: &str) -> [Tensor; 3] {
    let w = weight(cx, &format!("{name}.in_proj_weight"));
    [(x, 0), (memory, 4), (memory, 8)].map(|(x, first)| x.linear(&w.slice(0, first..first + 4), None))
}

/// One head's weights, (T, S).
pub fn head(weights: &Tensor, n: usize) -> Array2<Real> {
    weights.view::<Ix4>("walkthrough").slice(s![0, n, .., ..]).to_owned()
}

/// What the encoder makes of the sentence.
pub fn memory(cx: &Context<'_>, model: &Transformer) -> Tensor {
    model.encoder().forward(cx, &embedded(cx, model).0, None, Form::Fused)
}

/// One head of an attention, by its number from 1: its scores before any mask, and its weights. What to look for is given
/// for each of the two.
pub fn show_head(
    name: &str,
    letters: &str,
    number: usize,
    [q, k]: [&Tensor; 2],
    mask: Mask,
    [in_scores, in_weights]: [&str; 2],
) {
    let columns = |x: &Tensor| matrix(&x.slice(2, 2 * (number - 1)..2 * number));
    let scores = columns(q).dot(&columns(k).t()) / (2.0 as Real).sqrt();
    let theirs = |what| format!("{name}.{what}.{number}");
    compare_shaded(&format!("scores of head {number}"), letters, in_scores, &scores, &theirs("scores"));
    let p = head(&weights(q, k, 2, mask), number - 1);
    compare_shaded(&format!("P of head {number}"), letters, in_weights, &p, &theirs("P"));
}
