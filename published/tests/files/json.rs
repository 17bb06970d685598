//! What is read of a configuration, and what is said of a bad one.

use std::fs;

use published::Error;
use published::json::Config;

use crate::made::{folder, said};

const FAMILIES: [(&str, u8); 2] = [("gpt2", 2), ("llama", 3)];

/// What is said of a configuration with these settings.
#[track_caller]
fn said_of<T>(json: &str, read: impl FnOnce(&Config) -> Result<T, Error>) -> String {
    let dir = folder(&[("config.json", json)]);
    said(&dir, Config::read(dir.path()).and_then(|config| read(&config)))
}

#[test]
fn settings_are_read_under_any_of_their_names() {
    let json = r#"{
        "model_type": "llama", "n_embed": 32, "hidden_size": 32, "n_inner": null, "eps": 1e-5, "bias": false, "pad": 0,
        "rope_parameters": {"rope_theta": 500000, "partial_rotary_factor": 1, "rope_type": "llama3"}
    }"#;
    let dir = folder(&[("config.json", json)]);
    let config = Config::read(dir.path()).unwrap();
    assert_eq!(config.path(), dir.path().join("config.json"));
    assert_eq!(config.family(&FAMILIES).unwrap(), 3);
    assert_eq!(config.required(&["hidden_size", "n_embed"], Config::size).unwrap(), 32);
    assert_eq!(config.size(&["d_model", "n_embed"]).unwrap(), Some(32));
    assert_eq!(config.size(&["n_inner"]).unwrap(), None);
    assert_eq!(config.whole(&["pad"]).unwrap(), Some(0));
    assert_eq!(config.positive(&["eps"]).unwrap(), Some(1e-5));
    assert_eq!(config.flag(&["bias"]).unwrap(), Some(false));
    let rope = config.required(&["rope_scaling", "rope_parameters"], Config::object).unwrap();
    assert_eq!(rope.positive(&["rope_theta"]).unwrap(), Some(500_000.0));
    assert_eq!(rope.share(&["partial_rotary_factor"]).unwrap(), Some(1.0));
    assert_eq!(rope.choice(&["rope_type"], &[("linear", 1), ("llama3", 2)]).unwrap(), Some(2));
    assert_eq!(rope.text(&["rope_type"]).unwrap(), Some("llama3"));
}

#[test]
fn a_file_that_is_no_configuration() {
    let reason = |json: &[u8]| {
        let dir = folder(&[("config.json", json)]);
        let said = said(&dir, Config::read(dir.path()));
        let said =
            said.strip_prefix("DIR/config.json is damaged or no configuration in JSON: ").expect(&said).to_owned();
        said.strip_suffix("; get it again from where it was published").unwrap().to_owned()
    };
    assert_eq!(reason(b""), "EOF while parsing a value at line 1 column 0");
    assert_eq!(reason(b"{\"a\": 1,\n}"), "trailing comma at line 2 column 1");
    assert_eq!(reason(b"[1]"), "invalid type: sequence, expected a map at line 1 column 0");
    assert_eq!(reason(b"{\"a\": \"\xff\"}"), "it is not UTF-8 after 7 bytes");
    assert_eq!(reason("[".repeat(100_000).as_bytes()), "invalid type: sequence, expected a map at line 1 column 0");
    let deep = format!("{{\"a\":{}", "[".repeat(100_000));
    assert_eq!(reason(deep.as_bytes()), "recursion limit exceeded at line 1 column 132");
    assert_eq!(reason(b"{\"a\": 1e999}"), "number out of range at line 1 column 11");

    let dir = folder::<&str>(&[]);
    let unread = said(&dir, Config::read(dir.path()));
    assert!(unread.starts_with("cannot read DIR/config.json: "), "{unread}");
    let file = fs::File::create(dir.path().join("config.json")).unwrap();
    file.set_len(1 << 25).unwrap();
    assert_eq!(
        reason_of_large(&said(&dir, Config::read(dir.path()))),
        "it has 33554432 bytes, and such files have at most 16777216"
    );
}

