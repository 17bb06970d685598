//! Reads a T5 and writes it again, so that others can be asked what they make of it (`tests/fixtures/exported.py`).
//!
//!     cargo run -p published --example rewrite_t5 -- DIR OUT

use std::env::args_os;
use std::path::Path;

use published::decoders::Exported;
use published::t5::{self, TextToText};
use published::write::{Existing, Model};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [folder, out] = args_os().skip(1).collect::<Vec<_>>().try_into().map_err(|_| "give two folders: DIR OUT")?;
    let folder = Path::new(&folder);
    let TextToText { t5, parameters } = t5::read(folder)?;
    let Exported { config, tensors } = t5::export(&t5, &parameters, folder)?;
    Model { config: &config, tensors: &tensors, others: &[] }.write(Path::new(&out), Existing::Keep)?;
    Ok(())
}
