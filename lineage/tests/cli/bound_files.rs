//! Checkpoint, model, tokenizer and configuration belong together by their SHA-256, whatever their names and sizes.

use std::fs;
use std::path::Path;

use serde_json::json;
use tensor::{Checkpoint, Real};

use crate::program::{Place, copy, fails, succeeds, tiny, trained, translator};

/// The ways out of a file that does not belong to the model.
fn ways_out(run: &str) -> String {
    format!(
        "restore it, write it from the checkpoint by `lineage train --resume {run}`, or say that you changed it on purpose \
         by `lineage adopt {run}`"
    )
}

/// Changes a text file in a run's folder; its path.
fn change(run: &str, file: &str, from: &str, to: &str) -> String {
    let path = Path::new(run).join(file);
    let before = fs::read_to_string(&path).unwrap();
    let after = before.replacen(from, to, 1);
    assert_ne!(before, after);
    fs::write(&path, after).unwrap();
    path.display().to_string()
}

/// A run like [`trained`]'s, with another seed.
fn another(place: &Place) -> String {
    let (text, other) = (place.text(), place.at("other"));
    let train = ["train", "gpt", "--text", &text, "--out", &other, "--steps", "8", "--seed", "2", "--quiet"];
    succeeds(&[&train, &tiny("gpt")[..]].concat());
    other
}

fn take(file: &str, from: &str, to: &str) {
    fs::copy(Path::new(from).join(file), Path::new(to).join(file)).unwrap();
}

#[test]
fn a_tokenizer_of_equal_size() {
    let place = Place::new();
    let (gpt, attention) = (trained(&place), translator(&place));
    let path = change(&gpt, "tokenizer.json", "xy", "xz");
    let expected = |path: &str, run: &str| {
        format!("{path} is not the file that belongs to the model beside it, by its SHA-256: {}", ways_out(run))
    };
    assert_eq!(fails(&["generate", "--model", &gpt, "--prompt", "a"]), expected(&path, &gpt));
    assert_eq!(fails(&["evaluate", "--model", &gpt]), expected(&path, &gpt));
    let path = change(&attention, "target.json", "VI", "IX");
    assert_eq!(fails(&["translate", "--model", &attention, "one"]), expected(&path, &attention));
    assert_eq!(fails(&["evaluate", "--model", &attention]), expected(&path, &attention));
    // The first way out.
    succeeds(&["train", "--resume", &gpt, "--quiet"]);
    succeeds(&["generate", "--model", &gpt, "--prompt", "a"]);
}

#[test]
fn a_configuration_that_says_something_else() {
    let place = Place::new();
    let run = trained(&place);
    let path = change(&run, "config.json", "\"name\": \"text.txt\"", "\"name\": \"other.txt\"");
    let said = fails(&["generate", "--model", &run, "--prompt", "a"]);
    assert!(said.starts_with(&format!("{path} is not the file that belongs to the model")), "{said}");
}

#[test]
fn the_weights_of_another_seed() {
    let place = Place::new();
    let (run, other) = (trained(&place), another(&place));
    take("model.safetensors", &other, &run);
    let said = fails(&["evaluate", "--model", &run]);
    let config = Path::new(&run).join("config.json");
    assert!(said.starts_with(&format!("{} is not the file that belongs to the model", config.display())), "{said}");
    // It is nobody's to write over, with its own configuration beside it or without.
    let model = Path::new(&run).join("model.safetensors");
    let before = fs::read(&model).unwrap();
    let expected = format!(
        "model.safetensors in {run} is of another run than checkpoint.safetensors, which would write its own over it: move \
         model.safetensors away, back to the files that belong to it"
    );
    assert_eq!(fails(&["train", "--resume", &run]), expected);
    fs::remove_file(config).unwrap();
    assert_eq!(fails(&["train", "--resume", &run]), expected);
    assert!(fs::read(&model).unwrap() == before);
    fs::rename(&model, place.path("away")).unwrap();
    succeeds(&["train", "--resume", &run, "--quiet"]);
    succeeds(&["evaluate", "--model", &run]);
}

