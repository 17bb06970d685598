//! Sums over a hundred thousand positions, forwards and back: they keep their digits.

use ndarray::{Array3, ArrayD};
use nn::Form;
use tensor::{Context, Parameters, Real};
use transformer::scaled_dot_product::{Mask, fused, literal};

const LONG: usize = 100_000;

/// The result of one query, and the gradients of keys and values, where `queries` queries of 0.1 look at `keys` keys
/// of 0 and values of 0.1 and -0.1 in turn, or of 0.1 alone.
fn attended(form: Form, queries: usize, keys: usize, alike: bool) -> [Real; 3] {
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, 1, 0);
    let value = |s: usize| if alike || s.is_multiple_of(2) { 0.1 } else { -0.1 };
    let q = cx.leaf(Array3::from_elem((1, queries, 1), 0.1));
    let k = cx.leaf(Array3::zeros((1, keys, 1)));
    let v = cx.leaf(Array3::from_shape_fn((1, keys, 1), |(_, s, _)| value(s)));
    let attention = match form {
        Form::Literal => literal::attention,
        Form::Fused => fused::attention,
    };
    let y = attention(&q, &k, &v, 1, Mask::Bidirectional.within(None));
    let gradients = y.backward_with(ArrayD::from_elem(y.shape(), 0.1));
    [y.value()[[0, 0, 0]], gradients.of(&k).unwrap()[[0, 0, 0]], gradients.of(&v).unwrap()[[0, 0, 0]]]
}

#[track_caller]
fn near(what: &str, ours: Real, exact: f64) {
    assert!((f64::from(ours) / exact - 1.0).abs() < 1e-5, "{what}: {ours} for {exact}");
}

#[test]
fn sums_over_keys_and_queries_keep_their_digits() {
    let one = f64::from(0.1 as Real);
    for form in [Form::Literal, Form::Fused] {
        let [y, ..] = attended(form, 1, LONG, true);
        near(&format!("{form:?}, result"), y, one);
        let [_, dk, dv] = attended(form, LONG, 2, false);
        near(&format!("{form:?}, values"), dv / LONG as Real, 0.5 * one);
        near(&format!("{form:?}, keys"), dk / LONG as Real, 0.5 * one * one * one);
    }
}
