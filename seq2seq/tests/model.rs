//! What an encoder-decoder promises.

use data::pairs::{PairBatch, Sources};
use data::{IGNORE, Token};
use lstm::{Gru, Lstm};
use ndarray::{Axis, s};
use nn::{BeamSearch, Rows, Trainable, Translator, evaluate_pairs, translate};
use rnn::Recurrent;
use seq2seq::{ConfigError, ScheduledSampling, Seq2Seq, Seq2SeqConfig};
use tensor::check::assert_close;
use tensor::{Context, Init, Parameters, Real};

const PAIRS: [(&[Token], &[Token]); 4] =
    [(&[3, 4, 5, 6], &[6, 3]), (&[4], &[3, 3, 4, 5, 6]), (&[5, 5], &[]), (&[6, 3, 5], &[4, 4, 4])];

fn rounding() -> f64 {
    if size_of::<Real>() == 8 { 1e-12 } else { 1e-5 }
}

fn build<R: Recurrent>(config: Seq2SeqConfig<R::Options>) -> (Parameters, Seq2Seq<R>) {
    let mut parameters = Parameters::new();
    let model = Seq2Seq::new(&mut Init::new(&mut parameters, 3), config).unwrap();
    (parameters, model)
}

/// Every way of handing the vector over, with weights large enough to tell one source from another.
fn every_way(check: impl Fn(&Parameters, &Seq2Seq<Gru>)) {
    for (layers, bottleneck) in [(1, None), (2, Some(3))] {
        for (context, reversed) in [(false, false), (true, false), (true, true)] {
            let config = Seq2SeqConfig { layers, bottleneck, context, reversed, ..Seq2SeqConfig::new(7, 5, 6) };
            let (mut parameters, model) = build::<Gru>(config);
            let ids: Vec<_> = parameters.iter().map(|(id, _)| id).collect();
            ids.into_iter().for_each(|id| parameters.value_mut(id).mapv_inplace(|w| 2.0 * w));
            check(&parameters, &model);
        }
    }
}

#[test]
fn it_has_the_parameters_of_pytorchs_model() {
    let (parameters, _) = build::<Lstm>(Seq2SeqConfig::new(65, 128, 256));
    assert_eq!(parameters.count(), 823_873); // counted by the script that times PyTorch
    let names: Vec<_> = parameters.iter().map(|(_, p)| p.name()).collect();
    assert_eq!(
        [names[0], names[1], names[2], names[6]],
        ["se.weight", "te.weight", "enc.weight_ih_l0", "dec.weight_ih_l0"]
    );
}

#[test]
fn a_pair_is_scored_alike_alone_and_in_a_padded_batch() {
    every_way(|parameters, model| {
        let cx = Context::eval(parameters);
        let together = model.logits(&cx, &PairBatch::new(&PAIRS));
        for (row, pair) in PAIRS.iter().enumerate() {
            let alone = model.logits(&cx, &PairBatch::new(std::slice::from_ref(pair)));
            let steps = alone.shape()[1];
            let same = together.value().slice(s![row..row + 1, ..steps, ..]).into_dyn();
            assert_close(&format!("row {row}"), &same, alone.value(), rounding());
        }
    });
}

#[test]
fn the_tokens_in_the_padding_have_no_part_in_loss_or_gradients() {
    every_way(|parameters, model| {
        let run = |batch: &PairBatch| {
            let loss = model.loss(&Context::train(parameters, 1, 0), batch);
            let gradients = loss.backward();
            (loss.item(), parameters.iter().map(|(id, _)| gradients.get(id).unwrap().to_owned()).collect::<Vec<_>>())
        };
        let batch = PairBatch::new(&PAIRS);
        let mut elsewhere = batch.clone();
        for (row, (source, target)) in PAIRS.iter().enumerate() {
            elsewhere.sources.tokens.slice_mut(s![row, source.len()..]).fill(6);
            elsewhere.inputs.slice_mut(s![row, target.len() + 1..]).fill(5);
        }
        assert_ne!(batch, elsewhere);
        assert!(run(&batch) == run(&elsewhere), "not a bit differs");
    });
}

#[test]
fn token_by_token_gives_the_scores_of_the_whole_translation() {
    every_way(|parameters, model| {
        let cx = Context::eval(parameters);
        let batch = PairBatch::new(&PAIRS);
        let all = model.logits(&cx, &batch); // (B, T, V)
        let (memory, mut state) = model.encode(&cx, &batch.sources);
        for t in 0..batch.inputs.ncols() {
            let step = model.next(&cx, &memory, &mut state, &batch.inputs.column(t).to_vec());
            assert_close(&format!("step {t}"), &step.logits.into_dyn(), all.index(1, t).value(), rounding());
            assert!(step.alignment.is_none());
        }
    });
}

