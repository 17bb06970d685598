//! What the translator promises.

use attention::{ConfigError, Form, RnnSearch, RnnSearchConfig, Score};
use data::IGNORE;
use data::pairs::{PAD, PairBatch, Sources};
use lstm::{Gru, Lstm};
use nn::{Rows, Trainable, Translator, translate};
use rnn::Recurrent;
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real};

/// What two orders of summation may differ by, relative to the largest element.
const ROUNDING: f64 = if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 };

fn build<R: Recurrent>(config: RnnSearchConfig<R::Options>) -> (Parameters, RnnSearch<R>) {
    let mut parameters = Parameters::new();
    let model = RnnSearch::<R>::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    (parameters, model)
}

/// Every score, one direction and both, with and without input feeding; two layers.
fn configurations<O: Default + Copy>() -> Vec<RnnSearchConfig<O>> {
    let scores = [Score::Additive, Score::Dot, Score::General, Score::Scaled];
    let switches = [(false, false), (true, false), (false, true), (true, true)];
    let all = scores.into_iter().flat_map(|score| switches.map(|switches| (score, switches)));
    all.map(|(score, (bidirectional, input_feeding))| RnnSearchConfig {
        layers: 2,
        width: 5,
        score,
        bidirectional,
        input_feeding,
        ..RnnSearchConfig::new(9, 4, 6)
    })
    .collect()
}

fn pairs() -> PairBatch {
    PairBatch::new(&[(&[5, 6, 7, 8], &[3, 4]), (&[4], &[8, 7, 6]), (&[3, 3, 8], &[5])])
}

fn padding_does_not_matter<R: Recurrent<Options: Default + Copy + std::fmt::Debug>>() {
    for config in configurations() {
        let (parameters, model) = build::<R>(config);
        let cx = Context::eval(&parameters);
        let batch = pairs();
        let (all, alignment) = (model.logits(&cx, &batch), model.alignment(&cx, &batch));
        for (row, (source, target)) in
            [(&[5, 6, 7, 8][..], &[3, 4][..]), (&[4], &[8, 7, 6]), (&[3, 3, 8], &[5])].into_iter().enumerate()
        {
            let alone = PairBatch::new(&[(source, target)]);
            let (said, own) = (0..target.len() + 1, 0..source.len());
            let expected = model.logits(&cx, &alone);
            let logits = all.slice(0, row..row + 1).slice(1, said.clone());
            assert_close(&format!("{config:?}"), logits.value(), expected.value(), ROUNDING);
            let weights = alignment.slice(0, row..row + 1).slice(1, said);
            let expected = model.alignment(&cx, &alone);
            assert_close(&format!("{config:?}"), weights.slice(2, own.clone()).value(), expected.value(), ROUNDING);
            assert!(weights.slice(2, own.end..4).value().iter().all(|&weight| weight == 0.0), "{config:?}");
        }
    }
}

#[test]
fn neither_the_padding_nor_the_other_rows_matter() {
    padding_does_not_matter::<Lstm>();
    padding_does_not_matter::<Gru>();
}

#[test]
fn what_stands_in_the_padding_changes_no_bit() {
    let targets = pairs().targets;
    assert!(targets.iter().any(|&target| target == IGNORE));
    for (config, form) in configurations().into_iter().flat_map(|c| [(c, Form::Literal), (c, Form::Fused)]) {
        let (parameters, model) = build::<Lstm>(RnnSearchConfig { form, ..config });
        let run = |padding| {
            let mut batch = pairs();
            batch.sources.tokens.mapv_inplace(|token| if token == PAD { padding } else { token });
            batch.inputs.mapv_inplace(|token| if token == PAD { padding } else { token });
            let cx = Context::train(&parameters, 1, 0);
            let values = [model.logits(&cx, &batch), model.alignment(&cx, &batch)].map(|x| {
                let said = targets.indexed_iter().filter(|&(_, &target)| target != IGNORE);
                said.map(|((b, t), _)| x.index(0, b).index(0, t).value().to_owned()).collect::<Vec<_>>()
            });
            let loss = model.loss(&cx, &batch);
            let gradients = loss.backward();
            let all: Vec<_> = parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned()).collect();
            (values, loss.item(), all)
        };
        assert!(run(PAD) == run(5), "{config:?}, {form:?}");
    }
}

fn steps_are_those_of_the_whole<R: Recurrent<Options: Default + Copy + std::fmt::Debug>>() {
    for config in configurations() {
        let (parameters, model) = build::<R>(config);
        let cx = Context::eval(&parameters);
        let batch = pairs();
        let (all, alignment) = (model.logits(&cx, &batch), model.alignment(&cx, &batch));
        let (memory, mut state) = model.encode(&cx, &batch.sources);
        // Beam search takes rows as it needs them: here backwards, and at every step.
        let turned = [2, 1, 0];
        let memory = memory.rows(&turned);
        state = state.rows(&turned);
        for t in 0..batch.inputs.ncols() {
            let tokens: Vec<_> = turned.iter().map(|&row| batch.inputs[[row, t]]).collect();
            let step = model.next(&cx, &memory, &mut state, &tokens);
            let turn = |x: &tensor::Tensor| x.index(1, t).rows(&turned).value().to_owned();
            assert_close(&format!("{config:?}"), &step.logits.into_dyn(), &turn(&all), ROUNDING);
            assert_close(&format!("{config:?}"), &step.alignment.unwrap().into_dyn(), &turn(&alignment), ROUNDING);
        }
    }
}

