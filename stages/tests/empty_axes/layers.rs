//! Layers, losses and what is measured of them.

use attention::{Attention, DecoderConfig, Score};
use lstm::{Gru, Lstm};
use ndarray::{Array1, ArrayD};
use nn::metrics::accuracy;
use nn::{Dropout, Embedding, Form, LayerNorm, Linear, cross_entropy, mean_squared_error, token_losses};
use rnn::{Direction, Elman, PassOptions, Recurrent, Stacked, StackedConfig};
use tensor::{Init, Parameters, Real, shared};
use transformer::scaled_dot_product::{Mask, fused, literal};
use transformer::{AttentionSource, Block, BlockConfig, Encoder, MultiHeadAttention};

use super::{ENGINES, Sizes, check, ends, full, passes};

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
    check("dropout", &sizes, "", &[], |n| {
        passes(&Parameters::new(), n, &["bti"], |cx, x| vec![Dropout::new(0.5, "x").forward(cx, &x[0])])
    });
    check("token losses", &sizes, "v", &["cross_entropy: target 0 among 0 classes"], |n| {
        let logits = shared(ArrayD::zeros(vec![n[&'b'], n[&'t'], n[&'v']]));
        let targets = full(n, ['b', 't'], 0).into_dyn();
        let losses = token_losses(&logits, targets.view());
        assert_eq!(losses.len(), targets.len());
        vec![Array1::from(losses).into_dyn()]
    });
    check("accuracy", &sizes, "v", &["accuracy: target 0 among 0 classes"], |n| {
        let logits = shared(ArrayD::zeros(vec![n[&'b'], n[&'t'], n[&'v']]));
        let accuracy = accuracy(&logits, full(n, ['b', 't'], 0).view().into_dyn());
        assert_eq!(accuracy.is_none(), n[&'b'] * n[&'t'] == 0);
        vec![ArrayD::from_elem(vec![], accuracy.unwrap_or(0.0) as Real)]
    });
    check("mean squared error", &sizes, "bi", &["mean: no elements"], |n| {
        passes(&Parameters::new(), n, &["bi", "bi"], |_, x| vec![mean_squared_error(&x[0], &x[1])])
    });
}

