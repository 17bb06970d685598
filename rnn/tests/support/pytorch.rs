//! Comparison of a stack of recurrent layers with what PyTorch's modules gave; the tests of the gated layers share it.

use ndarray::{Axis, Ix3};
use rnn::{Recurrent, Stacked, StackedConfig};
use tensor::check::Fixture;
use tensor::{Context, Init, Parameters, Tensor, shared, stack};

/// Values, gradients and parameter names. The first axis of the fixture's states (`h0`, `c_n`, ..) runs over layers and
/// directions, in the order of ours. Where it holds `lengths`, the rows were packed.
pub fn assert_parity<R: Recurrent>(fixture: &Fixture, config: StackedConfig<R::Options>) {
    let mut parameters = Parameters::new();
    let layers = Stacked::<R>::new(&mut Init::new(&mut parameters, 1), "rnn", config);
    let names: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    assert_eq!(fixture.names("param.").count(), names.len());
    for (id, name) in &names {
        parameters.set(*id, shared(fixture.array(&format!("param.{name}"))));
    }

    let cx = Context::train(&parameters, 1, 0);
    let x = cx.leaf(fixture.array("input.x"));
    // One list of vectors for each state, h and perhaps c; the layers want one list of states for each place.
    let begin: Vec<Vec<Tensor>> = R::STATE
        .iter()
        .map(|name| {
            let all = fixture.array(&format!("input.{name}0")).into_dimensionality::<Ix3>().unwrap();
            all.axis_iter(Axis(0)).map(|state| cx.leaf(state.to_owned())).collect()
        })
        .collect();
    let places = begin[0].len();
    let state = (0..places).map(|place| begin.iter().map(|vectors| vectors[place].clone()).collect()).collect();

    let packed = fixture.names("input.").any(|name| name == "lengths");
    let lengths =
        packed.then(|| fixture.array("input.lengths").mapv(|length| length as usize).into_raw_vec_and_offset().0);
    let (y, end) = layers.forward_padded(&cx, &x, lengths.as_deref(), Some(&state));
    let mut outputs = vec![("y".to_owned(), y)];
    for (i, name) in R::STATE.iter().enumerate() {
        let vectors: Vec<&Tensor> = end.iter().map(|vectors| &vectors[i]).collect();
        outputs.push((format!("{name}_n"), stack(0, &vectors))); // (L · directions, B, H)
    }
    let terms = outputs.iter().map(|(name, value)| {
        fixture.assert_matches(&format!("output.{name}"), &value.value().view());
        (value * &Tensor::constant(fixture.array(&format!("cotangent.{name}")))).sum()
    });
    let gradients = terms.reduce(|a, b| &a + &b).unwrap().backward();

    fixture.assert_matches("grad.input.x", &gradients.of(&x).unwrap());
    for (name, vectors) in R::STATE.iter().zip(&begin) {
        let gradients: Vec<_> = vectors.iter().map(|vector| gradients.of(vector).unwrap()).collect();
        let gradients = ndarray::stack(Axis(0), &gradients).unwrap();
        fixture.assert_matches(&format!("grad.input.{name}0"), &gradients.view());
    }
    for (id, name) in &names {
        fixture.assert_matches(&format!("grad.param.{name}"), &gradients.get(*id).unwrap());
    }
}
