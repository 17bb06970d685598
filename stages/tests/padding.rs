//! What stands behind the end of a row has no part in any whole model: where PAD's vector is no number, loss, gradients
//! and translations are those of a finite one, bit for bit.

use std::fmt::{Debug, Display};

use attention::{RnnSearch, RnnSearchConfig, Score};
use data::masked::MaskedBatch;
use data::pairs::{END, PAD, PairBatch, START, Sources};
use data::{IGNORE, TextBatch, Token};
use lstm::{Gru, Lstm};
use ndarray::{ArrayD, Axis, array};
use nn::{BeamSearch, Form, Trainable, Translator, translate};
use rnn::{Elman, Recurrent, RecurrentConfig, RecurrentLanguageModel};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Context, Init, Parameters, Real, shared};
use transformer::{EncoderConfig, Labelled, MaskedLanguageModel, SentenceClassifier, Transformer, TransformerConfig};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];
const NOT_FINITE: [Real; 3] = [Real::NAN, Real::INFINITY, Real::NEG_INFINITY];

/// With fewer tokens in a batch than in the vocabulary, and with more: recurrent layers read them in different ways.
const VOCABULARIES: [usize; 2] = [9, 60];

const PAIRS: [(&[Token], &[Token]); 4] =
    [(&[4, 5, 6], &[7, 8, 4, 5, 6, 7]), (&[5], &[4]), (&[6, 4], &[5, 5]), (&[4, 4, 4, 5], &[])];

/// The names of the tables of embeddings that are no output too.
const TABLES: [&str; 6] =
    ["se.weight", "te.weight", "emb.weight", "source.weight", "target.weight", "embedding.weight"];

/// Runs `of` with every number of PAD's vector 0, then with each that is none.
fn compare<T: PartialEq + Debug>(name: impl Display, parameters: &Parameters, of: impl Fn(&Parameters) -> T) {
    let with = |value: Real| {
        let mut parameters = parameters.clone();
        let tables: Vec<_> = TABLES.iter().filter_map(|name| parameters.find(name)).collect();
        assert!(!tables.is_empty(), "{name}");
        for table in tables {
            let mut vectors = parameters.get(table).value().to_owned();
            vectors.index_axis_mut(Axis(0), PAD as usize).fill(value);
            parameters.set(table, shared(vectors));
        }
        of(&parameters)
    };
    let zeros = with(0.0);
    for value in NOT_FINITE {
        assert_eq!(with(value), zeros, "{name}, {value}");
    }
}

/// The loss of a training step, and the gradient of every parameter.
fn learned<M: Trainable>(model: &M, parameters: &Parameters, batch: &M::Batch) -> (Real, Vec<ArrayD<Real>>) {
    let cx = Context::train(parameters, 1, 0);
    let loss = model.loss(&cx, batch);
    let gradients = loss.backward();
    let all = parameters.iter().map(|(id, _)| gradients.get(id).expect("every parameter has a part").to_owned());
    let all: Vec<_> = all.collect();
    assert!(all.iter().flatten().chain(loss.value()).all(|x| x.is_finite()));
    (loss.value().first().copied().unwrap(), all)
}

fn assert_translator(name: impl Display, model: &impl Translator<Batch = PairBatch>, parameters: &Parameters) {
    let batch = PairBatch::new(&PAIRS);
    compare(&name, parameters, |parameters| learned(model, parameters, &batch));
    let beam = BeamSearch::new(3, 0.6, 6).unwrap();
    compare(&name, parameters, |parameters| {
        let (greedy, beam) =
            (translate(model, parameters, &batch.sources, 6), beam.translate(model, parameters, &batch.sources));
        assert!(greedy.iter().chain(&beam).all(|said| said.log_probability.is_finite()));
        (greedy, beam)
    });
    compare(&name, parameters, |parameters| nn::evaluate_pairs(model, parameters, [batch.clone()]));
}

fn every_seq2seq<R: Recurrent<Options: Default + Copy>>(name: &str) {
    for (form, vocabulary) in ENGINES.into_iter().flat_map(|form| VOCABULARIES.map(|v| (form, v))) {
        let plain = Seq2SeqConfig { form, layers: 2, ..Seq2SeqConfig::new(vocabulary, 3, 4) };
        for config in [
            plain,
            Seq2SeqConfig { dropout: 0.3, smoothing: 0.1, reversed: true, ..plain },
            Seq2SeqConfig { context: true, bottleneck: Some(3), ..plain },
        ] {
            let mut parameters = Parameters::new();
            let model = Seq2Seq::<R>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
            assert_translator(format!("{name} {form:?} {vocabulary}"), &model, &parameters);
        }
    }
}

