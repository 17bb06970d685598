//! Every recorded operation against finite differences. In the f64 build (`LINEAGE_REAL=f64`) the relative error is at
//! most 1e-6.

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::ArrayD;
use tensor::check::{assert_gradients, operations_in, random_tensor};
use tensor::{Context, Real, Tensor, concat, stack};

type Function = fn(&Context, &[Tensor]) -> Vec<Tensor>;

/// A name, the shapes of the inputs, and the function of them.
const CASES: &[(&str, &[&[usize]], Function)] = &[
    ("add", &[&[2, 3], &[2, 3]], |_, x| vec![&x[0] + &x[1]]),
    ("add, broadcasting both ways", &[&[2, 1, 3], &[4, 1]], |_, x| vec![&x[0] + &x[1]]),
    ("subtract", &[&[2, 3], &[3]], |_, x| vec![&x[0] - &x[1]]),
    ("multiply", &[&[2, 3], &[2, 3]], |_, x| vec![&x[0] * &x[1]]),
    ("multiply, broadcasting", &[&[3], &[2, 1]], |_, x| vec![&x[0] * &x[1]]),
    ("square as a product with itself", &[&[4]], |_, x| vec![&x[0] * &x[0]]),
    ("divide", &[&[2, 3], &[2, 1]], |_, x| vec![&x[0] / &x[1].exp()]),
    ("affine", &[&[5]], |_, x| vec![x[0].affine(-1.5, 0.5), -&x[0], x[0].scale(3.0)]),
    ("exp", &[&[2, 3]], |_, x| vec![x[0].exp()]),
    ("ln", &[&[2, 3]], |_, x| vec![(&x[0] * &x[0]).affine(1.0, 0.5).ln()]),
    ("sqrt", &[&[2, 3]], |_, x| vec![(&x[0] * &x[0]).affine(1.0, 0.5).sqrt()]),
    ("tanh", &[&[2, 3]], |_, x| vec![x[0].tanh()]),
    ("sigmoid", &[&[2, 3]], |_, x| vec![x[0].sigmoid()]),
    ("relu", &[&[2, 3]], |_, x| vec![x[0].relu()]),
    ("softplus", &[&[2, 3]], |_, x| vec![x[0].softplus()]),
    ("gelu", &[&[2, 3]], |_, x| vec![x[0].gelu()]),
    ("gelu_tanh", &[&[2, 3]], |_, x| vec![x[0].gelu_tanh()]),
    ("silu", &[&[2, 3]], |_, x| vec![x[0].silu()]),
    ("matmul", &[&[2, 3], &[3, 4]], |_, x| vec![x[0].matmul(&x[1])]),
    ("matmul, a stack", &[&[2, 5, 2, 3], &[2, 5, 3, 4]], |_, x| vec![x[0].matmul(&x[1])]),
    ("matmul with a transposed operand", &[&[2, 2, 3], &[2, 4, 3]], |_, x| {
        vec![x[0].matmul(&x[1].permute(&[0, 2, 1]))]
    }),
    ("linear", &[&[2, 4, 3], &[5, 3], &[5]], |_, x| vec![x[0].linear(&x[1], Some(&x[2]))]),
    ("linear without bias", &[&[3], &[5, 3]], |_, x| vec![x[0].linear(&x[1], None)]),
    ("linear, one weight twice", &[&[2, 3], &[3, 3]], |_, x| vec![x[0].linear(&x[1], None).linear(&x[1], None)]),
    ("sum and mean", &[&[2, 3]], |_, x| vec![x[0].sum(), x[0].mean()]),
    ("sum_axis", &[&[2, 3, 4]], |_, x| vec![x[0].sum_axis(1)]),
    ("softmax", &[&[2, 4]], |_, x| vec![x[0].softmax()]),
    ("log_softmax", &[&[2, 4]], |_, x| vec![x[0].log_softmax()]),
    ("reshape", &[&[2, 6]], |_, x| vec![x[0].reshape(&[3, 4])]),
    ("reshape after permute", &[&[2, 3]], |_, x| vec![x[0].permute(&[1, 0]).reshape(&[6])]),
    ("permute", &[&[2, 3, 4]], |_, x| vec![x[0].permute(&[2, 0, 1])]),
    ("slice and index", &[&[2, 5, 3]], |_, x| vec![x[0].slice(1, 1..4), x[0].index(2, 1)]),
    ("concat", &[&[2, 1, 3], &[2, 4, 3]], |_, x| vec![concat(1, &[&x[0], &x[1], &x[0]])]),
    ("stack", &[&[2, 3], &[2, 3]], |_, x| vec![stack(1, &[&x[0], &x[1]])]),
    ("within", &[&[2, 3, 2]], |_, x| vec![x[0].within(&[1, 3])]),
    ("gather", &[&[5, 3]], |_, x| vec![x[0].gather(ndarray::array![[1, 4], [1, 0]].into_dyn().view())]),
];

fn run(&(what, shapes, f): &(&'static str, &[&[usize]], Function)) -> BTreeSet<&'static str> {
    let draw = |(i, shape): (usize, &&[usize])| random_tensor(shape, 3, &format!("{what}.{i}"));
    let inputs: Vec<ArrayD<Real>> = shapes.iter().enumerate().map(draw).collect();
    assert_gradients(what, &inputs, f)
}

#[test]
fn every_operation_agrees_with_finite_differences() {
    let tested: BTreeSet<String> = CASES.iter().flat_map(run).map(str::to_owned).collect();
    let defined = operations_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ops"));
    let untested: Vec<_> = defined.difference(&tested).collect();
    assert!(untested.is_empty(), "operations without a gradient test: {untested:?}");
    assert!(defined.len() >= 25, "the list of operations was read from the source: {defined:?}");
}
