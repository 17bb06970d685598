//! BERT, MiniLM and DistilBERT compute what `transformers` computes with them, and whatever is got wrong shows.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bert::{Bert, BertConfig, BertInput};
use data::Token;
use data::pairs::Sources;
use ndarray::{Array2, ArrayD, Axis, Ix2, concatenate, s};
use nn::Form;
use published::bert::{self as encoders, Encoder};
use published::decoders::Exported;
use published::write::{Existing, Model};
use serde_json::{Value, json};
use tensor::{Array, Context, Init, Parameters, Real, Tensor};
use transformer::{Activation, BlockConfig, Mask, Norm, Normalization, Stack};

use support::{Outputs, TOLERANCE, folder, furthest};

/// How far off whatever is wrong must be.
const NOTICED: f64 = 10.0 * TOLERANCE;

const MODELS: [&str; 4] = ["bert", "bert_pooler", "bert_published", "distilbert"];

/// What `transformers` computed.
struct Expected {
    numbers: BTreeMap<String, ArrayD<Real>>,
    sentences: Sources,
    types: Option<Array2<Token>>,
}

impl Expected {
    fn of(name: &str) -> Self {
        let Outputs { numbers, mut whole } = Outputs::of(name);
        let mut matrix = |name| whole.remove(name).map(|ids| ids.into_dimensionality::<Ix2>().unwrap());
        let (tokens, types) = (matrix("input_ids").unwrap(), matrix("token_type_ids"));
        let lengths = whole["lengths"].iter().map(|&length| length as usize).collect();
        Expected { numbers, sentences: Sources { tokens, lengths }, types }
    }

    fn input(&self) -> BertInput<'_> {
        BertInput { sentences: &self.sentences, types: self.types.as_ref().map(|types| types.view()) }
    }

    /// How far a result is from this, at most, outside the padding.
    fn distance(&self, name: &str, found: &Array) -> f64 {
        let expected = &self.numbers[name];
        assert_eq!(found.shape(), expected.shape(), "{name}");
        let rows = found.outer_iter().zip(expected.outer_iter()).zip(&self.sentences.lengths);
        furthest(rows.map(|((found, expected), &length)| {
            let [found, expected] = [found, expected]
                .map(|row| if row.ndim() == 1 { row } else { row.slice_move(s![..length, ..]).into_dyn() });
            furthest(found.iter().zip(expected).map(|(a, b)| f64::from((a - b).abs())))
        }))
    }

    /// The numbers of the stream behind the blocks, from the first to the last.
    fn layers(&self) -> impl Iterator<Item = String> {
        (1..).map(|layer| format!("hidden.{layer}")).take_while(|name| self.numbers.contains_key(name))
    }
}

/// How far each output of the model is from what was expected.
fn distances(model: &Bert, parameters: &Parameters, input: BertInput<'_>, expected: &Expected) -> Vec<(String, f64)> {
    let cx = Context::eval(parameters);
    let mut outputs: Vec<(String, Tensor)> = vec![];
    for (i, x) in model.depths(&cx, input).into_iter().enumerate() {
        outputs.push((format!("hidden.{i}"), x));
    }
    if expected.numbers.contains_key("logits") {
        outputs.push(("logits".to_owned(), model.logits(&cx, input)));
    }
    if expected.numbers.contains_key("pooled") {
        outputs.push(("pooled".to_owned(), model.pooled(&cx, input)));
    }
    assert_eq!(outputs.len(), expected.numbers.len(), "{:?}", expected.numbers.keys());
    outputs.into_iter().map(|(name, x)| (name.clone(), expected.distance(&name, x.value()))).collect()
}

fn worst(model: &Bert, parameters: &Parameters, input: BertInput<'_>, expected: &Expected) -> f64 {
    furthest(distances(model, parameters, input, expected).into_iter().map(|(_, distance)| distance))
}

#[test]
fn every_layer_and_all_scores_are_those_of_transformers() {
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        let expected = Expected::of(name);
        assert!(expected.sentences.ends().is_some(), "{name} has padding");
        for form in [Form::Literal, Form::Fused] {
            let bert = bert.clone().with_form(form);
            for (what, distance) in distances(&bert, &parameters, expected.input(), &expected) {
                assert!(distance <= TOLERANCE, "{name}, {form:?}: {what} is {distance:.2e} off");
            }
        }
    }
}

