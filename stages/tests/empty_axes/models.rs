//! Whole models: their losses and gradients.

use attention::{RnnSearch, RnnSearchConfig};
use data::masked::MaskedBatch;
use data::pairs::{PairBatch, Sources};
use data::{IGNORE, TextBatch};
use gpt::{Gpt, GptConfig};
use lstm::{Gru, Lstm};
use ndarray::{Array1, Array2, Array3, ArrayD, s};
use nn::Trainable;
use rnn::{
    Classifier, ClassifierConfig, Recurrent, RecurrentConfig, RecurrentLanguageModel, Regressor, SequenceBatch,
    StackedConfig,
};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Init, Parameters, Real};
use transformer::{EncoderConfig, Labelled, MaskedLanguageModel, SentenceClassifier, Transformer, TransformerConfig};

use super::{ENGINES, Sizes, check, ends, full, passes};

/// The loss of a model and its gradients.
fn learned<M: Trainable>(parameters: &Parameters, model: &M, batch: &M::Batch) -> Vec<ArrayD<Real>> {
    passes(parameters, &Sizes::new(), &[], |cx, _| vec![model.loss(cx, batch)])
}

/// What a configuration that no model can have is refused with.
fn built<M, E: std::fmt::Display>(model: Result<M, E>) -> M {
    model.unwrap_or_else(|error| panic!("refused: {error}"))
}

#[test]
fn step_05_models_of_text() {
    let sizes = [('b', 2), ('t', 3), ('v', 6), ('e', 4), ('h', 5), ('l', 2)];
    let batch = |n: &Sizes| TextBatch { inputs: full(n, ['b', 't'], 0), targets: full(n, ['b', 't'], 0) };
    for form in ENGINES {
        // All that is asked is the last answer of every row.
        let last = |n: &Sizes| {
            let mut batch = batch(n);
            batch.targets.slice_mut(s![.., ..n[&'t'].saturating_sub(1)]).fill(IGNORE);
            batch
        };
        let layers = |n: &Sizes, input| StackedConfig {
            layers: n[&'l'],
            form,
            ..StackedConfig::<<Lstm as Recurrent>::Options>::new(n[&input], n[&'h'])
        };
        let fits = "do not fit (B, T, I) with T > 0";
        let words = [fits, "gather: row 0 of a table", "at least one layer", "classifier: "];
        check(&format!("classifier {form:?}"), &sizes, "tvhl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = ClassifierConfig { vocabulary: n[&'v'], classes: 6, layers: layers(n, 'e') };
            let model = Classifier::<Lstm>::new(&mut Init::new(&mut parameters, 1), config);
            learned(&parameters, &model, &last(n))
        });
        let numbers = [('b', 2), ('t', 3), ('i', 4), ('h', 5), ('l', 2), ('o', 3)];
        check(
            &format!("regressor {form:?}"),
            &numbers,
            "bthlo",
            &[fits, "at least one layer", "mean: no elements"],
            |n| {
                let mut parameters = Parameters::new();
                let model = Regressor::<Lstm>::new(&mut Init::new(&mut parameters, 1), layers(n, 'i'), n[&'o']);
                let batch = SequenceBatch {
                    inputs: Array3::zeros((n[&'b'], n[&'t'], n[&'i'])),
                    targets: Array2::zeros((n[&'b'], n[&'o'])),
                };
                learned(&parameters, &model, &batch)
            },
        );
        let encoder = [('b', 2), ('t', 3), ('v', 6), ('h', 5), ('l', 2)];
        check(&format!("masked words {form:?}"), &encoder, "tvhl", &["refused: ", "attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = EncoderConfig::new(n[&'v'], n[&'l'], n[&'h'], 1);
            let model = built(MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config)).with_form(form);
            let sentences = Sources { tokens: full(n, ['b', 't'], 0), lengths: ends(n, ['b', 't']) };
            learned(&parameters, &model, &MaskedBatch { sentences, targets: full(n, ['b', 't'], 0) })
        });
        let words = [
            "do not fit (B, T, I) with T > 0",
            "gather: row 0 of a table",
            "recurrent layer: row 0",
            "at least one layer",
        ];
        check(&format!("lstm {form:?}"), &sizes, "tvhl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = RecurrentConfig { layers: n[&'l'], form, ..RecurrentConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = RecurrentLanguageModel::<Lstm>::new(&mut Init::new(&mut parameters, 1), config);
            learned(&parameters, &model, &batch(n))
        });
        check(
            &format!("gpt {form:?}"),
            &[('b', 2), ('t', 3), ('v', 6), ('h', 5), ('l', 2)],
            "tvhl",
            &["refused: ", "attention: "],
            |n| {
                let mut parameters = Parameters::new();
                let config = GptConfig::new(n[&'v'], 3, n[&'l'], n[&'h'], 1);
                let model = built(Gpt::new(&mut Init::new(&mut parameters, 1), config)).with_form(form);
                learned(&parameters, &model, &batch(n))
            },
        );
    }
}

#[test]
fn step_06_translators() {
    let sizes = [('b', 2), ('t', 3), ('s', 4), ('v', 6), ('e', 2), ('h', 5), ('l', 2)];
    let batch = |n: &Sizes| PairBatch {
        sources: Sources { tokens: full(n, ['b', 's'], 0), lengths: ends(n, ['b', 's']) },
        inputs: full(n, ['b', 't'], 0),
        targets: full(n, ['b', 't'], 0),
    };
    for form in ENGINES {
        let words = ["do not fit", "refused: "];
        check(&format!("seq2seq {form:?}"), &sizes, "tsvehl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = Seq2SeqConfig { layers: n[&'l'], form, ..Seq2SeqConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = built(Seq2Seq::<Lstm>::new(&mut Init::new(&mut parameters, 1), config));
            learned(&parameters, &model, &batch(n))
        });
        check(&format!("attention {form:?}"), &sizes, "tsvehl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = RnnSearchConfig { layers: n[&'l'], form, ..RnnSearchConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = built(RnnSearch::<Gru>::new(&mut Init::new(&mut parameters, 1), config));
            learned(&parameters, &model, &batch(n))
        });
        let sizes = [('b', 2), ('t', 3), ('s', 4), ('v', 6), ('h', 5), ('l', 2)];
        check(&format!("transformer {form:?}"), &sizes, "tsvhl", &["refused: ", "attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = TransformerConfig::pytorch(n[&'v'], n[&'v'], n[&'l'], n[&'h'], 1);
            let model = built(Transformer::new(&mut Init::new(&mut parameters, 1), config)).with_form(form);
            learned(&parameters, &model, &batch(n))
        });
        let sizes = [('b', 2), ('s', 4), ('v', 6), ('h', 5), ('l', 2), ('c', 3)];
        check(&format!("classifier {form:?}"), &sizes, "svhlc", &["refused: ", "attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = EncoderConfig::new(n[&'v'], n[&'l'], n[&'h'], 1);
            let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, n[&'c']);
            let sentences = Sources { tokens: full(n, ['b', 's'], 0), lengths: ends(n, ['b', 's']) };
            let batch = Labelled { sentences, labels: Array1::zeros(n[&'b']).to_vec() };
            learned(&parameters, &built(model).with_form(form), &batch)
        });
    }
}
