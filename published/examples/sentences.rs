//! How fast a sentence encoder reads: beside PyTorch, which `sentences.py` runs in turn with this program.
//!
//! ```sh
//! cargo build --release -p published --example sentences
//! python published/examples/sentences.py target/release/examples/sentences FOLDER
//! ```
//!
//! FOLDER holds all-MiniLM-L6-v2; `tests/fixtures/README.md` says where it comes from. Every line on standard input is a
//! request: a vector is made of each of the first 512 sentences of the built-in book, from its text on, and the seconds that
//! took are printed. Without FOLDER the sentences are.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::time::Instant;
use std::{env, fs};

use data::Token;
use data::corpus::BOOK;
use data::masked::Marks;
use data::pairs::Sources;
use data::tokenize::published as tokenizers;
use published::bert::{self, Encoder};
use tensor::{Context, Real};

/// Sentences that are read at once, of about the same length; the library's default.
const BATCH: usize = 32;
/// Tokens of a sentence, at most.
const LONGEST: usize = 256;

fn main() -> Result<(), Box<dyn Error>> {
    let text = BOOK.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences =
        text.split_inclusive(['.', '!', '?']).map(str::trim).filter(|sentence| sentence.split(' ').count() > 2);
    let sentences: Vec<&str> = sentences.take(512).collect();
    let Some(folder) = env::args().nth(1) else {
        println!("{}", sentences.join("\n"));
        return Ok(());
    };
    let folder = Path::new(&folder);
    let Encoder { bert, parameters } = bert::read(folder)?;
    let tokenizer = tokenizers::read(&fs::read_to_string(folder.join("tokenizer.json"))?)?;
    let marks = Marks::of(&*tokenizer)?;
    let cx = Context::eval(&parameters);
    for request in io::stdin().lines() {
        request?;
        let start = Instant::now();
        let mut read = Vec::new();
        for sentence in &sentences {
            read.push(marks.framed(&tokenizer.encode(sentence)?, LONGEST));
        }
        read.sort_by_key(Vec::len);
        let mut sum = 0.0;
        for batch in read.chunks(BATCH) {
            let batch: Vec<&[Token]> = batch.iter().map(Vec::as_slice).collect();
            let vectors = bert.sentence_vectors(&cx, &Sources::new(&batch));
            sum += vectors.value().iter().map(|&x: &Real| f64::from(x)).sum::<f64>();
        }
        let seconds = start.elapsed().as_secs_f64();
        // The sum is that of the same numbers in PyTorch.
        writeln!(io::stdout(), "{seconds} {sum}")?;
    }
    Ok(())
}
