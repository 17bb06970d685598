//! A matrix times few vectors.

use ndarray::{Array2, s};
use tensor::check::{assert_close, random_tensor};
use tensor::kernels::{add_matvec, matmul};

fn matrix(rows: usize, columns: usize, name: &str) -> Array2<tensor::Real> {
    random_tensor(&[rows, columns], 1, name).into_dimensionality().unwrap()
}

/// Small ones, ones with a rest of every kind, and one that several threads share.
const SIZES: [(usize, usize, usize); 6] =
    [(1, 1, 1), (3, 5, 7), (2, 33, 100), (1, 65, 128), (4, 17, 31), (2, 1040, 1000)];

#[test]
fn step_01_it_is_the_product_added() {
    for (rows, outputs, inputs) in SIZES {
        let [x, w, before] =
            [(rows, inputs, "x"), (outputs, inputs, "w"), (rows, outputs, "y")].map(|(a, b, n)| matrix(a, b, n));
        let mut y = before.clone();
        add_matvec(y.view_mut(), x.view(), w.view());
        assert_close("y", &y, &(before + matmul(x.view(), w.t())), 1e-5);
    }
}

#[test]
fn step_02_a_row_has_the_same_bits_alone_and_on_any_number_of_threads() {
    for (rows, outputs, inputs) in SIZES {
        let (x, w) = (matrix(rows, inputs, "x"), matrix(outputs, inputs, "w"));
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let mut y = Array2::zeros((rows, outputs));
            pool.install(|| add_matvec(y.view_mut(), x.view(), w.view()));
            y
        };
        let together = on(1);
        assert_eq!([on(2), on(3)], [together.clone(), together.clone()]);
        for row in 0..rows {
            let mut alone = Array2::zeros((1, outputs));
            add_matvec(alone.view_mut(), x.slice(s![row..row + 1, ..]), w.view());
            assert_eq!(alone.row(0), together.row(row));
        }
    }
}

#[test]
fn step_03_what_is_no_number_reaches_every_result_that_depends_on_it() {
    let (mut x, w) = (matrix(2, 40, "x"), matrix(3, 40, "w"));
    x[[1, 39]] = tensor::Real::NAN;
    let mut y = Array2::zeros((2, 3));
    add_matvec(y.view_mut(), x.view(), w.view());
    assert!(y.row(0).iter().all(|y| y.is_finite()) && y.row(1).iter().all(|y| y.is_nan()));
}

#[test]
#[should_panic(expected = "add_matvec: x [2, 3] and w [5, 4] into y [2, 5] do not fit")]
fn step_04_what_does_not_fit_is_refused() {
    add_matvec(Array2::zeros((2, 5)).view_mut(), matrix(2, 3, "x").view(), matrix(5, 4, "w").view());
}
