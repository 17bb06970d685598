//! What is read of good files.

use half::{bf16, f16};
use ndarray::{ArrayD, array};
use published::weights::{Names, Weights};
use tensor::Real;

use crate::allocated::peak_of;
use crate::made::{f32s, folder, index, safetensors, said};

#[test]
fn numbers_of_three_kinds_are_read_as_they_were_written() {
    let values = [1.5, -2.25, 0.0, 65504.0, 6.1035156e-5, -0.333_251_95];
    let halves: Vec<u8> = values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
    let brains: Vec<u8> = values.iter().flat_map(|&value| bf16::from_f32(value).to_le_bytes()).collect();
    let file = safetensors(&[
        ("single", "F32", &[2, 3], f32s(&values)),
        ("half", "F16", &[3, 2], halves),
        ("brain", "BF16", &[6], brains),
        ("scalar", "F32", &[], f32s(&[7.0])),
        ("empty", "F32", &[0, 4], vec![]),
    ]);
    let dir = folder(&[("model.safetensors", file)]);
    let mut weights = Weights::open(dir.path()).unwrap();
    let names: Vec<&str> = weights.tensors().map(|(name, _)| name).collect();
    assert_eq!(names, ["brain", "empty", "half", "scalar", "single"]);
    for (name, shape) in
        [("single", &[2, 3][..]), ("half", &[3, 2]), ("brain", &[6]), ("scalar", &[]), ("empty", &[0, 4])]
    {
        assert_eq!(weights.shape(name), Some(shape));
        weights.expect(name, shape);
    }
    weights.check().unwrap();
    let real = values.map(|value| value as Real);
    assert_eq!(weights.read("single").unwrap(), ArrayD::from_shape_vec(vec![2, 3], real.to_vec()).unwrap());
    // All of them are numbers of half precision.
    assert_eq!(weights.read("half").unwrap(), ArrayD::from_shape_vec(vec![3, 2], real.to_vec()).unwrap());
    let rounded: Vec<Real> = values.iter().map(|&value| bf16::from_f32(value).to_f32() as Real).collect();
    assert_eq!(weights.read("brain").unwrap().as_slice().unwrap(), rounded);
    assert_eq!(weights.read("scalar").unwrap(), ndarray::arr0(7.0 as Real).into_dyn());
    assert_eq!(weights.read("empty").unwrap().shape(), [0, 4]);
    assert_eq!(weights.read("single").unwrap()[[1, 2]], real[5], "a tensor can be read again");
}

#[test]
fn shards_are_one_model() {
    let first = safetensors(&[("a", "F32", &[1], f32s(&[1.0])), ("b", "F32", &[2], f32s(&[2.0, 3.0]))]);
    let second = safetensors(&[("c", "F32", &[1], f32s(&[4.0]))]);
    let map =
        index(&[("a", "model-00001-of-00002.safetensors"), ("b", "model-00001-of-00002.safetensors"), ("c", "x")]);
    let dir = folder(&[
        ("model-00001-of-00002.safetensors", first),
        ("x", second),
        ("model.safetensors.index.json", map.into_bytes()),
    ]);
    let mut weights = Weights::open(dir.path()).unwrap();
    weights.expect("a", &[1]);
    weights.expect("b", &[2]);
    weights.expect("c", &[1]);
    weights.check().unwrap();
    assert_eq!(weights.read("c").unwrap(), array![4.0].into_dyn());
    assert_eq!(weights.read("b").unwrap(), array![2.0, 3.0].into_dyn());
    assert_eq!(weights.read("a").unwrap(), array![1.0].into_dyn());
}

#[test]
fn the_only_file_of_another_name_is_the_model() {
    let file = safetensors(&[("a", "F32", &[1], f32s(&[1.0]))]);
    let dir = folder(&[("pytorch_model.bin", &b"PK"[..]), ("lora.safetensors", &file), ("README.md", b"")]);
    assert!(Weights::open(dir.path()).unwrap().contains("a"));
}

