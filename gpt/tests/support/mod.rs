//! The machine of the walkthrough, and how it prints.

use data::{CharacterTokenizer, Token, Tokenizer};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, ArrayView2, Ix3, s};
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

pub const PHRASE: &str = "to be or not to be";
pub const PROMPT: &str = "not t";
/// The numbers below are given to six digits.
pub const SIX_DIGITS: f64 = 3e-6;

/// Number k of a table is ((3·(k + seed)² + 7·k) mod 19 - 9) / 10: between -0.9 and 0.9, without pattern.
fn numbers(rows: usize, columns: usize, seed: usize) -> Array2<Real> {
    let number = |k: usize| ((3 * (k + seed).pow(2) + 7 * k) % 19) as f64 - 9.0;
    Array2::from_shape_fn((rows, columns), |(i, j)| (number(i * columns + j) / 10.0) as Real)
}

pub fn machine() -> (CharacterTokenizer, Parameters, Gpt) {
    let tokenizer = CharacterTokenizer::from_text(PHRASE);
    let mut config = GptConfig::new(tokenizer.vocabulary_size(), 9, 1, 6, 2);
    config.block.feed_forward = 10;
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let tables = [
        ("wte", numbers(7, 6, 1)),
        ("wpe", numbers(9, 6, 8)),
        ("h.0.attn.c_attn", numbers(18, 6, 3)),
        ("h.0.attn.c_proj", numbers(6, 6, 4)),
        ("h.0.mlp.c_fc", numbers(10, 6, 5)),
        ("h.0.mlp.c_proj", numbers(6, 10, 6)),
    ];
    for (name, table) in tables {
        let id = parameters.find(&format!("{name}.weight")).expect("the names of GPT-2");
        parameters.set(id, shared(table));
    }
    (tokenizer, parameters, model)
}

/// The prompt as a batch of one row, (B, T) = (1, 5).
pub fn prompt() -> Array2<Token> {
    let tokens = CharacterTokenizer::from_text(PHRASE).encode(PROMPT).unwrap();
    Array2::from_shape_vec((1, tokens.len()), tokens).unwrap()
}

pub fn weight(cx: &Context<'_>, name: &str) -> Tensor {
    cx.get(cx.parameters().find(&format!("{name}.weight")).expect("the names of GPT-2"))
}

/// Layer normalisation with gains of 1, as an untrained machine has it.
pub fn normal(cx: &Context<'_>, x: &Tensor) -> Tensor {
    nn::layer_norm(x, &weight(cx, "h.0.ln_1"), None, 1e-5)
}

/// Queries, keys and values of the prompt, (1, T, D) each.
pub fn queries_keys_values(cx: &Context<'_>, model: &Gpt) -> [Tensor; 3] {
    let qkv = normal(cx, &model.embed(cx, prompt().view(), 0)).linear(&weight(cx, "h.0.attn.c_attn"), None);
    [0, 6, 12].map(|first| qkv.slice(2, first..first + 6))
}

/// The one sequence of a batch, as a matrix.
pub fn matrix(x: &Tensor) -> Array2<Real> {
    x.view::<Ix3>("walkthrough").slice(s![0, .., ..]).to_owned()
}

/// Prints a line of the lecture.
pub fn say(text: &str) {
    println!("{text}");
}

/// Prints a matrix with its name and a label for each row.
pub fn show(name: &str, rows: &str, x: ArrayView2<'_, Real>) {
    println!("\n  {name} = {:?}", x.dim());
    for (label, row) in rows.chars().zip(x.rows()) {
        let numbers: String = row.iter().map(|x| format!("{x:8.3}")).collect();
        println!("    {label:?} {numbers}");
    }
}
