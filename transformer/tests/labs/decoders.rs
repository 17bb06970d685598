//! The labs on what published decoders exchange.

use ndarray::{Array3, Axis, Ix1, Ix2, Ix3};
use nn::{Form, rms_norm};
use tensor::check::{assert_close, random_tensor};
use tensor::{Real, Tensor};
use transformer::Rotary;
use transformer::scaled_dot_product::{Heads, Mask, literal};

#[path = "../../../labs/course/31-grouped-queries/solutions/no_copies.rs"]
mod grouped_queries;
#[path = "../../../labs/course/30-rms-norm/solutions/row_by_row.rs"]
mod rms;
#[path = "../../../labs/course/29-rotary-positions/solutions/hands.rs"]
mod rotary_positions;

fn random(shape: [usize; 3], name: &str) -> Array3<f64> {
    random_tensor(&shape, 1, name).into_dimensionality::<Ix3>().unwrap().mapv(f64::from)
}

/// Heads (N, T, K) as a block has them, (1, T, N·K).
fn side_by_side(heads: &Array3<f64>) -> Tensor {
    let (n, t, k) = heads.dim();
    let rows = heads.view().permuted_axes([1, 0, 2]);
    Tensor::constant(rows.to_shape((1, t, n * k)).unwrap().mapv(|number| number as Real))
}

#[test]
fn heads_are_turned_as_the_lab_turns_them() {
    let (q, k, turned) = (random([3, 2, 8], "q"), random([3, 5, 8], "k"), 6);
    let rotary = Rotary::new(turned);
    let turn = |x: &Array3<f64>, first| rotary.forward(&side_by_side(x), 3, 8, first, Form::Fused);
    let expected = side_by_side(&rotary_positions::rotate(&k, turned, 4));
    assert_close("turned", turn(&k, 4).value(), expected.value(), 1e-5);

    let scores = literal::scores(&turn(&q, 3), &turn(&k, 0), 3);
    let expected = rotary_positions::scores(&q, &k, turned).insert_axis(Axis(0)).mapv(|score| score as Real);
    assert_close("scores", scores.value(), &expected.into_dyn().into_shared(), 1e-5);
}

#[test]
fn rows_are_normalised_as_the_lab_normalises_them() {
    let x = random_tensor(&[4, 7], 1, "x").into_dimensionality::<Ix2>().unwrap();
    let gain = random_tensor(&[7], 1, "gain").into_dimensionality::<Ix1>().unwrap();
    let expected = rms::rms_norm(&x.mapv(f64::from), &gain.mapv(f64::from), 0.5).mapv(|number| number as Real);
    let y = rms_norm(&Tensor::constant(x), &Tensor::constant(gain), 0.5);
    assert_close("y", y.value(), &expected.into_dyn().into_shared(), 1e-5);
}

#[test]
fn groups_of_heads_find_what_the_lab_finds() {
    let (q, k, v) = (random([6, 3, 5], "q"), random([2, 4, 5], "k"), random([2, 4, 5], "v"));
    let heads = Heads { queries: 6, keys: 2, scale: None };
    let y = literal::attention(&side_by_side(&q), &side_by_side(&k), &side_by_side(&v), heads, Mask::Bidirectional);
    assert_close("y", y.value(), side_by_side(&grouped_queries::grouped_attention(&q, &k, &v)).value(), 1e-5);

    let all = [&k, &v].map(|x| side_by_side(&grouped_queries::repeat_heads(x, 3)));
    let repeated = literal::attention(&side_by_side(&q), &all[0], &all[1], 6, Mask::Bidirectional);
    assert_close("with repeated heads", repeated.value(), y.value(), 1e-5);
}