#[test]
fn step_by_step_gives_the_scores_of_the_whole() {
    steps_are_those_of_the_whole::<Lstm>();
    steps_are_those_of_the_whole::<Gru>();
}

#[test]
fn literal_and_fused_are_the_same_model() {
    for config in configurations() {
        let (parameters, fused) = build::<Lstm>(config);
        let (_, literal) = build::<Lstm>(RnnSearchConfig { form: Form::Literal, ..config });
        let [fused, literal] = [fused, literal].map(|model| {
            let cx = Context::train(&parameters, 1, 0);
            let loss = model.loss(&cx, &pairs());
            let gradients = loss.backward();
            let all: Vec<_> = parameters.iter().map(|(id, _)| gradients.get(id).map(|g| g.to_owned())).collect();
            (loss.value().to_owned(), all)
        });
        assert_close("loss", &fused.0, &literal.0, ROUNDING);
        for ((id, parameter), (fused, literal)) in parameters.iter().zip(fused.1.iter().zip(&literal.1)) {
            let both = fused.as_ref().zip(literal.as_ref());
            let (fused, literal) = both.unwrap_or_else(|| panic!("{id:?}, {} has no gradient", parameter.name()));
            assert_close(parameter.name(), fused, literal, 20.0 * ROUNDING);
        }
    }
}

#[test]
fn it_has_the_parameters_of_pytorchs_model() {
    let (parameters, _) = build::<Lstm>(RnnSearchConfig::new(65, 128, 256));
    assert_eq!(parameters.count(), 1_217_345); // counted by the script that times PyTorch
}

#[test]
fn translations_show_where_the_decoder_looked() {
    let (parameters, model) = build::<Gru>(RnnSearchConfig { bidirectional: true, ..RnnSearchConfig::new(9, 4, 6) });
    let sources = Sources::new(&[&[5, 6, 7], &[4]]);
    for (translation, length) in translate(&model, &parameters, &sources, 4).into_iter().zip([3, 1]) {
        assert!(translation.tokens.iter().all(|&token| token < 9));
        let alignment = translation.alignment.unwrap();
        assert_eq!(alignment.dim(), (translation.tokens.len(), length));
        assert!(alignment.rows().into_iter().all(|row| (row.sum() - 1.0).abs() < 1e-6));
    }
}

#[test]
fn dropout_and_smoothing_are_for_training() {
    let (parameters, model) = build::<Lstm>(RnnSearchConfig { dropout: 0.5, ..RnnSearchConfig::new(9, 4, 6) });
    let (_, plain) = build::<Lstm>(RnnSearchConfig::new(9, 4, 6));
    let (_, smoothed) = build::<Lstm>(RnnSearchConfig { smoothing: 0.1, ..RnnSearchConfig::new(9, 4, 6) });
    let losses = |cx: Context<'_>| -> [Real; 3] { [&model, &plain, &smoothed].map(|m| m.loss(&cx, &pairs()).item()) };
    let [dropped, without, smooth] = losses(Context::train(&parameters, 1, 0));
    assert!(dropped != without && smooth != without);
    let [dropped, without, smooth] = losses(Context::eval(&parameters));
    assert!(dropped == without && smooth == without);
}

#[test]
fn impossible_configurations_are_told() {
    let said = |config: RnnSearchConfig<lstm::LstmInit>| {
        RnnSearch::<Lstm>::new(&mut Init::new(&mut Parameters::new(), 1), config).err().unwrap()
    };
    let odd = said(RnnSearchConfig { bidirectional: true, ..RnnSearchConfig::new(9, 4, 7) });
    assert_eq!(odd, ConfigError::Odd(7));
    assert_eq!(
        odd.to_string(),
        "a width of 7 cannot be divided among the two directions of the encoder; choose an even width"
    );
    let plain = RnnSearchConfig::new(9, 4, 6);
    assert_eq!(said(RnnSearchConfig { dropout: 1.0, ..plain }), ConfigError::Dropout(1.0));
    let smoothed = said(RnnSearchConfig { smoothing: 2.0, ..plain });
    assert_eq!(smoothed.to_string(), "a label smoothing of 2 is not possible; it must be at least 0 and below 1");
    let empty = said(RnnSearchConfig { layers: 0, ..RnnSearchConfig::new(9, 4, 7) });
    assert_eq!(
        empty.to_string(),
        "a translator cannot have 0 layers of width 7 on embeddings of width 4; each must be at least 1"
    );
    let mute = said(RnnSearchConfig { target_vocabulary: 0, ..plain });
    assert_eq!(mute.to_string(), "the target vocabulary is 0; it must be at least 1");
    assert_eq!(said(RnnSearchConfig { source_vocabulary: 0, ..plain }), ConfigError::Vocabulary("source"));
    let narrow = RnnSearchConfig { width: 0, ..plain };
    assert_eq!(said(narrow).to_string(), "an additive score cannot have a width of 0; it must be at least 1");
    for score in [Score::Dot, Score::General, Score::Scaled] {
        assert_eq!(RnnSearchConfig { score, ..narrow }.validate(), Ok(()), "{score:?} has no such width");
    }
}
