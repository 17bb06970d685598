//! Gradients against finite differences and against each other.

use std::collections::BTreeSet;

use ndarray::{ArrayD, IxDyn};
use ndarray_rand::RandomExt;
use ndarray_rand::rand_distr::StandardNormal;

use super::assert_close;
use crate::{Array, Context, Meter, Parameters, Real, Tensor, random};

/// Relative error that a gradient check may have, and the step of its central differences. In f32 rounding leaves
/// few digits, so that build only catches gross mistakes; the f64 build is the check.
const ALLOWED: f64 = if cfg!(real_f64) { 1e-6 } else { 5e-2 };
const STEP: f64 = if cfg!(real_f64) { 1e-5 } else { 1e-2 };

/// Standard normal numbers, the same for the same seed and site.
pub fn random_tensor(shape: &[usize], seed: u64, site: &str) -> ArrayD<Real> {
    let x: ArrayD<f64> = ArrayD::random_using(IxDyn(shape), StandardNormal, &mut random::stream(seed, 0, site));
    x.mapv(|x| x as Real)
}

/// A random weighting of every output, so that no output's gradient goes unchecked.
fn weighted(outputs: &[Tensor], seed: u64) -> Tensor {
    let terms = outputs.iter().enumerate().map(|(i, y)| {
        let weight = Tensor::constant(random_tensor(y.shape(), seed, &format!("cotangent.{i}")));
        (y * &weight).sum()
    });
    terms.reduce(|a, b| &a + &b).expect("a function under test has outputs")
}

/// The gradients of the weighted outputs with respect to all inputs; zero where an input was not used.
fn gradients(
    f: &dyn Fn(&Context, &[Tensor]) -> Vec<Tensor>,
    inputs: &[ArrayD<Real>],
    seed: u64,
) -> (Vec<Array>, Vec<ArrayD<Real>>) {
    let parameters = Parameters::new();
    let cx = Context::train(&parameters, seed, 0);
    let leaves: Vec<_> = inputs.iter().map(|x| cx.leaf(x.clone())).collect();
    let outputs = f(&cx, &leaves);
    let values = outputs.iter().map(|y| y.value().clone()).collect();
    let all = weighted(&outputs, seed).backward();
    let of = |leaf: &Tensor| all.of(leaf).map_or_else(|| ArrayD::zeros(leaf.shape()), |g| g.to_owned());
    (values, leaves.iter().map(of).collect())
}

/// Checks the gradients of `f` with respect to every input, along random directions v:
/// ⟨gradient, v⟩ against (f(x + εv) - f(x - εv)) / 2ε, where f is a random weighting of all outputs. The cost does not
/// depend on the number of elements, and each direction exercises all of them. Returns the names of the operations
/// whose backward pass ran.
///
/// # Panics
/// If the relative error exceeds 1e-6 (in the f64 build; 5 % in f32).
#[track_caller]
pub fn assert_gradients(
    what: &str,
    inputs: &[ArrayD<Real>],
    f: impl Fn(&Context, &[Tensor]) -> Vec<Tensor>,
) -> BTreeSet<&'static str> {
    let parameters = Parameters::new();
    // First those of `f` alone: the weighting of its outputs has operations of its own.
    let meter = Meter::start();
    f(&Context::eval(&parameters), &inputs.iter().cloned().map(Tensor::constant).collect::<Vec<_>>());
    let forward = meter.finish();
    let meter = Meter::start();
    let (_, gradients) = gradients(&f, inputs, 1);
    let backward = meter.finish().into_iter().filter(|(_, usage)| !usage.backward.is_zero());
    let operations = backward.map(|(name, _)| name).filter(|name| forward.contains_key(name)).collect();
    let value = |inputs: &[ArrayD<Real>]| {
        let tensors: Vec<_> = inputs.iter().cloned().map(Tensor::constant).collect();
        weighted(&f(&Context::eval(&parameters), &tensors), 1).item() as f64
    };
    for (i, gradient) in gradients.iter().enumerate() {
        // ANCHOR: directions
        for direction in 0..3 {
            let v = random_tensor(gradient.shape(), 1, &format!("direction.{i}.{direction}"));
            let moved = |sign: f64| {
                let mut inputs = inputs.to_vec();
                inputs[i].scaled_add((sign * STEP) as Real, &v);
                value(&inputs)
            };
            let measured = (moved(1.0) - moved(-1.0)) / (2.0 * STEP);
            let analytic: f64 = gradient.iter().zip(&v).map(|(&g, &v)| g as f64 * v as f64).sum();
            // Terms of a directional derivative may cancel; its scale is that of the terms, not of their sum.
            let scale =
                gradient.iter().zip(&v).map(|(&g, &v)| (g as f64 * v as f64).powi(2)).sum::<f64>().sqrt().max(1e-3);
            let error = (measured - analytic).abs() / scale;
            assert!(
                error <= ALLOWED,
                "{what}: gradient of input {i} along direction {direction} is {analytic}, measured {measured}: relative error {error:.1e}"
            );
        }
        // ANCHOR_END: directions
    }
    operations
}

