//! The keys on the tape.

use ndarray::{Array2, arr1};
use tensor::{Meter, Parameters, Real, Tensor};

use crate::{Computed, number, recorded, shape};

pub fn computed() -> Computed {
    let parameters = Parameters::new();
    let slope = |at: Real, f: &dyn Fn(&Tensor) -> Tensor| {
        let w = recorded(&parameters).leaf(arr1(&[at]));
        f(&w).backward().of(&w).unwrap().sum()
    };
    let two_ways = slope(2.0, &|w| &w.scale(3.0) * &(w * w));
    let tanh = slope(0.5, &|w| w.scale(2.0).tanh());

    let ones = |rows, columns| Tensor::constant(Array2::ones((rows, columns)));
    let w = recorded(&parameters).leaf(Array2::ones((5, 3)));
    let y = ones(7, 3).matmul(&w.permute(&[1, 0]));
    assert_eq!(y.shape(), [7, 5]);
    let gradients = y.sum().backward();

    let x = ones(2, 3);
    let [a, b, c, d] = [(); 4].map(|()| x.tanh());
    let sum = &(&(&a + &b) + &c) + &d;

    let meter = Meter::start();
    let _ = x.matmul(&ones(3, 5));
    let work = meter.finish()["matmul"].cost.work;

    vec![
        ("two-ways", number(two_ways)),
        ("tanh", number(tanh)),
        ("weight-gradient", shape(gradients.of(&w).unwrap().shape())),
        ("span", sum.span().to_string()),
        ("work", work.to_string()),
    ]
}