fn recurrent<R: Recurrent<Options: Default>>(name: &str) {
    let sizes = [('b', 2), ('t', 3), ('i', 4), ('h', 5)];
    for (form, direction) in
        ENGINES.into_iter().flat_map(|form| [Direction::Forward, Direction::Backward].map(|d| (form, d)))
    {
        for padded in [false, true] {
            check(
                &format!("{name} {form:?} {direction:?} {padded}"),
                &sizes,
                "th",
                &["do not fit (B, T, I) with T > 0"],
                |n| {
                    let mut parameters = Parameters::new();
                    let layer = R::new(&mut Init::new(&mut parameters, 1), "l0", n[&'i'], n[&'h'], Default::default());
                    let lengths = ends(n, ['b', 't']);
                    let run = PassOptions {
                        form,
                        direction,
                        lengths: padded.then_some(&lengths[..]),
                        ..PassOptions::default()
                    };
                    passes(&parameters, n, &["bti"], |cx, x| {
                        let (ys, state) = layer.forward(cx, &x[0], &layer.empty(n[&'b']), run);
                        [ys].into_iter().chain(state).collect()
                    })
                },
            );
        }
        check(&format!("{name} {form:?}"), &sizes, "th", &["do not fit (B, T, I) with T > 0"], |n| {
            let mut parameters = Parameters::new();
            let config = StackedConfig { layers: 2, bidirectional: true, form, ..StackedConfig::new(n[&'i'], n[&'h']) };
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
    for (form, score) in ENGINES.into_iter().flat_map(|e| [Score::Additive, Score::Dot, Score::General].map(|s| (e, s)))
    {
        check(&format!("{form:?} {score:?}"), &sizes, "tsh", &["attention: queries"], |n| {
            let mut parameters = Parameters::new();
            let h = n[&'h'];
            let attention = Attention::new(&mut Init::new(&mut parameters, 1), score, h, h, h);
            passes(&parameters, n, &["bth", "bsh"], |cx, x| {
                let memory = attention.memory(cx, x[1].clone(), ends(n, ['b', 's']));
                attention.scoring(cx).attend(&x[0], &memory, form).into()
            })
        });
        for input_feeding in [false, true] {
            check(&format!("decoder {form:?} {score:?}"), &sizes, "tsh", &["attending decoder: x"], |n| {
                let mut parameters = Parameters::new();
                let (h, start) = (n[&'h'], Default::default());
                let config =
                    DecoderConfig { input: n[&'e'], hidden: h, states: h, width: h, score, input_feeding, start };
                let decoder = attention::Decoder::new(&mut Init::new(&mut parameters, 1), config);
                passes(&parameters, n, &["bte", "bsh", "bh"], |cx, x| {
                    let memory = decoder.memory(cx, x[1].clone(), ends(n, ['b', 's']));
                    let decoded = decoder.forward(cx, &x[0], &memory, &decoder.begin(x[2].clone(), x[2].clone()), form);
                    vec![decoded.ys, decoded.alignment]
                })
            });
        }
    }
}

#[test]
fn step_04_attention_of_transformers() {
    let sizes = [('b', 2), ('t', 3), ('k', 4), ('d', 6)];
    for (form, mask) in ENGINES.into_iter().flat_map(|form| [Mask::Causal, Mask::Bidirectional].map(|m| (form, m))) {
        // Behind a causal mask there are as many keys as queries.
        let (key, keys) = if mask == Mask::Causal { ('t', "btd") } else { ('k', "bkd") };
        for padded in [false, true] {
            check(
                &format!("{form:?} {mask:?} {padded}"),
                &sizes,
                if mask == Mask::Causal { "td" } else { "tkd" },
                &["attention: "],
                |n| {
                    let lengths = ends(n, ['b', key]);
                    let visible = mask.within(padded.then_some(&lengths[..]));
                    passes(&Parameters::new(), n, &["btd", keys, keys], |_, x| {
                        vec![match form {
                            Form::Literal => literal::attention(&x[0], &x[1], &x[2], 1, visible),
                            Form::Fused => fused::attention(&x[0], &x[1], &x[2], 1, visible),
                        }]
                    })
                },
            );
        }
        let sizes = [('b', 2), ('t', 3), ('s', 4)];
        let key = if mask == Mask::Causal { 't' } else { 's' };
        check(
            &format!("heads {form:?}"),
            &sizes,
            if mask == Mask::Causal { "t" } else { "ts" },
            &["attention: "],
            |n| {
                let mut parameters = Parameters::new();
                let config = BlockConfig { mask, ..BlockConfig::paper(6, 2) };
                let heads = MultiHeadAttention::pytorch(&mut Init::new(&mut parameters, 1), &config);
                let sizes: Sizes = n.iter().map(|(&axis, &size)| (axis, size)).chain([('d', 6)]).collect();
                let lengths = ends(n, ['b', key]);
                passes(&parameters, &sizes, &["btd", if key == 't' { "btd" } else { "bsd" }], |cx, x| {
                    let look = AttentionSource::memory(&x[1], Some(&lengths));
                    vec![
                        heads.forward(cx, &x[0], AttentionSource::default(), form),
                        heads.forward(cx, &x[0], look, form),
                    ]
                })
            },
        );
        check(&format!("block {form:?}"), &sizes, "t", &["attention: "], |n| {
            let mut parameters = Parameters::new();
            let mut init = Init::new(&mut parameters, 1);
            let config = BlockConfig { mask, ..BlockConfig::paper(6, 2) };
            let block = Block::pytorch(&mut init.child("block"), &config, "block");
            let encoder = Encoder::new(&mut init.child("encoder"), &config, 2, true);
            let sizes: Sizes = n.iter().map(|(&axis, &size)| (axis, size)).chain([('d', 6)]).collect();
            let lengths = ends(n, ['b', 't']);
            passes(&parameters, &sizes, &["btd"], |cx, x| {
                vec![block.forward(cx, &x[0], None, form), encoder.forward(cx, &x[0], Some(&lengths), form)]
            })
        });
        check(&format!("decoder {form:?}"), &sizes, "ts", &["attention: "], |n| {
            let mut parameters = Parameters::new();
            let config = BlockConfig::paper(6, 2);
            let decoder = transformer::Decoder::new(&mut Init::new(&mut parameters, 1), &config, 2, true);
            let sizes: Sizes = n.iter().map(|(&axis, &size)| (axis, size)).chain([('d', 6)]).collect();
            let lengths = ends(n, ['b', 's']);
            passes(&parameters, &sizes, &["btd", "bsd"], |cx, x| {
                vec![decoder.forward(cx, &x[0], &x[1], Some(&lengths), form)]
            })
        });
    }
}