#[test]
fn a_reversed_source_is_read_from_its_end() {
    let forwards = Seq2SeqConfig::new(7, 5, 6);
    let (parameters, model) = build::<Lstm>(forwards);
    let (_, reversed) = build::<Lstm>(Seq2SeqConfig { reversed: true, ..forwards });
    let cx = Context::eval(&parameters);
    let batch = PairBatch::new(&PAIRS);
    let turned = PairBatch { sources: batch.sources.reversed(), ..batch.clone() };
    assert_eq!(reversed.logits(&cx, &batch).value(), model.logits(&cx, &turned).value());
    assert_ne!(reversed.logits(&cx, &batch).value(), model.logits(&cx, &batch).value());
}

#[test]
fn all_that_passes_is_the_vector() {
    let config = Seq2SeqConfig { layers: 2, bottleneck: Some(1), context: true, ..Seq2SeqConfig::new(7, 5, 6) };
    let (mut parameters, model) = build::<Lstm>(config);
    let sources = Sources::new(&[&[3, 4, 5], &[6]]);
    let vector = |parameters: &Parameters| model.vector(&Context::eval(parameters), &sources).0.value().to_owned();
    assert_eq!(vector(&parameters).shape(), [2, 1]);
    assert_ne!(vector(&parameters)[[0, 0]], vector(&parameters)[[1, 0]]);

    // Where nothing passes, one source is like another.
    let down = parameters.find("down.weight").unwrap();
    parameters.value_mut(down).fill(0.0);
    let target: &[Token] = &[4, 4];
    let logits = model.logits(&Context::eval(&parameters), &PairBatch::new(&[(&[3, 4, 5], target), (&[6], target)]));
    assert_eq!(logits.index(0, 0).value(), logits.index(0, 1).value());
}

#[test]
fn a_beam_of_width_one_is_greedy_and_a_wider_one_finds_better() {
    every_way(|parameters, model| {
        let sources = PairBatch::new(&PAIRS).sources;
        let greedy = translate(model, parameters, &sources, 8);
        let beam = |width| BeamSearch::new(width, 0.0, 8).unwrap().translate(model, parameters, &sources);
        for (greedy, beam) in greedy.iter().zip(&beam(1)) {
            assert_eq!((&greedy.tokens, &greedy.alignment), (&beam.tokens, &None));
            assert!((greedy.log_probability - beam.log_probability).abs() < 1e-4);
        }
        for (narrow, wide) in greedy.iter().zip(&beam(50)) {
            assert!(!narrow.ended() || wide.log_probability > narrow.log_probability - 1e-4);
        }
        for (row, said) in beam(5).iter().enumerate() {
            let alone = sources.tokens.row(row).slice(s![..sources.lengths[row]]).to_vec();
            let alone = BeamSearch::new(5, 0.0, 8).unwrap().translate(model, parameters, &Sources::new(&[&alone]));
            assert_eq!(said.tokens, alone[0].tokens);
        }
    });
}

#[test]
fn what_a_translation_is_given_is_what_teacher_forcing_gives_it() {
    every_way(|parameters, model| {
        let sources = PairBatch::new(&PAIRS).sources;
        for (row, said) in translate(model, parameters, &sources, 8).iter().enumerate() {
            let source = sources.tokens.row(row).slice(s![..sources.lengths[row]]).to_vec();
            let mut batch = PairBatch::new(&[(&source, said.words())]);
            if !said.ended() {
                batch.targets.column_mut(said.tokens.len()).fill(IGNORE);
            }
            let evaluation = evaluate_pairs(model, parameters, [batch]).unwrap();
            assert_eq!((evaluation.tokens, evaluation.accuracy), (said.tokens.len(), 1.0));
            assert!((evaluation.nats * said.tokens.len() as f64 + said.log_probability).abs() < 1e-4);
        }
    });
}

#[test]
fn rows_of_a_state_are_those_of_the_batch() {
    every_way(|parameters, model| {
        let cx = Context::eval(parameters);
        let (memory, mut state) = model.encode(&cx, &PairBatch::new(&PAIRS).sources);
        let (taken_memory, mut taken) = (memory.rows(&[3, 1, 3]), state.rows(&[3, 1, 3]));
        let all = model.next(&cx, &memory, &mut state, &[5, 5, 5, 5]).logits;
        let some = model.next(&cx, &taken_memory, &mut taken, &[5, 5, 5]).logits;
        assert_close("rows", &some, &all.select(Axis(0), &[3, 1, 3]), rounding());
    });
}