/// Zeros for biases, ones for the weights of normalisations, columns for rows in square matrices: each parameter by itself.
fn neutral(name: &str, value: &Array) -> Option<ArrayD<Real>> {
    match value.shape() {
        [_] if name.ends_with("bias") => Some(ArrayD::zeros(value.raw_dim())),
        [_] => Some(ArrayD::ones(value.raw_dim())),
        [rows, columns] if rows == columns => Some(value.t().to_owned()),
        _ => None,
    }
}

#[test]
fn every_bias_and_norm_that_is_dropped_and_every_square_matrix_that_is_transposed_shows() {
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap();
        let expected = Expected::of(name);
        let asks = expected.numbers.contains_key("pooled");
        let mut tried = 0;
        for (id, parameter) in parameters.iter() {
            // bert_published has a pooler too, of which nothing is expected.
            if parameter.name().starts_with("pooler") && !asks {
                continue;
            }
            let Some(value) = neutral(parameter.name(), parameter.value()) else { continue };
            let mut wrong = parameters.clone();
            wrong.set(id, value.into_shared());
            let distance = worst(&bert, &wrong, expected.input(), &expected);
            println!("{distance:.1e} {name}, without {}", parameter.name());
            assert!(distance >= NOTICED, "{name}, without {}: {distance:.2e}", parameter.name());
            tried += 1;
        }
        assert!(tried > 15, "{tried}");
    }
}

/// The rows of Q, K and V in each block, in another order.
fn reordered(parameters: &Parameters, order: impl Fn([ArrayD<Real>; 3]) -> [ArrayD<Real>; 3]) -> Parameters {
    let mut other = parameters.clone();
    for (id, parameter) in parameters.iter().filter(|(_, p)| p.name().contains("in_proj")) {
        let rows = parameter.value().shape()[0] / 3;
        let part = |i: usize| parameter.value().slice_axis(Axis(0), (i * rows..(i + 1) * rows).into()).to_owned();
        let parts = order([part(0), part(1), part(2)]);
        other.set(id, concatenate(Axis(0), &parts.each_ref().map(|part| part.view())).unwrap().into_shared());
    }
    other
}

/// Two parameters, or all that begin alike, in each other's place.
fn swapped(parameters: &Parameters, one: &str, another: &str) -> Parameters {
    let mut other = parameters.clone();
    for (id, parameter) in parameters.iter() {
        let name = parameter.name();
        let partner = if name.contains(one) { name.replace(one, another) } else { name.replace(another, one) };
        let partner = parameters.find(&partner).unwrap();
        other.set(id, parameters.get(partner).value().clone());
    }
    other
}

fn changed(parameters: &Parameters, name: &str, change: impl FnOnce(&Array) -> ArrayD<Real>) -> Parameters {
    let mut other = parameters.clone();
    let id = parameters.find(name).unwrap();
    other.set(id, change(parameters.get(id).value()).into_shared());
    other
}

/// The layout that other families have: head by head, of each the rows of Q, of K and of V.
fn head_by_head(parts: [ArrayD<Real>; 3], heads: usize) -> [ArrayD<Real>; 3] {
    let all: Vec<_> = (0..heads)
        .flat_map(|head| {
            parts.iter().map(move |part| {
                let rows = part.shape()[0] / heads;
                part.slice_axis(Axis(0), (head * rows..(head + 1) * rows).into())
            })
        })
        .collect();
    let all = concatenate(Axis(0), &all).unwrap();
    let rows = all.shape()[0] / 3;
    [0, 1, 2].map(|i| all.slice_axis(Axis(0), (i * rows..(i + 1) * rows).into()).to_owned())
}