#[test]
fn step_01_encoder_decoders() {
    every_seq2seq::<Elman>("rnn");
    every_seq2seq::<Lstm>("lstm");
    every_seq2seq::<Gru>("gru");
}

#[test]
fn step_02_translators_that_look_back() {
    for (form, vocabulary) in ENGINES.into_iter().flat_map(|form| VOCABULARIES.map(|v| (form, v))) {
        let plain = RnnSearchConfig { form, width: 5, ..RnnSearchConfig::new(vocabulary, 3, 4) };
        for config in [
            RnnSearchConfig { bidirectional: !plain.bidirectional, ..plain },
            RnnSearchConfig { dropout: 0.3, smoothing: 0.1, input_feeding: true, ..plain },
            RnnSearchConfig { score: Score::Dot, ..plain },
            RnnSearchConfig { score: Score::General, ..plain },
        ] {
            let mut parameters = Parameters::new();
            let model = RnnSearch::<Lstm>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
            assert_translator(format!("{form:?} {config:?}"), &model, &parameters);
        }
    }
}

#[test]
fn step_03_transformers() {
    for form in ENGINES {
        let mut parameters = Parameters::new();
        let config = TransformerConfig::pytorch(9, 9, 2, 8, 2);
        let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap().with_form(form);
        assert_translator(format!("{form:?}"), &model, &parameters);

        let mut parameters = Parameters::new();
        let config = EncoderConfig::new(9, 2, 8, 2);
        let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, 3).unwrap().with_form(form);
        let sources: Vec<&[Token]> = PAIRS.iter().map(|pair| pair.0).collect();
        let batch = Labelled { sentences: Sources::new(&sources), labels: vec![0, 1, 2, 1] };
        compare(format!("{form:?}"), &parameters, |parameters| learned(&model, parameters, &batch));
    }
}

fn every_language_model<R: Recurrent<Options: Default + Copy>>(name: &str) {
    let batch = TextBatch {
        inputs: array![[START, 4, 5, 6], [START, 7, PAD, PAD], [START, 5, 4, PAD]],
        targets: array![[4, 5, 6, END], [7, END, IGNORE, IGNORE], [5, IGNORE, END, IGNORE]],
    };
    for (form, vocabulary) in ENGINES.into_iter().flat_map(|form| VOCABULARIES.map(|v| (form, v))) {
        for dropout in [0.0, 0.3] {
            let config = RecurrentConfig { layers: 2, dropout, form, ..RecurrentConfig::new(vocabulary, 3, 4) };
            let mut parameters = Parameters::new();
            let model = RecurrentLanguageModel::<R>::new(&mut Init::new(&mut parameters, 1), config);
            let name = format!("{name} {form:?} {vocabulary} {dropout}");
            compare(&name, &parameters, |parameters| learned(&model, parameters, &batch));
            compare(&name, &parameters, |parameters| nn::evaluate(&model, parameters, [batch.clone()]));
        }
    }
}

#[test]
fn step_04_recurrent_language_models() {
    every_language_model::<Elman>("rnn");
    every_language_model::<Lstm>("lstm");
    every_language_model::<Gru>("gru");
}

/// By a tied table the padding is a class like others: what is not a number there is no padding that could be hidden.
#[test]
fn step_05_a_tied_table_whose_pad_is_not_a_number_gives_nan() {
    let mut parameters = Parameters::new();
    let config = EncoderConfig::new(9, 1, 8, 2);
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let table = parameters.find("embedding.weight").unwrap();
    let mut vectors = parameters.get(table).value().to_owned();
    vectors.index_axis_mut(Axis(0), PAD as usize).fill(Real::NAN);
    parameters.set(table, shared(vectors));
    let batch = MaskedBatch { sentences: Sources::new(&[&[4, 5]]), targets: array![[6, IGNORE]] };
    assert!(model.loss(&Context::eval(&parameters), &batch).item().is_nan());
    let logits = model.logits(&Context::eval(&parameters), &batch.sentences);
    assert!(logits.value().indexed_iter().all(|(index, score)| score.is_nan() == (index[2] == PAD as usize)));
}