/// Asserts that two forms of one function, a literal and a fused one, agree in every output and in the gradients of
/// every input, for a random weighting of all outputs and also when only one output is used.
///
/// # Panics
/// If they differ by more than `tolerance` of a tensor's largest value.
#[track_caller]
pub fn assert_same_gradients(
    inputs: &[ArrayD<Real>],
    tolerance: f64,
    literal: impl Fn(&Context, &[Tensor]) -> Vec<Tensor>,
    fused: impl Fn(&Context, &[Tensor]) -> Vec<Tensor>,
) {
    let (values, _) = gradients(&literal, inputs, 1);
    for used in std::iter::once(None).chain((0..values.len()).map(Some)) {
        let only = |f: &dyn Fn(&Context, &[Tensor]) -> Vec<Tensor>, cx: &Context, x: &[Tensor]| {
            let outputs = f(cx, x);
            used.map_or(outputs.clone(), |i| vec![outputs[i].clone()])
        };
        let (expected, expected_gradients) = gradients(&|cx, x| only(&literal, cx, x), inputs, 1);
        let (actual, actual_gradients) = gradients(&|cx, x| only(&fused, cx, x), inputs, 1);
        let which = used.map_or("all outputs".into(), |i| format!("output {i} alone"));
        for (i, (a, e)) in actual.iter().zip(&expected).enumerate() {
            assert_close(&format!("output {i}"), a, e, tolerance);
        }
        for (i, (a, e)) in actual_gradients.iter().zip(&expected_gradients).enumerate() {
            assert_close(&format!("gradient of input {i}, {which} used"), a, e, tolerance);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backward, Inputs, Outputs, record, shared};

    /// x, whose way back sends `gradient` at the first place.
    struct Broken {
        gradient: Real,
    }

    impl Backward for Broken {
        fn name(&self) -> &'static str {
            "broken"
        }
        fn cost(&self) -> crate::Cost {
            crate::Cost::elementwise(1, 1)
        }
        fn saved_bytes(&self) -> usize {
            0
        }
        fn backward(self: Box<Self>, dy: Outputs<'_>, mut dx: Inputs<'_>) {
            let mut gradient = dy.only();
            if let Some(first) = gradient.first_mut() {
                *first = if self.gradient == 0.0 { *first } else { self.gradient };
            }
            dx.add(0, gradient);
        }
    }

    fn broken(x: &Tensor, gradient: Real) -> Vec<Tensor> {
        let [y] = record(&[x], || ([shared(x.value().to_owned())], Broken { gradient }));
        vec![y]
    }

    #[test]
    fn a_gradient_that_is_not_a_number_fails_both_checks() {
        let fails = |gradient: Real| {
            let x = [random_tensor(&[3], 1, "x")];
            let finite = std::panic::catch_unwind(|| assert_gradients("broken", &x, |_, x| broken(&x[0], gradient)));
            let same = std::panic::catch_unwind(|| {
                assert_same_gradients(&x, 1e-6, |_, x| broken(&x[0], 0.0), |_, x| broken(&x[0], gradient));
            });
            [finite.is_err(), same.is_err()]
        };
        assert_eq!(fails(0.0), [false; 2]);
        for gradient in [Real::NAN, Real::INFINITY, Real::NEG_INFINITY] {
            assert_eq!(fails(gradient), [true; 2], "{gradient}");
        }
    }
}
