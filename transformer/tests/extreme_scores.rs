//! Attention where scores are large, or not numbers: both forms against values worked out by hand.

use ndarray::arr3;
use nn::Form;
use tensor::{Context, Parameters, Real, Tensor};
use transformer::scaled_dot_product::{Mask, fused, literal};

/// The gradients of Σ y of one query, by queries, keys and values.
fn gradients(
    form: Form,
    q: Real,
    keys: &[Real],
    values: &[Real],
    mask: Mask,
    lengths: Option<&[usize]>,
) -> (Vec<Real>, [Vec<Real>; 3]) {
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, 1, 0);
    let column = |x: &[Real]| cx.leaf(ndarray::Array3::from_shape_vec((1, x.len(), 1), x.to_vec()).unwrap());
    let inputs = [cx.leaf(arr3(&[[[q]]])), column(keys), column(values)];
    let [q, k, v] = &inputs;
    let attention = match form {
        Form::Literal => literal::attention,
        Form::Fused => fused::attention,
    };
    let y: Tensor = attention(q, k, v, 1, mask.within(lengths));
    let numbers = |x: &tensor::Array| x.iter().copied().collect::<Vec<_>>();
    let said = numbers(y.value());
    let gradients = y.sum().backward();
    (said, [q, k, v].map(|x| gradients.of(x).unwrap().iter().copied().collect()))
}

#[test]
fn step_01_weights_of_large_scores_keep_their_digits_on_the_way_back() {
    for form in [Form::Literal, Form::Fused] {
        let (y, [_, dk, dv]) = gradients(form, 1.0, &[10_000.0, 9_999.0], &[0.0, 1.0], Mask::Bidirectional, None);
        let p = 1.0 / (1.0 + std::f64::consts::E); // of the second
        let near =
            |ours: Real, exact: f64| assert!((f64::from(ours) - exact).abs() < 1e-6, "{form:?}: {ours} for {exact}");
        near(y[0], p);
        near(dk[0], -p * (1.0 - p));
        near(dk[1], p * (1.0 - p)); // 0.196612
        near(dv[0], 1.0 - p);
        near(dv[1], p);
    }
}

#[test]
fn step_02_a_row_without_a_distribution_is_nan_in_both_forms() {
    let (inf, nan) = (Real::INFINITY, Real::NAN);
    for form in [Form::Literal, Form::Fused] {
        for keys in [[inf, 0.0], [inf, -inf], [-inf, -inf], [nan, 0.0]] {
            let (y, _) = gradients(form, 1.0, &keys, &[1.0, 2.0], Mask::Bidirectional, None);
            assert!(y[0].is_nan(), "{form:?} {keys:?}: {}", y[0]);
        }
        let (y, _) = gradients(form, 1.0, &[-inf, 0.0], &[1.0, 2.0], Mask::Bidirectional, None);
        assert_eq!(y, [2.0], "{form:?}");
    }
}
