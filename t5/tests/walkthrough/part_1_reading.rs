//! From a text with a gap to what the encoder makes of it.

use ndarray::{Array1, Array2, Axis, Ix2, array, s};
use nn::rms_norm;
use tensor::check::assert_close;
use tensor::check::lecture::{Names, expect, heat, say, show, title};
use tensor::{Context, Real, Tensor};
use transformer::Mask;

use crate::machine::{
    ALPHABET, END, PLACES, ROWS, SIX_DIGITS, SOURCE, SQUARE, TARGET, TOKENS, WRITTEN, config, explained, machine,
    source, tokens, written,
};

#[test]
fn step_01_text_in_text_out() {
    title("Step 1. Text in, text out");
    say("T5 reads a text and writes one, whatever the task. Here a text has a gap, and what belongs there is to be written.
Letters are tokens, numbered by the alphabet of \"to be or not to be\". More tokens stand for no letter: </s> behind every
text, <pad> before everything that is written, and sentinels <0>, <1>, <2> for the gaps.");
    println!("    the alphabet  {ALPHABET:?}, with the others V = {}", TOKENS.len());
    println!("    the text      \"not be\", of which \" b\" was taken");
    println!("    read          {PLACES:?}");
    println!("    told          {WRITTEN:?}");
    println!("    as numbers    {:?} and {:?}\n", source(), written());
    say("The answer names its gap first, and <1> says that the first gap is full. A translation, a summary or the class of a
text would be asked and written in the same way.");
    assert_eq!(source(), [3, 4, 6, 11, 2, 8]); // by hand: count in the alphabet above
    assert_eq!(written(), [7, 11, 0, 1, 10]);
    assert_eq!((tokens(SOURCE).len(), tokens(TARGET).len(), END), (5, 4, 8));
}

#[test]
fn step_02_a_normalisation_without_a_mean() {
    title("Step 2. One table, no places, and a normalisation without a mean");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let found = explained(&cx, &model);
    say("Every token has a vector, out of one table for both sides. None is added for the place: attention is told about
places in step 3. Before each sublayer vectors are divided by their root mean square, and by nothing else: no mean is
subtracted, no bias added.");
    let embedded = found.embedded[0].clone();
    show("embedded", "(S, D)", ROWS, "the row of <0>: that of every first gap", &embedded);
    expect(
        "The row of the n is 0.4, -0.5, -0.1, -0.9, 0.9, -0.2. LayerNorm would make its sum 0. What is it after RMSNorm?",
        &["0 too", "as far from 0 as before, in the new scale", "1"],
    );
    let gain = Tensor::constant(Array1::<Real>::ones(6));
    let normal = rms_norm(&Tensor::constant(embedded.clone()), &gain, 1e-6);
    let normal: Array2<Real> = normal.view::<Ix2>("normalised").to_owned();
    show("normalised", "(S, D)", ROWS, "the squares of each row sum to D = 6", &normal);
    say("Answer: b. The sum was -0.4, and the root mean square 0.5888, so it is -0.6794. What LayerNorm does beside that
turned out to be of no use, and this is less to compute.");

    let expected = array![0.679365, -0.849207, -0.169841, -1.528572, 1.528572, -0.339683];
    assert_close("the n", &normal.row(0).to_owned(), &expected, SIX_DIGITS);
    assert!(normal.outer_iter().all(|row| (row.iter().map(|x| x * x).sum::<Real>() - 6.0).abs() < 1e-3));
    let [before, after] = [embedded.row(0).sum(), normal.row(0).sum()].map(f64::from);
    assert!((before + 0.4).abs() < 1e-6 && (after + 0.679365).abs() < 1e-5, "{before} and {after}"); // by hand
}

/// The bucket of each pair of places.
fn buckets(places: usize, mask: Mask) -> Array2<Real> {
    let buckets = config().buckets(mask);
    Array2::from_shape_fn((places, places), |(query, key)| buckets.of(query, key) as Real)
}

#[test]
fn step_03_buckets_of_distances() {
    title("Step 3. Attention is told distances, in buckets");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    say("Each head has a number for every distance, which it adds to the scores: whether a key stands near, and on which
side, matters as such. Near distances have a number each; further ones share a bucket, wider and wider, and from 10 on
all are one. Here 8 buckets serve the encoder, 4 for what stands up to here and 4 for what stands behind.");
    let both = buckets(6, Mask::Bidirectional);
    show("buckets of the encoder", "(S, S)", SQUARE, "each diagonal has one number", &both);
    expect(
        "The decoder has 8 buckets too. Into how many does it put the distances 0 to 4?",
        &["4, as the encoder", "5: it needs none for what stands behind"],
    );
    let causal = buckets(5, Mask::Causal);
    let names: Names = [WRITTEN, WRITTEN];
    show("buckets of the decoder", "(T, T)", names, "above the diagonal: hidden in any case", &causal);
    say("Answer: b. The tables are learned, one for the encoder and one for the decoder, and all blocks of a side share it.
So a text may be longer than any that was learned from: the far buckets stand for it.");
    let found = explained(&cx, &model);
    let added = Array2::from_shape_fn((6, 6), |(t, s)| found.distances[0][[both[[t, s]] as usize, 0]]);
    heat("what the first head adds", "(S, S)", SQUARE, "it likes what stands two or three before", &added);

    let expected = array![
        [0.0, 5.0, 6.0, 6.0, 6.0, 7.0],
        [1.0, 0.0, 5.0, 6.0, 6.0, 6.0],
        [2.0, 1.0, 0.0, 5.0, 6.0, 6.0],
        [2.0, 2.0, 1.0, 0.0, 5.0, 6.0],
        [2.0, 2.0, 2.0, 1.0, 0.0, 5.0],
        [3.0, 2.0, 2.0, 2.0, 1.0, 0.0]
    ];
    assert_eq!(both, expected.mapv(|x: f64| x as Real));
    assert_eq!(causal.row(4).to_vec(), [4.0, 3.0, 2.0, 1.0, 0.0]);
    let expected = array![0.0, 0.3, 0.3, 0.3, -0.5, -0.8];
    assert_close("added", &added.row(5).to_owned(), &expected, 1e-6);
}

#[test]
fn step_04_nothing_divides_the_scores() {
    title("Step 4. Nothing divides the scores");
    let (parameters, model) = machine();
    let cx = Context::eval(&parameters);
    let found = explained(&cx, &model);
    say("The Transformer divides q·k by √d_k, so that the softmax does not begin with one large weight. T5 does not: its
first queries are drawn smaller by that factor instead, and training finds the right size for itself. In an untrained
machine with numbers of order 1 the weights are steep.");
    let [first, second] = [0, 1].map(|head| found.reading[0].index_axis(Axis(0), head).to_owned());
    heat("weights, first head", "(S, S)", SQUARE, "the row of the n: all on the o", &first);
    heat("weights, second head", "(S, S)", SQUARE, "the row of the gap: it looks to the left", &second);
    expect(
        "In the first head the n gives the o 0.9866. Had the scores, bias included, been divided by √3, would it be more?",
        &["more", "less"],
    );
    let divided = softer(first.row(0).to_owned());
    println!("    as it is, largest weight       {:.4}", first[[0, 1]]);
    println!("    with the scores over √3        {divided:.4}\n");
    say("Answer: b. Whoever loads a T5 and divides, as everywhere else, gets another model with the same shapes.");
    show("behind the block", "(S, D)", ROWS, "the stream is not normalised, it grows", &found.read[1]);

    let expected = array![0.012235, 0.986639, 0.000204, 0.000903, 0.000010, 0.000009];
    assert_close("first head", &first.row(0).to_owned(), &expected, SIX_DIGITS);
    let expected = array![0.880597, 0.091378, 0.009546, 0.006231, 0.006784, 0.005464];
    assert_close("second head", &second.row(3).to_owned(), &expected, SIX_DIGITS);
    assert!((divided - 0.9034).abs() < 1e-3, "{divided}"); // by hand: each weight to the power 1/√3
    let expected = array![2.215846, -3.233722, 0.230198, 0.239837, -2.078678, -1.671943];
    assert_close("behind the block", &found.read[1].slice(s![3, ..]).to_owned(), &expected, SIX_DIGITS);
}

/// The largest weight, had the scores been divided by √3: each weight to that power, and all made 1 again.
fn softer(weights: Array1<Real>) -> f64 {
    let powers: Vec<f64> = weights.iter().map(|&w| f64::from(w).powf(1.0 / f64::sqrt(3.0))).collect();
    powers.iter().copied().fold(0.0, f64::max) / powers.iter().sum::<f64>()
}
