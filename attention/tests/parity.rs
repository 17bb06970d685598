//! The attending decoder and its translator against PyTorch: values and every gradient.

use attention::{Decoder, DecoderConfig, Form, RnnSearch, RnnSearchConfig, Score};
use data::pairs::{PairBatch, Sources};
use data::{IGNORE, Token};
use lstm::Lstm;
use ndarray::Array2;
use nn::{Trainable, Translator};
use tensor::check::Fixture;
use tensor::{Context, Gradients, Init, ParameterId, Parameters, Tensor, shared};

/// How PyTorch calls what we call `name`.
fn in_pytorch(name: &str) -> String {
    if let Some(of_the_decoder) = name.strip_prefix("dec.") {
        return format!("dec.{}", in_pytorch(of_the_decoder));
    }
    match name.strip_suffix("_l0").filter(|_| !name.starts_with("enc.")) {
        Some(of_the_cell) => format!("cell.{of_the_cell}"),
        None if name.ends_with(".v") => format!("{name}.weight"),
        None => name.to_owned(),
    }
}

/// Gives every parameter its number in PyTorch; tells what it is called there.
fn load(fixture: &Fixture, parameters: &mut Parameters) -> Vec<(ParameterId, String)> {
    let names: Vec<_> = parameters.iter().map(|(id, p)| (id, in_pytorch(p.name()), p.value().raw_dim())).collect();
    assert_eq!(fixture.names("param.").count(), names.len());
    let set = |(id, name, shape)| {
        // PyTorch's v is a matrix of one row.
        let value = fixture.array(&format!("param.{name}")).into_shape_with_order(shape).unwrap();
        parameters.set(id, shared(value));
        (id, name)
    };
    names.into_iter().map(set).collect()
}

fn compare_gradients(fixture: &Fixture, names: &[(ParameterId, String)], gradients: &Gradients) {
    for (id, name) in names {
        let gradient = gradients.get(*id).expect("all are used");
        let shape = fixture.array(&format!("param.{name}")).raw_dim();
        let gradient = gradient.into_shape_with_order(shape).expect("as many numbers as in PyTorch");
        fixture.assert_matches(&format!("grad.param.{name}"), &gradient);
    }
}

fn compare(file: &str, config: DecoderConfig) {
    let fixture = Fixture::load(format!("tests/fixtures/{file}.safetensors"));
    let mut parameters = Parameters::new();
    let decoder = Decoder::new(&mut Init::new(&mut parameters, 1), config);
    let names = load(&fixture, &mut parameters);

    for form in [Form::Literal, Form::Fused] {
        let cx = Context::train(&parameters, 1, 0);
        let [x, s, h0, c0] = ["x", "s", "h0", "c0"].map(|name| cx.leaf(fixture.array(&format!("input.{name}"))));
        let memory = decoder.memory(&cx, s.clone(), vec![5, 3, 1]);
        let decoded = decoder.forward(&cx, &x, &memory, &decoder.begin(h0.clone(), c0.clone()), form);
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
        compare_gradients(&fixture, &names, &gradients);
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

/// What the experiment on word order trains.
#[test]
fn the_additive_score_and_input_feeding() {
    compare("additive_fed", config(Score::Additive, 5, true));
}

#[test]
fn the_general_score_and_input_feeding_of_luong() {
    compare("general_fed", config(Score::General, 5, true));
}

#[test]
fn the_scaled_inner_product() {
    compare("scaled", config(Score::Scaled, 6, false));
}

#[test]
fn the_whole_translator_with_an_encoder_in_both_directions() {
    let fixture = Fixture::load("tests/fixtures/rnn_search.safetensors");
    let tokens = |name: &str| -> Array2<Token> {
        let numbers = fixture.array(&format!("input.{name}")).into_dimensionality().unwrap();
        numbers.mapv(|x| if x < 0.0 { IGNORE } else { x as Token })
    };
    let sources = Sources { tokens: tokens("source"), lengths: vec![5, 3, 1] };
    let batch = PairBatch { sources, inputs: tokens("inputs"), targets: tokens("targets") };
    for form in [Form::Literal, Form::Fused] {
        let config = RnnSearchConfig {
            bidirectional: true,
            input_feeding: true,
            width: 7,
            form,
            ..RnnSearchConfig::new(7, 4, 6)
        };
        let mut parameters = Parameters::new();
        let model = RnnSearch::<Lstm>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let names = load(&fixture, &mut parameters);
        let cx = Context::train(&parameters, 1, 0);
        let terms = [("logits", model.logits(&cx, &batch)), ("loss", model.loss(&cx, &batch))].map(|(name, value)| {
            fixture.assert_matches(&format!("output.{name}"), &value.value().view());
            (&value * &Tensor::constant(fixture.array(&format!("cotangent.{name}")))).sum()
        });
        compare_gradients(&fixture, &names, &(&terms[0] + &terms[1]).backward());
    }
}
