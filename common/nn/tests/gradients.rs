//! Every operation of this crate against finite differences, and against the same mathematics in small operations.

use std::collections::BTreeSet;
use std::path::Path;

use data::{IGNORE, Token};
use ndarray::{Array1, Array2, ArrayD, arr2};
use nn::{Dropout, Embedding, Linear, cross_entropy, layer_norm, mean_squared_error, rms_norm, smoothed_cross_entropy};
use proptest::prelude::*;
use tensor::check::{assert_close, assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Context, Init, Initializer, Parameters, Real, Tensor};

#[path = "../../../labs/course/27-weight-tying/solutions/whole_arrays.rs"]
mod lab;

const TOLERANCE: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 2e-5 };

fn normal(shape: &[usize], site: &str) -> ArrayD<Real> {
    random_tensor(shape, 3, site)
}

fn targets() -> Array2<Token> {
    arr2(&[[3, IGNORE, 0], [4, 4, IGNORE]])
}

#[test]
fn every_operation_has_the_gradient_of_its_value() {
    let parameters = Parameters::new();
    // In evaluation dropout does nothing; this context draws the same mask at every point of the finite difference.
    let masked = Context::train(&parameters, 1, 0);
    let dropout = Dropout::new(0.4, "site");

    let mut tested = BTreeSet::new();
    tested.extend(assert_gradients("cross_entropy", &[normal(&[2, 3, 5], "z")], |_, x| {
        vec![cross_entropy(&x[0], targets().view().into_dyn())]
    }));
    tested.extend(assert_gradients("smoothed cross_entropy", &[normal(&[2, 3, 5], "z")], |_, x| {
        vec![smoothed_cross_entropy(&x[0], targets().view().into_dyn(), 0.2)]
    }));
    tested.extend(assert_gradients("dropout", &[normal(&[4, 5], "x")], |_, x| vec![dropout.forward(&masked, &x[0])]));
    let inputs = [normal(&[2, 3, 5], "x"), normal(&[5], "weight"), normal(&[5], "bias")];
    tested.extend(assert_gradients("layer_norm", &inputs, |_, x| vec![layer_norm(&x[0], &x[1], Some(&x[2]), 1e-5)]));
    tested.extend(assert_gradients("layer_norm without bias", &inputs[..2], |_, x| {
        vec![layer_norm(&x[0], &x[1], None, 1e-5)]
    }));
    tested.extend(assert_gradients("rms_norm", &inputs[..2], |_, x| vec![rms_norm(&x[0], &x[1], 1e-5)]));
    assert_gradients("mean_squared_error", &[normal(&[3, 2], "x"), normal(&[3, 2], "y")], |_, x| {
        vec![mean_squared_error(&x[0], &x[1])]
    });

    let defined = operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(!defined.is_empty());
    let untested: Vec<_> = defined.iter().filter(|name| !tested.contains(name.as_str())).collect();
    assert!(untested.is_empty(), "operations without a gradient test: {untested:?}");
}

/// The tape adds up what a table gets from both of its uses.
#[test]
fn the_lab_on_weight_tying_asks_for_the_gradient_of_the_tape() {
    let (tokens, [vocabulary, width]) = ([2_u32, 0, 4, 2], [5, 3]);
    let mut parameters = Parameters::new();
    let table =
        Embedding::with(&mut Init::new(&mut parameters, 1), vocabulary, width, Initializer::Normal { std: 1.0 });
    let (a, d_z) = (normal(&[width, width], "a"), normal(&[tokens.len(), vocabulary], "d_z"));

    let cx = Context::train(&parameters, 1, 0);
    let x = table.forward(&cx, Array1::from(tokens.to_vec()).view().into_dyn());
    let z = Linear::tied(&table).forward(&cx, &x.linear(&Tensor::constant(a.clone()), None).tanh());
    let gradients = (&z * &Tensor::constant(d_z.clone())).sum().backward();

    let exact = |array: &ArrayD<Real>| array.mapv(|x| x as f64).into_dimensionality().unwrap();
    let w = exact(&parameters.get(table.weight()).value().to_owned());
    let tokens = Array1::from_iter(tokens.map(|token| token as usize));
    let same = |what: &str, found: &ArrayD<Real>, expected: Array2<f64>| {
        assert_close(what, found, &expected.mapv(|x| x as Real).into_dyn(), TOLERANCE);
    };
    same("scores", &z.value().to_owned(), lab::scores(&tokens, &w, &exact(&a)));
    let found = gradients.get(table.weight()).unwrap().to_owned();
    same("gradient", &found, lab::gradient(&tokens, &w, &exact(&a), &exact(&d_z)));
}

/// -Σ q ln p / n out of log-softmax, a product with the rows q, and a sum; q is one-hot where nothing is smoothed.
fn literal_cross_entropy(logits: &Tensor, targets: &[Token], smoothing: f64) -> Tensor {
    let (rows, classes) = (targets.len(), logits.shape()[1]);
    let asked = targets.iter().filter(|&&target| target != IGNORE).count();
    let q = Array2::from_shape_fn((rows, classes), |(r, c)| match targets[r] {
        IGNORE => 0.0,
        target if target == c as Token => (1.0 - smoothing + smoothing / classes as f64) as Real,
        _ => (smoothing / classes as f64) as Real,
    });
    (&logits.log_softmax() * &Tensor::constant(q)).sum().scale(-1.0 / asked.max(1) as Real)
}

