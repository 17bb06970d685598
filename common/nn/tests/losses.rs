//! Losses of large scores, and of what is not a number.

use data::IGNORE;
use ndarray::{Array1, arr1, arr2};
use nn::{cross_entropy, smoothed_cross_entropy, token_losses};
use tensor::{Context, Parameters, Real, Tensor, shared};

#[track_caller]
fn near(ours: Real, exact: f64) {
    assert!((f64::from(ours) - exact).abs() < 1e-6, "{ours} for {exact}");
}

#[test]
fn step_01_a_large_maximum_takes_no_digits_from_a_loss() {
    let logits = shared(arr2(&[[1e4, 1e4], [-1e4, -1e4]]));
    token_losses(&logits, arr1(&[0, 1]).view().into_dyn()).iter().for_each(|&loss| near(loss, std::f64::consts::LN_2));
    let logits = Tensor::constant(arr2(&[[1e4, 1e4 + 1.0, 1e4 + 3.0]]));
    near(smoothed_cross_entropy(&logits, arr1(&[0]).view().into_dyn(), 0.1).item(), 3.036_512_7);
    near(-logits.log_softmax().value()[[0, 0]], 3.169_846_0);
    near(token_losses(logits.value(), arr1(&[0]).view().into_dyn())[0], 3.169_846_0);
}

/// The rule of the kernels' softmax, in the operations and losses that are formed with it.
#[test]
fn step_02_a_row_without_a_distribution_is_nan_in_every_form() {
    let (inf, none) = (Real::INFINITY, Real::NEG_INFINITY);
    for row in [[inf, 0.0, 1.0], [inf, inf, 1.0], [inf, none, none], [none; 3], [Real::NAN, 0.0, none]] {
        let logits = Tensor::constant(arr2(&[row, [0.0, none, none]]));
        for (name, y) in [("softmax", logits.softmax()), ("log_softmax", logits.log_softmax())] {
            let first = |j: usize| y.value()[[0, j]];
            assert!((0..3).all(|j| first(j).is_nan()), "{name} of {row:?}: {y:?}");
        }
        assert_eq!(logits.softmax().value().iter().skip(3).copied().collect::<Vec<_>>(), [1.0, 0.0, 0.0]);
        assert_eq!(logits.log_softmax().value().iter().skip(3).copied().collect::<Vec<_>>(), [0.0, none, none]);
        for target in 0..3 {
            let losses = token_losses(logits.value(), arr1(&[target, 1]).view().into_dyn());
            assert!(losses[0].is_nan() && losses[1] == inf, "{row:?} {losses:?}");
            assert!(cross_entropy(&logits, arr1(&[target, 0]).view().into_dyn()).item().is_nan());
        }
        assert_eq!(cross_entropy(&logits, arr1(&[IGNORE, 0]).view().into_dyn()).item(), 0.0);
    }
}

/// 10⁶ tokens that were looked up and summed over a broadcast axis: gradients of 10⁶ equal terms.
#[test]
fn step_03_gradients_of_what_was_repeated_a_million_times_keep_their_digits() {
    let (count, value) = (1_000_000, 0.1 as Real);
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, 1, 0);
    let [table, bias, scale, weight] = [(); 4].map(|()| cx.leaf(arr2(&[[1.0]])));
    let vectors = table.gather(Array1::from_elem(count, 0).view().into_dyn()); // (10⁶, 1)
    let x = &(&vectors + &bias) * &scale;
    let loss = x.linear(&weight, None).scale(value).sum();
    near(loss.item() / count as Real, 2.0 * f64::from(value));
    let gradients = loss.backward();
    for (name, leaf, exact) in
        [("table", table, 1.0), ("bias", bias, 1.0), ("scale", scale, 2.0), ("weight", weight, 2.0)]
    {
        let ours = f64::from(gradients.of(&leaf).unwrap()[[0, 0]]) / count as f64;
        assert!((ours / (exact * f64::from(value)) - 1.0).abs() < 1e-6, "{name}: {ours}");
    }
}

#[test]
fn step_04_scores_that_are_not_numbers_have_no_accuracy() {
    let logits = shared(arr2(&[[Real::NAN, 0.0], [1.0, 0.0]]));
    assert!(nn::metrics::accuracy(&logits, arr1(&[0, 0]).view().into_dyn()).unwrap().is_nan());
    assert_eq!(nn::metrics::accuracy(&logits, arr1(&[IGNORE, 0]).view().into_dyn()), Some(1.0));
}

#[test]
fn step_05_a_layer_that_reads_nothing_says_its_bias() {
    let [x, w, b] = [&[3, 0][..], &[2, 0], &[2]].map(|shape| Tensor::constant(ndarray::ArrayD::ones(shape)));
    assert_eq!(x.linear(&w, Some(&b)).value(), &shared(ndarray::Array2::ones((3, 2))).into_dyn());
    assert_eq!(x.linear(&w, None).value(), &shared(ndarray::Array2::zeros((3, 2))).into_dyn());
}

#[test]
fn step_06_a_row_that_is_not_asked_reaches_nothing_whatever_it_holds() {
    let parameters = Parameters::new();
    for smoothing in [0.0, 0.1] {
        let [zeros, nan, infinity] = [0.0, Real::NAN, Real::INFINITY].map(|padding| {
            let cx = Context::train(&parameters, 1, 0);
            let logits = cx.leaf(arr2(&[[1.0, 2.0], [padding, padding]]));
            let targets = arr1(&[1, IGNORE]);
            let loss = smoothed_cross_entropy(&logits, targets.view().into_dyn(), smoothing);
            let losses = token_losses(logits.value(), targets.view().into_dyn());
            let accuracy = nn::metrics::accuracy(logits.value(), targets.view().into_dyn());
            (loss.item(), loss.backward().of(&logits).unwrap().to_owned(), losses, accuracy)
        });
        assert!(zeros.0.is_finite() && zeros.1.iter().skip(2).all(|&dz| dz == 0.0));
        assert!(zeros == nan && zeros == infinity, "{zeros:?} {nan:?} {infinity:?}");
    }
}
