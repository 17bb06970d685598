//! Kernels over rows and reductions against straightforward versions in double precision.

use std::hash::{DefaultHasher, Hash, Hasher};

use ndarray::{Array1, Array2, ArrayView2, Axis, ShapeBuilder};
use proptest::prelude::*;
use tensor::Real;
use tensor::kernels::*;

/// Numbers in [-3, 3) that depend on the place and the seed alone.
fn filled(rows: usize, columns: usize, seed: u64) -> Array2<Real> {
    Array2::from_shape_fn((rows, columns), |at| {
        let mut hasher = DefaultHasher::new();
        (at, seed).hash(&mut hasher);
        (hasher.finish() >> 40) as Real / (1u64 << 24) as Real * 6.0 - 3.0
    })
}

fn row(n: usize, seed: u64) -> Array1<Real> {
    filled(1, n, seed).remove_axis(Axis(0))
}

/// The same numbers, stored by columns.
fn by_columns(x: &Array2<Real>) -> Array2<Real> {
    let mut y = Array2::zeros(x.dim().f());
    y.assign(x);
    y
}

/// Error allowed relative to the largest exact value, and absolute below 1.
const TOLERANCE: f64 = if size_of::<Real>() == 4 { 3e-6 } else { 1e-13 };

#[track_caller]
fn assert_near<'a>(ours: impl IntoIterator<Item = &'a Real>, exact: impl IntoIterator<Item = f64>) {
    let exact: Vec<f64> = exact.into_iter().collect();
    let ours: Vec<f64> = ours.into_iter().map(|x| *x as f64).collect();
    assert_eq!(ours.len(), exact.len());
    let largest = exact.iter().fold(1.0f64, |m, x| m.max(x.abs()));
    for (i, (x, exact)) in ours.iter().zip(&exact).enumerate() {
        assert!((x - exact).abs() <= TOLERANCE * largest, "element {i}: {x} for {exact}");
    }
}

fn wide(x: ArrayView2<Real>) -> Array2<f64> {
    x.mapv(|x| x as f64)
}

fn softmax_exact(x: ArrayView2<Real>) -> Array2<f64> {
    let mut y = wide(x).mapv(f64::exp);
    y.outer_iter_mut().for_each(|mut y| y /= y.sum());
    y
}

/// y = weight · (x - mean) / √(variance + eps) + bias, and the gradients of Σ y·dy by the chain rule written out.
fn layer_norm_exact(x: &Array2<f64>, w: &Array1<f64>, b: &Array1<f64>, eps: f64, dy: &Array2<f64>) -> [Array2<f64>; 4] {
    let n = x.ncols() as f64;
    let (mut y, mut dx) = (x.clone(), x.clone());
    let (mut dw, mut db) = (Array2::zeros((1, x.ncols())), Array2::zeros((1, x.ncols())));
    for i in 0..x.nrows() {
        let centred = &x.row(i) - x.row(i).mean().unwrap();
        let rstd = 1.0 / ((&centred * &centred).sum() / n + eps).sqrt();
        let normal = &centred * rstd;
        y.row_mut(i).assign(&(&normal * w + b));
        dw.row_mut(0).scaled_add(1.0, &(&dy.row(i) * &normal));
        db.row_mut(0).scaled_add(1.0, &dy.row(i));
        let g = &dy.row(i) * w;
        let through_variance = (&g * &centred).sum() * rstd.powi(3) / n;
        let direct = &g * rstd - &centred * through_variance;
        dx.row_mut(i).assign(&(&direct - direct.sum() / n));
    }
    [y, dx, dw, db]
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), 1usize..20, 1usize..200]
}

