//! Every family's random models compute what `transformers` computes with them.

mod mistakes;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeSet;

use data::Token;
use gpt::Gpt;
use ndarray::{Array2, ArrayD, ArrayViewD, Axis, s};
use nn::LanguageModel;
use published::decoders::{self, Decoder};
use tensor::{Context, Parameters, Real, Tensor};
use transformer::Form;

use support::{Outputs, TOLERANCE, folder, furthest};

const FAMILIES: [&str; 25] = [
    "gpt2",
    "gpt2_published",
    "gpt2_inverse_layer",
    "gpt2_unscaled",
    "gptj",
    "gpt_neox",
    "gpt_neox_sequential",
    "llama",
    "llama_grouped",
    "llama_head_dim",
    "llama_biases",
    "llama_rope_linear",
    "llama_rope_dynamic",
    "llama_rope_llama3",
    "llama_rope_yarn",
    "llama_rope_yarn_mscale",
    "llama_f16",
    "llama_bf16",
    "llama_sharded",
    "falcon_7b",
    "falcon_40b",
    "falcon_11b",
    "falcon_rw",
    "bloom_3_heads",
    "bloom_published",
];

/// What `transformers` computed.
struct Expected(Outputs);

impl Expected {
    fn of(name: &str) -> Self {
        Expected(Outputs::of(name))
    }

    fn numbers(&self, name: &str) -> &ArrayD<Real> {
        &self.0.numbers[name]
    }

    /// The rows of ids, without padding.
    fn rows(&self) -> Vec<Vec<Token>> {
        let (ids, lengths) = (&self.0.whole["input_ids"], &self.0.whole["lengths"]);
        let row = |(b, &length): (usize, &Token)| ids.slice(s![b, ..length as usize]).iter().copied().collect();
        lengths.iter().enumerate().map(row).collect()
    }

    /// The real positions of row `b` of a result.
    fn row(&self, name: &str, b: usize, length: usize) -> ArrayD<Real> {
        self.numbers(name).index_axis(Axis(0), b).slice(s![..length, ..]).to_owned().into_dyn()
    }
}

/// How far two arrays are from each other, at most.
fn distance(a: ArrayViewD<'_, Real>, b: ArrayViewD<'_, Real>) -> f64 {
    assert_eq!(a.shape(), b.shape());
    furthest(a.iter().zip(&b).map(|(a, b)| f64::from((a - b).abs())))
}

/// How far the model is from what was expected, at most: every layer's stream, the last normalisation, the logits.
fn distances(gpt: &Gpt, parameters: &Parameters, expected: &Expected, form: Form) -> Vec<(String, f64)> {
    let gpt = gpt.clone().with_form(form);
    let cx = Context::eval(parameters);
    let mut found = vec![];
    for (b, row) in expected.rows().into_iter().enumerate() {
        let length = row.len();
        let tokens = Array2::from_shape_vec((1, length), row).unwrap();
        let depths = gpt.stack().depths(&cx, &gpt.embed(&cx, tokens.view(), 0), None, form);
        let mut compare = |name: String, value: &Tensor| {
            let value = value.index(0, 0);
            found.push((
                format!("{name} of row {b}"),
                distance(value.value().view(), expected.row(&name, b, length).view()),
            ));
        };
        for (i, x) in depths.iter().enumerate() {
            compare(format!("hidden.{i}"), x);
        }
        let last = &depths[depths.len() - 1];
        compare("hidden.norm".to_owned(), &gpt.stack().normalised(&cx, last));
        compare("logits".to_owned(), &gpt.unembed(&cx, last));
    }
    found
}

