//! One vector for a whole text.

use data::pairs::Sources;
use ndarray::{Axis, Ix2, array, s};
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Real};

use crate::machine::{SIX_DIGITS, machine, matrix, sentence, tokens};

const TEXTS: [&str; 3] = ["not", "ton", "to be"];

#[test]
fn step_09_one_vector_for_a_text() {
    title("Step 9. One vector for a text");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("The vectors behind the last block are what others use. For the likeness of texts one vector is made of each: the
mean over its tokens, marks included, made as long as 1. MiniLM does so.");
    let read = matrix(&model.read(&cx, &sentence("not")));
    let mean = read.mean_axis(Axis(0)).unwrap();
    show("mean over the places of \"not\"", "(D)", [&[], &[]], "it is not yet of length 1", &mean);
    let texts = TEXTS.map(tokens);
    let together = Sources::new(&texts.each_ref().map(|text| &text[..]));
    let vectors = model.sentence_vectors(&cx, &together);
    let names: Names = [&TEXTS, &[]];
    let vectors = vectors.view::<Ix2>("vectors").to_owned();
    show("vectors of three texts", "(B, D)", names, "the squares of each row sum to one", &vectors);
    expect(
        "\"not\" has five tokens with its marks, \"to be\" seven. In one batch the shorter is filled up. Does that move its vector?",
        &["yes: the mean is taken over seven", "no: what fills it up is left out of attention and mean"],
    );
    let alone = model.sentence_vectors(&cx, &sentence("not"));
    assert_close("alone", &alone.view::<Ix2>("vector").row(0).to_owned(), &vectors.row(0).to_owned(), 1e-6);
    say("Answer: b. A text has one vector wherever it stands.");
    let expected = array![
        [-0.488427, -0.390527, 0.057905, 0.760163, -0.083298, 0.144184],
        [-0.464260, -0.288895, -0.014271, 0.783814, -0.215919, 0.199531],
        [-0.173530, -0.654778, -0.017098, 0.716249, -0.034181, 0.163338],
    ];
    assert_close("vectors", &vectors, &expected, SIX_DIGITS);
    let length = mean.iter().map(|x| x * x).sum::<Real>().sqrt();
    assert_close("the same direction", &(&mean / length), &vectors.row(0).to_owned(), 1e-5);
}

#[test]
fn step_10_cosines() {
    title("Step 10. How alike texts are");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Since all vectors have the length 1, the inner product of two is the cosine of the angle between them: 1 for the
same direction, 0 for a right angle.");
    let texts = TEXTS.map(tokens);
    let together = Sources::new(&texts.each_ref().map(|text| &text[..]));
    let vectors = model.sentence_vectors(&cx, &together).view::<Ix2>("vectors").to_owned();
    let cosines = vectors.dot(&vectors.t());
    heat("cosines", "(B, B)", [&TEXTS, &TEXTS], "the two that have the same letters", &cosines);
    expect(
        "The machine is not trained. What does 0.98 between \"not\" and \"ton\" mean?",
        &[
            "they mean nearly the same",
            "they share their letters and marks, and the vectors of an untrained machine are all alike",
        ],
    );
    say("Answer: b. All three cosines are high, as they mostly are until somebody trains for the opposite: MiniLM was shown
pairs of sentences that belong together, and learned to tell them from the others. `lineage embed --similarities`
shows it with a model that was.");
    let expected = array![0.981333, 0.910339, 0.871347];
    let found = array![cosines[[0, 1]], cosines[[0, 2]], cosines[[1, 2]]];
    assert_close("cosines", &found, &expected, SIX_DIGITS);
    assert!(cosines.slice(s![.., ..]).diag().iter().all(|cosine| (cosine - 1.0).abs() < 1e-5));
}