#[cfg(unix)]
#[test]
fn a_link_is_not_replaced_by_a_file() {
    let place = Place::new();
    let run = trained(&place);
    let (link, mine) = (Path::new(&run).join("metrics.csv"), place.file("mine.csv", "mine"));
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&mine, &link).unwrap();
    assert_eq!(
        fails(&["train", "--resume", &run]),
        format!("{} is a link, and the run would put a file of its own in its place: move it away", link.display())
    );
    assert!(link.is_symlink());
}

#[test]
fn a_readers_files_with_names_like_those_of_parts_stay() {
    let place = Place::new();
    let run = trained(&place);
    let names = ["config.json.backup.partial", "metrics.csv.myfile.partial", "model.safetensors.old123.partial"];
    let paths = names.map(|name| Path::new(&run).join(name));
    paths.iter().for_each(|path| fs::write(path, "mine").unwrap());
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert!(paths.iter().all(|path| fs::read(path).unwrap() == b"mine"));
}

/// Settings that stand in `config.json` and in a tokenizer; adopting is no way around.
#[test]
fn settings_that_contradict_the_files_beside_them() {
    let ways = "restore the files or train again";
    let cases = [
        ("\"tokens\": \"character\"", "\"tokens\": \"byte\"", "tokens"),
        ("\"normal-form\": \"nfc\"", "\"normal-form\": \"none\"", "normal-form"),
    ];
    for (from, to, setting) in cases {
        let place = Place::new();
        let run = trained(&place);
        change(&run, "config.json", from, to);
        let tokenizer = Path::new(&run).join("tokenizer.json");
        let expected = format!("{} is not of the {setting} that config.json says: {ways}", tokenizer.display());
        assert_eq!(fails(&["adopt", &run]), expected);
        assert_eq!(fails(&["generate", "--model", &run, "--prompt", "a"]), expected);
    }
    let place = Place::new();
    let run = translator(&place);
    change(&run, "config.json", "\"vocabulary\": 8000", "\"vocabulary\": 5");
    let vocabulary = Path::new(&run).join("source.json");
    let expected = format!("{} is not of the vocabulary that config.json says: {ways}", vocabulary.display());
    assert_eq!(fails(&["adopt", &run]), expected);
    assert_eq!(fails(&["translate", "--model", &run, "one"]), expected);
}

/// Numbers and switches that this stage, or a run with the settings beside them, does not read.
#[test]
fn stored_settings_that_cannot_act() {
    let place = Place::new();
    let [gpt, attention, rnn, transformer] = [trained(&place), translator(&place), place.at("rnn"), place.at("2017")];
    let (text, pairs) = (place.text(), place.pairs());
    let train = ["--steps", "8", "--quiet"];
    succeeds(&[&["train", "rnn", "--text", &text, "--out", &rnn], &tiny("rnn")[..], &train].concat());
    let schedule = ["--schedule", "inverse-sqrt", "--positions", "sinusoidal"];
    let transform = ["train", "transformer", "--pairs", &pairs, "--out", &transformer];
    succeeds(&[&transform, &tiny("transformer")[..], &train, &schedule].concat());
    for (run, setting, value, cause) in [
        (&gpt, "/settings/embedding", json!(77), "gpt has no --embedding"),
        (&gpt, "/settings/carry", json!(true), "gpt has no --carry"),
        (&rnn, "/settings/heads", json!(7), "rnn has no --heads"),
        (&attention, "/settings/reversed", json!(true), "attention has no --reversed"),
        (&attention, "/settings/heads", json!(7), "attention has no --heads"),
        (&attention, "/settings/context", json!(7), "attention has no --context"),
        (&attention, "/settings/norm", json!("post"), "attention has no --norm"),
        (&transformer, "/settings/embedding", json!(7), "transformer has no --embedding"),
        (&transformer, "/settings/cell", json!("gru"), "transformer has no --cell"),
        (
            &transformer,
            "/settings/context",
            json!(7),
            "--context cannot act, since it is the number of learned positions, and there are none",
        ),
        (
            &transformer,
            "/training/min-lr",
            json!(1e-9),
            "--min-lr cannot act, since it is where the cosine ends, and --schedule inverse-sqrt has no such end",
        ),
        (
            &gpt,
            "/training/warmup",
            json!(9),
            "--warmup cannot act, since the run has 8 steps and would end before its highest learning rate",
        ),
        (
            &gpt,
            "/training/save-every",
            json!(9),
            "--save-every cannot act, since the run has 8 steps and does so at the last",
        ),
        (&gpt, "/training/min-lr", json!(1), "--min-lr 1 is above --lr 0.001"),
        (&gpt, "/settings/heads", json!(3), "a width of 16 cannot be divided among 3 heads"),
    ] {
        let path = Path::new(run).join("config.json");
        let before = fs::read_to_string(&path).unwrap();
        let mut config: serde_json::Value = serde_json::from_str(&before).unwrap();
        *config.pointer_mut(setting).unwrap() = value;
        fs::write(&path, config.to_string()).unwrap();
        let expected = format!("{}: {cause}; restore the file or train again", path.display());
        assert_eq!(fails(&["adopt", run]), expected, "{setting}");
        fs::write(&path, before).unwrap();
    }
}

