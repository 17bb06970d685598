//! The numbers of torch.nn.RNN, stored beside `fixtures/make.py`: one and two layers, one direction and both.

#[path = "support/pytorch.rs"]
mod pytorch;

use rnn::{Elman, ElmanOptions, Form, Nonlinearity, StackedConfig};
use tensor::check::Fixture;

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    for (name, nonlinearity) in [("tanh", Nonlinearity::Tanh), ("relu", Nonlinearity::Relu)] {
        for (layers, bidirectional) in [(1, false), (1, true), (2, false), (2, true)] {
            let both = if bidirectional { "_bidirectional" } else { "" };
            let fixture = Fixture::load(format!("tests/fixtures/{name}_{layers}{both}.safetensors"));
            for form in [Form::Literal, Form::Fused] {
                let layer = ElmanOptions { nonlinearity, ..Default::default() };
                let config = StackedConfig { layers, bidirectional, form, layer, ..StackedConfig::new(7, 6) };
                pytorch::assert_parity::<Elman>(&fixture, config);
            }
        }
    }
}

#[test]
fn rows_of_different_lengths_are_pytorchs_packed_sequences() {
    let fixture = Fixture::load("tests/fixtures/tanh_packed.safetensors");
    for form in [Form::Literal, Form::Fused] {
        let config = StackedConfig { layers: 2, bidirectional: true, form, ..StackedConfig::new(7, 6) };
        pytorch::assert_parity::<Elman>(&fixture, config);
    }
}