proptest! {
    #[test]
    fn step_01_reductions(n in prop_oneof![Just(0), 1usize..200, 4000usize..9000], seed in 0..100u64) {
        let (x, y) = (row(n, seed), row(n, seed + 1));
        let (x, y) = (x.as_slice().unwrap(), y.as_slice().unwrap());
        // A sum of terms of both signs is small beside the sum of their sizes, which the rounding goes by.
        let size = 1.0 + 3.0 * n as f64;
        let near = |ours: f64, exact: f64, size: f64| (ours - exact).abs() <= 0.1 * TOLERANCE * size;
        prop_assert!(near(sum(x) as f64, x.iter().map(|x| *x as f64).sum(), size));
        prop_assert!(near(sum_of_squares(x), x.iter().map(|x| (*x as f64).powi(2)).sum(), 3.0 * size));
        prop_assert!(near(dot(x, y) as f64, x.iter().zip(y).map(|(x, y)| *x as f64 * *y as f64).sum(), 3.0 * size));
        prop_assert_eq!(max(x), x.iter().copied().fold(Real::NEG_INFINITY, Real::max));
    }

    #[test]
    fn step_02_bias_and_its_gradient(m in size(), n in size()) {
        let (x, b) = (filled(m, n, 1), row(n, 2));
        let exact = &x + &b;
        for mut y in [x.clone(), by_columns(&x)] {
            let sums: Array1<f64> = wide(y.view()).sum_axis(Axis(0));
            assert_near(&(sum_rows(y.view()) / m as Real), sums / m as f64);
            add_bias(y.view_mut(), b.view());
            prop_assert_eq!(&y, &exact);
        }
    }

    #[test]
    fn step_03_softmax_and_its_gradient(m in size(), n in size()) {
        let (x, dy) = (filled(m, n, 1), filled(m, n, 2));
        let exact = softmax_exact(x.view());
        let mut dx_exact = wide(dy.view());
        for (mut dx, y) in dx_exact.outer_iter_mut().zip(exact.outer_iter()) {
            let mean = (&dx * &y).sum();
            dx.zip_mut_with(&y, |dx, y| *dx = y * (*dx - mean));
        }
        for (mut y, mut dx) in [(x.clone(), dy.clone()), (by_columns(&x), by_columns(&dy))] {
            let sums = wide(y.view()).mapv(f64::exp).sum_axis(Axis(1)).mapv(f64::ln);
            assert_near(&log_sum_exp(y.view()).mapv(|sum| sum.max + sum.ln_sum), sums);
            softmax(y.view_mut());
            assert_near(&y, exact.iter().copied());
            softmax_backward(dx.view_mut(), y.view());
            assert_near(&dx, dx_exact.iter().copied());
        }
    }

    #[test]
    fn step_04_cross_entropy_and_its_gradient(m in size(), v in size(), ignored in 0..3usize, dloss in 0.1..2.0,
        smoothing in prop_oneof![Just(0.0), 0.0..1.0]) {
        let x = filled(m, v, 1);
        let targets = Array1::from_shape_fn(m, |i| if ignored > 0 && i % 3 == ignored { IGNORE } else { (i * 7 % v) as u32 });
        let counted = targets.iter().filter(|t| **t != IGNORE).count() as f64;
        let p = softmax_exact(x.view());
        let (mut loss_exact, mut dx_exact) = (0.0, p.clone());
        for (i, target) in targets.iter().enumerate() {
            let mut dx = dx_exact.row_mut(i);
            if *target == IGNORE {
                dx.fill(0.0);
            } else {
                let mut q = Array1::from_elem(v, smoothing / v as f64);
                q[*target as usize] += 1.0 - smoothing;
                loss_exact -= (&q * &p.row(i).mapv(f64::ln)).sum();
                dx -= &q;
                dx *= dloss / counted;
            }
        }
        for mut x in [x.clone(), by_columns(&x)] {
            let loss = cross_entropy(x.view_mut(), targets.view(), smoothing as Real);
            if counted > 0.0 {
                assert_near(&[loss], [loss_exact / counted]);
            } else {
                prop_assert!(loss.is_nan());
            }
            assert_near(&x, p.iter().copied());
            cross_entropy_backward(x.view_mut(), targets.view(), smoothing as Real, dloss as Real);
            assert_near(&x, dx_exact.iter().copied());
        }
    }

    #[test]
    fn step_05_layer_norm_and_its_gradients(m in size(), n in 2usize..200, shift in prop_oneof![Just(0.0), Just(30.0)]) {
        let eps = 1e-5;
        // Columns alternate in height: a row of two numbers that are almost equal would be nothing but rounding.
        let steps = Array2::from_shape_fn((m, n), |(_, j)| 7.0 * (j % 2) as Real);
        let (x, w, b, dy) = (filled(m, n, 1) + steps + shift as Real, row(n, 2), row(n, 3), filled(m, n, 4));
        let w64 = w.mapv(|x| x as f64);
        let [y, dx, dw, db] =
            layer_norm_exact(&wide(x.view()), &w64, &b.mapv(|x| x as f64), eps, &wide(dy.view()));
        // Rounding of the input itself, of size `shift`, is part of the result.
        let tolerance = |exact: &Array2<f64>| exact.mapv(|v| v / (1.0 + shift));
        let scaled = |ours: &Array2<Real>| ours.mapv(|v| v / (1.0 + shift as Real));
        for (x, dy) in [(x.clone(), dy.clone()), (by_columns(&x), by_columns(&dy))] {
            let ours = layer_norm(x.view(), w.view(), Some(b.view()), eps as Real);
            assert_near(&scaled(&ours.y), tolerance(&y));
            let without_bias = layer_norm(x.view(), w.view(), None, eps as Real);
            assert_near(&scaled(&(without_bias.y + &b)), tolerance(&y));

            let mut gradient = dy.clone();
            let (dweight, dbias) =
                layer_norm_backward(gradient.view_mut(), x.view(), w.view(), ours.mean.view(), ours.rstd.view());
            assert_near(&scaled(&gradient), tolerance(&dx));
            assert_near(&scaled(&dweight.insert_axis(Axis(0))), tolerance(&dw));
            assert_near(&dbias, db.iter().copied());
        }
    }
}

