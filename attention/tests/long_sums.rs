//! Sums over a hundred thousand positions, forwards and back: they keep their digits.

use attention::{Attention, Memory, Score, Scoring};
use ndarray::{Array1, Array2, Array3, ArrayD};
use nn::Form;
use tensor::{Context, Init, Parameters, Real, Tensor};

const LONG: usize = 100_000;

#[track_caller]
fn near(what: &str, ours: Real, exact: f64) {
    assert!((f64::from(ours) / exact - 1.0).abs() < 3.9e-6, "{what}: {ours} for {exact}");
}

/// Keys and states of one number each: the dot product's memory.
fn memory(cx: &Context<'_>, states: &Tensor, positions: usize) -> Memory {
    let attention = Attention::new(&mut Init::new(&mut Parameters::new(), 1), Score::Dot, 1, 1, 1);
    attention.memory(cx, states.clone(), vec![positions])
}

/// ±0.1 in turn.
fn alternating() -> Array3<Real> {
    Array3::from_shape_fn((1, LONG, 1), |(_, s, _)| if s.is_multiple_of(2) { 0.1 } else { -0.1 })
}

/// All scores are 0 and all weights 1/S.
#[test]
fn step_01_over_the_keys() {
    let parameters = Parameters::new();
    let exact = f64::from(0.1 as Real);
    for form in [Form::Literal, Form::Fused] {
        let cx = Context::train(&parameters, 1, 0);
        let [q, states] = [cx.leaf(Array3::zeros((1, 1, 1))), cx.leaf(Array3::from_elem((1, LONG, 1), 0.1))];
        let scoring = Scoring::Multiplicative { factor: 1.0 };
        let [z, _] = scoring.attend(&q, &memory(&cx, &states, LONG), form);
        near("the context", z.value()[[0, 0, 0]], exact);

        // de_j = α_j·s_j and k_j = s_j, so dq = Σ α_j·s_j² = 0.01
        let states = cx.leaf(alternating());
        let [z, _] = scoring.attend(&q, &memory(&cx, &states, LONG), form);
        near("a query", z.sum().backward().of(&q).unwrap()[[0, 0, 0]], exact * exact);

        let cx = Context::train(&parameters, 1, 0);
        let [q, states] = [cx.leaf(Array3::zeros((1, 1, 1))), cx.leaf(alternating())];
        // The hidden layer is tanh k_j, so dv = Σ α_j·s_j·tanh s_j
        let [w_q, v] = [cx.leaf(Array2::zeros((1, 1)).into_dyn()), cx.leaf(Array1::zeros(1).into_dyn())];
        let [z, _] = Scoring::Additive { w_q, v: v.clone() }.attend(&q, &memory(&cx, &states, LONG), form);
        near("v", z.sum().backward().of(&v).unwrap()[[0]], exact * exact.tanh());
    }
}

/// Two keys and states of ±1, and queries of 0, each of which sends de = ±½: Σ de·(q, or 1 - tanh²(0.1)).
#[test]
fn step_02_over_the_queries() {
    let parameters = Parameters::new();
    let keys = Array3::from_shape_vec((1, 2, 1), vec![0.1, 0.1]).unwrap();
    let states = Array3::from_shape_vec((1, 2, 1), vec![1.0, -1.0]).unwrap();
    let one = f64::from(0.1 as Real);
    let v = Tensor::constant(Array1::from_elem(1, 0.1 as Real));
    let w_q = Tensor::constant(Array2::zeros((1, 1)));
    for (what, scoring, h, exact) in [
        ("keys of a product", Scoring::Multiplicative { factor: 1.0 }, 0.1, 0.5 * one),
        ("keys of a sum", Scoring::Additive { w_q, v }, 0.0, 0.5 * one * (1.0 - one.tanh().powi(2))),
    ] {
        for form in [Form::Literal, Form::Fused] {
            let cx = Context::train(&parameters, 1, 0);
            let h = Tensor::constant(Array3::from_elem((1, LONG, 1), h));
            let (keys, states) = (cx.leaf(keys.clone()), Tensor::constant(states.clone()));
            let memory = Memory { states, keys: keys.clone(), lengths: vec![2] };
            let [z, _] = scoring.attend(&h, &memory, form);
            let gradients = z.backward_with(ArrayD::ones(z.shape()));
            near(what, gradients.of(&keys).unwrap()[[0, 0, 0]] / LONG as Real, exact);
        }
    }
}
