//! What the models promise beyond their layers.

use data::tasks::{Adding, Recall, SeasonalSeries, TokenTask};
use data::{SequentialBatches, TextBatch, TextSplit};
use ndarray::{Array2, array};
use nn::{AdamW, Hooks, LanguageModel, Schedule, Trainable, Trainer, TrainingConfig};
use rnn::{
    Classifier, ClassifierConfig, ConfigError, Elman, Form, RecurrentConfig, RecurrentLanguageModel, Regressor,
    SequenceBatch, StackedConfig,
};
use tensor::check::assert_close;
use tensor::{Carried, Context, Gradients, Init, Parameters};

fn model(config: RecurrentConfig<rnn::ElmanOptions>) -> (Parameters, RecurrentLanguageModel<Elman>) {
    let mut parameters = Parameters::new();
    let model = RecurrentLanguageModel::new(&mut Init::new(&mut parameters, 1), config);
    (parameters, model)
}

/// V = 7, E = 5, H = 6, two layers.
fn small() -> RecurrentConfig<rnn::ElmanOptions> {
    RecurrentConfig { layers: 2, ..RecurrentConfig::new(7, 5, 6) }
}

fn batch() -> TextBatch {
    TextBatch {
        inputs: array![[0, 1, 2, 3], [6, 5, 4, 3], [2, 2, 5, 1]],
        targets: array![[1, 2, 3, 4], [5, 4, 3, 2], [2, 5, 1, 0]],
    }
}

fn gradients(parameters: &Parameters, model: &RecurrentLanguageModel<Elman>, batch: &TextBatch) -> Gradients {
    model.loss(&Context::train(parameters, 1, 0), batch).backward()
}

#[test]
fn it_has_the_parameters_of_pytorchs_model() {
    let (parameters, _) = model(RecurrentConfig::new(65, 128, 256));
    assert_eq!(parameters.count(), 123_841); // counted by the script that times PyTorch
    let names: Vec<_> = parameters.iter().map(|(_, p)| p.name()).collect();
    let layer = ["weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"].map(|name| format!("rnn.{name}"));
    assert_eq!(names[0], "emb.weight");
    assert_eq!(names[1..5], layer);
    assert_eq!(names[5..], ["out.weight", "out.bias"]);
}

#[test]
fn impossible_configurations_are_told() {
    assert_eq!(small().validate(), Ok(()));
    let empty = RecurrentConfig { hidden: 0, ..small() };
    assert_eq!(empty.validate(), Err(ConfigError::Empty { layers: 2, hidden: 0, embedding: 5 }));
    assert_eq!(
        empty.validate().unwrap_err().to_string(),
        "a recurrent model cannot have 2 layers of width 0 on embeddings of width 5; each must be at least 1"
    );
    assert_eq!(RecurrentConfig { vocabulary: 0, ..small() }.validate(), Err(ConfigError::Vocabulary));
    for dropout in [-0.1, 1.0, f64::NAN] {
        let said = RecurrentConfig { dropout, ..small() }.validate().unwrap_err().to_string();
        assert_eq!(said, format!("a dropout of {dropout} is not possible; it must be at least 0 and below 1"));
    }
}

#[test]
fn literal_and_fused_models_have_the_same_loss_and_gradients() {
    let [(parameters, literal), (_, fused)] =
        [Form::Literal, Form::Fused].map(|form| model(RecurrentConfig { form, ..small() }));
    let [expected, actual] = [&literal, &fused].map(|model| gradients(&parameters, model, &batch()));
    assert_eq!(actual.missing(&parameters).next(), None);
    for (id, parameter) in parameters.iter() {
        assert_close(parameter.name(), &actual.get(id).unwrap(), &expected.get(id).unwrap(), 1e-5);
    }
}

#[test]
fn a_looked_up_table_gives_what_the_embedding_gives() {
    // One row of 4 tokens is fewer than V = 7: the embedding is looked up first. Three rows are not.
    let (parameters, model) = model(small());
    let all = model.logits(&Context::eval(&parameters), batch().inputs.view());
    for row in 0..3 {
        let one = batch().inputs.slice(ndarray::s![row..row + 1, ..]).to_owned();
        let logits = model.logits(&Context::eval(&parameters), one.view());
        assert_close("logits", logits.value(), all.slice(0, row..row + 1).value(), 1e-5);
    }
}

#[test]
fn token_by_token_gives_the_scores_of_the_whole_sequence() {
    let (parameters, model) = model(small());
    let cx = Context::eval(&parameters);
    let inputs = batch().inputs;
    let all = model.logits(&cx, inputs.view()); // (B, T, V)
    let (mut state, mut logits) = model.start(&cx, &inputs.column(0).mapv(|token| [token]).to_vec());
    for t in 0..4 {
        assert_close("logits", &logits.into_dyn(), all.index(1, t).value(), 1e-5);
        logits = model.next(&cx, &mut state, &inputs.column(t.min(2) + 1).to_vec());
    }
}