/// The results of every kernel on one set of inputs, as bits.
fn everything(m: usize, n: usize) -> Vec<u64> {
    let (x, dy, w) = (filled(m, n, 1), filled(m, n, 2), row(n, 3));
    let targets = Array1::from_shape_fn(m, |i| (i % n) as u32);
    let flat = x.as_slice().unwrap();
    let mut results = vec![sum(flat), sum_of_squares(flat) as Real, dot(flat, dy.as_slice().unwrap()), max(flat)];
    let mut collect = |x: &mut dyn Iterator<Item = &Real>| results.extend(x);
    collect(&mut sum_rows(x.view()).iter());
    collect(&mut log_sum_exp(x.view()).iter().flat_map(|sum| [&sum.max, &sum.ln_sum]));
    collect(&mut sum_axis(x.view().into_dyn(), 1).iter());

    let (mut y, mut dx) = (x.clone(), dy.clone());
    add_bias(y.view_mut(), w.view());
    softmax(y.view_mut());
    softmax_backward(dx.view_mut(), y.view());
    collect(&mut y.iter().chain(&dx));

    let mut p = x.clone();
    let loss = cross_entropy(p.view_mut(), targets.view(), 0.1);
    cross_entropy_backward(p.view_mut(), targets.view(), 0.1, loss);
    collect(&mut p.iter());

    let Normalized { y, mean, rstd } = layer_norm(x.view(), w.view(), None, 1e-5);
    let mut dx = dy.clone();
    let (dweight, dbias) = layer_norm_backward(dx.view_mut(), x.view(), w.view(), mean.view(), rstd.view());
    collect(&mut y.iter().chain(&dx).chain(&dweight).chain(&dbias));

    let mut mapped = dy;
    elementwise::map(mapped.as_slice_mut().unwrap(), flat, elementwise::gelu);
    elementwise::map_inplace(mapped.as_slice_mut().unwrap(), elementwise::tanh);
    elementwise::combine(mapped.as_slice_mut().unwrap(), flat, |y, x| y * x);
    collect(&mut mapped.iter());
    results.into_iter().map(|x| x.to_bits() as u64).collect()
}

#[test]
fn step_06_the_same_bits_on_any_number_of_threads() {
    for (m, n) in [(1, 1), (3, 5), (2000, 65), (700, 384), (7, 30_011)] {
        let on = |threads| {
            rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(|| everything(m, n))
        };
        let one = on(1);
        for threads in [2, 3, 4, 8] {
            assert!(on(threads) == one, "{threads} threads, {m} × {n}");
        }
    }
}

#[test]
fn step_07_nan_reaches_what_depends_on_it() {
    for at in [0, 5, 63, 64, 200, 8999] {
        let mut x = row(9000, 1);
        x[at] = Real::NAN;
        let x = x.as_slice().unwrap();
        assert!(sum(x).is_nan() && sum_of_squares(x).is_nan() && dot(x, x).is_nan() && max(x).is_nan(), "{at}");
    }
    let spoiled = |m: &Array2<Real>| m.row(1).iter().all(|x| x.is_nan()) && m.row(0).iter().all(|x| x.is_finite());
    let mut x = filled(2, 100, 1);
    x[[1, 70]] = Real::NAN;
    let mut y = x.clone();
    softmax(y.view_mut());
    assert!(spoiled(&y));
    let mut p = x.clone();
    assert!(cross_entropy(p.view_mut(), ndarray::array![3, 4].view(), 0.0).is_nan());
    assert!(spoiled(&p));
    assert!(spoiled(&layer_norm(x.view(), Array1::ones(100).view(), None, 1e-5).y));
    let sums = sum_rows(x.view());
    assert!(sums[70].is_nan() && sums.iter().filter(|x| x.is_nan()).count() == 1);
}