/// GPT-2 as it was published, and as it is saved today.
#[test]
fn a_prefix_is_left_out_and_masks_are_ignored() {
    let names = Names {
        prefixes: &["", "transformer."],
        anchor: "wte.weight",
        outside: &["lm_head"],
        ignored: &["attn.bias"],
        ..Names::default()
    };
    for prefix in ["", "transformer."] {
        let [table, mask] = ["wte.weight", "h.0.attn.bias"].map(|name| format!("{prefix}{name}"));
        let file = safetensors(&[
            (&table, "F32", &[1, 2], f32s(&[1.0, 2.0])),
            (&mask, "I64", &[1], vec![0; 8]),
            ("lm_head.weight", "F32", &[1], f32s(&[3.0])),
        ]);
        let dir = folder(&[("model.safetensors", file)]);
        let mut weights = Weights::open(dir.path()).unwrap().named(names);
        assert!(weights.contains("lm_head.weight") && !weights.contains("lm_head.bias"));
        weights.expect("lm_head.weight", &[1]);
        weights.expect("wte.weight", &[1, 2]);
        weights.check().unwrap();
        assert_eq!(weights.read("wte.weight").unwrap(), array![[1.0, 2.0]].into_dyn());
        assert_eq!(weights.read("lm_head.weight").unwrap(), array![3.0].into_dyn());
    }
}

#[test]
fn a_tensor_without_the_prefix_of_the_others_is_not_theirs() {
    let file = safetensors(&[
        ("transformer.wte.weight", "F32", &[1], f32s(&[1.0])),
        ("ln_f.weight", "F32", &[1], f32s(&[1.0])),
    ]);
    let dir = folder(&[("model.safetensors", file)]);
    let names = Names { prefixes: &["", "transformer."], anchor: "wte.weight", ..Names::default() };
    let mut weights = Weights::open(dir.path()).unwrap().named(names);
    weights.expect("wte.weight", &[1]);
    weights.expect("ln_f.weight", &[1]);
    assert_eq!(
        said(&dir, weights.check()),
        "the weights in DIR are not those of the model that its configuration describes: it lacks transformer.ln_f.weight, and \
         no part of the model has ln_f.weight; use weights and configuration of one model"
    );
    weights.leave_out("wte.weight");
    assert!(said(&dir, weights.check()).contains("no part of the model has ln_f.weight;"));
}

#[test]
fn older_names_of_norms_are_known() {
    let file = safetensors(&[
        ("bert.LayerNorm.gamma", "F32", &[1], f32s(&[1.0])),
        ("bert.LayerNorm.beta", "F32", &[1], f32s(&[2.0])),
    ]);
    let dir = folder(&[("model.safetensors", file)]);
    let names = Names {
        prefixes: &["", "bert."],
        anchor: "LayerNorm.gamma",
        renamed: &[("LayerNorm.gamma", "LayerNorm.weight"), ("LayerNorm.beta", "LayerNorm.bias")],
        ..Names::default()
    };
    let mut weights = Weights::open(dir.path()).unwrap().named(names);
    weights.expect("LayerNorm.weight", &[1]);
    weights.expect("LayerNorm.bias", &[1]);
    weights.check().unwrap();
    assert_eq!(weights.read("LayerNorm.bias").unwrap(), array![2.0].into_dyn());
}

#[test]
fn opening_reads_no_numbers_and_reading_takes_the_room_of_one_tensor() {
    let values = vec![0.5; 1 << 20];
    let tensors: Vec<String> = (0..4).map(|n| format!("t{n}")).collect();
    let tensors: Vec<_> = tensors.iter().map(|name| (&**name, "F32", &[1 << 20][..], f32s(&values))).collect();
    let dir = folder(&[("model.safetensors", safetensors(&tensors))]);
    let (weights, peak) = peak_of(|| Weights::open(dir.path()));
    assert!(peak < 20_000, "{peak}");
    let mut weights = weights.unwrap();
    let of_one = (1 << 20) * size_of::<Real>();
    let (read, peak) = peak_of(|| weights.read("t2").unwrap());
    assert_eq!(read.len(), 1 << 20);
    assert!(peak < of_one + of_one / 10, "{peak}");
    let (_, peak) = peak_of(|| ["t0", "t1", "t2", "t3"].map(|name| weights.read(name).unwrap()));
    assert!(peak < 4 * of_one + of_one / 10, "{peak}");
}
