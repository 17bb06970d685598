//! The keys on tokens and embeddings.

use data::Tokenizer;
use data::tokenize::Bpe;
use ndarray::{Array2, ArrayView1, Ix2, arr1, arr2};
use nn::{Embedding, Linear, metrics};
use tensor::{Context, Init, Initializer, Parameters, Real};

use crate::{Computed, number, recorded, set, shape};

/// The number of tokens of a text after so many merges on words with these counts.
fn tokens(words: &[(&str, usize)], merges: &[&str], text: &str) -> String {
    let words = words.iter().flat_map(|&(word, count)| std::iter::repeat_n(word, count));
    let tokenizer = Bpe::train_on(words, Bpe::least(0) + merges.len(), &[]);
    let learned: Vec<String> =
        tokenizer.merges().iter().map(|&(left, right)| tokenizer.decode(&[left, right])).collect();
    assert_eq!(learned, merges);
    tokenizer.encode(text).unwrap().len().to_string()
}

fn table(vocabulary: usize, width: usize) -> (Parameters, Embedding) {
    let mut parameters = Parameters::new();
    let table = Embedding::new(&mut Init::new(&mut parameters, 1), vocabulary, width);
    (parameters, table)
}

/// How many numbers of a table have a gradient.
fn gradient() -> String {
    let (parameters, table) = table(10, 6);
    let x = table.forward(&recorded(&parameters), arr1(&[7, 3, 7, 5]).view().into_dyn());
    let gradients = x.sum().backward();
    gradients.get(table.weight()).unwrap().iter().filter(|&&dw| dw != 0.0).count().to_string()
}

/// How many parameters an output has of its own.
fn output() -> usize {
    let (mut parameters, table) = table(1000, 64);
    let tied = parameters.count();
    Linear::tied(&table);
    assert_eq!(parameters.count(), tied);
    let zeros = Initializer::Constant(0.0);
    Linear::with(&mut Init::new(&mut parameters, 1).child("output"), 64, 1000, zeros, None);
    parameters.count() - tied
}

fn cosine() -> Real {
    let (mut parameters, table) = table(2, 2);
    set(&mut parameters, "weight", arr2(&[[3.0, 4.0], [4.0, 3.0]]));
    let cx = Context::eval(&parameters);
    let rows = table.forward(&cx, arr1(&[0, 1]).view().into_dyn());
    let rows = rows.view::<Ix2>("rows");
    let length = |row: ArrayView1<'_, Real>| row.dot(&row).sqrt();
    rows.row(0).dot(&rows.row(1)) / (length(rows.row(0)) * length(rows.row(1)))
}

pub fn computed() -> Computed {
    let low = [("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)];
    let (parameters, small) = table(11, 6);
    let vectors = small.forward(&Context::eval(&parameters), Array2::zeros((2, 5)).view().into_dyn());
    vec![
        ("new-word", tokens(&low, &["es", "est", "lo", "low"], "slowest")),
        ("order", tokens(&[("bc", 3), ("ab", 2), ("cd", 2)], &["bc", "ab", "cd"], "abcd")),
        ("size", (Bpe::least(2) + 1000).to_string()),
        ("bits-per-byte", number(metrics::bits(2.0 * std::f64::consts::LN_2) * 1000.0 / 4000.0)),
        ("vectors", shape(vectors.shape())),
        ("gradient", gradient()),
        ("tying", output().to_string()),
        ("cosine", number(cosine())),
    ]
}