#[test]
fn step_08_large_logits_do_not_overflow_and_masked_ones_get_nothing() {
    let mut x = ndarray::array![[1000.0, 1000.0, Real::NEG_INFINITY], [-1e30, 0.0, 0.0]];
    let sums = log_sum_exp(x.view());
    assert_near(&sums.mapv(|sum| sum.log_probability(0.0)), [-1000.0 - 2f64.ln(), -2f64.ln()]);
    softmax(x.view_mut());
    assert_eq!(x, ndarray::array![[0.5, 0.5, 0.0], [0.0, 0.5, 0.5]]);
}

/// The rule at the infinities, in every form that a kernel has.
#[test]
fn step_08_a_row_without_a_distribution_is_nan_throughout() {
    let (inf, none) = (Real::INFINITY, Real::NEG_INFINITY);
    for row in [[inf, 0.0, 1.0], [inf, inf, 1.0], [inf, none, none], [none; 3], [Real::NAN, 0.0, none]] {
        let mut one = row;
        softmax_row(&mut one);
        assert!(one.iter().all(|p| p.is_nan()), "{row:?} {one:?}");
        let x = ndarray::array![row, [none, 0.0, none]];
        let sums = log_sum_exp(x.view());
        assert!(row.iter().all(|&x| sums[0].log_probability(x).is_nan()), "{row:?}");
        assert_eq!([none, 0.0].map(|x| sums[1].log_probability(x)), [none, 0.0]);
        for smoothing in [0.0, 0.1] {
            let mut p = x.clone();
            assert!(cross_entropy(p.view_mut(), ndarray::array![1, IGNORE].view(), smoothing).is_nan(), "{row:?}");
            assert!(p.row(0).iter().all(|p| p.is_nan()));
            assert_eq!(p.row(1).to_vec(), [0.0, 1.0, 0.0]);
            let mut p = x.clone();
            let loss = cross_entropy(p.view_mut(), ndarray::array![IGNORE, 1].view(), smoothing);
            assert_eq!(loss, if smoothing == 0.0 { 0.0 } else { inf }); // a share of an impossible class is infinitely wrong
            cross_entropy_backward(p.view_mut(), ndarray::array![IGNORE, 1].view(), 0.0, 1.0);
            assert!(p.iter().all(|dz| *dz == 0.0), "an ignored row has no part: {p}");
        }
    }
}

#[test]
#[should_panic(expected = "cross_entropy: target 4 of row 1 is not below the 4 classes of [2, 4]")]
fn step_09_a_target_out_of_range_is_named() {
    cross_entropy(filled(2, 4, 1).view_mut(), ndarray::array![3, 4].view(), 0.0);
}

#[test]
#[should_panic(expected = "layer_norm: weight [3] and bias Some([4]) do not fit the rows of x [2, 4]")]
fn step_10_shapes_that_do_not_fit_are_named() {
    layer_norm(filled(2, 4, 1).view(), row(3, 2).view(), Some(row(4, 3).view()), 1e-5);
}

#[test]
fn step_11_equal_numbers_are_normalised_to_zero_wherever_they_stand() {
    for (n, value) in [(31, 333_333.3), (7, 1e-3), (100, -16_777_215.0), (3000, 123_456.7), (5000, 1e30)] {
        let x = Array2::from_elem((1, n), value as Real);
        let Normalized { y, mean, .. } = layer_norm(x.view(), Array1::ones(n).view(), None, 1e-5);
        assert_eq!(mean[0].rounded + mean[0].rest, value as Real, "{n}");
        assert!(y.iter().all(|&y| y == 0.0), "{n} of {value}: {}", y[[0, 0]]);
    }
}

#[test]
fn step_12_large_numbers_that_lie_close_together_are_told_apart() {
    let low = 333_333.3 as Real;
    let high = Real::from_bits(low.to_bits() + 1);
    for n in [4, 31, 3000] {
        let mut x = Array2::from_elem((1, n), low);
        x[[0, n - 1]] = high;
        let y = layer_norm(x.view(), Array1::ones(n).view(), None, 0.0).y;
        // One of n: (n - 1)/n above the mean, the others 1/n below it; the deviation is √(n - 1)/n.
        let root = (n as f64 - 1.0).sqrt();
        assert_near(&[y[[0, 0]], y[[0, n - 1]]], [-1.0 / root, root]);
    }
}

#[test]
fn step_13_a_large_maximum_takes_nothing_from_a_loss() {
    let mut x = ndarray::array![[1e4, 1e4 + 1.0, 1e4 + 3.0]];
    assert_near(&[cross_entropy(x.view_mut(), ndarray::array![0].view(), 0.1)], [3.036_512_686_222_952_3]);
}
