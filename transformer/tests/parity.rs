//! Attention and the block against PyTorch: values and every gradient.

use data::pairs::{PairBatch, Sources};
use data::{IGNORE, Token};
use ndarray::{Array2, ArrayD, Axis, concatenate};
use nn::{Trainable, Translator};
use tensor::check::Fixture;
use tensor::{Context, Init, Parameters, Real, Tensor, shared};
use transformer::scaled_dot_product::{fused, literal};
use transformer::{
    Activation, AttentionSource, Block, BlockConfig, DecoderBlock, Form, Mask, MultiHeadAttention, Norm, Transformer,
    TransformerConfig,
};

const ENGINES: [Form; 2] = [Form::Literal, Form::Fused];

/// (B, N, T, d_k) to (B, T, N·d_k).
fn side_by_side(x: ArrayD<Real>) -> ArrayD<Real> {
    let [b, n, t, k] = x.shape().try_into().expect("four axes");
    let x = x.permuted_axes(&[0, 2, 1, 3][..]).as_standard_layout().into_owned();
    x.into_shape_with_order(vec![b, t, n * k]).expect("standard layout")
}

/// The reverse, for N = 2 heads.
fn apart(x: ArrayD<Real>) -> ArrayD<Real> {
    let [b, t, d] = x.shape().try_into().expect("three axes");
    x.into_shape_with_order(vec![b, t, 2, d / 2]).expect("standard layout").permuted_axes(&[0, 2, 1, 3][..])
}

