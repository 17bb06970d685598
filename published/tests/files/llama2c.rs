//! Models of llama2.c, written here in the order of its `export.py`.

use std::collections::BTreeMap;

use ndarray::{ArrayD, IxDyn};
use published::Error;
use published::llama2c::{Header, open};
use published::weights::Weights;
use tensor::Real;

use crate::allocated::peak_of;
use crate::made::{alone, f32s, said};

pub const HEADER: Header =
    Header { dim: 8, hidden_dim: 5, layers: 2, heads: 2, kv_heads: 1, vocabulary: 3, context: 4, shared: false };

/// The sizes as they stand in the file, the vocabulary by itself.
fn sizes(header: &Header, vocabulary: i32) -> Vec<u8> {
    let Header { dim, hidden_dim, layers, heads, kv_heads, context, .. } = *header;
    let sizes = [dim, hidden_dim, layers, heads, kv_heads].map(|size| size as i32);
    [&sizes[..], &[vocabulary, context as i32]].concat().iter().flat_map(|size| size.to_le_bytes()).collect()
}

/// A number that says in which tensor of llama2.c it stands, in which layer and where.
fn number(tensor: &str, layer: usize, place: usize) -> f32 {
    let tensor = tensor.bytes().fold(7, |hash: usize, byte| (hash * 31 + usize::from(byte)) % 89);
    (tensor * 1000 + layer * 500 + place) as f32
}

/// As many numbers of a tensor as its size.
fn numbers(tensor: &str, layer: usize, size: usize) -> Vec<u8> {
    f32s(&(0..size).map(|place| number(tensor, layer, place)).collect::<Vec<_>>())
}

pub fn legacy(header: &Header) -> Vec<u8> {
    let &Header { dim, hidden_dim, layers, heads, kv_heads, vocabulary, context, shared } = header;
    let (vocab, kv) = (vocabulary as i32, dim / heads * kv_heads);
    let mut file = sizes(header, if shared { vocab } else { -vocab });
    file.extend(numbers("tok_embeddings", 0, vocabulary * dim));
    for (tensor, size) in [
        ("attention_norm", dim),
        ("wq", dim * dim),
        ("wk", kv * dim),
        ("wv", kv * dim),
        ("wo", dim * dim),
        ("ffn_norm", dim),
        ("w1", hidden_dim * dim),
        ("w2", dim * hidden_dim),
        ("w3", hidden_dim * dim),
    ] {
        (0..layers).for_each(|layer| file.extend(numbers(tensor, layer, size)));
    }
    file.extend(numbers("norm", 0, dim));
    file.extend(f32s(&vec![f32::NAN; 2 * context * (dim / heads / 2)])); // freqs_cos, freqs_sin
    if !shared {
        file.extend(numbers("output", 0, vocabulary * dim));
    }
    file
}

pub fn version_1(header: &Header) -> Vec<u8> {
    let &Header { dim, hidden_dim, layers, heads, kv_heads, vocabulary, shared, .. } = header;
    let kv = dim / heads * kv_heads;
    let mut file = [&0x616b_3432_u32.to_le_bytes()[..], &1_i32.to_le_bytes()].concat();
    file.extend(sizes(header, vocabulary as i32));
    file.push(shared.into());
    file.resize(256, 0);
    let mut all = |tensor: &str, size: usize| {
        (0..layers).for_each(|layer| file.extend(numbers(tensor, layer, size)));
    };
    all("attention_norm", dim);
    all("ffn_norm", dim);
    file.extend(numbers("norm", 0, dim));
    file.extend(numbers("tok_embeddings", 0, vocabulary * dim));
    for (tensor, size) in [
        ("wq", dim * dim),
        ("wk", kv * dim),
        ("wv", kv * dim),
        ("wo", dim * dim),
        ("w1", hidden_dim * dim),
        ("w2", dim * hidden_dim),
        ("w3", hidden_dim * dim),
    ] {
        (0..layers).for_each(|layer| file.extend(numbers(tensor, layer, size)));
    }
    if !shared {
        file.extend(numbers("output", 0, vocabulary * dim));
    }
    file
}

/// What each tensor has to be, by its name in Hugging Face's LLaMA, from llama2.c's.
fn expected(header: &Header) -> BTreeMap<String, ArrayD<Real>> {
    let &Header { dim, hidden_dim, layers, heads, kv_heads, vocabulary, shared, .. } = header;
    let width = dim / heads;
    let kv = width * kv_heads;
    let as_stored = |tensor: &str, layer: usize, shape: &[usize]| {
        let size = shape.iter().product();
        let numbers: Vec<Real> = (0..size).map(|place| number(tensor, layer, place) as Real).collect();
        ArrayD::from_shape_vec(IxDyn(shape), numbers).unwrap()
    };
    // Row p·K/2 + i of a head is the file's row 2i + p.
    let in_halves = |tensor: &str, layer: usize, rows: usize| {
        ArrayD::from_shape_fn(IxDyn(&[rows, dim]), |at| {
            let (head, within) = (at[0] / width, at[0] % width);
            let row = head * width + within % (width / 2) * 2 + within / (width / 2);
            number(tensor, layer, row * dim + at[1]) as Real
        })
    };
    let mut all = BTreeMap::new();
    all.insert("model.embed_tokens.weight".to_owned(), as_stored("tok_embeddings", 0, &[vocabulary, dim]));
    all.insert("model.norm.weight".to_owned(), as_stored("norm", 0, &[dim]));
    if !shared {
        all.insert("lm_head.weight".to_owned(), as_stored("output", 0, &[vocabulary, dim]));
    }
    for layer in 0..layers {
        for (name, array) in [
            ("input_layernorm", as_stored("attention_norm", layer, &[dim])),
            ("post_attention_layernorm", as_stored("ffn_norm", layer, &[dim])),
            ("self_attn.q_proj", in_halves("wq", layer, dim)),
            ("self_attn.k_proj", in_halves("wk", layer, kv)),
            ("self_attn.v_proj", as_stored("wv", layer, &[kv, dim])),
            ("self_attn.o_proj", as_stored("wo", layer, &[dim, dim])),
            ("mlp.gate_proj", as_stored("w1", layer, &[hidden_dim, dim])),
            ("mlp.down_proj", as_stored("w2", layer, &[dim, hidden_dim])),
            ("mlp.up_proj", as_stored("w3", layer, &[hidden_dim, dim])),
        ] {
            all.insert(format!("model.layers.{layer}.{name}.weight"), array);
        }
    }
    all
}