/// No flag can be given to a run that goes on, so none is advised.
#[test]
fn a_checkpoint_with_a_context_longer_than_its_text() {
    let place = Place::new();
    let (text, rnn) = (place.text(), place.at("rnn"));
    succeeds(
        &[&["train", "rnn", "--text", &text, "--out", &rnn, "--steps", "2", "--quiet"], &tiny("rnn")[..]].concat(),
    );
    let path = Path::new(&rnn).join("checkpoint.safetensors");
    let whole = Checkpoint::load(&path).unwrap();
    let metadata = whole.metadata.replace("\"context\":16", "\"context\":5999");
    assert_ne!(metadata, whole.metadata);
    Checkpoint { metadata, ..whole }.save(&path).unwrap();
    fs::remove_file(Path::new(&rnn).join("model.safetensors")).unwrap();
    let said = fails(&["train", "--resume", &rnn]);
    assert!(said.starts_with(&format!("{}: the ", path.display())), "{said}");
    assert!(said.ends_with(" but a context of 5999 needs 6000; restore the file or train again"), "{said}");
}

/// As a preset writes it, which also sets what its stage does not read.
#[test]
fn the_settings_of_a_preset_are_read() {
    let place = Place::new();
    let (text, run) = (place.text(), place.at("run"));
    let preset = ["train", "gpt", "--text", &text, "--out", &run, "--preset", "nanogpt-cpu", "--steps", "3", "--quiet"];
    succeeds(&[&preset[..], &["--batch", "1", "--lr", "0.01", "--schedule", "inverse-sqrt"]].concat());
    succeeds(&["adopt", &run, "--quiet"]);
    succeeds(&["evaluate", "--model", &run, "--quiet"]);
}

#[test]
fn a_hash_that_is_none() {
    let place = Place::new();
    let run = trained(&place);
    let path = change(&run, "config.json", "\"sha256\": \"", "\"sha256\": \"x");
    let said = fails(&["adopt", &run]);
    assert!(said.starts_with(&format!("{path}: the sha256 of text.txt is \"x")), "{said}");
    assert!(said.ends_with("\", which is no SHA-256; restore the file or train again"), "{said}");
}

#[test]
fn the_checkpoint_of_another_seed() {
    let place = Place::new();
    let (run, other) = (trained(&place), another(&place));
    take("checkpoint.safetensors", &other, &run);
    let before = fs::read(Path::new(&run).join("model.safetensors")).unwrap();
    assert_eq!(
        fails(&["train", "--resume", &run]),
        format!(
            "checkpoint.safetensors in {run} is of another run than model.safetensors and config.json beside it, and \
             would write its own over them: move it into a folder of its own, or restore the one of this run"
        )
    );
    assert_eq!(fs::read(Path::new(&run).join("model.safetensors")).unwrap(), before);
}

#[test]
fn one_flipped_bit() {
    let place = Place::new();
    let run = trained(&place);
    for (file, ask) in [
        ("model.safetensors", &["generate", "--model", &run, "--prompt", "a"][..]),
        ("checkpoint.safetensors", &["train", "--resume", &run]),
    ] {
        let path = Path::new(&run).join(file);
        let before = fs::read(&path).unwrap();
        // In the first number, in the last, and in a digit of the metadata.
        let header = 8 + u64::from_le_bytes(before[..8].try_into().unwrap()) as usize;
        let digit = before[..header].iter().rposition(u8::is_ascii_digit);
        let in_metadata = before.windows(9).position(|bytes| bytes == b"\\\"steps\\\"").map(|start| start + 10);
        for place in [Some(header), Some(before.len() - 4), in_metadata.or(digit)].into_iter().flatten() {
            let mut after = before.clone();
            after[place] ^= 1;
            fs::write(&path, after).unwrap();
            let said = fails(ask);
            assert!(said.starts_with(&path.display().to_string()), "{said}");
        }
        let mut after = before.clone();
        after[header] ^= 1;
        fs::write(&path, after).unwrap();
        let said = fails(ask);
        let expected = format!("{} is not what was written: its SHA-256 is another, so it was changed", path.display());
        assert!(said.starts_with(&expected), "{said}");
        fs::write(&path, before).unwrap();
        succeeds(ask);
    }
}

