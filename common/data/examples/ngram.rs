//! What counting alone predicts of a text, in windows of 64 characters of its last tenth.
//!
//! `cargo run --release -p data --example ngram -- FILE`, or without a file of the built-in book.

use std::{env, error::Error, fs};

use data::ngram::KneserNey;
use data::{CharacterTokenizer, NormalForm, Text, TextDataset, Tokenizer, Windows, corpus, mean_loss};

fn main() -> Result<(), Box<dyn Error>> {
    let text = match env::args().nth(1) {
        Some(file) => Text::new(file.as_str(), &NormalForm::Nfc.apply(&fs::read_to_string(&file)?))?,
        None => corpus::book(),
    };
    let tokenizer = CharacterTokenizer::from_text(text.as_str());
    let TextDataset { train, validation } = TextDataset::new(&text, &tokenizer)?;
    let windows: Vec<_> = Windows::new(&validation, 64)?.batches(64).collect();
    println!("{} in {} windows", validation.name(), windows.iter().map(|batch| batch.inputs.nrows()).sum::<usize>());
    for order in 1..=6 {
        let model = KneserNey::count(train.tokens(), tokenizer.vocabulary_size(), order);
        let loss = mean_loss(&windows, |history, next| model.probability(history, next));
        println!("{order}-gram: {loss:.4} nats per character");
    }
    Ok(())
}
