//! What the fixtures would notice: every switch, norm and layout got wrong on purpose is far from `transformers`.

use ::t5::{T5, T5Config};
use ndarray::{Array, ArrayD, Axis, concatenate, s};
use nn::Translator;
use published::t5::TextToText;
use tensor::{Context, Init, Parameters, Real, Tensor};
use transformer::{Activation, BlockConfig, Decoder, Encoder, Form, Mask, Normalization};

use super::{Expected, TOLERANCE, distance, distances, furthest, read};

/// A mistake: its name, and what it makes of a configuration and its parameters.
type Mistake = (String, T5Config, Parameters);

/// The model of a configuration, with those parameters that have the same names.
fn model_of(config: &T5Config, parameters: &Parameters) -> (T5, Parameters) {
    let mut own = Parameters::new();
    let t5 = T5::new(&mut Init::unset(&mut own), config.clone()).unwrap();
    let ids: Vec<_> = own.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let value = match parameters.find(&name) {
            Some(from) => parameters.get(from).value().clone(),
            None => Array::ones(own.get(id).value().raw_dim()).into_shared(),
        };
        own.set(id, value);
    }
    (t5, own)
}

/// All parameters whose names begin and end so, changed.
fn changed(parameters: &Parameters, ends: [&str; 2], change: impl Fn(&ArrayD<Real>) -> ArrayD<Real>) -> Parameters {
    let mut parameters = parameters.clone();
    let is_one = |name: &str| name.starts_with(ends[0]) && name.ends_with(ends[1]);
    let ids: Vec<_> = parameters.iter().filter(|(_, p)| is_one(p.name())).map(|(id, _)| id).collect();
    assert!(!ids.is_empty(), "no parameter is called {ends:?}");
    for id in ids {
        let value = change(&parameters.get(id).value().to_owned());
        parameters.set(id, value.into_shared());
    }
    parameters
}

/// Two parameters of equal shape, exchanged.
fn exchanged(parameters: &Parameters, one: &str, other: &str) -> Parameters {
    let mut parameters = parameters.clone();
    let [one, other] = [one, other].map(|name| parameters.find(name).unwrap_or_else(|| panic!("{name}")));
    let [first, second] = [one, other].map(|id| parameters.get(id).value().clone());
    parameters.set(one, second);
    parameters.set(other, first);
    parameters
}

/// The parts of a matrix, one below the other, in another order.
fn reordered(order: &'static [usize]) -> impl Fn(&ArrayD<Real>) -> ArrayD<Real> {
    move |x| {
        let rows = x.shape()[0] / order.len();
        let parts: Vec<_> = order.iter().map(|part| x.slice(s![part * rows..(part + 1) * rows, ..])).collect();
        concatenate(Axis(0), &parts).unwrap().into_dyn()
    }
}

fn mistakes(config: &T5Config, parameters: &Parameters) -> Vec<Mistake> {
    let mut all: Vec<Mistake> = vec![];
    let mut configured = |name: &str, config: T5Config| all.push((name.to_owned(), config, parameters.clone()));
    let block = |block: BlockConfig| T5Config { block, ..config.clone() };
    let right = &config.block;
    configured("scale of the output", T5Config { scaled_output: !config.scaled_output, ..config.clone() });
    configured("scaled scores", block(BlockConfig { score_scale: None, ..right.clone() }));
    configured("greatest distance", T5Config { max_distance: 128, ..config.clone() });
    let normalization = Normalization::Rms { epsilon: 1e-6 };
    configured("epsilon", block(BlockConfig { normalization, ..right.clone() }));
    let normalization = Normalization::LayerNorm { epsilon: 0.02 };
    configured("LayerNorm", block(BlockConfig { normalization, ..right.clone() }));
    // Both forms of GELU, and GELU for ReLU.
    configured("activation", block(BlockConfig { activation: Activation::Gelu, ..right.clone() }));
    if !config.tied_head {
        configured("tied head", T5Config { tied_head: true, ..config.clone() });
    }

    let mut stored = |name: &str, parameters: Parameters| all.push((name.to_owned(), config.clone(), parameters));
    let [encoder, decoder] = ["encoder.relative.weight", "decoder.relative.weight"]
        .map(|name| parameters.get(parameters.find(name).unwrap()).value().to_owned());
    stored("the encoder's table for both", changed(parameters, ["decoder.relative", ""], |_| encoder.clone()));
    stored("the decoder's table for both", changed(parameters, ["encoder.relative", ""], |_| decoder.clone()));
    stored("no table in the encoder", changed(parameters, ["encoder.relative", ""], |x| x * 0.0));
    stored("no table in the decoder", changed(parameters, ["decoder.relative", ""], |x| x * 0.0));
    // Half of the buckets are for what stands behind; a sign got wrong exchanges the halves.
    stored("before for behind", changed(parameters, ["encoder.relative", ""], reordered(&[1, 0])));
    for map in ["self_attn.in_proj_weight", "multihead_attn.in_proj_weight"] {
        stored(&format!("q and k of {map}"), changed(parameters, ["decoder", map], reordered(&[1, 0, 2])));
        stored(&format!("k and v of {map}"), changed(parameters, ["decoder", map], reordered(&[0, 2, 1])));
    }
    stored("q and k of the encoder", changed(parameters, ["encoder", "in_proj_weight"], reordered(&[1, 0, 2])));
    stored("k and v of the encoder", changed(parameters, ["encoder", "in_proj_weight"], reordered(&[0, 2, 1])));
    if config.block.gated {
        stored("gate and map of the encoder", changed(parameters, ["encoder", "linear1.weight"], reordered(&[1, 0])));
        stored("gate and map of the decoder", changed(parameters, ["decoder", "linear1.weight"], reordered(&[1, 0])));
    }
    for (one, other) in [
        ("encoder.layers.0.norm1.weight", "encoder.layers.0.norm2.weight"),
        ("encoder.layers.0.norm1.weight", "encoder.layers.1.norm1.weight"),
        ("decoder.layers.0.norm1.weight", "decoder.layers.0.norm2.weight"),
        ("decoder.layers.1.norm2.weight", "decoder.layers.1.norm3.weight"),
        ("encoder.norm.weight", "decoder.norm.weight"),
        ("decoder.layers.0.self_attn.in_proj_weight", "decoder.layers.0.multihead_attn.in_proj_weight"),
        ("decoder.layers.0.self_attn.out_proj.weight", "decoder.layers.0.multihead_attn.out_proj.weight"),
    ] {
        stored(&format!("{one} for {other}"), exchanged(parameters, one, other));
    }
    for norm in ["norm1.weight", "norm2.weight", "norm3.weight", "encoder.norm.weight", "decoder.norm.weight"] {
        stored(&format!("no {norm}"), changed(parameters, ["", norm], |x| x * 0.0 + 1.0));
    }
    if !config.tied_head {
        stored("embedding for head", exchanged(parameters, "shared.weight", "lm_head.weight"));
    }
    all
}

