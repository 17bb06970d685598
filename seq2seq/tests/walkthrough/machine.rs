//! The encoder-decoder of the walkthrough, and its words.

use data::Token;
use data::pairs::{END, PairBatch, Sources};
use ndarray::{Array2, Ix2, arr1, arr2};
use rnn::{Elman, ElmanOptions, Nonlinearity};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Context, Init, Parameters, Real, shared};

/// Everything here was worked out apart, by `fixtures/walkthrough.py`, to six places.
pub const HAND: f64 = 3e-6;

/// The two letters of this lecture, behind PAD, START and END: V = 5.
pub const A: Token = 3;
pub const B: Token = 4;

/// The vocabulary.
pub const TOKENS: &[&str] = &["PAD", "START", "END", "a", "b"];

/// The two numbers of a state: so far, the letters that are counted.
pub const COUNTS: &[&str] = &["of a", "of b"];

/// An encoder-decoder of E = H = 2 with one simple rectified layer on each side, so that every number can be followed.
/// The encoder keeps the part `keep` of its state and adds the letter; the decoder takes away the letter it has said.
pub fn model(keep: Real, change: impl FnOnce(&mut Seq2SeqConfig<ElmanOptions>)) -> (Parameters, Seq2Seq<Elman>) {
    let layer = ElmanOptions { nonlinearity: Nonlinearity::Relu, ..Default::default() };
    let mut config = Seq2SeqConfig { layer, ..Seq2SeqConfig::new(5, 2, 2) };
    change(&mut config);
    let mut parameters = Parameters::new();
    let model = Seq2Seq::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let letters = arr2(&[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]);
    let one = Array2::eye(2);
    let scores = arr2(&[[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [8.0, 0.0], [0.0, 2.0]]);
    let mut set = |name: &str, value| parameters.set(parameters.find(name).unwrap(), value);
    set("se.weight", shared(letters.clone()));
    set("te.weight", shared(letters));
    set("enc.weight_ih_l0", shared(one.clone()));
    set("enc.weight_hh_l0", shared(&one * keep));
    set("dec.weight_ih_l0", shared(-one.clone()));
    set("dec.weight_hh_l0", shared(one));
    for bias in ["enc.bias_ih_l0", "enc.bias_hh_l0", "dec.bias_ih_l0", "dec.bias_hh_l0"] {
        set(bias, shared(arr1(&[0.0, 0.0])));
    }
    set("out.weight", shared(scores));
    set("out.bias", shared(arr1(&[-8.0, -8.0, 0.0, -4.0, -1.0])));
    (parameters, model)
}

pub fn word(letters: &str) -> Vec<Token> {
    letters.bytes().map(|letter| if letter == b'a' { A } else { B }).collect()
}

pub fn letters(tokens: &[Token]) -> String {
    let name = |&token: &Token| match token {
        A => "a",
        B => "b",
        END => " END",
        _ => "?",
    };
    tokens.iter().map(name).collect()
}

pub fn sources(words: &[&str]) -> Sources {
    let words: Vec<Vec<Token>> = words.iter().map(|letters| word(letters)).collect();
    Sources::new(&words.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

pub fn pair(source: &str, target: &str) -> PairBatch {
    PairBatch::new(&[(&word(source), &word(target))])
}

/// The vectors that pass for these words, (B, 2).
pub fn vectors(parameters: &Parameters, model: &Seq2Seq<Elman>, words: &[&str]) -> Array2<Real> {
    model.vector(&Context::eval(parameters), &sources(words)).0.view::<Ix2>("walkthrough").to_owned()
}
