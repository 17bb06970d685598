//! What is added to a state behind the end of its row has no part in anything.

use ndarray::{Array3, s};
use rnn::{Direction, Elman, ElmanOptions, Form, PassOptions, Recurrent};
use tensor::{Context, Init, Parameters, Real};

#[test]
fn a_probe_that_is_no_number_in_the_padding_changes_no_bit() {
    let mut parameters = Parameters::new();
    let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 2, 3, ElmanOptions::default());
    let lengths = [2, 1, 3];
    for form in [Form::Literal, Form::Fused] {
        for direction in [Direction::Forward, Direction::Backward] {
            let of = |padding: Real| {
                let cx = Context::train(&parameters, 1, 0);
                let x = cx.leaf(Array3::from_shape_fn((3, 3, 2), |(b, t, i)| (b + 2 * t + i) as Real));
                let mut probe = Array3::zeros((3, 3, 3));
                for (row, &length) in lengths.iter().enumerate() {
                    probe.slice_mut(s![row, length.., ..]).fill(padding);
                }
                let probe = cx.leaf(probe);
                let run = PassOptions { form, direction, probe: Some(&probe), lengths: Some(&lengths) };
                let (ys, state) = layer.forward(&cx, &x, &layer.empty(3), run);
                let gradients = (&ys.sum() + &state[0].sum()).backward();
                let of_weights = parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned());
                let mut all: Vec<_> = of_weights.collect();
                all.extend([&x, &probe].map(|x| gradients.of(x).unwrap().to_owned()));
                all.push(ys.value().to_owned());
                all
            };
            for padding in [Real::NAN, Real::INFINITY] {
                assert_eq!(of(padding), of(0.0), "{form:?} {direction:?} {padding}");
            }
        }
    }
}
