//! Axes without elements: every operation gives what the definition gives of no numbers, a sum of none being 0, or
//! refuses them in a sentence of its own. None makes a NaN out of nothing.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ndarray::{Array1, Array2, ArrayD};
use tensor::kernels::{self, PackedWeights, Threads};
use tensor::{Context, Parameters, Tensor, concat, stack};

type Sizes = BTreeMap<char, usize>;
type Operation = fn(&[Tensor], &Sizes) -> Tensor;

/// Each operation with the axes of its inputs; axes of one letter are equally long.
const OPERATIONS: [(&str, &[&str], Operation); 41] = [
    ("add", &["bt", "bt"], |x, _| &x[0] + &x[1]),
    ("subtract", &["bt", "t"], |x, _| &x[0] - &x[1]),
    ("multiply", &["bt", "bt"], |x, _| &x[0] * &x[1]),
    ("divide", &["bt", "t"], |x, _| &x[0] / &x[1]),
    ("negate", &["bt"], |x, _| -&x[0]),
    ("affine", &["bt"], |x, _| x[0].affine(2.0, 1.0)),
    ("exp", &["bt"], |x, _| x[0].exp()),
    ("ln", &["bt"], |x, _| x[0].ln()),
    ("sqrt", &["bt"], |x, _| x[0].sqrt()),
    ("tanh", &["bt"], |x, _| x[0].tanh()),
    ("sigmoid", &["bt"], |x, _| x[0].sigmoid()),
    ("relu", &["bt"], |x, _| x[0].relu()),
    ("softplus", &["bt"], |x, _| x[0].softplus()),
    ("gelu", &["bt"], |x, _| x[0].gelu()),
    ("gelu_tanh", &["bt"], |x, _| x[0].gelu_tanh()),
    ("silu", &["bt"], |x, _| x[0].silu()),
    ("gather", &["ve"], |x, n| x[0].gather(Array2::zeros((n[&'b'], n[&'t'])).into_dyn().view())),
    ("matmul", &["mk", "kn"], |x, _| x[0].matmul(&x[1])),
    ("matmul", &["bmk", "bkn"], |x, _| x[0].matmul(&x[1])),
    ("matmul", &["bhmk", "bhkn"], |x, _| x[0].matmul(&x[1])),
    ("linear", &["i", "oi", "o"], |x, _| x[0].linear(&x[1], Some(&x[2]))),
    ("linear", &["bi", "oi", "o"], |x, _| x[0].linear(&x[1], Some(&x[2]))),
    ("linear", &["bti", "oi"], |x, _| x[0].linear(&x[1], None)),
    ("sum", &["bt"], |x, _| x[0].sum()),
    ("mean", &["bt"], |x, _| x[0].mean()),
    ("sum_axis", &["bte"], |x, _| x[0].sum_axis(0)),
    ("sum_axis", &["bte"], |x, _| x[0].sum_axis(1)),
    ("sum_axis", &["bte"], |x, _| x[0].sum_axis(2)),
    ("reshape", &["bt"], |x, n| x[0].reshape(&[n[&'t'], n[&'b']])),
    ("permute", &["bte"], |x, _| x[0].permute(&[2, 0, 1])),
    ("slice", &["bt"], |x, n| x[0].slice(1, 0..n[&'t'])),
    ("slice", &["bt"], |x, _| x[0].slice(1, 0..0)),
    ("slice", &["bt"], |x, _| x[0].index(1, 0)),
    ("within", &["bte"], |x, n| x[0].within(&vec![n[&'t']; n[&'b']])),
    ("within", &["bte"], |x, n| x[0].within(&vec![0; n[&'b']])),
    ("within", &["bte"], |x, n| x[0].finite_within(Some(&vec![0; n[&'b']]))),
    ("concat", &["bt", "bu"], |x, _| concat(1, &[&x[0], &x[1]])),
    ("stack", &["bt", "bt"], |x, _| stack(1, &[&x[0], &x[1]])),
    ("softmax", &["bv"], |x, _| x[0].softmax()),
    ("log_softmax", &["bv"], |x, _| x[0].log_softmax()),
    ("log_softmax", &["btv"], |x, _| x[0].log_softmax()),
];

/// Every choice of one axis among these letters to have length 0 or 1, with the other lengths.
fn sizes(letters: impl Iterator<Item = char> + Clone) -> impl Iterator<Item = (char, usize, Sizes)> {
    let usual = |letter| 2 + (letter as usize) % 3;
    letters.clone().flat_map(move |letter| {
        let all = letters.clone().chain("bt".chars()).map(|l| (l, usual(l))).collect::<Sizes>();
        [0, 1].map(|length| {
            let mut sizes = all.clone();
            sizes.insert(letter, length);
            (letter, length, sizes)
        })
    })
}

fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// The operations that refuse an axis of length 0.
const REFUSED: [(&str, char); 4] = [("gather", 'v'), ("mean", 'b'), ("mean", 't'), ("slice", 't')];

