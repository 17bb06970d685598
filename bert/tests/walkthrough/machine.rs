//! The machine of the walkthrough.

use bert::{Bert, BertConfig};
use data::Token;
use data::masked::Marks;
use data::pairs::Sources;
use ndarray::{Array2, Ix3, s};
use tensor::check::lecture::Names;
use tensor::{Context, Init, Parameters, Real, Tensor, shared};

/// The letters of "to be or not to be"; the marks follow.
pub const ALPHABET: &str = " benort";
/// The vocabulary.
pub const TOKENS: &[&str] = &["' '", "'b'", "'e'", "'n'", "'o'", "'r'", "'t'", "[CLS]", "[SEP]", "[MASK]"];
pub const MARKS: Marks = Marks { first: 7, last: 8, mask: 9, words: 0..7 };
/// What stands where in the text n?t.
pub const PLACES: &[&str] = &["[CLS]", "'n'", "[MASK]", "'t'", "[SEP]"];
pub const ROWS: Names<'static> = [PLACES, &[]];
pub const SQUARE: Names<'static> = [PLACES, PLACES];

/// The numbers below are given to six digits.
pub const SIX_DIGITS: f64 = 5e-6;

/// Tables of tenths from -0.9 to 0.9, one after another out of one stream of integers: each is 16807 times the one before,
/// modulo 2³¹ - 1 (Park and Miller 1988). So no row, and no table, is another one shifted.
fn tables() -> impl FnMut(usize, usize) -> Array2<Real> {
    let mut state: u64 = 20;
    move |rows, columns| {
        Array2::from_shape_simple_fn((rows, columns), || {
            state = state * 16_807 % 0x7FFF_FFFF;
            (((state % 19) as f64 - 9.0) / 10.0) as Real
        })
    }
}

pub fn machine() -> (Parameters, Bert) {
    let mut config = BertConfig::new(10, 8, 1, 6, 2);
    config.block.feed_forward = 9;
    let mut parameters = Parameters::new();
    let model = Bert::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let mut table = tables();
    let tables = [
        ("embeddings.word_embeddings.weight", table(10, 6)),
        ("embeddings.position_embeddings.weight", table(8, 6)),
        ("embeddings.token_type_embeddings.weight", table(2, 6)),
        ("encoder.layers.0.self_attn.in_proj_weight", table(18, 6)),
        ("encoder.layers.0.self_attn.out_proj.weight", table(6, 6)),
        ("encoder.layers.0.linear1.weight", table(9, 6)),
        ("encoder.layers.0.linear2.weight", table(6, 9)),
        ("cls.predictions.transform.dense.weight", table(6, 6)),
    ];
    for (name, table) in tables {
        parameters.set(parameters.find(name).expect("the names of BERT"), shared(table));
    }
    (parameters, model)
}

/// A text between its marks; `?` is a hidden letter.
pub fn tokens(text: &str) -> Vec<Token> {
    let letter = |letter| match letter {
        '?' => MARKS.mask,
        _ => ALPHABET.find(letter).expect("a letter of the alphabet") as Token,
    };
    MARKS.framed(&text.chars().map(letter).collect::<Vec<_>>(), 99)
}

/// As a batch of one text, (B, S).
pub fn sentence(text: &str) -> Sources {
    Sources::new(&[&tokens(text)])
}

/// What the machine says at a place of a text: the probability of each token, (V, 1).
pub fn guess(cx: &Context<'_>, model: &Bert, text: &str, place: usize) -> Array2<Real> {
    let said = model.logits(cx, &sentence(text)).softmax();
    matrix(&said).slice(s![place..=place, ..]).t().to_owned()
}

/// The one text of a batch, as a matrix.
pub fn matrix(x: &Tensor) -> Array2<Real> {
    x.view::<Ix3>("walkthrough").slice(s![0, .., ..]).to_owned()
}
