//! A configuration is read or refused, and so is every setting of every kind.
#![no_main]

use libfuzzer_sys::fuzz_target;
use published::json::Config;

fuzz_target!(|file: &[u8]| {
    let config = match Config::parse("config.json".as_ref(), file) {
        Ok(config) => config,
        Err(error) => return assert!(!error.to_string().contains('\n')),
    };
    let names = &["hidden_size", "n_embd"];
    let found = [
        config.family(&[("gpt2", ()), ("llama", ())]).err(),
        config.required(names, Config::size).err(),
        config.whole(names).err(),
        config.positive(names).err(),
        config.share(names).err(),
        config.flag(names).err(),
        config.text(names).err(),
        config.choice(names, &[("gelu", ())]).err(),
        config.object(names).and_then(|inner| inner.map_or(Ok(None), |inner| inner.object(names))).err(),
    ];
    assert!(found.into_iter().flatten().all(|error| !error.to_string().contains('\n')));
});
