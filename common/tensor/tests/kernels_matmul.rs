//! Matrix products against sums written out in double precision.

use ndarray::{Array2, ArrayView2, Axis, ShapeBuilder, s};
use proptest::prelude::*;
use tensor::Real;
use tensor::kernels::{PackedWeights, Threads, matmul, matmul_into};

/// Numbers in [-1, 1) that depend on the place and the seed alone.
fn filled(rows: usize, columns: usize, seed: u64) -> Array2<Real> {
    Array2::from_shape_fn((rows, columns), |(i, j)| {
        let mut x = (seed << 40) ^ ((i as u64) << 20) ^ j as u64;
        for _ in 0..3 {
            x = (x ^ (x >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x9e37_79b9);
        }
        (x >> 40) as Real / (1u64 << 23) as Real - 1.0
    })
}

/// A view of `rows` × `columns` in one of six memory layouts.
fn laid_out(storage: &mut Array2<Real>, rows: usize, columns: usize, layout: usize, seed: u64) -> ArrayView2<'_, Real> {
    match layout {
        0 => *storage = filled(rows, columns, seed),
        1 => {
            *storage = Array2::zeros((rows, columns).f());
            storage.assign(&filled(rows, columns, seed));
        }
        2 | 3 => *storage = filled(rows + 3, columns + 5, seed),
        4 => *storage = filled(2 * rows, 3 * columns, seed),
        _ => *storage = filled(1, columns, seed),
    }
    match layout {
        0 | 1 => storage.view(),
        2 => storage.slice(s![2..2 + rows, 3..3 + columns]),
        3 => storage.slice(s![2..2 + rows;-1, 3..3 + columns;-1]),
        4 => storage.slice(s![..;2, ..;3]),
        _ => storage.broadcast((rows, columns)).unwrap(),
    }
}

fn naive(dst: &Array2<Real>, beta: f64, alpha: f64, a: ArrayView2<Real>, b: ArrayView2<Real>) -> Array2<f64> {
    Array2::from_shape_fn((a.nrows(), b.ncols()), |(i, j)| {
        let product: f64 = a.row(i).iter().zip(b.column(j)).map(|(a, b)| *a as f64 * *b as f64).sum();
        let old = if beta == 0.0 { 0.0 } else { beta * dst[[i, j]] as f64 };
        old + alpha * product
    })
}

#[track_caller]
fn assert_near(ours: ArrayView2<Real>, exact: &Array2<f64>, k: usize) {
    assert_eq!(ours.dim(), exact.dim());
    let tolerance = 4.0 * (k as f64 + 2.0).sqrt() * Real::EPSILON as f64 * (k as f64).max(4.0).sqrt();
    for (at, exact) in exact.indexed_iter() {
        let error = (ours[at] as f64 - exact).abs();
        assert!(error <= tolerance, "at {at:?}: {} for {exact}, error {error:e} above {tolerance:e}", ours[at]);
    }
}

fn bits(x: &Array2<Real>) -> Vec<u64> {
    x.iter().map(|x| x.to_bits() as u64).collect()
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), 1usize..10, 1usize..70, Just(128)]
}

proptest! {
    #[test]
    fn step_01_any_shapes_and_strides_agree_with_the_definition(
        m in size(), k in prop_oneof![Just(0), 1usize..300, Just(1), Just(256)], n in size(),
        layouts in (0..6usize, 0..6usize, 0..5usize),
        beta in prop_oneof![Just(0.0), Just(1.0), Just(-0.5)], alpha in prop_oneof![Just(1.0), Just(0.25)],
    ) {
        let (mut a, mut b, mut c) = (Array2::zeros((0, 0)), Array2::zeros((0, 0)), Array2::zeros((0, 0)));
        let a = laid_out(&mut a, m, k, layouts.0, 1);
        let b = laid_out(&mut b, k, n, layouts.1, 2);
        let old = laid_out(&mut c, m, n, layouts.2, 3).to_owned();
        let dst = |c: &mut Array2<Real>, threads| {
            let view = match layouts.2 {
                0 | 1 => c.view_mut(),
                2 => c.slice_mut(s![2..2 + m, 3..3 + n]),
                3 => c.slice_mut(s![2..2 + m;-1, 3..3 + n;-1]),
                _ => c.slice_mut(s![..;2, ..;3]),
            };
            matmul_into(view, beta as Real, alpha as Real, a, b, threads);
        };
        let exact = naive(&old, beta, alpha, a, b);
        let before = c.clone();
        for threads in [Threads::Pool, Threads::One] {
            c.assign(&before);
            dst(&mut c, threads);
            let result = match layouts.2 {
                0 | 1 => c.view(),
                2 => c.slice(s![2..2 + m, 3..3 + n]),
                3 => c.slice(s![2..2 + m;-1, 3..3 + n;-1]),
                _ => c.slice(s![..;2, ..;3]),
            };
            assert_near(result, &exact, k);
        }
        // What lies between the elements of the view is left alone.
        if layouts.2 == 4 {
            let odd = s![1..;2, ..];
            assert_eq!(c.slice(odd), before.slice(odd));
        }
    }

    #[test]
    fn step_02_packed_weights_agree_with_the_definition(
        m in size(), k in prop_oneof![Just(0), 1usize..600, Just(256)], n in size(),
        layouts in (0..6usize, 0..6usize), beta in prop_oneof![Just(0.0), Just(1.0), Just(-0.5)],
    ) {
        let (mut a, mut w) = (Array2::zeros((0, 0)), Array2::zeros((0, 0)));
        let a = laid_out(&mut a, m, k, layouts.0, 4);
        let w = laid_out(&mut w, k, n, layouts.1, 5);
        let packed = PackedWeights::new(w);
        prop_assert_eq!(packed.dim(), (k, n));
        let mut dst = filled(m, n, 6);
        let exact = naive(&dst, beta, 1.0, a, w);
        packed.multiply_into(dst.view_mut(), beta as Real, a);
        assert_near(dst.view(), &exact, k);

        let mut columns = Array2::zeros((m, n).f());
        packed.multiply_into(columns.view_mut(), 0.0, a);
        assert_near(columns.view(), &naive(&dst, 0.0, 1.0, a, w), k);
    }
}

