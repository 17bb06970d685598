//! What is said of bad files of weights.

use std::fs;

use published::weights::{Index, Weights};

use crate::made::{f32s, folder, index, safetensors, said, said_of, with_header};

/// The frame of what is said of a file.
#[track_caller]
fn reason(said: &str) -> &str {
    let said = said.strip_prefix("DIR/model.safetensors is damaged or no safetensors file: ").expect(said);
    said.strip_suffix("; get it again from where it was published").expect(said)
}

#[test]
fn a_folder_without_weights() {
    let dir = folder(&[("README.md", "")]);
    let absent = dir.path().join("absent");
    let unread = said(&dir, Weights::open(&absent));
    assert!(unread.starts_with("cannot read DIR/absent: "), "{unread}");
    assert!(unread.ends_with("; check the path and its permissions"), "{unread}");
    assert_eq!(
        said(&dir, Weights::open(&dir.path().join("README.md"))),
        "DIR/README.md is no folder; give the folder that holds the model's config.json and its weights"
    );
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "DIR holds no model.safetensors; give the folder of a published model"
    );
    fs::write(dir.path().join("pytorch_model.bin"), "PK").unwrap();
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "DIR holds pytorch_model.bin and no model.safetensors, which alone is read here; where PyTorch is, make a \
         model.safetensors of it: python -c \"import torch, safetensors.torch as s; s.save_file({k: v.clone().contiguous() for \
         k, v in torch.load('pytorch_model.bin', weights_only=True).items()}, 'model.safetensors')\""
    );
    fs::write(dir.path().join("tf_model.h5"), "").unwrap();
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "DIR holds pytorch_model.bin and tf_model.h5 and no model.safetensors, which alone is read here; load the model in the \
         library transformers and save it with save_pretrained, which writes safetensors"
    );
}

#[test]
fn several_files_without_an_index() {
    let dir = folder(&[("a.safetensors", ""), ("b.safetensors", "")]);
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "DIR holds 2 models (a.safetensors, b.safetensors, ..); call that model.safetensors which is to be read"
    );
    let dir = folder(&[("model-00001-of-00002.safetensors", ""), ("model-00002-of-00002.safetensors", "")]);
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "DIR holds 2 parts of a model and no model.safetensors.index.json, which says what is where; get \
         model.safetensors.index.json too, from where they were published"
    );
    let dir = folder(&[("README.md", "")]);
    fs::create_dir(dir.path().join("model.safetensors")).unwrap();
    assert_eq!(
        said(&dir, Weights::open(dir.path())),
        "cannot read DIR/model.safetensors: it is a folder, a device or a pipe; check the path and its permissions"
    );
}

#[test]
fn a_header_that_lies_about_its_length() {
    assert_eq!(reason(&said_of(b"")), "it ends too early");
    assert_eq!(reason(&said_of(b"1234567")), "it ends too early");
    let whole = safetensors(&[("a", "F32", &[1], f32s(&[1.0]))]);
    assert_eq!(reason(&said_of(&whole[..30])), "its header is said to have 85 bytes, and 22 are left");
    for length in [1 << 20, 1 << 40, u64::MAX - 7, u64::MAX] {
        let lying = [&length.to_le_bytes(), &whole[8..]].concat();
        let said = said_of(&lying);
        assert_eq!(reason(&said), format!("its header is said to have {length} bytes, and 89 are left"));
    }
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 548105171\n";
    assert_eq!(
        said_of(pointer),
        "DIR/model.safetensors is a pointer of Git LFS and not the weights themselves; say `git lfs pull` in its folder"
    );
}

/// As large a file as the header says, which takes no room on the disk.
#[cfg(unix)]
#[test]
fn a_header_of_gigabytes() {
    let dir = folder(&[("model.safetensors", (3_u64 << 30).to_le_bytes())]);
    let file = fs::File::options().write(true).open(dir.path().join("model.safetensors")).unwrap();
    file.set_len(4 << 30).unwrap();
    let (result, peak) = crate::allocated::peak_of(|| Weights::open(dir.path()));
    let said = said(&dir, result);
    assert_eq!(reason(&said), "its header has 3221225472 bytes, and the most are 100000000");
    assert!(peak < 10_000, "{peak}");
}

