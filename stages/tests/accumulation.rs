//! Batches that one update puts together teach every model what one large batch of the same rows teaches it.

use std::fmt::Display;
use std::ops::Range;

use data::masked::MaskedBatch;
use data::pairs::{PairBatch, Sources};
use data::{IGNORE, TextBatch, Token};
use ndarray::{Array2, Array3, array, s};
use nn::{Schedule, Sgd, Trainable, Trainer, TrainingConfig};
use rnn::{Classifier, ClassifierConfig, Elman, Regressor, SequenceBatch, StackedConfig};
use stages::{Sizes, Stage, TranslatorSizes, TranslatorStage};
use tensor::check::assert_close;
use tensor::{Init, Parameters, Real};
use transformer::{EncoderConfig, Labelled, MaskedLanguageModel, SentenceClassifier};

/// Makes one update from `parts` and one from `whole`, and compares losses, norms and parameters.
fn compare<M>(name: impl Display, model: &M, parameters: &Parameters, parts: &[M::Batch], whole: M::Batch)
where
    M: Trainable<Batch: Clone>,
{
    let step = |batches: &[M::Batch]| {
        let accumulation = batches.len() as u64;
        let rule = TrainingConfig::new(1, Sgd { momentum: 0.0 }, Schedule::constant(1.0));
        let config = TrainingConfig { accumulation, clip: Some(0.5), ..rule };
        let mut trainer = Trainer::new(model, parameters.clone(), config);
        let report = trainer.step(&|index: u64| batches[index as usize].clone()).unwrap();
        (report, trainer.into_parameters())
    };
    let (of_parts, together) = step(parts);
    let (of_whole, at_once) = step(&[whole]);
    assert_eq!(of_parts.targets, of_whole.targets, "{name}");
    assert!((of_parts.loss - of_whole.loss).abs() < 1e-5, "{name}: {} and {}", of_parts.loss, of_whole.loss);
    let norms = [of_parts.gradient_norm, of_whole.gradient_norm];
    assert!((norms[0] / norms[1] - 1.0).abs() < 1e-4, "{name}: {norms:?}");
    for ((_, a), (_, b)) in together.iter().zip(at_once.iter()) {
        assert_close(&format!("{name}: {}", a.name()), a.value(), b.value(), 1e-5);
    }
}

#[test]
fn every_model_of_text_weighs_batches_by_their_targets() {
    let inputs: Array2<Token> = Array2::from_shape_fn((5, 4), |(b, t)| ((3 * b + 2 * t) % 7) as Token);
    // One target in each of the first two rows, four in each of the others.
    let targets = Array2::from_shape_fn((5, 4), |(b, t)| if b < 2 && t < 3 { IGNORE } else { ((b + t) % 7) as Token });
    let rows = |range: Range<usize>| TextBatch {
        inputs: inputs.slice(s![range.clone(), ..]).to_owned(),
        targets: targets.slice(s![range, ..]).to_owned(),
    };
    for stage in Stage::ALL {
        let sizes = Sizes { layers: 2, heads: 2, ..Sizes::new(7, 4, 8) };
        let (model, parameters) = stage.configure(sizes).build(1).unwrap();
        compare(stage, &model, &parameters, &[rows(0..2), rows(2..5)], rows(0..5));
        let nothing = TextBatch { targets: Array2::from_elem((1, 4), IGNORE), ..rows(0..1) };
        compare(stage, &model, &parameters, &[nothing, rows(0..2), rows(2..5)], rows(0..5));
    }
}

#[test]
fn every_translator_weighs_batches_by_their_targets() {
    let pairs: [(&[Token], &[Token]); 4] =
        [(&[4, 5, 6], &[7, 8, 4, 5, 6, 7]), (&[5], &[4]), (&[6, 4], &[5, 5]), (&[4, 4, 4, 5], &[8, 7, 6, 5, 4])];
    for stage in TranslatorStage::ALL {
        let sizes = TranslatorSizes { heads: 2, smoothing: 0.1, ..TranslatorSizes::new(7, 9, 8) };
        let (model, parameters) = stage.configure(sizes).build(1).unwrap();
        let parts = [&pairs[..1], &pairs[1..]].map(PairBatch::new);
        compare(stage, &model, &parameters, &parts, PairBatch::new(&pairs));
    }
}

#[test]
fn models_that_read_whole_sentences_weigh_batches_by_their_targets() {
    let sentences: [&[Token]; 3] = [&[4, 5, 6], &[5, 6], &[6, 4, 4]];
    let targets = array![[6, IGNORE, IGNORE], [4, 5, IGNORE], [5, 6, 4]];
    let hidden = |range: Range<usize>| {
        let sources = Sources::new(&sentences[range.clone()]);
        let targets = targets.slice(s![range, ..sources.tokens.ncols()]).to_owned();
        MaskedBatch { sentences: sources, targets }
    };
    let config = EncoderConfig::new(7, 1, 8, 2);
    let mut parameters = Parameters::new();
    let model = MaskedLanguageModel::new(&mut Init::new(&mut parameters, 1), config.clone()).unwrap();
    compare("hidden words", &model, &parameters, &[hidden(0..1), hidden(1..3)], hidden(0..3));

    let labelled = |range: Range<usize>| Labelled {
        sentences: Sources::new(&sentences[range.clone()]),
        labels: [0, 1, 1][range].to_vec(),
    };
    let mut parameters = Parameters::new();
    let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, 2).unwrap();
    compare("sentences", &model, &parameters, &[labelled(0..1), labelled(1..3)], labelled(0..3));
}

#[test]
fn models_that_answer_after_the_end_weigh_batches_by_their_targets() {
    let asked = |range: Range<usize>| TextBatch {
        inputs: array![[1, 2], [3, 0], [2, 2]].slice(s![range.clone(), ..]).to_owned(),
        targets: array![[IGNORE, 1], [IGNORE, 0], [IGNORE, IGNORE]].slice(s![range, ..]).to_owned(),
    };
    let mut parameters = Parameters::new();
    let config = ClassifierConfig { vocabulary: 4, classes: 2, layers: StackedConfig::new(3, 5) };
    let model = Classifier::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
    compare("classifier", &model, &parameters, &[asked(0..1), asked(1..3)], asked(0..3));

    let numbers = |range: Range<usize>| SequenceBatch {
        inputs: Array3::from_shape_fn((3, 2, 1), |(b, t, _)| (b + t) as Real / 4.0)
            .slice(s![range.clone(), .., ..])
            .to_owned(),
        targets: array![[0.5, 1.0], [0.0, 0.25], [1.0, 0.5]].slice(s![range, ..]).to_owned(),
    };
    let mut parameters = Parameters::new();
    let model = Regressor::<Elman>::new(&mut Init::new(&mut parameters, 1), StackedConfig::new(1, 5), 2);
    compare("regressor", &model, &parameters, &[numbers(0..1), numbers(1..3)], numbers(0..3));
}