#[test]
fn prompts_of_different_lengths_are_gone_on_with_as_if_each_were_alone() {
    let (parameters, model) = model(small());
    let cx = Context::eval(&parameters);
    let prompts = [vec![1, 2, 3, 4], vec![5], vec![6, 0]];
    let (mut together, mut logits) = model.start(&cx, &prompts);
    for (row, prompt) in prompts.iter().enumerate() {
        let (mut alone, first) = model.start(&cx, &[prompt]);
        assert_eq!(logits.row(row), first.row(0));
        logits = model.next(&cx, &mut together.clone(), &[3, 3, 3]);
        let second = model.next(&cx, &mut alone, &[3]);
        assert_close("next", &logits.row(row).to_owned(), &second.row(0).to_owned(), 1e-5);
        logits = model.start(&cx, &prompts).1;
    }
    model.next(&cx, &mut together, &[1, 2, 3]);
    assert_eq!([model.dropped(&together, 0), model.dropped(&together, 2)], [0, 0]);
}

#[test]
fn a_carried_state_goes_on_where_the_step_before_ended_and_takes_no_gradient_back() {
    let (parameters, model) = model(RecurrentConfig { carry: true, ..small() });
    let half = |from: usize| TextBatch {
        inputs: batch().inputs.slice(ndarray::s![.., from..from + 2]).to_owned(),
        targets: batch().targets.slice(ndarray::s![.., from..from + 2]).to_owned(),
    };
    let step = |carried: Carried, batch: &TextBatch| {
        let cx = Context::train(&parameters, 1, 0).carrying(carried);
        let loss = model.loss(&cx, batch).item();
        (loss, cx.into_carried())
    };
    let (whole, _) = step(Carried::default(), &batch());
    let (first, carried) = step(Carried::default(), &half(0));
    assert_eq!(carried.keys().collect::<Vec<_>>(), ["rnn.0.h", "rnn.1.h"]);
    let (second, _) = step(carried.clone(), &half(2));
    assert!(((first + second) / 2.0 - whole).abs() < 1e-6, "{first} and {second} instead of {whole}");
    // Another number of rows cannot go on there and begins anew.
    let one = TextBatch { inputs: array![[2, 3]], targets: array![[3, 4]] };
    assert_eq!(step(carried, &one).0, step(Carried::default(), &one).0);
}

#[test]
fn training_gives_the_same_bits_on_any_number_of_threads() {
    let text = TextSplit::from_tokens("cycle", (0..4000).map(|i| (i * i % 7) as u32).collect::<Vec<_>>());
    let train = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let (parameters, model) = model(RecurrentConfig { carry: true, dropout: 0.2, hidden: 96, ..small() });
            let config = TrainingConfig {
                clip: Some(1.0),
                ..TrainingConfig::new(8, AdamW::default(), Schedule::constant(1e-2))
            };
            let mut trainer = Trainer::new(&model, parameters, config);
            trainer.run(&SequentialBatches::new(&text, 40, 12).unwrap(), Hooks::default()).unwrap();
            trainer
                .parameters()
                .iter()
                .flat_map(|(_, p)| p.value().iter().map(|x| x.to_bits()).collect::<Vec<_>>())
                .collect::<Vec<_>>()
        })
    };
    let one = train(1);
    assert!(train(2) == one && train(4) == one);
}

#[test]
fn classifier_and_regressor_reach_every_parameter() {
    let mut parameters = Parameters::new();
    let task = Recall { symbols: 4, distractors: 3, gap: 5 };
    let config = ClassifierConfig { vocabulary: task.vocabulary_size(), classes: 4, layers: StackedConfig::new(5, 6) };
    let classifier = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
    let loss = classifier.loss(&Context::train(&parameters, 1, 0), &task.batch(16, 1, 0));
    assert_eq!(loss.backward().missing(&parameters).next(), None);

    let series = SeasonalSeries::default();
    for (batch, width, outputs) in [
        (SequenceBatch::from(Adding { length: 9 }.batch(4, 1, 0)), 2, 1),
        (SequenceBatch::from(series.batch(4, 1, 0)), 1, series.horizon),
    ] {
        let mut parameters = Parameters::new();
        let layers = StackedConfig { layers: 2, ..StackedConfig::new(width, 6) };
        let model = Regressor::<Elman>::new(&mut Init::new(&mut parameters, 1), layers, outputs);
        let loss = model.loss(&Context::train(&parameters, 1, 0), &batch);
        let error = model.predict(&parameters, &batch.inputs) - &batch.targets;
        assert!((loss.item() - error.mapv(|e| e * e).mean().unwrap()).abs() < 1e-5);
        assert_eq!(loss.backward().missing(&parameters).next(), None);
    }
}

#[test]
#[should_panic(expected = "the batch asks before the end of the row")]
fn a_classifier_refuses_questions_before_the_end() {
    let mut parameters = Parameters::new();
    let config = ClassifierConfig { vocabulary: 7, classes: 7, layers: StackedConfig::new(5, 6) };
    let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
    model.loss(
        &Context::eval(&parameters),
        &TextBatch { inputs: Array2::zeros((1, 3)), targets: Array2::zeros((1, 3)) },
    );
}
