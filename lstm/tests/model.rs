//! What the models with gated layers promise beyond those of the simple network.

use lstm::{Gru, GruInit, GruModel, Lstm, LstmInit, LstmModel};
use ndarray::ArrayView1;
use nn::LanguageModel;
use rnn::{Recurrent, RecurrentConfig, Stacked, StackedConfig};
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real, Tensor};

#[test]
fn it_has_the_parameters_of_pytorchs_model() {
    let mut parameters = Parameters::new();
    LstmModel::new(&mut Init::new(&mut parameters, 1), RecurrentConfig::new(65, 128, 256));
    assert_eq!(parameters.count(), 420_289); // counted by the script that times PyTorch
}

#[test]
fn token_by_token_gives_the_scores_of_the_whole_sequence() {
    let mut parameters = Parameters::new();
    let mut init = Init::new(&mut parameters, 1);
    let config = RecurrentConfig { layers: 2, ..RecurrentConfig::new(5, 4, 6) };
    let lstm = LstmModel::new(&mut init.child("lstm"), config);
    let gru = GruModel::new(&mut init.child("gru"), RecurrentConfig { layers: 2, ..RecurrentConfig::new(5, 4, 6) });
    fn check<M: LanguageModel>(model: &M, parameters: &Parameters) {
        let cx = Context::eval(parameters);
        let inputs = ndarray::array![[0, 1, 2, 3], [4, 3, 3, 0]];
        let all = model.logits(&cx, inputs.view()); // (B, T, V)
        let (mut state, logits) = model.start(&cx, &[[0, 1], [4, 3]]);
        assert_close("start", &logits.into_dyn(), all.index(1, 1).value(), 1e-5);
        for t in 2..4 {
            let logits = model.next(&cx, &mut state, &inputs.column(t).to_vec());
            assert_close("next", &logits.into_dyn(), all.index(1, t).value(), 1e-5);
        }
    }
    check(&lstm, &parameters);
    check(&gru, &parameters);
}

#[test]
fn biases_begin_as_asked() {
    fn bias<R: Recurrent>(options: R::Options) -> Vec<Real> {
        let mut parameters = Parameters::new();
        R::new(&mut Init::new(&mut parameters, 1), "l0", 3, 4, options);
        let sum = |name| parameters.get(parameters.find(name).unwrap()).value().iter().copied().collect::<Vec<_>>();
        sum("bias_ih_l0").iter().zip(sum("bias_hh_l0")).map(|(a, b)| a + b).collect()
    }
    let forget = bias::<Lstm>(LstmInit::ForgetBias);
    assert_eq!(forget, [[0.0; 4], [1.0; 4], [0.0; 4], [0.0; 4]].concat());
    let uniform = bias::<Lstm>(LstmInit::Uniform);
    assert!(uniform.iter().all(|b| b.abs() <= 1.0) && uniform.iter().any(|&b| b != 0.0)); // twice 1/√4

    let longest = 98.0_f64.ln() as Real + 1e-6;
    let spans = |b: &[Real]| b.iter().all(|b| (0.0..=longest).contains(b));
    let chrono = bias::<Lstm>(LstmInit::Chrono { horizon: 99.0 });
    assert!(spans(&chrono[4..8]));
    assert_eq!(ArrayView1::from(&chrono[..4]), -&ArrayView1::from(&chrono[4..8]));
    assert_eq!(chrono[8..], [0.0; 8]);
    let chrono = bias::<Gru>(GruInit::Chrono { horizon: 99.0 });
    assert!(spans(&chrono[4..8]) && chrono[4..8].iter().any(|&b| b > 1.0));
    assert_eq!((&chrono[..4], &chrono[8..]), (&[0.0; 4][..], &[0.0; 4][..]));
}

#[test]
fn dropout_lies_between_layers_and_only_in_training() {
    let mut parameters = Parameters::new();
    let config = StackedConfig { layers: 2, dropout: 0.5, ..StackedConfig::new(3, 4) };
    let stack = Stacked::<Lstm>::new(&mut Init::new(&mut parameters, 1), "stack", config);
    let x = Tensor::constant(ndarray::Array3::ones((2, 5, 3)));
    let run = |cx: &Context<'_>| stack.forward(cx, &x, None, &[]);
    let (eval, (ys, state)) = (run(&Context::eval(&parameters)), run(&Context::train(&parameters, 1, 0)));
    assert_eq!(state[0][0].value(), eval.1[0][0].value(), "the lower layer reads what it always reads");
    assert_ne!(ys.value(), eval.0.value(), "the upper layer does not");
    let (again, _) = run(&Context::train(&parameters, 1, 0));
    assert_eq!(ys.value(), again.value(), "the same seed and step draw the same mask");
}