#[test]
fn every_layout_that_is_wrong_shows() {
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap();
        let expected = Expected::of(name);
        let heads = bert.config().block.heads;
        let zero = |x: &ArrayD<Real>| ArrayD::<Real>::zeros(x.raw_dim());
        let mut wrong = vec![
            ("queries and keys swapped", reordered(&parameters, |[q, k, v]| [k, q, v])),
            ("keys and values swapped", reordered(&parameters, |[q, k, v]| [q, v, k])),
            ("queries and values swapped", reordered(&parameters, |[q, k, v]| [v, k, q])),
            ("head by head", reordered(&parameters, |parts| head_by_head(parts, heads))),
            ("no values", reordered(&parameters, |[q, k, v]| [q, k, zero(&v)])),
            ("the two norms swapped", swapped(&parameters, "norm1", "norm2")),
            ("the blocks swapped", swapped(&parameters, "layers.0", "layers.1")),
            (
                "positions that begin at 1",
                changed(&parameters, "embeddings.position_embeddings.weight", |table| {
                    concatenate![Axis(0), table.slice(s![1.., ..]), table.slice(s![..1, ..])].into_dyn()
                }),
            ),
            (
                "tokens that begin at 1",
                changed(&parameters, "embeddings.word_embeddings.weight", |table| {
                    concatenate![Axis(0), table.slice(s![1.., ..]), table.slice(s![..1, ..])].into_dyn()
                }),
            ),
        ];
        for (what, part) in [("no bias of queries", 0), ("no bias of values", 2)] {
            let mut other = parameters.clone();
            for (id, parameter) in parameters.iter().filter(|(_, p)| p.name().ends_with("in_proj_bias")) {
                let mut value = parameter.value().to_owned();
                let rows = value.len() / 3;
                value.slice_mut(s![part * rows..(part + 1) * rows]).fill(0.0);
                other.set(id, value.into_shared());
            }
            wrong.push((what, other));
        }
        if bert.config().token_types > 0 {
            let table = "embeddings.token_type_embeddings.weight";
            wrong.push(("no token types", changed(&parameters, table, |table| zero(&table.to_owned()))));
            wrong.push((
                "types swapped",
                changed(&parameters, table, |table| table.slice(s![..;-1, ..]).to_owned().into_dyn()),
            ));
        }
        if bert.config().masked_words {
            let dense = "cls.predictions.transform.dense.weight";
            wrong.push((
                "no map before the output",
                changed(&parameters, dense, |map| Array2::eye(map.shape()[0]).into_dyn()),
            ));
        }
        for (what, parameters) in wrong {
            let distance = worst(&bert, &parameters, expected.input(), &expected);
            println!("{distance:.1e} {name}, {what}");
            assert!(distance >= NOTICED, "{name}, {what}: {distance:.2e}");
        }
        // Types that are not said, and padding that is taken for text.
        let full = Sources { lengths: vec![expected.sentences.tokens.ncols(); 2], ..expected.sentences.clone() };
        let mut inputs = vec![("padding is seen", BertInput { sentences: &full, ..expected.input() })];
        if bert.config().token_types > 0 {
            inputs.push(("all of type 0", BertInput::from(&expected.sentences)));
        }
        for (what, input) in inputs {
            let distance = worst(&bert, &parameters, input, &expected);
            assert!(distance >= NOTICED, "{name}, {what}: {distance:.2e}");
        }
    }
}

/// The same parameters in a model of another configuration.
fn rebuilt(parameters: &Parameters, config: BertConfig) -> (Bert, Parameters) {
    let mut other = Parameters::new();
    let model = Bert::new(&mut Init::unset(&mut other), config).unwrap();
    let other = same_numbers(parameters, other);
    (model, other)
}

fn same_numbers(from: &Parameters, mut to: Parameters) -> Parameters {
    let ids: Vec<_> = to.iter().map(|(id, p)| (id, from.find(p.name()).unwrap())).collect();
    for (id, source) in ids {
        to.set(id, from.get(source).value().clone());
    }
    to
}

/// What is got wrong in every block, by name.
type Wrong<'a> = (&'a str, &'a dyn Fn(&mut BlockConfig));

#[test]
fn every_switch_that_is_wrong_shows() {
    let activation = |activation| move |block: &mut BlockConfig| block.activation = activation;
    let epsilon = |block: &mut BlockConfig| {
        let Normalization::LayerNorm { epsilon } = block.normalization else { panic!("BERT has LayerNorm") };
        // Beside a variance of order 1 no small ε can be told from another, so models with one are given a large one.
        let other = if epsilon > 1e-3 { 1e-5 } else { 2e-2 };
        block.normalization = Normalization::LayerNorm { epsilon: other };
    };
    let switches: [Wrong; 6] = [
        ("GELU by tanh", &activation(Activation::GeluTanh)),
        ("ReLU", &activation(Activation::Relu)),
        ("SiLU", &activation(Activation::Silu)),
        ("another epsilon", &epsilon),
        ("one head", &|block| block.heads = 1),
        ("scores that are not divided", &|block| block.score_scale = Some(1.0)),
    ];
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap();
        let expected = Expected::of(name);
        for (what, change) in switches {
            let mut config = bert.config().clone();
            change(&mut config.block);
            let (model, parameters) = rebuilt(&parameters, config);
            let distance = worst(&model, &parameters, expected.input(), &expected);
            println!("{distance:.1e} {name}, {what}");
            assert!(distance >= NOTICED, "{name}, {what}: {distance:.2e}");
        }
    }
}

