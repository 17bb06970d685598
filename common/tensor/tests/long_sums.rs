//! Sums over long axes: no digit is lost to the length.

use ndarray::{Array1, Array2, ArrayView2};
use tensor::kernels::*;
use tensor::{Context, GradientSum, Init, Initializer, Parameters, Real};

/// However many terms, and whatever they are: within 1e-6 of the sum of their magnitudes.
#[test]
fn sums_of_every_length_keep_their_digits() {
    for value in [0.1, 1.0216064, 1.9396477] {
        for length in [1, 63, 64, 65, 100, 1_000, 4_096, 4_097, 70_000] {
            let (value, exact) = (value as Real, length as f64 * f64::from(value as Real));
            let x = Array2::from_elem((length, 1), value);
            let mut looked_up = Array2::zeros((2, 1));
            add_rows_at(looked_up.view_mut(), vec![1; length], x.view());
            for (what, sum) in [
                ("sum", sum(x.as_slice().unwrap())),
                ("sum_rows", sum_rows(x.view())[0]),
                ("looked up", looked_up[[1, 0]]),
            ] {
                let error = (f64::from(sum) / exact - 1.0).abs();
                assert!(error < 1e-6, "{what} of {length} times {value}: {error:e}");
            }
        }
    }
}

/// Sums of ten million terms, whose magnitudes add up to about as much as they do: within 1e-6 of that.
#[test]
fn long_sums_keep_their_digits() {
    let (long, value) = (10_000_000, 0.1 as Real);
    let exact = long as f64 * f64::from(value);
    let near = |sum: Real, exact: f64, what: &str| {
        assert!((f64::from(sum) / exact - 1.0).abs() < 1e-6, "{what}: {sum} for {exact}");
    };
    let x = vec![value; long];
    let ones = vec![1.0; long];
    near(sum(&x), exact, "sum");
    near(dot(&x, &ones), exact, "dot");
    let two = ArrayView2::from_shape((long / 2, 2), &x).unwrap();
    for (what, sums) in [
        ("sum_rows", sum_rows(two).into_dyn()),
        ("first axis", sum_axis(two.into_dyn(), 0)),
        ("last axis", sum_axis(two.t().into_dyn(), 1)),
    ] {
        sums.iter().for_each(|&sum| near(sum, exact / 2.0, what));
    }
    let mut looked_up = Array2::from_elem((3, 2), value);
    add_rows_at(looked_up.view_mut(), (0..long / 2).map(|i| u32::from(i % 5 != 0)), two);
    near(looked_up[[0, 0]], exact / 10.0, "looked up, a fifth");
    near(looked_up[[1, 1]], exact * 0.4, "looked up, the rest");
    assert_eq!(looked_up.row(2).to_vec(), [value; 2]);

    let mut p = x.clone();
    let scores = softmax_row(&mut p);
    near(scores.ln_sum, (long as f64).ln(), "ln of the sum of exponentials");
    near(p[17], 1.0 / long as f64, "softmax");
    let normal = layer_norm(two.slice(ndarray::s![..100_000, ..]), Array1::ones(2).view(), None, 1.0);
    assert!(normal.y.iter().all(|&y| y == 0.0));
    let mut dy = Array2::from_elem((100_000, 2), value);
    let mean = Mean { rounded: value - 1.0, rest: 0.0 };
    let statistics = (Array1::from_elem(100_000, mean), Array1::ones(100_000)); // x - mean is 1
    let (dweight, dbias) = layer_norm_backward(
        dy.view_mut(),
        two.slice(ndarray::s![..100_000, ..]),
        Array1::ones(2).view(),
        statistics.0.view(),
        statistics.1.view(),
    );
    near(dweight[1], 1e5 * f64::from(value), "dweight");
    near(dbias[0], 1e5 * f64::from(value), "dbias");
}

#[test]
fn gradients_of_ten_thousand_batches_keep_their_digits() {
    let mut parameters = Parameters::new();
    let w = Init::new(&mut parameters, 1).param("w", &[1], Initializer::Constant(1.0));
    let (batches, value) = (10_000, 0.1 as Real);
    let mut sum = GradientSum::default();
    assert!(GradientSum::default().finish().is_none());
    for _ in 0..batches {
        sum.add(Context::train(&parameters, 1, 0).get(w).scale(value).sum().backward());
    }
    let exact = batches as f64 * f64::from(value);
    let sum = sum.finish().unwrap().get(w).unwrap()[0];
    assert!((f64::from(sum) / exact - 1.0).abs() < 2e-6, "{sum} for {exact}");
}
