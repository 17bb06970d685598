//! Files that were valid before some of their bytes were changed, lost or added: no panic, no more memory than the file
//! itself explains, and one sentence about a file. The same functions as in `fuzz/`.

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::Index as Place;
use published::Error;
use published::json::Config;
use published::llama2c::{open, tokenizer};
use published::weights::Weights;

use crate::allocated::peak_of;
use crate::llama2c::{HEADER, legacy, version_1};
use crate::made::{f32s, folder, index, safetensors};

/// One change of a file.
#[derive(Clone, Debug)]
enum Change {
    Bit(Place, u8),
    Cut(Place),
    Insert(Place, Vec<u8>),
    Remove(Place, usize),
    /// A number in JSON becomes another.
    Digits(Place, &'static str),
}

const NUMBERS: [&str; 12] = [
    "0",
    "1",
    "3",
    "-1",
    "1.5",
    "4294967295",
    "9007199254740993",
    "9223372036854775807",
    "18446744073709551615",
    "18446744073709551616",
    "1e300",
    "null",
];

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        3 => (any::<Place>(), 0..8_u8).prop_map(|(place, bit)| Change::Bit(place, bit)),
        1 => any::<Place>().prop_map(Change::Cut),
        1 => (any::<Place>(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(p, bytes)| Change::Insert(p, bytes)),
        1 => (any::<Place>(), 1..9_usize).prop_map(|(place, count)| Change::Remove(place, count)),
        4 => (any::<Place>(), prop::sample::select(&NUMBERS[..])).prop_map(|(place, number)| Change::Digits(place, number)),
    ]
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        let length = file.len();
        match self {
            Change::Bit(place, bit) if length > 0 => file[place.index(length)] ^= 1 << bit,
            Change::Cut(place) => file.truncate(place.index(length + 1)),
            Change::Insert(place, bytes) => {
                let place = place.index(length + 1);
                file.splice(place..place, bytes.iter().copied());
            }
            Change::Remove(place, count) => {
                let place = place.index(length + 1);
                file.drain(place..length.min(place + count));
            }
            Change::Digits(place, number) => {
                let is_digit = |place: usize| file.get(place).is_some_and(u8::is_ascii_digit);
                let starts: Vec<usize> =
                    (0..length).filter(|&at| is_digit(at) && (at == 0 || !is_digit(at - 1))).collect();
                if !starts.is_empty() {
                    let start = starts[place.index(starts.len())];
                    let end = (start..).find(|&at| !is_digit(at)).unwrap_or(length);
                    file.splice(start..end, number.bytes());
                    // As a writer would have it: the length of the header is that of the longer or shorter one.
                    if let Some((first, _)) = file.split_first_chunk_mut::<8>() {
                        let header = u64::from_le_bytes(*first);
                        if header as usize <= length && start >= 8 {
                            let longer = header as i64 + number.len() as i64 - (end - start) as i64;
                            *first = (longer as u64).to_le_bytes();
                        }
                    }
                }
            }
            Change::Bit(..) => {}
        }
    }
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    prop::collection::vec(change(), 1..4)
}

/// Runs a reader on a folder and judges how it ends.
fn judge(folder: &Path, size: usize, read: impl FnOnce() -> Result<(), Error>) -> Result<(), TestCaseError> {
    let (result, peak) = peak_of(read);
    prop_assert!(peak < 20_000 + 64 * size, "{} bytes for a file of {}", peak, size);
    if let Err(error) = result {
        let said = error.to_string();
        prop_assert!(!said.contains('\n') && said.len() < 2000, "{}", said);
        prop_assert!(said.contains(&folder.display().to_string()), "{}", said);
    }
    Ok(())
}

/// Reads all tensors of these names that can be read.
fn read_all(mut weights: Weights, names: &[&str]) -> Result<(), Error> {
    for name in names {
        if let Some(shape) = weights.shape(name).map(<[usize]>::to_vec) {
            weights.expect(name, &shape);
        }
    }
    weights.check()?;
    names.iter().filter(|name| weights.contains(name)).collect::<Vec<_>>().into_iter().try_for_each(|name| {
        weights.read(name)?;
        Ok(())
    })
}