/// What a [`BertConfig`] refuses is tried with the blocks alone.
#[test]
fn blocks_of_another_kind_show() {
    let kinds: [Wrong; 2] =
        [("pre-norm", &|block| block.norm = Norm::Pre), ("causal", &|block| block.mask = Mask::Causal)];
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap();
        let expected = Expected::of(name);
        let BertConfig { ref block, layers, .. } = *bert.config();
        let run = |block: &BlockConfig, first: Tensor| {
            let mut own = Parameters::new();
            let stack = Stack::pytorch(&mut Init::unset(&mut own).child("encoder"), block, layers, false, "encoder");
            let own = same_numbers(&parameters, own);
            let depths = stack.depths(&Context::eval(&own), &first, Some(&expected.sentences.lengths), Form::Fused);
            let layers = expected.layers().zip(&depths[1..]);
            furthest(layers.map(|(name, x)| expected.distance(&name, x.value())))
        };
        let first = || Tensor::constant(expected.numbers["hidden.0"].clone());
        assert!(run(block, first()) <= TOLERANCE, "{name}: nothing is changed");
        for (what, change) in kinds {
            let mut block = block.clone();
            change(&mut block);
            let distance = run(&block, first());
            println!("{distance:.1e} {name}, {what}");
            assert!(distance >= NOTICED, "{name}, {what}: {distance:.2e}");
        }
        // The embedding as it is before its normalisation.
        let of = |name: &str| parameters.get(parameters.find(name).unwrap()).value().clone();
        let [words, positions] = ["word", "position"].map(|what| of(&format!("embeddings.{what}_embeddings.weight")));
        let tokens = Tensor::from(words).gather(expected.sentences.tokens.view().into_dyn());
        let mut sum = &tokens + &Tensor::from(positions).slice(0, 0..expected.sentences.tokens.ncols());
        if let Some(types) = &expected.types {
            sum = &sum + &Tensor::from(of("embeddings.token_type_embeddings.weight")).gather(types.view().into_dyn());
        }
        let distance = run(block, sum);
        assert!(distance >= NOTICED, "{name}, no norm of the embedding: {distance:.2e}");
    }
}

/// The folder of a model with its configuration changed.
fn with_config(name: &str, change: impl FnOnce(&mut Value)) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in ["config.json", "model.safetensors"] {
        fs::copy(folder(name).join(file), copy.path().join(file)).unwrap();
    }
    let path = copy.path().join("config.json");
    let mut config: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut config);
    fs::write(&path, config.to_string()).unwrap();
    copy
}

#[test]
fn configurations_of_transformers_4_are_the_same() {
    for name in MODELS {
        let older = fs::read(folder(name).join("config.transformers-4.json")).unwrap();
        let copy = with_config(name, |config| *config = serde_json::from_slice(&older).unwrap());
        let [older, own] = [copy.path(), &folder(name)].map(|path| encoders::read(path).unwrap().bert);
        assert_eq!(older.config(), own.config(), "{name}");
    }
}