/// g·(x - μ)/√(σ² + ε) + b out of means, differences and quotients.
fn literal_layer_norm(x: &Tensor, weight: &Tensor, bias: &Tensor, epsilon: Real) -> Tensor {
    let (rows, width) = (x.shape()[0], x.shape()[1]);
    let mean = |x: &Tensor| x.sum_axis(1).scale(1.0 / width as Real).reshape(&[rows, 1]);
    let centred = x - &mean(x);
    let deviation = (&mean(&(&centred * &centred)) + &Tensor::constant(Array1::from_elem(1, epsilon))).sqrt();
    &(&(&centred / &deviation) * weight) + bias
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(40) })]

    #[test]
    fn cross_entropy_is_the_literal_one(
        rows in 1..6_usize, classes in 1..7_usize, scale in 0.1..30.0, smoothing in prop_oneof![Just(0.0), 0.0..1.0],
        seed in 0..1000_u64
    ) {
        let logits = random_tensor(&[rows, classes], seed, "z") * scale as Real;
        let choices = random_tensor(&[rows], seed, "y");
        // Every sign and size of a normal number picks a class or, one time in four or so, none.
        let class = |x: &Real| if *x < -0.7 { IGNORE } else { (x.abs() * 1000.0) as Token % classes as Token };
        let targets: Vec<_> = choices.iter().map(class).collect();
        // The sum of the logits adds 1 to every gradient: where the answer is nearly certain, p - 1 by itself is rounding.
        assert_same_gradients(
            &[logits],
            TOLERANCE,
            |_, x| vec![&literal_cross_entropy(&x[0], &targets, smoothing) + &x[0].sum()],
            |_, x| vec![&smoothed_cross_entropy(&x[0], Array1::from(targets.clone()).view().into_dyn(), smoothing) + &x[0].sum()],
        );
    }

    #[test]
    fn layer_norm_is_the_literal_one(rows in 1..6_usize, width in 2..40_usize, seed in 0..1000_u64) {
        let shapes = [vec![rows, width], vec![width], vec![width]];
        let inputs: Vec<_> = shapes.iter().zip(["x", "g", "b"]).map(|(shape, site)| random_tensor(shape, seed, site)).collect();
        // ε is large enough that rounding is not blown up where a short row has next to no variance.
        assert_same_gradients(
            &inputs,
            TOLERANCE,
            |_, x| vec![literal_layer_norm(&x[0], &x[1], &x[2], 0.1)],
            |_, x| vec![layer_norm(&x[0], &x[1], Some(&x[2]), 0.1)],
        );
    }
}

#[test]
fn ignored_targets_have_no_part_in_loss_or_gradient() {
    let parameters = Parameters::new();
    let run = |logits: ArrayD<Real>, targets: &[Token]| {
        let cx = Context::train(&parameters, 1, 0);
        let logits = cx.leaf(logits);
        let loss = cross_entropy(&logits, Array1::from(targets.to_vec()).view().into_dyn());
        (loss.item(), loss.backward().of(&logits).unwrap().to_owned())
    };
    let logits = normal(&[3, 5], "z");
    let (loss, gradient) = run(logits.clone(), &[2, IGNORE, 1]);
    let mut elsewhere = logits.clone();
    elsewhere.index_axis_mut(ndarray::Axis(0), 1).fill(1e9);
    assert_eq!((loss, gradient.clone()), run(elsewhere, &[2, IGNORE, 1]));
    assert!(gradient.index_axis(ndarray::Axis(0), 1).iter().all(|&dz| dz == 0.0));

    let (loss, gradient) = run(logits, &[IGNORE; 3]);
    assert_eq!(loss, 0.0);
    assert!(gradient.iter().all(|&dz| dz == 0.0));
}

#[test]
#[should_panic(expected = "cross_entropy: target 5 among 5 classes, logits [2, 5], targets [2]")]
fn a_target_that_is_no_class_is_refused() {
    cross_entropy(&Tensor::constant(normal(&[2, 5], "z")), Array1::from(vec![0, 5]).view().into_dyn());
}

#[test]
#[should_panic(expected = "cross_entropy: a label smoothing of 1.5 is not in 0..=1")]
fn smoothing_by_more_than_all_is_refused() {
    smoothed_cross_entropy(&Tensor::constant(normal(&[2, 5], "z")), Array1::from(vec![0; 2]).view().into_dyn(), 1.5);
}

#[test]
#[should_panic(expected = "cross_entropy: logits (.., V) [2, 5] do not fit targets (..) [3]")]
fn targets_of_another_shape_are_refused() {
    cross_entropy(&Tensor::constant(normal(&[2, 5], "z")), Array1::from(vec![0; 3]).view().into_dyn());
}

#[test]
fn dropout_drops_its_share_keeps_the_mean_and_repeats_itself_by_site_and_step() {
    let parameters = Parameters::new();
    let ones = Tensor::constant(Array1::ones(100_000));
    let drop = |step, site: &str| {
        let y = Dropout::new(0.3, site).forward(&Context::train(&parameters, 1, step), &ones);
        y.value().to_owned()
    };
    let y = drop(0, "a");
    let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / y.len() as f64;
    assert!((dropped - 0.3).abs() < 0.006, "four standard deviations: {dropped}"); // √(0.3·0.7/10⁵) = 0.0014
    assert!(y.iter().all(|&y| y == 0.0 || y == (1.0_f64 / 0.7) as Real));
    assert_eq!(y, drop(0, "a"));
    assert_ne!(y, drop(1, "a"));
    assert_ne!(y, drop(0, "b"));
}
