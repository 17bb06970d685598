//! The machine of the walkthrough.

use data::Token;
use ndarray::Array2;
use t5::{Explanation, T5, T5Config};
use tensor::check::lecture::Names;
use tensor::{Context, Init, Parameters, Real, shared};

/// The letters of "to be or not to be"; the others follow.
pub const ALPHABET: &str = " benort";
pub const PAD: Token = 7;
pub const END: Token = 8;
/// Of the first gap, the second and so on.
pub const SENTINELS: [Token; 3] = [11, 10, 9];
/// The vocabulary.
pub const TOKENS: &[&str] = &["' '", "'b'", "'e'", "'n'", "'o'", "'r'", "'t'", "<pad>", "</s>", "<2>", "<1>", "<0>"];
/// The text that is read: "not be", of which " b" was taken.
pub const SOURCE: &str = "not0e";
/// What stands where in it.
pub const PLACES: &[&str] = &["'n'", "'o'", "'t'", "<0>", "'e'", "</s>"];
/// The text that is written.
pub const TARGET: &str = "0 b1";
/// What the decoder reads on the way.
pub const WRITTEN: &[&str] = &["<pad>", "<0>", "' '", "'b'", "<1>"];
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

pub fn config() -> T5Config {
    let mut config = T5Config { buckets: 8, max_distance: 10, start: PAD, end: END, ..T5Config::v1_0(12, 1, 6, 2) };
    config.block.feed_forward = 9;
    config
}

pub fn machine() -> (Parameters, T5) {
    let mut parameters = Parameters::new();
    let model = T5::new(&mut Init::new(&mut parameters, 1), config()).unwrap();
    let mut table = tables();
    let tables = [
        ("shared.weight", table(12, 6)),
        ("encoder.relative.weight", table(8, 2)),
        ("encoder.layers.0.self_attn.in_proj_weight", table(18, 6)),
        ("encoder.layers.0.self_attn.out_proj.weight", table(6, 6)),
        ("encoder.layers.0.linear1.weight", table(9, 6)),
        ("encoder.layers.0.linear2.weight", table(6, 9)),
        ("decoder.relative.weight", table(8, 2)),
        ("decoder.layers.0.self_attn.in_proj_weight", table(18, 6)),
        ("decoder.layers.0.self_attn.out_proj.weight", table(6, 6)),
        ("decoder.layers.0.multihead_attn.in_proj_weight", table(18, 6)),
        ("decoder.layers.0.multihead_attn.out_proj.weight", table(6, 6)),
        ("decoder.layers.0.linear1.weight", table(9, 6)),
        ("decoder.layers.0.linear2.weight", table(6, 9)),
    ];
    for (name, table) in tables {
        parameters.set(parameters.find(name).expect("the names of T5"), shared(table));
    }
    (parameters, model)
}

/// Letters as tokens; a digit is the sentinel of that gap.
pub fn tokens(text: &str) -> Vec<Token> {
    let token = |letter: char| match letter.to_digit(10) {
        Some(gap) => SENTINELS[gap as usize],
        None => ALPHABET.find(letter).expect("a letter of the alphabet") as Token,
    };
    text.chars().map(token).collect()
}

/// The text that is read, with its end.
pub fn source() -> Vec<Token> {
    [tokens(SOURCE), vec![END]].concat()
}

/// What the decoder reads when it is told the right text.
pub fn written() -> Vec<Token> {
    [vec![PAD], tokens(TARGET)].concat()
}

/// What the machine makes of the two texts.
pub fn explained(cx: &Context<'_>, model: &T5) -> Explanation {
    model.explain(cx, &source(), &written())
}