/// As another program writes it, without hashes: refused, adopted, and not lost to its run.
#[test]
fn a_model_of_ones_own() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("model.safetensors");
    let mut model = Checkpoint::load(&path).unwrap();
    model.arrays.values_mut().for_each(|array| array.fill(0.0));
    model.metadata = String::new();
    model.save(&path).unwrap();
    let before = fs::read(&path).unwrap();
    let ask = ["generate", "--model", &run, "--prompt", "a"];
    let said = fails(&ask);
    assert!(said.starts_with(&format!("{} was not written by lineage, which ", path.display())), "{said}");
    assert!(said.ends_with(&format!("say that you put it there on purpose by `lineage adopt {run}`")), "{said}");
    assert_eq!(fs::read(&path).unwrap(), before);

    succeeds(&["adopt", &run]);
    succeeds(&ask);
    assert_eq!(Checkpoint::load(&path).unwrap().arrays, model.arrays);
    assert_eq!(
        fails(&["train", "--resume", &run]),
        format!(
            "the model in {run} was put there by hand, and the run would write its own over it: move model.safetensors, \
             config.json and the tokenizers into a folder of their own"
        )
    );
    // Another change is another matter.
    change(&run, "tokenizer.json", "xy", "xz");
    fails(&ask);
    succeeds(&["adopt", &run]);
    succeeds(&ask);
}

/// What cannot be used together is not adopted.
#[test]
fn files_that_do_not_fit_are_not_adopted() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("model.safetensors");
    let mut model = Checkpoint::load(&path).unwrap();
    let whole = model.clone();
    model.arrays.get_mut("ln_f.weight").unwrap().fill(Real::INFINITY);
    model.save(&path).unwrap();
    assert!(fails(&["adopt", &run]).contains("ln_f.weight has numbers that are not finite"));
    model = whole;
    model.arrays.remove("ln_f.weight");
    model.save(&path).unwrap();
    assert!(fails(&["adopt", &run]).contains(" holds another model: ln_f.weight is missing"));
}

/// Wherever a run is killed while it writes one file after another, it goes on and its model answers or says how to get it.
#[test]
fn files_that_were_written_in_part() {
    let place = Place::new();
    let whole = trained(&place);
    let files = ["tokenizer.json", "config.json", "metrics.csv", "model.safetensors"];
    for written in 0..files.len() {
        let run = place.at(&format!("killed-{written}"));
        copy(Path::new(&whole), Path::new(&run));
        for file in &files[written..] {
            fs::remove_file(Path::new(&run).join(file)).unwrap();
        }
        let said = fails(&["generate", "--model", &run, "--prompt", "a"]);
        if written == 3 {
            assert_eq!(
                said,
                format!(
                    "there is no model in {run} yet: it has no model.safetensors; write it from the checkpoint by `lineage \
                     train --resume {run}`"
                )
            );
        }
        succeeds(&["train", "--resume", &run, "--quiet"]);
        for file in files {
            let [whole, again] = [&whole, &run].map(|run| fs::read(Path::new(run).join(file)).unwrap());
            assert!(whole == again, "{file} is not what it was");
        }
    }
}

/// Weights, moments and whatever else a run goes on from.
#[test]
fn a_checkpoint_with_numbers_that_are_not_finite() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("checkpoint.safetensors");
    let whole = Checkpoint::load(&path).unwrap();
    for name in ["model.wte.weight", "adamw.m.wte.weight", "adamw.v.ln_f.weight"] {
        for value in [Real::NAN, Real::INFINITY] {
            let mut spoiled = whole.clone();
            *spoiled.arrays.get_mut(name).unwrap().iter_mut().last().unwrap() = value;
            spoiled.save(&path).unwrap();
            assert_eq!(
                fails(&["train", "--resume", &run]),
                format!(
                    "{} cannot be used, since {name} has numbers that are not finite: it was changed or damaged; restore a \
                     copy of it, or begin a new run",
                    path.display()
                )
            );
        }
    }
}

