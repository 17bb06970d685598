//! What the fixtures would notice: every switch, bias, norm and layout got wrong on purpose is far from `transformers`.

use std::fs;

use gpt::{Gpt, GptConfig, Head};
use ndarray::{Array, Axis, concatenate, s};
use published::decoders::{self, Decoder};
use serde_json::{Value, json};
use tensor::{Init, Parameters};
use transformer::{
    Activation, Alibi, AttentionPositions, BlockConfig, Form, Normalization, Pairing, Residuals, Rotary,
};

use super::support::{TOLERANCE, folder, furthest};
use super::{Expected, FAMILIES, distances};

/// A mistake: its name, and what it makes of a configuration and its parameters.
type Mistake = (String, GptConfig, Parameters);

/// The model of a configuration, with those parameters that have the same names and shapes.
fn model_of(config: &GptConfig, parameters: &Parameters) -> (Gpt, Parameters) {
    let mut own = Parameters::new();
    let gpt = Gpt::new(&mut Init::unset(&mut own), config.clone()).unwrap();
    let ids: Vec<_> = own.iter().map(|(id, p)| (id, p.name().to_owned())).collect();
    for (id, name) in ids {
        let value = match parameters.find(&name) {
            Some(from) => parameters.get(from).value().clone(),
            // A normalisation that the right model does not have.
            None => Array::ones(own.get(id).value().raw_dim()).into_shared(),
        };
        own.set(id, value);
    }
    (gpt, own)
}

/// All parameters whose names end so, changed.
fn changed(
    parameters: &Parameters,
    end: &str,
    change: impl Fn(Array<tensor::Real, ndarray::IxDyn>) -> Array<tensor::Real, ndarray::IxDyn>,
) -> Option<Parameters> {
    let mut parameters = parameters.clone();
    let ids: Vec<_> = parameters.iter().filter(|(_, p)| p.name().ends_with(end)).map(|(id, _)| id).collect();
    for &id in &ids {
        let value = change(parameters.get(id).value().to_owned());
        parameters.set(id, value.into_shared());
    }
    (!ids.is_empty()).then_some(parameters)
}

fn mistakes(config: &GptConfig, parameters: &Parameters) -> Vec<Mistake> {
    let block = &config.block;
    let mut all: Vec<Mistake> = vec![];
    let mut switch = |name: &str, block: BlockConfig| {
        if block != config.block {
            all.push((name.to_owned(), GptConfig { block, ..config.clone() }, parameters.clone()));
        }
    };
    let normalization = match block.normalization {
        Normalization::LayerNorm { .. } => Normalization::LayerNorm { epsilon: 1e-5 },
        Normalization::Rms { .. } => Normalization::Rms { epsilon: 1e-2 },
    };
    switch("another epsilon", BlockConfig { normalization, ..block.clone() });
    let activation = match block.activation {
        Activation::Gelu => Activation::GeluTanh,
        Activation::GeluTanh | Activation::Relu | Activation::Silu => Activation::Gelu,
    };
    switch("another activation", BlockConfig { activation, ..block.clone() });
    let score_scale = if block.score_scale.is_none() { Some(1.0) } else { None };
    switch("another scale of the scores", BlockConfig { score_scale, ..block.clone() });
    switch("one after the other", BlockConfig { residual: Residuals::Sequential, ..block.clone() });
    if block.residual == Residuals::Sequential {
        switch("side by side", BlockConfig { residual: Residuals::ParallelTwoNorms, ..block.clone() });
    }
    switch("no positions", BlockConfig { attention_positions: AttentionPositions::None, ..block.clone() });
    match block.attention_positions {
        AttentionPositions::None => {}
        AttentionPositions::Alibi(alibi) => {
            let other = if alibi == Alibi::Added { Alibi::Scaled } else { Alibi::Added };
            switch(
                "another ALiBi",
                BlockConfig { attention_positions: AttentionPositions::Alibi(other), ..block.clone() },
            );
        }
        AttentionPositions::Rotary(rotary) => {
            let mut turned = |name: &str, rotary: Rotary| {
                switch(name, BlockConfig { attention_positions: AttentionPositions::Rotary(rotary), ..block.clone() });
            };
            let pairing = match rotary.pairing {
                Pairing::Halves => Pairing::Adjacent,
                Pairing::Adjacent => Pairing::Halves,
            };
            // Of two numbers there is one pair.
            if rotary.dimensions > 2 {
                turned("another pairing", Rotary { pairing, ..rotary });
                turned("another base", Rotary { base: 3.0 * rotary.base, ..rotary });
            }
            turned("fewer numbers turned", Rotary { dimensions: (rotary.dimensions - 2).max(2), ..rotary });
            turned("all numbers turned", Rotary { dimensions: block.head_width(), ..rotary });
            turned("angles that are not scaled", Rotary { scaling: None, ..rotary });
        }
    }
    let mut elsewhere = |name: &str, config: GptConfig| all.push((name.to_owned(), config, parameters.clone()));
    if config.embedding_norm {
        elsewhere("no norm of the embedding", GptConfig { embedding_norm: false, ..config.clone() });
    }
    if config.head != Head::Tied {
        elsewhere("a tied output", GptConfig { head: Head::Tied, ..config.clone() });
    }

    let mut edited = |name: String, parameters: Option<Parameters>| {
        all.extend(parameters.map(|parameters| (name, config.clone(), parameters)));
    };
    for end in [
        "c_attn.bias",
        "attn.c_proj.bias",
        "c_fc.bias",
        "mlp.c_proj.bias",
        "ln_1.bias",
        "ln_2.bias",
        "ln_f.bias",
        "ln_e.bias",
        "lm_head.bias",
    ] {
        edited(format!("no {end}"), changed(parameters, end, |x| x * 0.0));
    }
    for end in ["ln_1.weight", "ln_2.weight", "ln_f.weight", "ln_e.weight"] {
        edited(format!("{end} of ones"), changed(parameters, end, |x| x * 0.0 + 1.0));
    }
    edited(
        "positions one further".to_owned(),
        changed(parameters, "wpe.weight", |x| {
            concatenate![Axis(0), x.slice_axis(Axis(0), (1..).into()), x.slice_axis(Axis(0), (..1).into())]
        }),
    );
    // W_Q is taken for W_K, where they have the same shape; else the heads are in another order.
    let (asking, looked_at) = (block.heads * block.head_width(), block.heads().keys * block.head_width());
    for (name, first, second) in [
        ("queries taken for keys", 0..looked_at, asking..asking + looked_at),
        ("keys taken for values", asking..asking + looked_at, asking + looked_at..asking + 2 * looked_at),
    ] {
        edited(
            name.to_owned(),
            changed(parameters, "c_attn.weight", |mut x| {
                let (a, b) = (x.slice(s![first.clone(), ..]).to_owned(), x.slice(s![second.clone(), ..]).to_owned());
                x.slice_mut(s![first.clone(), ..]).assign(&b);
                x.slice_mut(s![second.clone(), ..]).assign(&a);
                x
            }),
        );
    }
    if block.heads > 1 && block.residual != Residuals::Parallel {
        let swapped = {
            let mut swapped = parameters.clone();
            for layer in 0..config.layers {
                let [one, two] =
                    ["ln_1", "ln_2"].map(|norm| parameters.find(&format!("h.{layer}.{norm}.weight")).unwrap());
                swapped.set(one, parameters.get(two).value().clone());
                swapped.set(two, parameters.get(one).value().clone());
            }
            swapped
        };
        edited("norms exchanged".to_owned(), Some(swapped));
    }
    if block.gated {
        edited(
            "gate and other map exchanged".to_owned(),
            changed(parameters, "c_fc.weight", |x| {
                let f = x.shape()[0] / 2;
                concatenate![Axis(0), x.slice_axis(Axis(0), (f..).into()), x.slice_axis(Axis(0), (..f).into())]
            }),
        );
    }
    if asking == block.width {
        edited(
            "the output projection transposed".to_owned(),
            changed(parameters, "attn.c_proj.weight", |x| x.reversed_axes().as_standard_layout().into_owned()),
        );
    }
    all
}

