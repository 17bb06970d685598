//! The machine of the walkthrough.

use data::{CharacterTokenizer, Token, Tokenizer};
use gpt::{Gpt, GptConfig};
use ndarray::{Array2, Ix3, s};
use tensor::check::lecture::Names;
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

pub const PHRASE: &str = "to be or not to be";
pub const PROMPT: &str = "not t";
/// The characters of the prompt, which name its rows.
pub const LETTERS: &[&str] = &["'n'", "'o'", "'t'", "' '", "'t'"];
pub const ROWS: Names<'static> = [LETTERS, &[]];
/// The characters of the vocabulary.
pub const ALPHABET: &[&str] = &["' '", "'b'", "'e'", "'n'", "'o'", "'r'", "'t'"];

/// The numbers below are given to six digits.
pub const SIX_DIGITS: f64 = 3e-6;

/// Tables of tenths from -0.9 to 0.9, one after another out of one stream of integers: each is 16807 times the one before,
/// modulo 2³¹ - 1 (Park and Miller 1988), and the first is 16807 times `state`. So no row, and no table, is another one shifted.
pub fn tables(mut state: u64) -> impl FnMut(usize, usize) -> Array2<Real> {
    move |rows, columns| {
        Array2::from_shape_simple_fn((rows, columns), || {
            state = state * 16_807 % 0x7FFF_FFFF;
            (((state % 19) as f64 - 9.0) / 10.0) as Real
        })
    }
}

pub fn machine() -> (CharacterTokenizer, Parameters, Gpt) {
    let tokenizer = CharacterTokenizer::from_text(PHRASE);
    let mut config = GptConfig::new(tokenizer.vocabulary_size(), 9, 1, 6, 2);
    config.block.feed_forward = 10;
    let mut parameters = Parameters::new();
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let mut table = tables(20);
    let tables = [
        ("wte", table(7, 6)),
        ("wpe", table(9, 6)),
        ("h.0.attn.c_attn", table(18, 6)),
        ("h.0.attn.c_proj", table(6, 6)),
        ("h.0.mlp.c_fc", table(10, 6)),
        ("h.0.mlp.c_proj", table(6, 10)),
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
