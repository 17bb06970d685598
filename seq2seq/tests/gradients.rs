//! The whole model against finite differences, and its two forms against each other.

use data::pairs::PairBatch;
use lstm::{Gru, Lstm};
use ndarray::ArrayD;
use nn::Trainable;
use rnn::{Elman, Recurrent};
use seq2seq::{Form, Seq2Seq, Seq2SeqConfig};
use tensor::check::{assert_close, random_tensor};
use tensor::{Context, Init, Parameters, Real, shared};

fn batch() -> PairBatch {
    PairBatch::new(&[(&[3, 4, 3, 5], &[5, 3]), (&[4], &[3, 3, 4, 5]), (&[5, 5], &[])])
}

/// Every combination of the switches that changes what is computed.
fn configs<O: Default + Copy>() -> Vec<Seq2SeqConfig<O>> {
    let mut configs = Vec::new();
    for (layers, bottleneck) in [(1, None), (2, None), (1, Some(1)), (2, Some(9))] {
        for (context, reversed) in [(false, false), (true, false), (false, true), (true, true)] {
            let smoothing = if context { 0.1 } else { 0.0 };
            configs.push(Seq2SeqConfig {
                layers,
                bottleneck,
                context,
                reversed,
                smoothing,
                ..Seq2SeqConfig::new(6, 3, 4)
            });
        }
    }
    configs
}

/// The loss and the gradient of every parameter.
fn run<R: Recurrent>(config: Seq2SeqConfig<R::Options>, parameters: &Parameters) -> (Real, Vec<ArrayD<Real>>) {
    let model = Seq2Seq::<R>::new(&mut Init::new(&mut Parameters::new(), 1), config).unwrap();
    let loss = model.loss(&Context::train(parameters, 1, 0), &batch());
    let gradients = loss.backward();
    assert_eq!(gradients.missing(parameters).count(), 0);
    (loss.item(), parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned()).collect())
}

fn check<R: Recurrent<Options: Default>>() {
    let double = size_of::<Real>() == 8;
    for config in configs::<R::Options>() {
        let mut parameters = Parameters::new();
        Seq2Seq::<R>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        let literal = run::<R>(Seq2SeqConfig { form: Form::Literal, ..config }, &parameters);
        let (loss, fused) = run::<R>(Seq2SeqConfig { form: Form::Fused, ..config }, &parameters);
        assert!((loss - literal.0).abs() < if double { 1e-13 } else { 1e-6 });
        for ((id, p), (fused, literal)) in parameters.iter().zip(fused.iter().zip(&literal.1)) {
            // In f32 the two forms differ by 5.4e-7 of the largest element at most.
            assert_close(p.name(), fused, literal, if double { 1e-11 } else { 2e-6 });

            // The derivative along one random direction, for the parameter as a whole.
            let (direction, step) = (random_tensor(fused.shape(), 1, p.name()), if double { 1e-5 } else { 1e-2 });
            let moved = |sign: f64| {
                let mut moved = parameters.clone();
                moved.set(id, shared(p.value() + &(&direction * (sign * step) as Real)));
                f64::from(run::<R>(config, &moved).0)
            };
            let measured = (moved(1.0) - moved(-1.0)) / (2.0 * step);
            let terms = || fused.iter().zip(&direction).map(|(&g, &v)| f64::from(g) * f64::from(v));
            let scale = terms().map(|term| term * term).sum::<f64>().sqrt().max(1e-3);
            let error = (measured - terms().sum::<f64>()).abs() / scale;
            assert!(error < if double { 1e-6 } else { 5e-2 }, "{}: {error:.1e}", p.name());
        }
    }
}

#[test]
fn gradients_with_lstm_layers() {
    check::<Lstm>();
}

#[test]
fn gradients_with_gru_layers() {
    check::<Gru>();
}

#[test]
fn gradients_with_simple_layers() {
    check::<Elman>();
}
