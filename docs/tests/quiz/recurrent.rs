//! The keys on recurrent cells.

use lstm::{Gru, Lstm};
use ndarray::{Array2, Array3, arr1, arr2};
use rnn::{Elman, PassOptions, Recurrent};
use tensor::{Context, Init, Parameters, Real, Tensor};

use crate::{Computed, number, recorded, set, shape};

fn layer<R: Recurrent>(parameters: &mut Parameters, inputs: usize, hidden: usize) -> R
where
    R::Options: Default,
{
    R::new(&mut Init::new(parameters, 1), "l0", inputs, hidden, Default::default())
}

/// Logit of a gate.
fn gate(open: f64) -> Real {
    (open / (1.0 - open)).ln() as Real
}

pub fn of_rnn() -> Computed {
    let one_unit = |w_ih: Real, w_hh: Real, bias: Real| {
        let mut parameters = Parameters::new();
        let one: Elman = layer(&mut parameters, 1, 1);
        set(&mut parameters, "weight_ih_l0", arr2(&[[w_ih]]));
        set(&mut parameters, "weight_hh_l0", arr2(&[[w_hh]]));
        set(&mut parameters, "bias_ih_l0", arr1(&[bias / 2.0]));
        set(&mut parameters, "bias_hh_l0", arr1(&[bias / 2.0]));
        (one, parameters)
    };
    let step = |one: &Elman, cx: &Context<'_>, x: Real, before: &Tensor| {
        let x = Tensor::constant(Array3::from_elem((1, 1, 1), x));
        one.forward(cx, &x, std::slice::from_ref(before), PassOptions::default()).1.remove(0)
    };

    let (one, parameters) = one_unit(0.5, -1.0, 0.5);
    let new = step(&one, &Context::eval(&parameters), 2.0, &Tensor::constant(arr2(&[[0.5]]))).item();

    let (one, parameters) = one_unit(1.0, 0.5, (0.8 as Real).atanh() - 0.4);
    let cx = recorded(&parameters);
    let before = cx.leaf(arr2(&[[0.8]]));
    let after = step(&one, &cx, 0.0, &before);
    assert!((after.item() - 0.8).abs() < 1e-6);
    let factor = after.sum().backward().of(&before).unwrap().sum();

    let mut parameters = Parameters::new();
    let wide: Elman = layer(&mut parameters, 3, 5);
    let cx = Context::eval(&parameters);
    let read = |batch, steps| {
        let x = Tensor::constant(Array3::zeros((batch, steps, 3)));
        wide.forward(&cx, &x, &wide.empty(batch), PassOptions::default())
    };
    vec![
        ("one-step", number(new)),
        ("parameters", parameters.count().to_string()),
        ("states", shape(read(2, 7).0.shape())),
        ("span", read(2, 20).1[0].span().to_string()),
        ("factor", number(factor)),
        ("clipped", number(3.0 * nn::clip_factor(5.0, 2.0))),
    ]
}

/// h and c of one unit after some steps in which it reads nothing and its gates are these.
fn lstm(gates: [Real; 4], cell: Real, steps: usize) -> [f64; 2] {
    let mut parameters = Parameters::new();
    let one: Lstm = layer(&mut parameters, 1, 1);
    for name in ["weight_ih_l0", "weight_hh_l0"] {
        set(&mut parameters, name, Array2::zeros((4, 1)));
    }
    set(&mut parameters, "bias_ih_l0", arr1(&gates));
    set(&mut parameters, "bias_hh_l0", arr1(&[0.0; 4]));
    let state = [0.0, cell].map(|x| Tensor::constant(arr2(&[[x]])));
    let nothing = Tensor::constant(Array3::zeros((1, steps, 1)));
    let (_, state) = one.forward(&Context::eval(&parameters), &nothing, &state, PassOptions::default());
    [0, 1].map(|at| state[at].item().into())
}

fn gru(z: f64, proposal: Real, state: Real) -> f64 {
    let mut parameters = Parameters::new();
    let one: Gru = layer(&mut parameters, 1, 1);
    for name in ["weight_ih_l0", "weight_hh_l0"] {
        set(&mut parameters, name, Array2::zeros((3, 1)));
    }
    set(&mut parameters, "bias_ih_l0", arr1(&[0.0, gate(z), proposal.atanh()]));
    set(&mut parameters, "bias_hh_l0", arr1(&[0.0; 3]));
    let nothing = Tensor::constant(Array3::zeros((1, 1, 1)));
    let state = [Tensor::constant(arr2(&[[state]]))];
    one.forward(&Context::eval(&parameters), &nothing, &state, PassOptions::default()).1[0].item().into()
}

pub fn of_lstm() -> Computed {
    let half = gate(0.5);
    let [_, cell] = lstm([half, gate(0.75), (-0.5 as Real).atanh(), half], 2.0, 1);
    let [output, half_full] = lstm([half, half, 0.0, half], 1.0, 1);
    assert!((half_full - 0.5).abs() < 1e-6);
    let [_, decayed] = lstm([half, half, 0.0, half], 8.0, 3);

    let bias = 9_f64.ln();
    let [_, kept] = lstm([half, bias as Real, 0.0, half], 1.0, 1);
    assert!((kept - 0.9).abs() < 1e-6, "{kept}");

    let mut parameters = Parameters::new();
    let _: Lstm = layer(&mut parameters, 3, 5);
    let weights = parameters.get(parameters.find("weight_ih_l0").unwrap()).value().shape().to_vec();
    let mut parameters = Parameters::new();
    let _: Gru = layer(&mut parameters, 3, 5);
    vec![
        ("cell", number(cell)),
        ("output", number(output)),
        ("decay", number(decayed)),
        ("bias", number(bias)),
        ("weights", shape(&weights)),
        ("parameters", parameters.count().to_string()),
        ("gru", number(gru(0.25, -0.4, 0.8))),
    ]
}