/// A file of one's own may be called what it likes.
#[test]
fn a_text_that_is_called_as_the_built_in_book() {
    let place = Place::new();
    let text = place.file("Around the World in Eighty Days", "a bad cab had a bed. ".repeat(50));
    let pairs = place.file("generated sentences of 3 to 12 words", fs::read_to_string(place.pairs()).unwrap());
    for (stage, flag, data) in [("rnn", "--text", &text), ("attention", "--pairs", &pairs)] {
        let run = place.at(stage);
        succeeds(&[&["train", stage, flag, data, "--out", &run, "--steps", "1", "--quiet"], &tiny(stage)[..]].concat());
        let evaluate = ["evaluate", "--model", &run, "--split", "val"];
        assert_eq!(succeeds(&evaluate), succeeds(&[&evaluate[..], &[flag, data]].concat()));
        fs::remove_file(data).unwrap();
        assert!(fails(&evaluate).starts_with(&format!("there is no file {data}; ")));
    }
}

#[test]
fn a_text_that_was_moved_is_remembered_where_it_is() {
    let place = Place::new();
    let (run, text) = (trained(&place), place.text());
    let moved = place.at("moved.txt");
    fs::rename(text, &moved).unwrap();
    succeeds(&["train", "--resume", &run, "--text", &moved, "--quiet"]);
    succeeds(&["train", "--resume", &run, "--quiet"]);
    assert!(succeeds(&["evaluate", "--model", &run]).starts_with(&moved));
}

/// What the system does not let us look at is not missing.
#[cfg(unix)]
#[test]
fn a_loop_of_links_is_not_a_missing_file() {
    let place = Place::new();
    let run = trained(&place);
    for (file, ask) in [
        ("checkpoint.safetensors", &["train", "--resume", &run][..]),
        ("model.safetensors", &["generate", "--model", &run, "--prompt", "a"]),
        ("config.json", &["evaluate", "--model", &run]),
    ] {
        let path = Path::new(&run).join(file);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink(&path, &path).unwrap();
        let said = fails(ask);
        assert!(said.contains(&path.display().to_string()) && said.contains("(os error 40)"), "{said}");
    }
}

/// Whoever opened such a thing would wait for ever, or read without end.
#[cfg(target_os = "linux")]
#[test]
fn a_device_or_a_pipe_in_place_of_a_file() {
    let files = ["checkpoint.safetensors", "model.safetensors", "config.json", "tokenizer.json"];
    for (number, file) in files.into_iter().enumerate() {
        for kind in ["pipe", "device"] {
            let place = Place::new();
            let run = trained(&place);
            let path = Path::new(&run).join(file);
            fs::remove_file(&path).unwrap();
            match kind {
                "pipe" => assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success()),
                _ => std::os::unix::fs::symlink("/dev/zero", &path).unwrap(),
            }
            let said = match number {
                0 => fails(&["train", "--resume", &run]),
                _ => fails(&["generate", "--model", &run, "--prompt", "a"]),
            };
            assert!(said.contains(&format!("{}", path.display())), "{said}");
            assert!(said.contains("it is no file but a device or a pipe"), "{said}");
        }
    }
}

/// A model that another program wrote is not lost to the run that stands beside it.
#[test]
fn a_model_of_ones_own_is_not_written_over() {
    let place = Place::new();
    let run = trained(&place);
    let path = Path::new(&run).join("model.safetensors");
    let mut model = Checkpoint::load(&path).unwrap();
    model.metadata = String::new();
    model.save(&path).unwrap();
    let before = fs::read(&path).unwrap();
    let said = fails(&["train", "--resume", &run]);
    let expected =
        format!("model.safetensors in {run} was not written by lineage, and the run would write its own over it: ");
    assert!(said.starts_with(&expected), "{said}");
    assert!(fs::read(&path).unwrap() == before);
    fs::rename(&path, place.path("mine.safetensors")).unwrap();
    succeeds(&["train", "--resume", &run, "--quiet"]);
}
