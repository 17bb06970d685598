//! Rows for rotation in halves compute what rows for rotation in pairs do.

use ndarray::{Array1, Array2, s};
use proptest::prelude::*;
use published::rotary::halves;
use tensor::Real;

/// The angle of a pair of numbers at a position, with base 100 so that small heads turn visibly.
fn angle(position: usize, pair: usize, rotated: usize) -> Real {
    position as Real * (100 as Real).powf(-2.0 * pair as Real / rotated as Real)
}

/// Turns the numbers `one(pair)` and `other(pair)` of a head together.
fn turn(head: &mut Array1<Real>, position: usize, rotated: usize, places: impl Fn(usize) -> [usize; 2]) {
    for pair in 0..rotated / 2 {
        let [one, other] = places(pair);
        let (sin, cos) = angle(position, pair, rotated).sin_cos();
        let (x, y) = (head[one], head[other]);
        (head[one], head[other]) = (x * cos - y * sin, x * sin + y * cos);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn scores_are_those_of_pairs(
        (heads, width, rotated) in (1..4_usize, 1..5_usize, 1..5_usize).prop_map(|(n, w, r)| (n, 2 * w, 2 * r.min(w))),
        seed in prop::collection::vec(-1.0..1.0_f64, 7), positions in (0..9_usize, 0..9_usize),
    ) {
        let depth = 3;
        let numbers = |first: usize| {
            Array2::from_shape_fn((heads * width, depth), |(row, column)| {
                (seed[(first + row * depth + column) % 7] * (1.0 + row as f64 / 3.0)) as Real
            })
        };
        let maps = [numbers(0), numbers(3)];
        let inputs = [Array1::from_elem(depth, 0.5), Array1::from_iter([1.0, -0.5, 0.25])];
        let scores = |maps: [&Array2<Real>; 2], places: &dyn Fn(usize) -> [usize; 2]| -> Vec<Real> {
            let turned = |which: usize, head: usize, position: usize| {
                let rows = maps[which].slice(s![head * width..(head + 1) * width, ..]);
                let mut head = rows.dot(&inputs[which]);
                turn(&mut head, position, rotated, places);
                head
            };
            (0..heads).map(|head| turned(0, head, positions.0).dot(&turned(1, head, positions.1))).collect()
        };
        let of_pairs = scores([&maps[0], &maps[1]], &|pair| [2 * pair, 2 * pair + 1]);
        let ordered = maps.map(|map| {
            halves(map.into_dyn(), heads, rotated).into_dimensionality().unwrap()
        });
        let of_halves = scores([&ordered[0], &ordered[1]], &|pair| [pair, pair + rotated / 2]);
        for (one, other) in of_pairs.iter().zip(of_halves) {
            prop_assert!((one - other).abs() < 1e-5, "{} {}", one, other);
        }
    }
}