/// Runs one module of a fixture whose input is x, and compares its output and every gradient.
fn compare(
    fixture: &Fixture,
    parameters: &Parameters,
    forward: impl Fn(&Context<'_>, &Tensor) -> Tensor,
) -> tensor::Gradients {
    let cx = Context::train(parameters, 1, 0);
    let x = cx.leaf(fixture.array("input.x"));
    let y = forward(&cx, &x);
    fixture.assert_matches("output.y", &y.value().view());
    let gradients = y.backward_with(fixture.array("cotangent.y"));
    fixture.assert_matches("grad.input.x", &gradients.of(&x).expect("x was used"));
    gradients
}

#[test]
fn scaled_dot_product_attention() {
    for (file, mask) in [("attention_causal", Mask::Causal), ("attention_full", Mask::Bidirectional)] {
        let fixture = Fixture::load(format!("tests/fixtures/{file}.safetensors"));
        for attention in [literal::attention, fused::attention] {
            let parameters = Parameters::new();
            let cx = Context::train(&parameters, 1, 0);
            let [q, k, v] = ["q", "k", "v"].map(|name| cx.leaf(side_by_side(fixture.array(&format!("input.{name}")))));
            let y = attention(&q, &k, &v, 2, mask);
            fixture.assert_matches("output.y", &apart(y.value().to_owned()).view());
            let gradients = y.backward_with(side_by_side(fixture.array("cotangent.y")));
            for (name, x) in [("q", q), ("k", k), ("v", v)] {
                let gradient = gradients.of(&x).expect("all are used").to_owned();
                fixture.assert_matches(&format!("grad.input.{name}"), &apart(gradient).view());
            }
        }
    }
}

#[test]
fn self_attention_with_projections() {
    let fixture = Fixture::load("tests/fixtures/self_attention.safetensors");
    let mut parameters = Parameters::new();
    let config = BlockConfig { bias: true.into(), ..BlockConfig::new(8, 2) };
    let attention = MultiHeadAttention::new(&mut Init::new(&mut parameters, 1), &config, 1);
    for kind in ["weight", "bias"] {
        let [q, k, v] = ["q", "k", "v"].map(|name| fixture.array(&format!("param.{name}_proj.{kind}")));
        let ours = |name| parameters.find(&format!("{name}.{kind}")).expect("both maps have it");
        let (c_attn, c_proj) = (ours("c_attn"), ours("c_proj"));
        parameters.set(c_attn, shared(concatenate![Axis(0), q, k, v]));
        parameters.set(c_proj, shared(fixture.array(&format!("param.out_proj.{kind}"))));
    }
    for form in ENGINES {
        let gradients =
            compare(&fixture, &parameters, |cx, x| attention.forward(cx, x, AttentionSource::default(), form));
        for kind in ["weight", "bias"] {
            let ours = |name: &str| gradients.get(parameters.find(&format!("{name}.{kind}")).unwrap()).expect("used");
            fixture.assert_matches(&format!("grad.param.out_proj.{kind}"), &ours("c_proj"));
            for (part, name) in ours("c_attn").axis_chunks_iter(Axis(0), 8).zip(["q", "k", "v"]) {
                if (name, kind) == ("k", "bias") {
                    // It adds the same to all scores of a query, which the softmax does not see.
                    assert!(part.iter().all(|g| g.abs() < if size_of::<Real>() == 8 { 1e-14 } else { 1e-5 }));
                } else {
                    fixture.assert_matches(&format!("grad.param.{name}_proj.{kind}"), &part);
                }
            }
        }
    }
}

#[test]
fn block_in_nanogpts_and_in_gpt_2s_form() {
    let plain = BlockConfig::new(8, 2);
    let gpt_2 = BlockConfig { bias: true.into(), activation: Activation::GeluTanh, ..plain.clone() };
    for (file, config) in [("block", plain), ("block_gpt2", gpt_2)] {
        let fixture = Fixture::load(format!("tests/fixtures/{file}.safetensors"));
        let mut parameters = Parameters::new();
        let block = Block::new(&mut Init::new(&mut parameters, 1), &config, 0, 1);
        take_all(&mut parameters, &fixture);
        for form in ENGINES {
            let gradients = compare(&fixture, &parameters, |cx, x| block.forward(cx, x, None, form));
            assert_parameter_gradients(&fixture, &parameters, &gradients);
        }
    }
}

/// Gives every parameter the value that the fixture has under its name; all of them must have one.
fn take_all(parameters: &mut Parameters, fixture: &Fixture) {
    let ids: Vec<_> = parameters.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    assert_eq!(ids.len(), fixture.names("param.").count());
    for (id, name) in ids {
        parameters.set(id, shared(fixture.array(&format!("param.{name}"))));
    }
}

fn assert_parameter_gradients(fixture: &Fixture, parameters: &Parameters, gradients: &tensor::Gradients) {
    for (id, parameter) in parameters.iter() {
        let gradient = gradients.get(id).expect("all are used");
        fixture.assert_matches(&format!("grad.param.{}", parameter.name()), &gradient);
    }
}

/// The whole numbers of a fixture.
fn integers(fixture: &Fixture, name: &str) -> Vec<usize> {
    fixture.array(name).iter().map(|&x| x as usize).collect()
}

#[test]
fn multi_head_attention_to_itself_and_to_a_memory_causal_and_padded() {
    for (name, mask) in [
        ("self", Mask::Bidirectional),
        ("causal", Mask::Causal),
        ("padded", Mask::Bidirectional),
        ("cross", Mask::Bidirectional),
    ] {
        let fixture = Fixture::load(format!("tests/fixtures/multihead_{name}.safetensors"));
        let inputs: Vec<_> = fixture.names("input.").collect();
        let mut parameters = Parameters::new();
        let config = BlockConfig { mask, ..BlockConfig::paper(8, 2) };
        let attention = MultiHeadAttention::pytorch(&mut Init::new(&mut parameters, 1), &config);
        take_all(&mut parameters, &fixture);
        for form in ENGINES {
            let cx = Context::train(&parameters, 1, 0);
            let x = cx.leaf(fixture.array("input.x"));
            let memory = inputs.contains(&"memory").then(|| cx.leaf(fixture.array("input.memory")));
            let lengths = inputs.contains(&"lengths").then(|| integers(&fixture, "input.lengths"));
            let look =
                AttentionSource { memory: memory.as_ref(), lengths: lengths.as_deref(), ..AttentionSource::default() };
            let (y, weights) = (attention.forward(&cx, &x, look, form), attention.weights(&cx, &x, look));
            fixture.assert_matches("output.y", &y.value().view());
            fixture.assert_matches("output.weights", &weights.value().view());
            let [dy, dweights] = ["y", "weights"].map(|of| Tensor::constant(fixture.array(&format!("cotangent.{of}"))));
            let gradients = (&(&y * &dy).sum() + &(&weights * &dweights).sum()).backward();
            fixture.assert_matches("grad.input.x", &gradients.of(&x).expect("x was used"));
            if let Some(memory) = &memory {
                fixture.assert_matches("grad.input.memory", &gradients.of(memory).expect("the memory was used"));
            }
            assert_parameter_gradients(&fixture, &parameters, &gradients);
        }
    }
}

/// Pre-norm with GELU, post-norm with ReLU, as the fixtures have them.
fn placements() -> [(&'static str, BlockConfig); 2] {
    let post = BlockConfig::paper(8, 2);
    let pre = BlockConfig { norm: Norm::Pre, activation: Activation::Gelu, ..post.clone() };
    [("post", post), ("pre", pre)]
}

#[test]
fn encoder_layer_with_both_norm_placements() {
    for (place, config) in placements() {
        let fixture = Fixture::load(format!("tests/fixtures/encoder_{place}.safetensors"));
        let lengths = integers(&fixture, "input.lengths");
        let mut parameters = Parameters::new();
        let block = Block::pytorch(&mut Init::new(&mut parameters, 1), &config, "block");
        take_all(&mut parameters, &fixture);
        for form in ENGINES {
            let forward = |cx: &Context<'_>, x: &Tensor| block.forward(cx, x, Some(&lengths), form);
            assert_parameter_gradients(&fixture, &parameters, &compare(&fixture, &parameters, forward));
        }
    }
}

#[test]
fn decoder_layer_with_both_norm_placements() {
    for (place, config) in placements() {
        let fixture = Fixture::load(format!("tests/fixtures/decoder_{place}.safetensors"));
        let lengths = integers(&fixture, "input.lengths");
        let mut parameters = Parameters::new();
        let block = DecoderBlock::new(&mut Init::new(&mut parameters, 1), &config, "block");
        take_all(&mut parameters, &fixture);
        for form in ENGINES {
            let cx = Context::train(&parameters, 1, 0);
            let [x, memory] = ["x", "memory"].map(|name| cx.leaf(fixture.array(&format!("input.{name}"))));
            let y = block.forward(&cx, &x, &memory, Some(&lengths), form);
            fixture.assert_matches("output.y", &y.value().view());
            let gradients = y.backward_with(fixture.array("cotangent.y"));
            fixture.assert_matches("grad.input.x", &gradients.of(&x).expect("x was used"));
            fixture.assert_matches("grad.input.memory", &gradients.of(&memory).expect("the memory was used"));
            assert_parameter_gradients(&fixture, &parameters, &gradients);
        }
    }
}

/// The tokens of a fixture, whose targets are negative where nothing is asked.
fn tokens(fixture: &Fixture, name: &str) -> Array2<Token> {
    let x = fixture.array(name).into_dimensionality().expect("a matrix");
    x.mapv(|x| if x < 0.0 { IGNORE } else { x as Token })
}

#[test]
fn the_whole_transformer_in_pytorchs_form_in_the_papers_and_in_pre_norm() {
    let mut paper = TransformerConfig::paper(9, 1, 8, 2);
    paper.block.dropout = 0.0;
    for (file, config) in [
        ("transformer", TransformerConfig::pytorch(9, 7, 2, 8, 2)),
        ("transformer_paper", paper),
        ("transformer_pre", TransformerConfig::new(9, 7, 1, 8, 2)),
    ] {
        let fixture = Fixture::load(format!("tests/fixtures/{file}.safetensors"));
        let lengths = integers(&fixture, "input.lengths");
        let [tokens, inputs, targets] =
            ["source", "inputs", "targets"].map(|x| tokens(&fixture, &format!("input.{x}")));
        let batch = PairBatch { sources: Sources { tokens, lengths }, inputs, targets };
        let mut parameters = Parameters::new();
        let model = Transformer::new(&mut Init::new(&mut parameters, 1), config).unwrap();
        take_all(&mut parameters, &fixture);
        for form in ENGINES {
            let model = model.clone().with_form(form);
            let logits = model.logits(&Context::eval(&parameters), &batch);
            fixture.assert_matches("output.logits", &logits.value().view());
            let loss = model.loss(&Context::train(&parameters, 1, 0), &batch);
            fixture.assert_matches("output.loss", &loss.value().view());
            assert_parameter_gradients(&fixture, &parameters, &loss.backward());
        }
    }
}
