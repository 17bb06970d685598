//! Axes without elements in layers and models: lengths are 1 to T, and widths at least 1, or the layer says in a sentence
//! of its own what does not fit; a batch without rows gives no rows. Nothing makes a NaN out of nothing.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use attention::{Attention, DecoderConfig, RnnSearch, RnnSearchConfig, Score};
use data::pairs::{PairBatch, Sources};
use data::{TextBatch, Token};
use gpt::{Gpt, GptConfig};
use lstm::{Gru, Lstm};
use ndarray::{Array1, Array2, ArrayD};
use nn::{Embedding, Engine, LayerNorm, Linear, Trainable, cross_entropy, mean_squared_error};
use rnn::{Direction, Elman, Recurrent, RecurrentConfig, RecurrentModel, Run, Stacked, StackedConfig};
use seq2seq::{Seq2Seq, Seq2SeqConfig};
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::scaled_dot_product::{Mask, fused, literal};
use transformer::{
    Block, BlockConfig, Encoder, EncoderConfig, Labelled, SentenceClassifier, Transformer, TransformerConfig,
};

const ENGINES: [Engine; 2] = [Engine::Literal, Engine::Fused];

/// The length of every axis, by its letter.
type Sizes = BTreeMap<char, usize>;

/// Computes something with one axis after the other of length 0 and 1 and the others as they are. The axes in `refused` must
/// not be empty: then the panic says one of `words`. All else gives numbers.
fn check(name: &str, sizes: &[(char, usize)], refused: &str, words: &[&str], of: impl Fn(&Sizes) -> Vec<ArrayD<Real>>) {
    for (letter, length) in sizes.iter().flat_map(|&(letter, _)| [(letter, 0), (letter, 1)]) {
        let mut sizes: Sizes = sizes.iter().copied().collect();
        sizes.insert(letter, length);
        let refuses = length == 0 && refused.contains(letter);
        match catch_unwind(AssertUnwindSafe(|| of(&sizes))) {
            Ok(numbers) => {
                assert!(!refuses, "{name}, {letter} = {length}: not refused");
                assert!(numbers.iter().flatten().all(|x| x.is_finite()), "{name}, {letter} = {length}: {numbers:?}");
            }
            Err(panic) => {
                let said = said(&*panic);
                assert!(refuses && words.iter().any(|word| said.contains(word)), "{name}, {letter} = {length}: {said}");
            }
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
}

/// The outputs of `f` on inputs with these axes, and the gradients that their sum sends to inputs and parameters.
fn passes(
    parameters: &Parameters,
    sizes: &Sizes,
    axes: &[&str],
    f: impl Fn(&Context<'_>, &[Tensor]) -> Vec<Tensor>,
) -> Vec<ArrayD<Real>> {
    let cx = Context::train(parameters, 1, 0);
    let shape = |axes: &&str| axes.chars().map(|axis| sizes[&axis]).collect::<Vec<_>>();
    let inputs: Vec<Tensor> = axes.iter().map(|axes| cx.leaf(ArrayD::from_elem(shape(axes), 0.5))).collect();
    let outputs = f(&cx, &inputs);
    let loss = outputs.iter().map(Tensor::sum).reduce(|a, b| &a + &b).expect("an output");
    let gradients = loss.backward();
    let mut all: Vec<_> = outputs.iter().map(|y| y.value().to_owned()).collect();
    for x in &inputs {
        all.extend(gradients.of(x).inspect(|dx| assert_eq!(dx.shape(), x.shape())).map(|dx| dx.to_owned()));
    }
    all.extend(parameters.iter().filter_map(|(id, _)| gradients.get(id)).map(|x| x.to_owned()));
    all
}

fn full(sizes: &Sizes, [rows, columns]: [char; 2], token: Token) -> Array2<Token> {
    Array2::from_elem((sizes[&rows], sizes[&columns]), token)
}

fn ends(sizes: &Sizes, [rows, columns]: [char; 2]) -> Vec<usize> {
    vec![sizes[&columns]; sizes[&rows]]
}

#[test]
fn step_01_layers_and_losses() {
    let sizes = [('b', 2), ('t', 3), ('i', 4), ('o', 5), ('v', 6)];
    check("linear", &sizes, "", &[], |n| {
        let mut parameters = Parameters::new();
        let layer = Linear::new(&mut Init::new(&mut parameters, 1), n[&'i'], n[&'o']);
        passes(&parameters, n, &["bti"], |cx, x| vec![layer.forward(cx, &x[0])])
    });
    check("layer norm", &sizes, "", &[], |n| {
        let mut parameters = Parameters::new();
        let layer = LayerNorm::new(&mut Init::new(&mut parameters, 1), n[&'i']);
        passes(&parameters, n, &["bti"], |cx, x| vec![layer.forward(cx, &x[0])])
    });
    check("embedding", &sizes, "v", &["gather: row 0 of a table of shape [0, 4]"], |n| {
        let mut parameters = Parameters::new();
        let layer = Embedding::new(&mut Init::new(&mut parameters, 1), n[&'v'], n[&'i']);
        passes(&parameters, n, &[], |cx, _| vec![layer.forward(cx, full(n, ['b', 't'], 0).view().into_dyn())])
    });
    check("cross entropy", &sizes, "v", &["cross_entropy: target 0 among 0 classes"], |n| {
        let targets = full(n, ['b', 't'], 0).into_dyn();
        passes(&Parameters::new(), n, &["btv"], |_, x| vec![cross_entropy(&x[0], targets.view())])
    });
    check("mean squared error", &sizes, "bi", &["mean: no elements"], |n| {
        passes(&Parameters::new(), n, &["bi", "bi"], |_, x| vec![mean_squared_error(&x[0], &x[1])])
    });
}

fn recurrent<R: Recurrent<Options: Default>>(name: &str) {
    let sizes = [('b', 2), ('t', 3), ('i', 4), ('h', 5)];
    for (engine, direction) in
        ENGINES.into_iter().flat_map(|engine| [Direction::Forward, Direction::Backward].map(|d| (engine, d)))
    {
        for padded in [false, true] {
            check(
                &format!("{name} {engine:?} {direction:?} {padded}"),
                &sizes,
                "th",
                &["do not fit (B, T, I) with T > 0"],
                |n| {
                    let mut parameters = Parameters::new();
                    let layer = R::new(&mut Init::new(&mut parameters, 1), "l0", n[&'i'], n[&'h'], Default::default());
                    let lengths = ends(n, ['b', 't']);
                    let run = Run { engine, direction, lengths: padded.then_some(&lengths[..]), ..Run::default() };
                    passes(&parameters, n, &["bti"], |cx, x| {
                        let (ys, state) = layer.forward(cx, &x[0], &layer.empty(n[&'b']), run);
                        [ys].into_iter().chain(state).collect()
                    })
                },
            );
        }
        check(&format!("{name} {engine:?}"), &sizes, "th", &["do not fit (B, T, I) with T > 0"], |n| {
            let mut parameters = Parameters::new();
            let config =
                StackedConfig { layers: 2, bidirectional: true, engine, ..StackedConfig::new(n[&'i'], n[&'h']) };
            let layers = Stacked::<R>::new(&mut Init::new(&mut parameters, 1), "rnn", config);
            passes(&parameters, n, &["bti"], |cx, x| vec![layers.forward(cx, &x[0], None, &[]).0])
        });
    }
}

#[test]
fn step_02_recurrent_layers() {
    recurrent::<Elman>("rnn");
    recurrent::<Lstm>("lstm");
    recurrent::<Gru>("gru");
}

#[test]
fn step_03_looking_back() {
    let sizes = [('b', 2), ('t', 3), ('s', 4), ('h', 5), ('e', 2)];
    for (engine, score) in
        ENGINES.into_iter().flat_map(|e| [Score::Additive, Score::Dot, Score::General].map(|s| (e, s)))
    {
        check(&format!("{engine:?} {score:?}"), &sizes, "tsh", &["attention: queries"], |n| {
            let mut parameters = Parameters::new();
            let h = n[&'h'];
            let attention = Attention::new(&mut Init::new(&mut parameters, 1), score, h, h, h);
            passes(&parameters, n, &["bth", "bsh"], |cx, x| {
                let memory = attention.memory(cx, x[1].clone(), ends(n, ['b', 's']));
                attention.scoring(cx).attend(&x[0], &memory, engine).into()
            })
        });
        for input_feeding in [false, true] {
            check(&format!("decoder {engine:?} {score:?}"), &sizes, "tsh", &["attending decoder: x"], |n| {
                let mut parameters = Parameters::new();
                let (h, start) = (n[&'h'], Default::default());
                let config =
                    DecoderConfig { input: n[&'e'], hidden: h, states: h, width: h, score, input_feeding, start };
                let decoder = attention::Decoder::new(&mut Init::new(&mut parameters, 1), config);
                passes(&parameters, n, &["bte", "bsh", "bh"], |cx, x| {
                    let memory = decoder.memory(cx, x[1].clone(), ends(n, ['b', 's']));
                    let decoded =
                        decoder.forward(cx, &x[0], &memory, &decoder.begin(x[2].clone(), x[2].clone()), engine);
                    vec![decoded.ys, decoded.alignment]
                })
            });
        }
    }
}

#[test]
fn step_04_attention_of_transformers() {
    let sizes = [('b', 2), ('t', 3), ('k', 4), ('d', 6)];
    for (engine, mask) in
        ENGINES.into_iter().flat_map(|engine| [Mask::Causal, Mask::Bidirectional].map(|m| (engine, m)))
    {
        // Behind a causal mask there are as many keys as queries.
        let (key, keys) = if mask == Mask::Causal { ('t', "btd") } else { ('k', "bkd") };
        for padded in [false, true] {
            check(
                &format!("{engine:?} {mask:?} {padded}"),
                &sizes,
                if mask == Mask::Causal { "td" } else { "tkd" },
                &["attention: "],
                |n| {
                    let lengths = ends(n, ['b', key]);
                    let visible = mask.within(padded.then_some(&lengths[..]));
                    passes(&Parameters::new(), n, &["btd", keys, keys], |_, x| {
                        vec![match engine {
                            Engine::Literal => literal::attention(&x[0], &x[1], &x[2], 1, visible),
                            Engine::Fused => fused::attention(&x[0], &x[1], &x[2], 1, visible),
                        }]
                    })
                },
            );
        }
        let sizes = [('b', 2), ('t', 3), ('s', 4)];
        check(&format!("block {engine:?}"), &sizes, "t", &["attention: "], |n| {
            let mut parameters = Parameters::new();
            let mut init = Init::new(&mut parameters, 1);
            let config = BlockConfig { mask, ..BlockConfig::paper(6, 2) };
            let block = Block::pytorch(&mut init.child("block"), &config, "block");
            let encoder = Encoder::new(&mut init.child("encoder"), &config, 2, true);
            let sizes: Sizes = n.iter().map(|(&axis, &size)| (axis, size)).chain([('d', 6)]).collect();
            let lengths = ends(n, ['b', 't']);
            passes(&parameters, &sizes, &["btd"], |cx, x| {
                vec![block.forward(cx, &x[0], None, engine), encoder.forward(cx, &x[0], Some(&lengths), engine)]
            })
        });
        check(&format!("decoder {engine:?}"), &sizes, "ts", &["attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = BlockConfig::paper(6, 2);
            let decoder = transformer::Decoder::new(&mut Init::new(&mut parameters, 1), &config, 2, true);
            let sizes: Sizes = n.iter().map(|(&axis, &size)| (axis, size)).chain([('d', 6)]).collect();
            let lengths = ends(n, ['b', 's']);
            passes(&parameters, &sizes, &["btd", "bsd"], |cx, x| {
                vec![decoder.forward(cx, &x[0], &x[1], Some(&lengths), engine)]
            })
        });
    }
}

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
    for engine in ENGINES {
        let words = [
            "do not fit (B, T, I) with T > 0",
            "gather: row 0 of a table",
            "recurrent layer: row 0",
            "at least one layer",
        ];
        check(&format!("lstm {engine:?}"), &sizes, "tvhl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = RecurrentConfig { layers: n[&'l'], engine, ..RecurrentConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = RecurrentModel::<Lstm>::new(&mut Init::new(&mut parameters, 1), config);
            learned(&parameters, &model, &batch(n))
        });
        check(
            &format!("gpt {engine:?}"),
            &[('b', 2), ('t', 3), ('v', 6), ('h', 5), ('l', 2)],
            "tvhl",
            &["refused: ", "attention: "],
            |n| {
                let mut parameters = Parameters::new();
                let config = GptConfig::new(n[&'v'], 3, n[&'l'], n[&'h'], 1);
                let model = built(Gpt::new(&mut Init::new(&mut parameters, 1), config)).with_engine(engine);
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
    for engine in ENGINES {
        let words = ["do not fit", "refused: "];
        check(&format!("seq2seq {engine:?}"), &sizes, "tsvehl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = Seq2SeqConfig { layers: n[&'l'], engine, ..Seq2SeqConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = built(Seq2Seq::<Lstm>::new(&mut Init::new(&mut parameters, 1), config));
            learned(&parameters, &model, &batch(n))
        });
        check(&format!("attention {engine:?}"), &sizes, "tsvehl", &words, |n| {
            let mut parameters = Parameters::new();
            let config = RnnSearchConfig { layers: n[&'l'], engine, ..RnnSearchConfig::new(n[&'v'], n[&'e'], n[&'h']) };
            let model = built(RnnSearch::<Gru>::new(&mut Init::new(&mut parameters, 1), config));
            learned(&parameters, &model, &batch(n))
        });
        let sizes = [('b', 2), ('t', 3), ('s', 4), ('v', 6), ('h', 5), ('l', 2)];
        check(&format!("transformer {engine:?}"), &sizes, "tsvhl", &["refused: ", "attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = TransformerConfig::pytorch(n[&'v'], n[&'v'], n[&'l'], n[&'h'], 1);
            let model = built(Transformer::new(&mut Init::new(&mut parameters, 1), config)).with_engine(engine);
            learned(&parameters, &model, &batch(n))
        });
        let sizes = [('b', 2), ('s', 4), ('v', 6), ('h', 5), ('l', 2), ('c', 3)];
        check(&format!("classifier {engine:?}"), &sizes, "svhlc", &["refused: ", "attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = EncoderConfig::new(n[&'v'], n[&'l'], n[&'h'], 1);
            let model = SentenceClassifier::new(&mut Init::new(&mut parameters, 1), config, n[&'c']);
            let sentences = Sources { tokens: full(n, ['b', 's'], 0), lengths: ends(n, ['b', 's']) };
            let batch = Labelled { sentences, labels: Array1::zeros(n[&'b']).to_vec() };
            learned(&parameters, &built(model).with_engine(engine), &batch)
        });
    }
}
