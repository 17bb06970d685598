//! The numbers of torch.nn.LSTM and torch.nn.GRU, stored beside `fixtures/make.py`: one and two layers, one direction
//! and both, and rows of different lengths.

#[path = "../../rnn/tests/support/pytorch.rs"]
mod pytorch;

use lstm::{Gru, Lstm};
use rnn::{Form, Recurrent, StackedConfig};
use tensor::check::Fixture;

fn compare<R: Recurrent<Options: Default>>(name: &str) {
    for (layers, bidirectional, form) in [
        (1, false, "1"),
        (1, true, "1_bidirectional"),
        (2, false, "2"),
        (2, true, "2_bidirectional"),
        (2, true, "packed"),
    ] {
        let fixture = Fixture::load(format!("tests/fixtures/{name}_{form}.safetensors"));
        for form in [Form::Literal, Form::Fused] {
            let config = StackedConfig { layers, bidirectional, form, ..StackedConfig::new(7, 6) };
            pytorch::assert_parity::<R>(&fixture, config);
        }
    }
}

#[test]
fn the_lstm_is_that_of_pytorch() {
    compare::<Lstm>("lstm");
}

#[test]
fn the_gru_is_that_of_pytorch() {
    compare::<Gru>("gru");
}