#[test]
fn both_versions_give_the_tensors_that_they_hold() {
    let shared = Header { shared: true, kv_heads: 2, ..HEADER };
    let files = [legacy(&HEADER), version_1(&HEADER), legacy(&shared), version_1(&shared)];
    for (file, header) in files.iter().zip([&HEADER, &HEADER, &shared, &shared]) {
        let (dir, path) = alone("model.bin", file);
        let (found, mut weights): (Header, Weights) = open(&path).unwrap();
        assert_eq!(found, *header);
        let expected = expected(header);
        for (name, array) in &expected {
            weights.expect(name, array.shape());
        }
        weights.check().unwrap();
        for (name, array) in expected {
            assert_eq!(weights.read(&name).unwrap(), array, "{name}");
        }
        drop(dir);
    }
}

#[track_caller]
fn reason(file: &[u8]) -> String {
    let (dir, path) = alone("model.bin", file);
    let said = said(&dir, open(&path));
    let said = said.strip_prefix("DIR/model.bin is damaged or no model of llama2.c: ").expect(&said).to_owned();
    said.strip_suffix("; get it again from where it was published").unwrap().to_owned()
}

#[test]
fn what_is_wrong_with_a_model_is_said() {
    let (old, new) = (legacy(&HEADER), version_1(&HEADER));
    assert_eq!(reason(b""), "it ends within its header");
    assert_eq!(reason(&old[..27]), "it ends within its header");
    assert_eq!(reason(&new[..40]), "by its header it has 3104 bytes, and it has 40");
    assert_eq!(reason(&old[..2000]), "by its header it has 2940 bytes, and it has 2000");
    assert_eq!(reason(&[&new[..], &[0; 4]].concat()), "by its header it has 3104 bytes, and it has 3108");
    let changed = |place: usize, size: i32| {
        let mut file = old.clone();
        file[4 * place..][..4].copy_from_slice(&size.to_le_bytes());
        reason(&file)
    };
    assert_eq!(changed(0, -8), "its width is -8");
    assert_eq!(changed(1, 0), "its feed-forward width is 0");
    assert_eq!(changed(2, 100_000), "it has 100000 layers, and the most are 10000");
    assert_eq!(changed(3, 3), "its width 8 cannot be divided into 3 heads of an even width");
    assert_eq!(changed(3, 8), "its width 8 cannot be divided into 8 heads of an even width");
    assert_eq!(changed(4, 3), "its 2 heads cannot share keys and values of 3");
    assert_eq!(changed(5, i32::MIN), "by its header it has 137438956220 bytes, and it has 2940");
    assert_eq!(changed(5, 0), "its vocabulary is 0");
    assert_eq!(changed(6, i32::MAX), "by its header it has 34359741228 bytes, and it has 2940");
    let largest = [i32::MAX - 1, i32::MAX, 10_000, 1, 1, i32::MIN, i32::MAX];
    let largest: Vec<u8> = largest.iter().flat_map(|size| size.to_le_bytes()).collect();
    assert_eq!(reason(&largest), "by its header it has 1291327423416153246727324 bytes, and it has 28");

    let mut flag = new.clone();
    flag[36] = 7;
    assert_eq!(reason(&flag), "whether its classifier is shared is said by 7, which is neither 0 nor 1");
}

#[test]
fn other_versions_are_refused() {
    let mut file = version_1(&HEADER);
    for (version, what) in [
        (2, "whose weights are rounded to 8 bits (version 2)"),
        (3, "of version 3, which is not known here"),
        (0, "of version 0, which is not known here"),
        (-1, "of version -1, which is not known here"),
    ] {
        file[4..8].copy_from_slice(&i32::to_le_bytes(version));
        let (dir, path) = alone("model.bin", &file);
        assert_eq!(
            said(&dir, open(&path)),
            format!(
                "DIR/model.bin is a model of llama2.c {what}; export the model with llama2.c's export.py as --version 1"
            )
        );
    }
}

#[test]
fn a_header_that_lies_takes_no_memory() {
    let sizes = [4096, 11008, 9999, 32, 32, 32000, 2048];
    let file: Vec<u8> = sizes.iter().flat_map(|size: &i32| size.to_le_bytes()).collect();
    let (_dir, path) = alone("model.bin", &file);
    let (result, peak) = peak_of(|| open(&path).map(|_| ()));
    assert!(matches!(result, Err(Error::Damaged { .. })) && peak < 5_000, "{peak}");
}