fn reason_of_large(said: &str) -> &str {
    said.split_once(": ").unwrap().1.split_once("; ").unwrap().0
}

#[test]
fn a_family_that_is_not_known() {
    assert_eq!(
        said_of(r#"{"model_type": "mamba"}"#, |config| config.family(&FAMILIES)),
        "the model of DIR/config.json is of the family \"mamba\", and the families that are known here are gpt2, llama; use a \
         model of one of them"
    );
    assert_eq!(
        said_of("{}", |config| config.family(&FAMILIES)),
        "DIR/config.json does not say by `model_type` of which family its model is, and the families that are known here are \
         gpt2, llama; use a model of one of them"
    );
    assert_eq!(
        said_of(r#"{"model_type": 3}"#, |config| config.family(&FAMILIES)),
        "`model_type` in DIR/config.json is 3; it must be a text in quotation marks"
    );
}

#[test]
fn settings_that_cannot_be() {
    for (value, shown) in [
        ("\"abc\"", "\"abc\""),
        ("0", "0"),
        ("-1", "-1"),
        ("1.5", "1.5"),
        ("1e30", "1e+30"),
        ("1000000001", "1000000001"),
        ("18446744073709551616", "1.8446744073709552e+19"),
        ("[1]", "[1]"),
        ("true", "true"),
    ] {
        assert_eq!(
            said_of(&format!("{{\"hidden_size\": {value}}}"), |config| config.size(&["hidden_size"])),
            format!("`hidden_size` in DIR/config.json is {shown}; it must be a whole number from 1 to 1000000000")
        );
    }
    let wanted = |json: &str, read: fn(&Config, &[&str]) -> Result<(), Error>| {
        let said = said_of(json, |config| read(config, &["x"]));
        said.split_once("; it must be ").unwrap().1.to_owned()
    };
    assert_eq!(wanted(r#"{"x": -1}"#, |c, n| c.whole(n).map(|_| ())), "a whole number from 0 to 1000000000");
    assert_eq!(wanted(r#"{"x": 0}"#, |c, n| c.positive(n).map(|_| ())), "a number above 0");
    assert_eq!(wanted(r#"{"x": 1.01}"#, |c, n| c.share(n).map(|_| ())), "a number from 0 to 1");
    assert_eq!(wanted(r#"{"x": "true"}"#, |c, n| c.flag(n).map(|_| ())), "true or false");
    assert_eq!(wanted(r#"{"x": 1}"#, |c, n| c.object(n).map(|_| ())), "an object");
    assert_eq!(
        wanted(r#"{"x": "tanh"}"#, |c, n| c.choice(n, &[("gelu", 1), ("relu", 2)]).map(|_| ())),
        "one of \"gelu\", \"relu\""
    );
    let long = said_of(&format!("{{\"x\": \"{}\"}}", "a\\n".repeat(1000)), |config| config.size(&["x"]));
    assert!(long.len() < 400, "{long}");
}

#[test]
fn settings_that_are_missing_or_contradict_each_other() {
    let names = &["hidden_size", "n_embd"];
    assert_eq!(
        said_of("{}", |config| config.required(names, Config::size)),
        "DIR/config.json has no `hidden_size` or `n_embd`; use the file that the model was published with"
    );
    assert_eq!(
        said_of(r#"{"hidden_size": 3, "n_embd": 4}"#, |config| config.required(names, Config::size)),
        "DIR/config.json contradicts itself: `hidden_size` is 3 and `n_embd` is 4, which are two names of one setting; correct or \
         remove one"
    );
    assert_eq!(
        said_of(r#"{"rope": {"theta": -1}}"#, |config| config.object(&["rope"])?.unwrap().positive(&["theta"])),
        "`rope.theta` in DIR/config.json is -1; it must be a number above 0"
    );
}