#[test]
fn scheduled_sampling_draws_from_the_model_once_the_truth_is_rare() {
    let sampling = ScheduledSampling { least: 0.0, steps: 100 };
    let (parameters, model) = build::<Gru>(Seq2SeqConfig { sampling: Some(sampling), ..Seq2SeqConfig::new(7, 5, 6) });
    let (_, told) = build::<Gru>(Seq2SeqConfig::new(7, 5, 6));
    let batch = PairBatch::new(&PAIRS);
    let loss = |model: &Seq2Seq<Gru>, cx: &Context<'_>| model.loss(cx, &batch).item();
    let at = |step| Context::train(&parameters, 1, step);

    assert_eq!(loss(&model, &at(0)), loss(&told, &at(0)), "at the beginning the truth");
    assert_ne!(loss(&model, &at(100)), loss(&told, &at(100)), "at the end its own words");
    assert_eq!(loss(&model, &at(100)), loss(&model, &at(100)), "the same seed and step draw the same");
    assert_ne!(loss(&model, &at(100)), loss(&model, &at(101)));
    assert_eq!(
        loss(&model, &Context::eval(&parameters)),
        loss(&told, &Context::eval(&parameters)),
        "never in evaluation"
    );
    let gradients = model.loss(&at(100), &batch).backward();
    assert_eq!(gradients.missing(&parameters).count(), 0);

    // A model that is certain says one thing only: what it then reads is known.
    let mut certain = parameters.clone();
    let bias = certain.find("out.bias").unwrap();
    certain.value_mut(bias)[[4]] = 1e4;
    let mut own = batch.clone();
    own.inputs.slice_mut(s![.., 1..]).fill(4);
    assert_eq!(
        loss(&model, &Context::train(&certain, 1, 100)),
        told.loss(&Context::train(&certain, 1, 100), &own).item()
    );
}

#[test]
fn smoothing_is_for_training_alone() {
    let (parameters, model) = build::<Gru>(Seq2SeqConfig { smoothing: 0.1, ..Seq2SeqConfig::new(7, 5, 6) });
    let (_, plain) = build::<Gru>(Seq2SeqConfig::new(7, 5, 6));
    let batch = PairBatch::new(&PAIRS);
    let (train, eval) = (|| Context::train(&parameters, 1, 0), Context::eval(&parameters));
    assert_eq!(model.loss(&eval, &batch).item(), plain.loss(&eval, &batch).item());
    assert_ne!(model.loss(&train(), &batch).item(), plain.loss(&train(), &batch).item());
    let nats = evaluate_pairs(&model, &parameters, [batch.clone()]).unwrap().nats;
    assert!((nats - f64::from(model.loss(&eval, &batch).item())).abs() < 1e-6);
}

#[test]
fn impossible_configurations_are_told() {
    let plain = Seq2SeqConfig::new(7, 5, 6);
    let said = |config| Seq2Seq::<Gru>::new(&mut Init::new(&mut Parameters::new(), 1), config).err();
    for (config, expected) in [
        (Seq2SeqConfig { source_vocabulary: 0, ..plain }, ConfigError::Zero("source vocabulary")),
        (Seq2SeqConfig { target_vocabulary: 0, ..plain }, ConfigError::Zero("target vocabulary")),
        (Seq2SeqConfig { embedding: 0, ..plain }, ConfigError::Zero("width of the embeddings")),
        (Seq2SeqConfig { hidden: 0, ..plain }, ConfigError::Zero("width of the states")),
        (Seq2SeqConfig { layers: 0, ..plain }, ConfigError::Zero("number of layers")),
        (Seq2SeqConfig { bottleneck: Some(0), ..plain }, ConfigError::Zero("width of the vector that passes")),
        (Seq2SeqConfig { dropout: 1.0, ..plain }, ConfigError::Dropout(1.0)),
        (Seq2SeqConfig { smoothing: 1.0, ..plain }, ConfigError::Smoothing(1.0)),
        (Seq2SeqConfig { smoothing: -0.1, ..plain }, ConfigError::Smoothing(-0.1)),
        (
            Seq2SeqConfig { sampling: Some(ScheduledSampling { least: 1.5, steps: 10 }), ..plain },
            ConfigError::Truth(1.5),
        ),
    ] {
        assert_eq!(said(config), Some(expected));
    }
    assert!(said(Seq2SeqConfig { dropout: f64::NAN, ..plain }).is_some());
    assert_eq!(said(plain), None);
    assert_eq!(
        ConfigError::Zero("width of the vector that passes").to_string(),
        "the width of the vector that passes is 0; it must be at least 1"
    );
}
