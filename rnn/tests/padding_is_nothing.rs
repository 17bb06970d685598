//! What stands in the padding has no part in anything, whatever it is.

use ndarray::Array3;
use rnn::{Elman, ElmanOptions, Engine, Recurrent, Run};
use tensor::{Context, Init, Parameters, Real};

#[test]
fn what_is_no_number_in_the_padding_changes_no_bit() {
    let mut parameters = Parameters::new();
    let layer = Elman::new(&mut Init::new(&mut parameters, 1), "l0", 2, 3, ElmanOptions::default());
    for engine in [Engine::Literal, Engine::Fused] {
        for direction in [rnn::Direction::Forward, rnn::Direction::Backward] {
            let [zeros, nan, infinity] = [0.0, Real::NAN, Real::INFINITY].map(|padding| {
                let cx = Context::train(&parameters, 1, 0);
                let lengths = [2, 1, 3];
                let x = cx.leaf(Array3::from_shape_fn((3, 3, 2), |(b, t, i)| {
                    if t < lengths[b] { (b + 2 * t + i) as Real } else { padding }
                }));
                let run = Run { engine, direction, lengths: Some(&lengths), ..Run::default() };
                let (ys, state) = layer.forward(&cx, &x, &layer.empty(3), run);
                let gradients = (&ys.sum() + &state[0].sum()).backward();
                let of_weights = parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned());
                let mut all: Vec<_> = of_weights.collect();
                all.extend([gradients.of(&x).unwrap().to_owned(), ys.value().to_owned().into_owned()]);
                all
            });
            assert!(zeros.iter().flatten().all(|x| x.is_finite()));
            assert_eq!([&nan, &infinity], [&zeros; 2], "{engine:?} {direction:?}");
        }
    }
}