fn shard(names: &[&str]) -> Vec<u8> {
    let tensors: Vec<_> = names.iter().map(|&name| (name, "F32", &[2, 2][..], f32s(&[1.0, -1.0, 0.5, 3.0]))).collect();
    safetensors(&tensors)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn weights_in_one_file(changes in changes()) {
        let half = vec![0x00, 0x3c, 0x00, 0x40];
        let mut file = safetensors(&[
            ("wte.weight", "F32", &[2, 3], f32s(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0])),
            ("h.0.ln.bias", "F16", &[2], half.clone()),
            ("h.0.ln.weight", "BF16", &[2, 1], half),
        ]);
        changes.iter().for_each(|change| change.apply(&mut file));
        let dir = folder(&[("model.safetensors", &file)]);
        judge(dir.path(), file.len(), || {
            read_all(Weights::open(dir.path())?, &["wte.weight", "h.0.ln.bias", "h.0.ln.weight"])
        })?;
    }

    #[test]
    fn weights_in_several_files(changes in changes(), which in 0..3_usize) {
        let map = index(&[("a", "1.safetensors"), ("b", "1.safetensors"), ("c", "2.safetensors")]);
        let mut files = [
            ("model.safetensors.index.json", map.into_bytes()),
            ("1.safetensors", shard(&["a", "b"])),
            ("2.safetensors", shard(&["c"])),
        ];
        changes.iter().for_each(|change| change.apply(&mut files[which].1));
        let dir = folder(&files);
        let size = files.iter().map(|(_, file)| file.len()).sum();
        judge(dir.path(), size, || read_all(Weights::open(dir.path())?, &["a", "b", "c"]))?;
    }

    #[test]
    fn a_configuration(changes in changes()) {
        let mut file = br#"{"model_type": "llama", "hidden_size": 64, "rms_norm_eps": 1e-06, "bias": false, "act": "silu",
            "rope_parameters": {"rope_theta": 10000.0, "rope_type": "default"}, "list": [1, {"a": [2]}]}"#.to_vec();
        changes.iter().for_each(|change| change.apply(&mut file));
        let dir = folder(&[("config.json", &file)]);
        judge(dir.path(), file.len(), || {
            let config = Config::read(dir.path())?;
            config.family(&[("gpt2", 0), ("llama", 1)])?;
            config.required(&["hidden_size", "n_embd"], Config::size)?;
            config.positive(&["rms_norm_eps"])?;
            config.flag(&["bias"])?;
            config.choice(&["act"], &[("silu", 0)])?;
            config.required(&["rope_parameters"], Config::object)?.required(&["rope_theta"], Config::positive)?;
            Ok(())
        })?;
    }

    #[test]
    fn a_model_of_llama2c(changes in changes(), is_legacy: bool) {
        let mut file = if is_legacy { legacy(&HEADER) } else { version_1(&HEADER) };
        // Most changes are to hit the header.
        let numbers = file.split_off(if is_legacy { 28 } else { 40 });
        changes.iter().for_each(|change| change.apply(&mut file));
        file.extend(numbers);
        let dir = folder(&[("model.bin", &file)]);
        judge(dir.path(), file.len(), || {
            let (_, weights) = open(&dir.path().join("model.bin"))?;
            read_all(weights, &["model.embed_tokens.weight", "model.layers.0.self_attn.k_proj.weight", "lm_head.weight"])
        })?;
    }

    #[test]
    fn a_tokenizer_of_llama2c(changes in changes()) {
        let mut pieces: Vec<String> = ["<unk>", "\n<s>\n", "\n</s>\n"].map(str::to_owned).into();
        pieces.extend((0..=255).map(|byte| format!("<0x{byte:02X}>")));
        pieces.extend([" ", "a", "b", "ab", " ab"].map(str::to_owned));
        let mut file = 6_u32.to_le_bytes().to_vec();
        for (token, piece) in pieces.iter().enumerate() {
            file.extend((-(token as f32)).to_le_bytes());
            file.extend((piece.len() as u32).to_le_bytes());
            file.extend(piece.as_bytes());
        }
        changes.iter().for_each(|change| change.apply(&mut file));
        let dir = folder(&[("tok.bin", &file)]);
        judge(dir.path(), file.len(), || {
            let tokenizer = tokenizer(&dir.path().join("tok.bin"))?;
            let tokens = tokenizer.encode("The café ab\n").unwrap_or_default();
            tokenizer.decode(&tokens);
            Ok(())
        })?;
    }
}

/// The random run finds what it looks for: without changes every file is read.
#[test]
fn unchanged_files_are_read() {
    for file in [legacy(&HEADER), version_1(&HEADER)] {
        let dir = folder(&[("model.bin", &file)]);
        open(&dir.path().join("model.bin")).unwrap();
    }
    let dir = folder(&[
        ("1.safetensors", shard(&["a"])),
        ("model.safetensors.index.json", index(&[("a", "1.safetensors")]).into()),
    ]);
    Weights::open(dir.path()).unwrap();
    fs::remove_file(dir.path().join("1.safetensors")).unwrap();
    Weights::open(dir.path()).unwrap_err();
}