#[test]
fn every_layer_of_every_family_is_that_of_transformers() {
    for name in FAMILIES {
        let Decoder { gpt, parameters } =
            decoders::read(&folder(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let expected = Expected::of(name);
        for form in [Form::Literal, Form::Fused] {
            for (what, distance) in distances(&gpt, &parameters, &expected, form) {
                assert!(distance <= TOLERANCE, "{name}, {form:?}: {what} is {distance:.2e} off");
            }
        }
    }
}

/// Greedy tokens with caches are those that `transformers` chose, from the same scores.
#[test]
fn what_every_family_says_with_its_cache_is_what_transformers_says() {
    for name in FAMILIES {
        let expected = Expected::of(name);
        let Some(ids) = expected.0.whole.get("generated.ids") else {
            continue; // a model of another folder, stored differently
        };
        let Decoder { gpt, parameters } = decoders::read(&folder(name)).unwrap();
        // transformers keeps keys that were turned for a shorter text; we compute what the whole pass computes.
        let scores = if name == "llama_rope_dynamic" { "generated.logits_uncached" } else { "generated.logits" };
        let scores = expected.numbers(scores);
        let cx = Context::eval(&parameters);
        let (mut state, mut logits) = gpt.start(&cx, &expected.rows()[..1]);
        for (i, &id) in ids.iter().enumerate() {
            let distance = distance(logits.row(0).into_dyn(), scores.index_axis(Axis(0), i));
            assert!(distance <= TOLERANCE, "{name}: token {i} is chosen from scores that are {distance:.2e} off");
            logits = gpt.next(&cx, &mut state, &[id]);
        }
    }
}

/// What older versions of `transformers` call by other names, and what they leave out, makes the same model.
#[test]
fn configurations_of_older_versions_are_the_same() {
    let mut compared = 0;
    for name in FAMILIES {
        for file in std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path()) {
            let is_other = file.file_name().is_some_and(|name| {
                let name = name.to_string_lossy();
                name.starts_with("config.") && name.ends_with(".json") && name != "config.json"
            });
            if !is_other {
                continue;
            }
            let copy = tempfile::tempdir().unwrap();
            for part in std::fs::read_dir(folder(name)).unwrap().map(|file| file.unwrap().path()) {
                std::fs::copy(&part, copy.path().join(part.file_name().unwrap())).unwrap();
            }
            std::fs::copy(&file, copy.path().join("config.json")).unwrap();
            let [other, own] = [copy.path().to_owned(), folder(name)].map(|path| decoders::read(&path).unwrap().gpt);
            assert_eq!(other.config(), own.config(), "{}", file.display());
            compared += 1;
        }
    }
    assert!(compared > 0);
}

#[test]
fn every_family_has_a_model_here() {
    let all: BTreeSet<String> = std::fs::read_dir(folder(""))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().join("expected.safetensors").is_file())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|name| !["bert", "distilbert", "t5"].iter().any(|other| name.starts_with(other)))
        .collect();
    assert_eq!(all, FAMILIES.map(str::to_owned).into());
}

/// A model is the same whichever program wrote it.
#[test]
fn a_file_of_llama2c_is_the_model_of_the_folder() {
    for name in ["llama", "llama_grouped"] {
        let own = decoders::read(&folder(name)).unwrap();
        for version in ["v0", "v1"] {
            let other = decoders::read(&folder("llama2c").join(format!("{name}.{version}.bin"))).unwrap();
            assert_eq!(other.gpt.config(), own.gpt.config());
            for (id, parameter) in own.parameters.iter() {
                assert_eq!(
                    other.parameters.get(id).value(),
                    parameter.value(),
                    "{name}.{version}: {}",
                    parameter.name()
                );
            }
        }
    }
}

/// What is written is what was read: the same configuration, the same numbers.
#[test]
fn a_decoder_goes_out_as_it_came_in() {
    for name in FAMILIES.into_iter().filter(|name| name.starts_with("gpt2") || name.starts_with("llama")) {
        let Decoder { gpt, parameters } = decoders::read(&folder(name)).unwrap();
        let decoders::Exported { config, tensors } = decoders::export(&gpt, &parameters, "run".as_ref()).unwrap();
        let place = tempfile::tempdir().unwrap();
        let model = published::write::Model { config: &config, tensors: &tensors, others: &[] };
        model.write(place.path(), published::write::Existing::Keep).unwrap();
        let again = decoders::read(place.path()).unwrap();
        assert_eq!(again.gpt.config(), gpt.config(), "{name}");
        for (id, parameter) in parameters.iter() {
            assert_eq!(again.parameters.get(id).value(), parameter.value(), "{name}: {}", parameter.name());
        }
    }
}

/// nanoGPT's models have no biases; a GPT-2 has them, of zeros.
#[test]
fn a_gpt_without_biases_is_a_gpt2_with_zeros() {
    let mut parameters = Parameters::new();
    let config = gpt::GptConfig::new(11, 7, 2, 12, 3);
    let gpt = Gpt::new(&mut tensor::Init::new(&mut parameters, 1), config).unwrap();
    let decoders::Exported { config, tensors } = decoders::export(&gpt, &parameters, "run".as_ref()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let model = published::write::Model { config: &config, tensors: &tensors, others: &[] };
    model.write(place.path(), published::write::Existing::Keep).unwrap();
    let again = decoders::read(place.path()).unwrap();
    let logits = |gpt: &Gpt, parameters: &Parameters| {
        gpt.logits(&Context::eval(parameters), ndarray::array![[1, 2, 3]].view()).value().to_owned()
    };
    let [ours, theirs] = [logits(&gpt, &parameters), logits(&again.gpt, &again.parameters)];
    assert!(distance(ours.view(), theirs.view()) < 1e-6);
}