#[test]
fn configurations_that_contradict_the_tensors_or_are_of_no_model_here_are_explained() {
    let explained = |name, change: fn(&mut Value)| {
        let copy = with_config(name, change);
        let error = encoders::read(copy.path()).map(|_| ()).unwrap_err().to_string();
        error.replace(&copy.path().display().to_string(), "DIR")
    };
    let deeper = explained("bert", |config| config["num_hidden_layers"] = json!(3));
    assert!(deeper.contains("it lacks bert.encoder.layer.2.attention.output.LayerNorm.bias"), "{deeper}");
    let shallower = explained("distilbert", |config| config["n_layers"] = json!(1));
    assert!(shallower.contains("no part of the model has distilbert.transformer.layer.1.attention."), "{shallower}");
    let wider = explained("bert", |config| config["intermediate_size"] = json!(41));
    assert!(wider.contains("bert.encoder.layer.0.intermediate.dense.bias ([40] instead of [41])"), "{wider}");
    let heads = explained("bert", |config| config["num_attention_heads"] = json!(5));
    assert!(heads.contains("a width of 24 cannot be divided among 5 heads"), "{heads}");
    let no_types = explained("bert", |config| config["type_vocab_size"] = json!(0));
    assert!(no_types.contains("no part of the model has bert.embeddings.token_type_embeddings.weight"), "{no_types}");
    let speaks = explained("bert", |config| config["is_decoder"] = json!(true));
    assert!(speaks.contains("`is_decoder` is true"), "{speaks}");
    let untied = explained("distilbert", |config| config["tie_word_embeddings"] = json!(false));
    assert!(untied.contains("`tie_word_embeddings` is false"), "{untied}");
    let relative = explained("bert", |config| config["position_embedding_type"] = json!("relative_key"));
    assert!(relative.contains("it must be one of `absolute`") || relative.contains("\"absolute\""), "{relative}");
    let other = explained("bert", |config| config["model_type"] = json!("roberta"));
    assert!(other.contains("the families that are known here are bert, distilbert"), "{other}");
}

/// A DistilBERT goes out as a BERT that tells no types apart.
#[test]
fn what_is_exported_computes_the_same() {
    for name in MODELS {
        let Encoder { bert, parameters } = encoders::read(&folder(name)).unwrap();
        let out = tempfile::tempdir().unwrap();
        let Exported { config, tensors } = encoders::export(&bert, &parameters, out.path()).unwrap();
        Model { config: &config, tensors: &tensors, others: &[] }.write(out.path(), Existing::Keep).unwrap();
        let Encoder { bert: again, parameters } = encoders::read(out.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert_eq!(again.config().block, bert.config().block, "{name}");
        let expected = Expected::of(name);
        let distance = worst(&again, &parameters, expected.input(), &expected);
        assert!(distance <= TOLERANCE, "{name}: {distance:.2e}");
    }
    let mut config = BertConfig::new(9, 8, 1, 8, 2);
    config.block.gated = true;
    let mut parameters = Parameters::new();
    let bert = Bert::new(&mut Init::new(&mut parameters, 1), config).unwrap();
    let refused = encoders::export(&bert, &parameters, Path::new("DIR")).unwrap_err().to_string();
    assert!(refused.contains("whose blocks are not BERT's"), "{refused}");
}

/// Sentences of all-MiniLM-L6-v2 and their vectors, if the model is there: the fixtures' README says where it comes from.
#[test]
fn sentence_vectors_of_minilm_are_those_of_its_library() {
    let Some(path) = std::env::var_os("LINEAGE_MINILM") else {
        println!("LINEAGE_MINILM names no folder with all-MiniLM-L6-v2, so nothing was compared");
        return;
    };
    let Encoder { bert, parameters } = encoders::read(Path::new(&path)).unwrap();
    let fixture: Value = serde_json::from_slice(&fs::read(folder("minilm-vectors.json")).unwrap()).unwrap();
    let numbers = |value: &Value| value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect::<Vec<_>>();
    let sentences = fixture["sentences"].as_array().unwrap();
    let ids: Vec<Vec<Token>> =
        sentences.iter().map(|one| numbers(&one["ids"]).into_iter().map(|id| id as Token).collect()).collect();
    let ids: Vec<&[Token]> = ids.iter().map(|ids| &ids[..]).collect();
    let cx = Context::eval(&parameters);
    let vectors = bert.sentence_vectors(&cx, &Sources::new(&ids));
    let vectors = vectors.view::<Ix2>("vectors");
    for (vector, one) in vectors.outer_iter().zip(sentences) {
        let expected = numbers(&one["vector"]);
        let distance = furthest(vector.iter().zip(&expected).map(|(&a, b)| (f64::from(a) - b).abs()));
        println!("{distance:.1e} {}", one["text"].as_str().unwrap().chars().take(60).collect::<String>());
        assert!(distance < 1e-5, "{distance:.1e} off: {}", one["text"]);
    }
    for cosine in fixture["cosines"].as_array().unwrap() {
        let of = |i: usize| vectors.row(cosine["pair"][i].as_u64().unwrap() as usize);
        let (found, published) = (f64::from(of(0).dot(&of(1))), cosine["published"].as_f64().unwrap());
        assert!((found - published).abs() < 1e-4, "{found} instead of {published}");
    }
}
