//! Encoder-decoders against PyTorch's numbers; `fixtures/make.py` says how they were made.

use data::pairs::{PairBatch, Sources};
use data::{IGNORE, Token};
use lstm::{Gru, Lstm};
use ndarray::Array2;
use nn::{Trainable, Translator};
use rnn::Recurrent;
use seq2seq::{Form, Seq2Seq, Seq2SeqConfig};
use tensor::check::Fixture;
use tensor::{Context, Init, Parameters, Tensor, shared};

fn batch(fixture: &Fixture) -> PairBatch {
    let tokens = |name: &str| -> Array2<Token> {
        let numbers = fixture.array(&format!("input.{name}")).into_dimensionality().unwrap();
        numbers.mapv(|x| if x < 0.0 { IGNORE } else { x as Token })
    };
    let lengths = fixture.array("input.lengths").iter().map(|&length| length as usize).collect();
    let sources = Sources { tokens: tokens("source"), lengths };
    PairBatch { sources, inputs: tokens("inputs"), targets: tokens("targets") }
}

fn compare<R: Recurrent<Options: Default>>(name: &str, config: Seq2SeqConfig<R::Options>) {
    let fixture = Fixture::load(format!("tests/fixtures/{name}.safetensors"));
    let batch = batch(&fixture);
    for form in [Form::Literal, Form::Fused] {
        let mut parameters = Parameters::new();
        let model = Seq2Seq::<R>::new(&mut Init::new(&mut parameters, 1), Seq2SeqConfig { form, ..config }).unwrap();
        let names: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
        assert_eq!(fixture.names("param.").count(), names.len());
        for (id, name) in &names {
            parameters.set(*id, shared(fixture.array(&format!("param.{name}"))));
        }

        let cx = Context::train(&parameters, 1, 0);
        let logits = model.logits(&cx, &batch);
        fixture.assert_matches("output.logits", &logits.value().view());
        let loss = model.loss(&cx, &batch);
        fixture.assert_matches("output.loss", &loss.value().view());
        let cotangent = |name: &str| Tensor::constant(fixture.array(&format!("cotangent.{name}")));
        let weighted = &(&logits * &cotangent("logits")).sum() + &(&loss * &cotangent("loss")).sum();
        let gradients = weighted.backward();
        for (id, name) in &names {
            fixture.assert_matches(&format!("grad.param.{name}"), &gradients.get(*id).unwrap());
        }
    }
}

#[test]
fn the_state_passes_as_it_is() {
    compare::<Lstm>("lstm", Seq2SeqConfig::new(7, 5, 6));
}

#[test]
fn the_vector_is_read_at_every_step() {
    compare::<Gru>("gru_context", Seq2SeqConfig { context: true, ..Seq2SeqConfig::new(7, 5, 6) });
}

#[test]
fn two_layers_a_narrow_vector_and_a_reversed_source() {
    let config =
        Seq2SeqConfig { layers: 2, bottleneck: Some(4), context: true, reversed: true, ..Seq2SeqConfig::new(7, 5, 6) };
    compare::<Lstm>("lstm_2_bottleneck", config);
}
