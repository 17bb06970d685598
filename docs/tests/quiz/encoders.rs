//! The keys on encoders.

use bert::{Bert, BertConfig};
use data::masked::{Marks, WordMask};
use data::pairs::Sources;
use ndarray::arr3;
use tensor::{Context, Init, Parameters, Tensor};
use transformer::{Block, sentence_vectors};

use crate::{Computed, loss, number, shape};

/// Sentence vectors of texts of these lengths, from a model of this width.
fn vectors(lengths: [usize; 3], width: usize) -> String {
    let mut parameters = Parameters::new();
    let config = BertConfig::new(9, 8, 1, width, 2);
    let model = Bert::new(&mut Init::unset(&mut parameters), config).unwrap();
    let texts = lengths.map(|length| vec![3; length]);
    let batch = Sources::new(&texts.each_ref().map(Vec::as_slice));
    shape(model.sentence_vectors(&Context::eval(&parameters), &batch).shape())
}

/// The parameters of six of BERT's blocks, in millions.
fn half() -> String {
    let mut parameters = Parameters::new();
    Block::pytorch(&mut Init::unset(&mut parameters), &BertConfig::block(768, 12), "block");
    number(6e-6 * parameters.count() as f64)
}

pub fn computed() -> Computed {
    let WordMask { chosen, hidden, replaced, .. } = WordMask::new(0, 1..21);
    let left = 1.0 - hidden - replaced;
    let two = Tensor::constant(arr3(&[[[3.0, 0.0], [3.0, 8.0]]]));
    let pairs = (0..1000_u32).flat_map(|one| (0..one).map(move |_| 1_u32)).sum::<u32>();
    vec![
        ("asked", number(chosen * (102 - Marks::AROUND) as f64)),
        ("as-before", number(1000.0 * (left + replaced / 20.0))),
        ("loss", number(loss(&[0.5, 0.125]) / std::f64::consts::LN_2)),
        ("vectors", vectors([5, 7, 4], 384)),
        ("pooling", number(sentence_vectors(&two, &[2]).value()[[0, 0]])),
        ("pairs", number(pairs)),
        ("half", half()),
    ]
}