/// Shapes (m, k, n) of the stages' models, and odd ones.
const SHAPES: [(usize, usize, usize); 14] = [
    (768, 128, 384),
    (128, 768, 512),
    (65, 768, 128),
    (256, 2048, 256),
    (32, 256, 1024),
    (1, 256, 1024),
    (1, 128, 70_000),
    (70_000, 100, 1),
    (257, 129, 513),
    (1021, 67, 31),
    (63, 1000, 65),
    (7, 5000, 97),
    (2048, 3, 200),
    (150, 2, 1111),
];

#[test]
fn step_03_the_same_bits_on_any_number_of_threads() {
    for (m, k, n) in SHAPES {
        let (a, b) = (filled(m, k, 1), filled(k, n, 2));
        let (at, bt) = (a.t().as_standard_layout().into_owned(), b.t().as_standard_layout().into_owned());
        for (layout, a, b) in [("nn", a.view(), b.view()), ("nt", a.view(), bt.t()), ("tn", at.t(), b.view())] {
            let mut serial = Array2::zeros((m, n));
            matmul_into(serial.view_mut(), 0.0, 1.0, a, b, Threads::One);
            for threads in [1, 2, 3, 4, 8] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let product = pool.install(|| matmul(a, b));
                assert!(bits(&product) == bits(&serial), "{threads} threads, {layout} {:?}", (m, k, n));
            }
        }
    }
}

#[test]
fn step_04_a_packed_row_does_not_depend_on_its_neighbours() {
    let (a, w) = (filled(37, 300, 1), filled(300, 130, 2));
    let packed = PackedWeights::new(w.view());
    let mut whole = filled(37, 130, 3);
    let mut pieces = whole.clone();
    packed.multiply_into(whole.view_mut(), 1.0, a.view());
    for (dst, a) in pieces.axis_chunks_iter_mut(Axis(0), 5).zip(a.axis_chunks_iter(Axis(0), 5)) {
        packed.multiply_into(dst, 1.0, a);
    }
    assert_eq!(bits(&whole), bits(&pieces));
}

#[test]
fn step_05_nan_reaches_what_depends_on_it_and_beta_zero_forgets() {
    for (m, n) in [(20, 40), (1, 40), (20, 1)] {
        let (mut a, b) = (filled(m, 33, 1), filled(33, n, 2));
        let mut clean = Array2::from_elem((m, n), Real::NAN);
        matmul_into(clean.view_mut(), 0.0, 1.0, a.view(), b.view(), Threads::Pool);
        assert!(clean.iter().all(|x| x.is_finite()));
        clean.fill(Real::NAN);
        PackedWeights::new(b.view()).multiply_into(clean.view_mut(), 0.0, a.view());
        assert!(clean.iter().all(|x| x.is_finite()));

        a[[0, 17]] = Real::NAN;
        let mut product = matmul(a.view(), b.view());
        assert!(product.row(0).iter().all(|x| x.is_nan()));
        assert!(product.slice(s![1.., ..]).iter().all(|x| x.is_finite()));
        PackedWeights::new(b.view()).multiply_into(product.view_mut(), 0.0, a.view());
        assert!(product.row(0).iter().all(|x| x.is_nan()));
        assert!(product.slice(s![1.., ..]).iter().all(|x| x.is_finite()));
    }
}

#[test]
fn step_06_empty_products() {
    let product = matmul(Array2::zeros((2, 0)).view(), Array2::zeros((0, 3)).view());
    assert_eq!(product, Array2::<Real>::zeros((2, 3)));
    let mut dst = filled(2, 3, 1);
    let halved = &dst * 0.5;
    matmul_into(dst.view_mut(), 0.5, 1.0, Array2::zeros((2, 0)).view(), Array2::zeros((0, 3)).view(), Threads::Pool);
    assert_eq!(dst, halved);
    for (m, n) in [(0, 3), (3, 0), (0, 0)] {
        assert_eq!(matmul(Array2::zeros((m, 4)).view(), Array2::zeros((4, n)).view()).dim(), (m, n));
        PackedWeights::new(Array2::zeros((4, n)).view()).multiply_into(
            Array2::zeros((m, n)).view_mut(),
            1.0,
            Array2::zeros((m, 4)).view(),
        );
    }
}

#[test]
#[should_panic(expected = "matmul: a [2, 3] times b [4, 5] into [2, 5] does not fit (M, K) times (K, N) into (M, N)")]
fn step_07_shapes_that_do_not_fit_are_named() {
    matmul(filled(2, 3, 1).view(), filled(4, 5, 2).view());
}

#[test]
#[should_panic(expected = "multiply_into: a [2, 3] times w [4, 5] into [2, 5] does not fit")]
fn step_08_shapes_that_do_not_fit_packed_weights_are_named() {
    PackedWeights::new(filled(4, 5, 1).view()).multiply_into(filled(2, 5, 2).view_mut(), 0.0, filled(2, 3, 3).view());
}
