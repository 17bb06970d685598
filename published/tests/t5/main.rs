//! T5's random models compute what `transformers` computes with them.

mod export;
mod mistakes;
#[path = "../support/mod.rs"]
mod support;

use std::path::Path;

use ::t5::T5;
use data::pairs::{PairBatch, Sources};
use data::{IGNORE, Token};
use ndarray::{Array2, ArrayD, ArrayViewD, Axis, s};
use nn::{Translator, translate};
use published::t5::{self, TextToText};
use safetensors::SafeTensors;
use tensor::{Context, Parameters, Real, Tensor};
use transformer::Form;

use support::{Outputs, TOLERANCE, folder, furthest};

const FOLDERS: [&str; 4] = ["t5", "t5_long", "t5_v1_1", "t5_v1_1_transformers_4"];

fn read(name: &str) -> TextToText {
    t5::read(&folder(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What `transformers` computed.
struct Expected(Outputs);

impl Expected {
    fn of(name: &str) -> Self {
        Expected(Outputs::of(name))
    }

    fn numbers(&self, name: &str) -> &ArrayD<Real> {
        &self.0.numbers[name]
    }

    fn lengths(&self, name: &str) -> Vec<usize> {
        self.0.whole[name].iter().map(|&length| length as usize).collect()
    }

    /// Both rows, padded to the longer. What the decoder should say is not asked, but where it ends.
    fn batch(&self) -> PairBatch {
        let ids = |name: &str| -> Array2<Token> { self.0.whole[name].clone().into_dimensionality().unwrap() };
        let (inputs, said) = (ids("decoder_input_ids"), self.lengths("decoder_lengths"));
        let target = |(b, t): (usize, usize)| if t < said[b] { 0 } else { IGNORE };
        PairBatch {
            sources: Sources { tokens: ids("input_ids"), lengths: self.lengths("lengths") },
            targets: Array2::from_shape_fn(inputs.raw_dim(), target),
            inputs,
        }
    }
}

fn distance(a: ArrayViewD<'_, Real>, b: ArrayViewD<'_, Real>) -> f64 {
    assert_eq!(a.shape(), b.shape());
    furthest(a.iter().zip(&b).map(|(a, b)| f64::from((a - b).abs())))
}

/// How far the model is from what was expected, at most: every layer's stream in both stacks, the last normalisations,
/// the logits; all rows at once, so with padding.
fn distances(t5: &T5, parameters: &Parameters, expected: &Expected, form: Form) -> Vec<(String, f64)> {
    let t5 = t5.clone().with_form(form);
    let (cx, batch) = (Context::eval(parameters), expected.batch());
    let mut found = vec![];
    let mut compare = |name: &str, value: &Tensor, lengths: &[usize]| {
        let Some(wanted) = expected.0.numbers.get(name) else { return };
        for (b, &length) in lengths.iter().enumerate() {
            let [value, wanted] = [value.value().view(), wanted.view()]
                .map(|all| all.index_axis_move(Axis(0), b).slice(s![..length, ..]).to_owned().into_dyn());
            found.push((format!("{name} of row {b}"), distance(value.view(), wanted.view())));
        }
    };
    let read = &batch.sources.lengths;
    let depths = t5.encoder_depths(&cx, &batch.sources);
    for (i, x) in depths.iter().enumerate() {
        compare(&format!("encoder.hidden.{i}"), x, read);
    }
    compare("encoder.hidden.norm", &t5.memory(&cx, &batch.sources), read);
    let said = expected.lengths("decoder_lengths");
    let depths = t5.decoder_depths(&cx, &batch);
    for (i, x) in depths.iter().enumerate() {
        compare(&format!("decoder.hidden.{i}"), x, &said);
    }
    compare("decoder.hidden.norm", &t5.decoder().normalised(&cx, &depths[depths.len() - 1]), &said);
    compare("logits", &t5.logits(&cx, &batch), &said);
    found
}

#[test]
fn every_layer_of_every_version_is_that_of_transformers() {
    for name in FOLDERS {
        let TextToText { t5, parameters } = read(name);
        let expected = Expected::of(name);
        for form in [Form::Literal, Form::Fused] {
            let found = distances(&t5, &parameters, &expected, form);
            // Two rows of every layer, where layers are stored, and of the logits.
            let layers = t5.config().encoder_layers + t5.config().decoder_layers;
            assert_eq!(found.len(), if name == "t5_long" { 2 } else { 2 * (layers + 5) }, "{name}");
            for (what, distance) in found {
                assert!(distance <= TOLERANCE, "{name}, {form:?}: {what} is {distance:.2e} off");
            }
        }
    }
}

/// Greedy tokens with caches are those that `transformers` chose, from the same scores.
#[test]
fn what_every_version_says_with_its_cache_is_what_transformers_says() {
    for name in FOLDERS {
        let (expected, TextToText { t5, parameters }) = (Expected::of(name), read(name));
        let cx = Context::eval(&parameters);
        let batch = expected.batch();
        if expected.0.whole.contains_key("generated.ids") {
            let source: Vec<Token> = batch.sources.tokens.slice(s![0, ..batch.sources.lengths[0]]).to_vec();
            let (source, ids) = (Sources::new(&[&source]), &expected.0.whole["generated.ids"]);
            assert_eq!(translate(&t5, &parameters, &source, ids.len())[0].tokens, ids.as_slice().unwrap(), "{name}");
            let (memory, mut state) = t5.encode(&cx, &source);
            let mut last = t5.config().start;
            let scores = expected.numbers("generated.logits");
            for (i, &id) in ids.iter().enumerate() {
                let logits = t5.next(&cx, &memory, &mut state, &[last]).logits;
                let distance = distance(logits.row(0).into_dyn(), scores.index_axis(Axis(0), i));
                assert!(distance <= TOLERANCE, "{name}: token {i} is chosen from scores that are {distance:.2e} off");
                last = id;
            }
        }
        // Cached as uncached, of both rows beside each other.
        let (memory, mut state) = t5.encode(&cx, &batch.sources);
        let (logits, said) = (expected.numbers("logits"), expected.lengths("decoder_lengths"));
        for (t, tokens) in batch.inputs.columns().into_iter().enumerate() {
            let step = t5.next(&cx, &memory, &mut state, &tokens.to_vec()).logits;
            for (b, _) in said.iter().enumerate().filter(|&(_, &length)| t < length) {
                let distance = distance(step.row(b).into_dyn(), logits.slice(s![b, t, ..]).into_dyn());
                assert!(distance <= TOLERANCE, "{name}: token {t} of row {b} has scores that are {distance:.2e} off");
            }
        }
    }
}

/// A copy of a folder in which something was changed.
fn changed(name: &str, change: impl FnOnce(&Path)) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for part in std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path()) {
        std::fs::copy(&part, copy.path().join(part.file_name().unwrap())).unwrap();
    }
    change(copy.path());
    copy
}

/// What older versions of `transformers` call by other names, and what they leave out, makes the same model.
#[test]
fn configurations_of_older_versions_are_the_same() {
    let mut compared = 0;
    for name in FOLDERS {
        for other in ["config.transformers-4.json", "config.terse.json"] {
            if !folder(name).join(other).is_file() {
                continue;
            }
            let copy = changed(name, |copy| std::fs::rename(copy.join(other), copy.join("config.json")).unwrap());
            assert_eq!(t5::read(copy.path()).unwrap().t5.config(), read(name).t5.config(), "{name}/{other}");
            compared += 1;
        }
    }
    assert_eq!(compared, 4);
    let [one, other] = ["t5_v1_1", "t5_v1_1_transformers_4"].map(read);
    assert_eq!(one.t5.config(), other.t5.config());
    assert!(!one.t5.config().tied_head && !one.t5.config().scaled_output);
}

/// Changes `config.json` of a copy of a folder.
fn configured(name: &str, from: &str, to: &str) -> tempfile::TempDir {
    changed(name, |copy| {
        let path = copy.join("config.json");
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(path, text.replace(from, to)).unwrap();
    })
}

#[test]
fn a_configuration_that_contradicts_the_tensors_is_refused() {
    for (from, to, said) in [
        (
            "\"d_ff\": 22",
            "\"d_ff\": 23",
            "of another shape are encoder.block.0.layer.1.DenseReluDense.wo.weight ([16, 22] instead of [16, 23])",
        ),
        (
            "\"num_layers\": 2",
            "\"num_layers\": 900000000",
            "it lacks encoder.block.899999999.layer.0.layer_norm.weight",
        ),
        ("\"num_layers\": 2", "\"num_layers\": 1", "no part of the model has encoder.block.1."),
        ("\"vocab_size\": 33", "\"vocab_size\": 1000000000", "shared.weight ([33, 16] instead of [1000000000, 16])"),
        ("\"relu\"", "\"gated-gelu\"", "DenseReluDense.wi_0.weight"),
        ("\"relu\"", "\"gated-relu\"", "`feed_forward_proj` in"),
        ("\"eos_token_id\": 1", "\"eos_token_id\": 33", "the end of a text is 33"),
        (
            "\"relative_attention_max_distance\": 20",
            "\"relative_attention_max_distance\": 4",
            "a greatest distance of 4",
        ),
        ("\"tie_word_embeddings\": true", "\"tie_word_embeddings\": false", "it lacks lm_head.weight"),
        ("\"model_type\": \"t5\"", "\"model_type\": \"gpt2\"", "the families that are known here are t5"),
    ] {
        let copy = configured("t5", from, to);
        let error = t5::read(copy.path()).unwrap_err().to_string();
        assert!(error.contains(said) && !error.contains('\n'), "{to}: {error}");
    }
}

/// Files of tied models may hold the embedding again under the names of its other places.
#[test]
fn what_stands_in_a_file_twice_is_one_parameter() {
    let copy = changed("t5", |copy| {
        let path = copy.join("model.safetensors");
        let bytes = std::fs::read(&path).unwrap();
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let mut all: Vec<_> = tensors.tensors();
        let shared = tensors.tensor("shared.weight").unwrap();
        for name in ["lm_head.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"] {
            all.push((name.to_owned(), shared.clone()));
        }
        let table = tensors.tensor("decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight").unwrap();
        all.push(("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight".to_owned(), table));
        std::fs::write(&path, safetensors::serialize(all, None).unwrap()).unwrap();
    });
    let (one, twice) = (read("t5"), t5::read(copy.path()).unwrap());
    assert!(twice.t5.config().tied_head);
    assert_eq!(one.t5.config(), twice.t5.config());
    for ((_, one), (_, other)) in one.parameters.iter().zip(twice.parameters.iter()) {
        assert_eq!((one.name(), one.value()), (other.name(), other.value()));
    }
}
