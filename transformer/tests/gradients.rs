//! Literal = fused in value and gradient, and both against finite differences.

use std::collections::BTreeSet;
use std::path::Path;

use ndarray::ArrayD;
use tensor::check::{assert_gradients, assert_same_gradients, operations_in, random_tensor};
use tensor::{Real, Tensor};
use transformer::scaled_dot_product::{Mask, fused, literal};

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

/// B, T, S, N, K: all different, each of them 1 once, and one size beyond the block of 64 queries.
const SIZES: [[usize; 5]; 8] =
    [[2, 5, 7, 3, 4], [1, 3, 4, 2, 5], [3, 1, 5, 2, 4], [3, 4, 5, 1, 2], [2, 4, 6, 3, 1], [2, 1, 1, 3, 4], [1, 1, 1, 1, 1], [2, 70, 131, 3, 5]];

fn qkv([b, t, s, n, k]: [usize; 5]) -> [ArrayD<Real>; 3] {
    [random_tensor(&[b, t, n * k], 1, "q"), random_tensor(&[b, s, n * k], 1, "k"), random_tensor(&[b, s, n * k], 1, "v")]
}

#[test]
fn fused_attention_is_literal_attention() {
    for sizes @ [b, t, _, n, k] in SIZES {
        for mask in [Mask::Causal, Mask::Bidirectional] {
            assert_same_gradients(
                &qkv(sizes),
                ROUNDING,
                |_, x| vec![literal::attention(&x[0], &x[1], &x[2], n, mask)],
                |_, x| vec![fused::attention(&x[0], &x[1], &x[2], n, mask)],
            );
            assert_same_gradients(
                &[random_tensor(&[b, t, 3 * n * k], 1, "qkv")],
                ROUNDING,
                |_, x| vec![literal::self_attention(&x[0], n, mask)],
                |_, x| vec![fused::self_attention(&x[0], n, mask)],
            );
        }
    }
}

#[test]
fn attention_has_the_gradient_of_its_finite_differences() {
    for (f, what) in [(literal::attention as fn(&_, &_, &_, _, _) -> Tensor, "literal"), (fused::attention, "fused")] {
        for mask in [Mask::Causal, Mask::Bidirectional] {
            assert_gradients(&format!("{what}, {mask:?}"), &qkv([2, 5, 7, 3, 4]), |_, x| vec![f(&x[0], &x[1], &x[2], 3, mask)]);
        }
    }
}
