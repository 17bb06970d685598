//! The attending decoder against PyTorch: values and every gradient.

use attention::{Decoder, DecoderConfig, Engine, Score};
use tensor::check::Fixture;
use tensor::{Context, Init, Parameters, Tensor, shared};

/// How PyTorch calls what we call `name`.
fn in_pytorch(name: &str) -> String {
    match name.strip_suffix("_l0") {
        Some(of_the_cell) => format!("cell.{of_the_cell}"),
        None if name.ends_with(".v") => format!("{name}.weight"),
        None => name.to_owned(),
    }
}

fn compare(file: &str, config: DecoderConfig) {
    let fixture = Fixture::load(format!("tests/fixtures/{file}.safetensors"));
    let mut parameters = Parameters::new();
    let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), config);
    let names: Vec<_> = parameters.iter().map(|(id, p)| (id, in_pytorch(p.name()), p.value().raw_dim())).collect();
    assert_eq!(fixture.names("param.").count(), names.len());
    for (id, name, shape) in &names {
        // PyTorch's v is a matrix of one row.
        let value = fixture.array(&format!("param.{name}")).into_shape_with_order(shape.clone()).unwrap();
        parameters.set(*id, shared(value));
    }

    for engine in [Engine::Literal, Engine::Fused] {
        let cx = Context::train(&parameters, 1, 0);
        let [x, s, h0, c0] = ["x", "s", "h0", "c0"].map(|name| cx.leaf(fixture.array(&format!("input.{name}"))));
        let memory = decoder.memory(&cx, s.clone(), vec![5, 3, 1]);
        let decoded = decoder.forward(&cx, &x, &memory, &decoder.begin(h0.clone(), c0.clone()), engine);
        let state = decoded.state;
        let outputs = [("y", decoded.ys), ("alignment", decoded.alignment), ("h", state.h), ("c", state.c)];
        let terms = outputs.iter().map(|(name, value)| {
            fixture.assert_matches(&format!("output.{name}"), &value.value().view());
            (value * &Tensor::constant(fixture.array(&format!("cotangent.{name}")))).sum()
        });
        let gradients = terms.reduce(|a, b| &a + &b).unwrap().backward();

        for (name, leaf) in [("x", x), ("s", s), ("h0", h0), ("c0", c0)] {
            fixture.assert_matches(&format!("grad.input.{name}"), &gradients.of(&leaf).expect("all are used"));
        }
        for (id, name, _) in &names {
            let gradient = gradients.get(*id).expect("all are used");
            let shape = fixture.array(&format!("param.{name}")).raw_dim();
            let gradient = gradient.into_shape_with_order(shape).expect("as many numbers as in PyTorch");
            fixture.assert_matches(&format!("grad.param.{name}"), &gradient);
        }
    }
}

fn config(score: Score, states: usize, input_feeding: bool) -> DecoderConfig {
    DecoderConfig { input: 4, hidden: 6, states, score, width: 7, input_feeding, start: Default::default() }
}

/// Bahdanau et al. 2015 look back like this before the step of a gated unit, whose first state is a learned map of the
/// encoder's (appendix A.2.2). Here an LSTM steps, from a state that is handed over.
#[test]
fn the_additive_score_of_bahdanau_before_an_lstm() {
    compare("additive", config(Score::Additive, 5, false));
}

#[test]
fn the_general_score_and_input_feeding_of_luong() {
    compare("general_fed", config(Score::General, 5, true));
}

#[test]
fn the_scaled_inner_product() {
    compare("scaled", config(Score::Scaled, 6, false));
}