#[test]
fn every_operation_takes_empty_axes_or_refuses_them_in_its_own_words() {
    for (name, axes, operation) in OPERATIONS {
        let letters: String = axes.concat();
        for (letter, length, sizes) in sizes(letters.chars()) {
            let parameters = Parameters::new();
            let cx = Context::train(&parameters, 1, 0);
            let shape = |axes: &&str| axes.chars().map(|axis| sizes[&axis]).collect::<Vec<_>>();
            let inputs: Vec<_> = axes.iter().map(|axes| cx.leaf(ArrayD::from_elem(shape(axes), 0.5))).collect();
            let run = || {
                let y = operation(&inputs, &sizes);
                (y.value().to_owned(), y.backward_with(ArrayD::ones(y.shape())))
            };
            match catch_unwind(AssertUnwindSafe(run)) {
                Ok((y, gradients)) => {
                    assert!(y.iter().all(|y| y.is_finite()), "{name} {letter}={length}: {y}");
                    for (x, axes) in inputs.iter().zip(axes) {
                        let dx = gradients.of(x).expect("every input has a part");
                        assert_eq!(dx.shape(), shape(axes), "{name} {letter}={length}");
                        assert!(dx.iter().all(|dx| dx.is_finite()), "{name} {letter}={length}: {dx}");
                    }
                }
                Err(panic) => {
                    let said = said(&*panic);
                    assert!(said.starts_with(&format!("{name}: ")), "{name} {letter}={length}: {said}");
                    assert!(length == 0 && REFUSED.contains(&(name, letter)), "{name} {letter}={length}: {said}");
                }
            }
        }
    }
}

#[test]
fn what_no_numbers_give() {
    let constant = |shape: &[usize]| Tensor::constant(ArrayD::from_elem(shape, 2.0));
    let b = constant(&[2]);
    assert_eq!(constant(&[3, 0]).linear(&constant(&[2, 0]), Some(&b)).value(), constant(&[3, 2]).value());
    assert_eq!(constant(&[2, 0]).matmul(&constant(&[0, 3])).value(), constant(&[2, 3]).scale(0.0).value());
    assert_eq!(constant(&[0, 3]).sum_axis(0).value(), constant(&[3]).scale(0.0).value());
    assert_eq!(constant(&[0]).sum().value().first(), Some(&0.0));
}

#[test]
fn kernels_take_empty_axes() {
    let zeros = |m: usize, n: usize| Array2::<tensor::Real>::zeros((m, n));
    assert_eq!((kernels::sum(&[]), kernels::dot(&[], &[]), kernels::sum_of_squares(&[])), (0.0, 0.0, 0.0));
    assert_eq!(kernels::max(&[]), tensor::Real::NEG_INFINITY);
    for (m, n) in [(0, 3), (3, 0), (0, 0), (1, 3), (3, 1)] {
        let x = zeros(m, n);
        assert_eq!(kernels::sum_rows(x.view()), Array1::<tensor::Real>::zeros(n));
        assert_eq!(kernels::sum_axis(x.view().into_dyn(), 1), ArrayD::<tensor::Real>::zeros(vec![m]));
        let mut y = x.clone();
        kernels::softmax(y.view_mut());
        assert!(y.iter().all(|&y| y == 1.0 / n as tensor::Real));
        kernels::softmax_backward(y.view_mut(), x.view());
        let sums = kernels::log_sum_exp(x.view());
        assert!(sums.iter().all(|sum| !(sum.max + sum.ln_sum).is_nan()), "{sums:?}");
        kernels::add_bias(y.view_mut(), Array1::ones(n).view());
        let ones = Array1::ones(n);
        let normal = kernels::layer_norm(x.view(), ones.view(), Some(ones.view()), 1e-5);
        assert_eq!(normal.y, Array2::<tensor::Real>::ones((m, n)));
        let mut dy = x.clone();
        let (mean, rstd) = (normal.mean.view(), normal.rstd.view());
        let (dw, db) = kernels::layer_norm_backward(dy.view_mut(), x.view(), ones.view(), mean, rstd);
        assert_eq!((dw.len(), db.len()), (n, n));
        for k in [0, 1, 3] {
            assert_eq!(kernels::matmul(zeros(m, k).view(), zeros(k, n).view()), x);
            let mut c = Array2::ones((m, n));
            kernels::matmul_into(c.view_mut(), 0.0, 1.0, zeros(m, k).view(), zeros(k, n).view(), Threads::Pool);
            assert_eq!(c, x);
            let mut c = Array2::ones((m, n));
            PackedWeights::new(zeros(k, n).view()).multiply_into(c.view_mut(), 0.0, zeros(m, k).view());
            assert_eq!(c, x);
        }
        let mut table = zeros(n.max(1), 2);
        kernels::add_rows_at(table.view_mut(), vec![0; m], Array2::ones((m, 2)).view());
        assert_eq!(table[[0, 0]], m as tensor::Real);
        if n > 0 || m == 0 {
            let mut rows = x.clone();
            let targets = Array1::from_elem(m, 0);
            let loss = kernels::cross_entropy(rows.view_mut(), targets.view(), 0.1);
            assert_eq!(loss.is_nan(), m == 0, "the mean over no rows is documented to be NaN");
            kernels::cross_entropy_backward(rows.view_mut(), targets.view(), 0.1, 1.0);
            assert!(rows.iter().all(|x| x.is_finite()));
        }
    }
}