#[test]
fn a_header_that_is_no_description_of_tensors() {
    let said = |header: &str, data: &[u8]| reason(&said_of(&with_header(header, data))).to_owned();
    assert_eq!(said("", b""), "EOF while parsing a value at line 1 column 0");
    assert_eq!(said("{\"a\"", b""), "EOF while parsing an object at line 1 column 4");
    assert_eq!(said("[]", b""), "invalid type: sequence, expected an object of tensors at line 1 column 0");
    assert_eq!(reason(&said_of(&[&2_u64.to_le_bytes()[..], b"{\xff"].concat())), "it is not UTF-8 after 1 bytes");
    assert_eq!(said(r#"{"a":{"dtype":"F32","shape":[1]}}"#, b""), "missing field `data_offsets` at line 1 column 32");
    assert!(said(r#"{"a":{"dtype":"F99"}}"#, b"").starts_with("unknown variant `F99`, expected one of `BOOL`"));
    let negative = r#"{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#;
    assert_eq!(said(negative, &[0; 4]), "invalid value: integer `-1`, expected usize at line 1 column 31");
    let a = r#""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
    assert_eq!(said(&format!("{{{a},{a}}}"), &[0; 4]), "the tensor a is there twice at line 1 column 107");
}

#[test]
fn tensors_that_contradict_the_file() {
    let said = |tensors: &[(&str, &str, &str, &str)], bytes: usize| {
        let entry = |(name, dtype, shape, offsets): &(&str, &str, &str, &str)| {
            format!(r#""{name}":{{"dtype":"{dtype}","shape":[{shape}],"data_offsets":[{offsets}]}}"#)
        };
        let header = format!("{{{}}}", tensors.iter().map(entry).collect::<Vec<_>>().join(","));
        reason(&said_of(&with_header(&header, &vec![0; bytes]))).to_owned()
    };
    assert_eq!(
        said(&[("a", "F32", "2", "0,8"), ("b", "F32", "2", "4,12")], 12),
        "b begins at byte 4, within a, which ends at 8"
    );
    assert_eq!(
        said(&[("b", "F32", "1", "0,4"), ("a", "F32", "1", "0,4")], 4),
        "b begins at byte 0, within a, which ends at 4"
    );
    assert_eq!(
        said(&[("a", "F32", "1", "0,4"), ("b", "F32", "1", "8,12")], 12),
        "the bytes 4 to 8, before b, are of no tensor"
    );
    assert_eq!(said(&[("a", "F32", "1", "4,8")], 8), "the bytes 0 to 4, before a, are of no tensor");
    assert_eq!(said(&[("a", "F32", "8", "0,32")], 12), "it was cut short: its tensors have 32 bytes, and 12 are there");
    assert_eq!(said(&[("a", "F32", "1", "0,4")], 12), "its tensors have 4 bytes, and 12 are there");
    assert_eq!(said(&[], 12), "its tensors have 0 bytes, and 12 are there");
    assert_eq!(said(&[("a", "F32", "2,3", "0,4")], 4), "a of F32 and shape [2, 3] has 4 bytes, not 24");
    assert_eq!(said(&[("a", "F32", "1", "8,4")], 8), "a begins at byte 8 and ends before, at 4");
    assert_eq!(
        said(&[("a", "F32", "4294967296,4294967296", "0,4")], 4),
        "a of shape [4294967296, 4294967296] has more numbers than can be counted"
    );
    assert_eq!(said(&[("a", "F4", "3", "0,1")], 1), "a of F4 and shape [3] has 1 bytes, not 2");
    assert_eq!(said(&[("a", "F32", "1,1,1,1,1,1,1,1,1", "0,4")], 4), "a has 9 axes, and the most are 8");
    assert_eq!(
        said(&[("a", "F32", "1", "0,18446744073709551616")], 4),
        "invalid type: floating point `1.8446744073709552e+19`, expected usize at line 1 column 70"
    );
}

#[test]
fn an_index_that_cannot_be_followed() {
    let said = |json: &str| {
        let dir = folder(&[("model.safetensors.index.json", json)]);
        let said = said(&dir, Index::read(&dir.path().join("model.safetensors.index.json")));
        let said = said.strip_prefix("DIR/model.safetensors.index.json is damaged or no index of safetensors files: ");
        said.expect(json).strip_suffix("; get it again from where it was published").unwrap().to_owned()
    };
    assert_eq!(said("{"), "EOF while parsing an object at line 1 column 1");
    assert_eq!(said("{}"), "missing field `weight_map` at line 1 column 2");
    assert_eq!(said(r#"{"weight_map":{}}"#), "its `weight_map` names no tensor");
    assert_eq!(said(r#"{"weight_map":{"a":1}}"#), "invalid type: integer `1`, expected a string at line 1 column 20");
    assert_eq!(said(&index(&[("a", "x"), ("a", "y")])), "the tensor a is there twice at line 1 column 60");
    for elsewhere in ["../x", "/x", "x/y", "..", ".", "", "C:x", "\\x", "x\\y", "x/", "./x"] {
        assert_eq!(
            said(&index(&[("a", elsewhere)])),
            format!("it says that a is in {}, which is no file in its own folder", data::quoted(elsewhere))
                .replace('\\', "/")
        );
    }
}

#[test]
fn shards_that_contradict_the_index() {
    let shard = |names: &[&str]| {
        let tensors: Vec<_> = names.iter().map(|&name| (name, "F32", &[1][..], f32s(&[1.0]))).collect();
        safetensors(&tensors)
    };
    let said = |map: &[(&str, &str)], shards: &[(&str, &[&str])]| {
        let mut files = vec![("model.safetensors.index.json", index(map).into_bytes())];
        files.extend(shards.iter().map(|&(name, tensors)| (name, shard(tensors))));
        let dir = folder(&files);
        said(&dir, Weights::open(dir.path()))
    };
    assert_eq!(
        said(&[("a", "1.safetensors"), ("b", "2.safetensors")], &[("1.safetensors", &["a"])]),
        "DIR/model.safetensors.index.json names the file 2.safetensors, which is not beside it; get that too, from where the \
         others were published"
    );
    assert_eq!(
        said(&[("a", "1"), ("b", "1")], &[("1", &["a"])]),
        "DIR/model.safetensors.index.json says that b is in 1, where it is not; get all files of one model again"
    );
    assert_eq!(
        said(&[("a", "1"), ("b", "2")], &[("1", &["a"]), ("2", &["a", "b"])]),
        "DIR/2 holds a, which 1 holds too; get all files of one model again"
    );
    assert_eq!(
        said(&[("a", "1"), ("b", "2")], &[("1", &["b"]), ("2", &["a"])]),
        "DIR/model.safetensors.index.json says that a is in 1, where it is not; get all files of one model again"
    );
}

#[test]
fn tensors_that_are_not_those_of_the_model() {
    let mut tensors: Vec<(String, &str, &[usize], Vec<u8>)> = Vec::new();
    for n in 10..25 {
        tensors.push((format!("unused.{n}"), "F32", &[1], f32s(&[0.0])));
    }
    tensors.push(("packed".to_owned(), "I32", &[1], vec![0; 4]));
    tensors.push(("turned".to_owned(), "F32", &[2, 1], f32s(&[0.0, 0.0])));
    let tensors: Vec<_> = tensors.iter().map(|(name, dtype, shape, b)| (&**name, *dtype, *shape, b.clone())).collect();
    let dir = folder(&[("model.safetensors", safetensors(&tensors))]);
    let mut weights = Weights::open(dir.path()).unwrap();
    weights.expect("packed", &[1]);
    weights.expect("turned", &[1, 2]);
    weights.expect("absent", &[1, 2]);
    assert_eq!(
        said(&dir, weights.check()),
        "the weights in DIR are not those of the model that its configuration describes: it lacks absent, and no part of the \
         model has unused.10, unused.11, unused.12, unused.13, unused.14, unused.15, unused.16, unused.17, unused.18, unused.19 \
         and 5 more, and of another shape are turned ([2, 1] instead of [1, 2]), and not of F32, F16 or BF16 are packed (I32); \
         use weights and configuration of one model"
    );
}

#[test]
fn weights_that_are_not_finite() {
    let mut values = vec![0.0; 40_000];
    values[20_003] = f32::INFINITY;
    values[30_000] = f32::NAN;
    let half = [0x00, 0x3c, 0x00, 0xfe]; // 1, then no number
    let file = safetensors(&[("a.b", "F32", &[200, 200], f32s(&values)), ("c", "F16", &[2], half.to_vec())]);
    let dir = folder(&[("model.safetensors", file)]);
    let mut weights = Weights::open(dir.path()).unwrap();
    assert_eq!(
        said(&dir, weights.read("a.b")),
        "DIR/model.safetensors: a.b holds inf at [100, 3], and every weight has to be a finite number; use weights of a training \
         that did not diverge"
    );
    assert!(said(&dir, weights.read("c")).contains(": c holds NaN at [1], and"));
}

#[test]
fn a_file_that_shrinks_while_it_is_read() {
    let dir = folder(&[("model.safetensors", safetensors(&[("a", "F32", &[1000], f32s(&[0.0; 1000]))]))]);
    let mut weights = Weights::open(dir.path()).unwrap();
    fs::File::options().write(true).open(dir.path().join("model.safetensors")).unwrap().set_len(500).unwrap();
    assert_eq!(reason(&said(&dir, weights.read("a"))), "it ends too early");
}