#[test]
fn whatever_is_got_wrong_is_far_from_transformers() {
    let mut tried = 0;
    for name in FAMILIES {
        let Decoder { gpt, parameters } = decoders::read(&folder(name)).unwrap();
        let expected = Expected::of(name);
        for (mistake, config, parameters) in mistakes(gpt.config(), &parameters) {
            let (gpt, parameters) = model_of(&config, &parameters);
            let all = distances(&gpt, &parameters, &expected, Form::Fused);
            let off = furthest(all.into_iter().filter(|(what, _)| what.starts_with("logits")).map(|(_, off)| off));
            assert!(off > 10.0 * TOLERANCE, "{name} with {mistake} is only {off:.2e} off");
            tried += 1;
        }
    }
    assert!(tried > 300, "{tried} mistakes were tried");
}

/// Settings that the network does not show: they go into weights, or into a number that several of them decide together.
#[test]
fn a_setting_that_is_read_wrongly_is_far_from_transformers() {
    for (name, place, wrong) in [
        ("gpt2_unscaled", "/scale_attn_weights", json!(true)),
        ("gpt2_inverse_layer", "/scale_attn_by_inverse_layer_idx", json!(false)),
        ("llama_rope_yarn_mscale", "/rope_parameters/mscale", Value::Null),
        ("llama_rope_yarn_mscale", "/rope_parameters/mscale_all_dim", json!(1.0)),
    ] {
        let config = fs::read_to_string(folder(name).join("config.json")).unwrap();
        let mut config: Value = serde_json::from_str(&config).unwrap();
        *config.pointer_mut(place).expect("the fixture has it") = wrong;
        let copy = tempfile::tempdir().unwrap();
        fs::write(copy.path().join("config.json"), config.to_string()).unwrap();
        fs::copy(folder(name).join("model.safetensors"), copy.path().join("model.safetensors")).unwrap();
        let Decoder { gpt, parameters } = decoders::read(copy.path()).unwrap();
        let all = distances(&gpt, &parameters, &Expected::of(name), Form::Fused);
        let off = furthest(all.into_iter().filter(|(what, _)| what.starts_with("logits")).map(|(_, off)| off));
        assert!(off > 10.0 * TOLERANCE, "{name} with another {place} is only {off:.2e} off");
    }
}