#[test]
fn whatever_is_got_wrong_is_ten_times_the_tolerance_away() {
    for name in ["t5", "t5_v1_1"] {
        let TextToText { t5, parameters } = read(name);
        let expected = Expected::of(name);
        let all = mistakes(t5.config(), &parameters);
        assert!(all.len() >= 29, "{}", all.len());
        for (mistake, config, parameters) in all {
            let (t5, parameters) = model_of(&config, &parameters);
            let found = distances(&t5, &parameters, &expected, Form::Fused).into_iter();
            let moved = furthest(found.filter(|(what, _)| what.starts_with("logits")).map(|(_, x)| x));
            println!("{moved:.1e} {name}, {mistake}");
            assert!(moved >= 10.0 * TOLERANCE, "{name}: {mistake} moves the logits by {moved:.2e} only");
        }
    }
}

/// Distances beyond 512 stand in the last buckets; another greatest distance is seen.
#[test]
fn the_greatest_distance_is_seen_in_long_texts() {
    let TextToText { t5, parameters } = read("t5_long");
    let expected = Expected::of("t5_long");
    for max_distance in [100, 512] {
        let (t5, parameters) = model_of(&T5Config { max_distance, ..t5.config().clone() }, &parameters);
        let moved = furthest(distances(&t5, &parameters, &expected, Form::Fused).into_iter().map(|(_, x)| x));
        assert!(moved >= 10.0 * TOLERANCE, "{max_distance}: {moved:.2e}");
    }
}

/// An encoder whose distances are put together as the decoder's are, and a decoder with the encoder's.
#[test]
fn each_stack_needs_the_buckets_of_its_own_mask() {
    for name in ["t5", "t5_v1_1"] {
        let TextToText { t5, parameters } = read(name);
        let (config, batch, cx) = (t5.config(), Expected::of(name).batch(), Context::eval(&parameters));
        let lengths = Some(&batch.sources.lengths[..]);
        let mut own = Parameters::new();
        let mut init = Init::unset(&mut own);
        let (block, causal, both) = (&config.block, config.buckets(Mask::Causal), config.buckets(Mask::Bidirectional));
        let encoder = Encoder::t5(&mut init.child("encoder"), block, config.encoder_layers, causal);
        let decoder = Decoder::t5(&mut init.child("decoder"), block, config.decoder_layers, both);
        let ids: Vec<_> = own.iter().map(|(id, p)| (id, parameters.find(p.name()).unwrap())).collect();
        ids.into_iter().for_each(|(to, from)| own.set(to, parameters.get(from).value().clone()));
        let other = Context::eval(&own);

        let right = t5.logits(&cx, &batch);
        let [source, target] =
            [t5.embed_source(&cx, batch.sources.tokens.view()), t5.embed_target(&cx, batch.inputs.view())];
        let away = |what: &str, said: &Tensor| {
            let logits = t5.output(&cx, said);
            // The first row has no padding behind what is said.
            let [logits, right] = [&logits, &right].map(|logits| logits.index(0, 0));
            let moved = distance(logits.value().view(), right.value().view());
            assert!(moved >= 10.0 * TOLERANCE, "{name}, {what}: {moved:.2e}");
        };
        let memory = encoder.forward(&other, &source, lengths, Form::Fused);
        away("encoder", &t5.decoder().forward(&cx, &target, &memory, lengths, Form::Fused));
        let memory = t5.memory(&cx, &batch.sources);
        away("decoder", &decoder.forward(&other, &target, &memory, lengths, Form::Fused));
    }
}
