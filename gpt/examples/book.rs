//! A small GPT reads *Around the World in Eighty Days* for half a minute and goes on with it.
//!
//! `cargo run --release -p gpt --example book`
//!
//! nanoGPT's CPU configuration (4 layers, 4 heads, width 128, context 64, batch 12) with 400 steps instead of 2,000 and
//! larger ones.

use std::error::Error;

use data::{CharacterTokenizer, RandomBatches, TextDataset, Tokenizer, Windows, corpus};
use gpt::{Gpt, GptConfig};
use ndarray::Array2;
use nn::{AdamW, Decay, Schedule, Temperature, Trainer, TrainingConfig, evaluate, generate};
use tensor::{Init, Parameters};

const STEPS: u64 = 400;

fn main() -> Result<(), Box<dyn Error>> {
    let book = corpus::book();
    let tokenizer = CharacterTokenizer::from_text(book.as_str());
    let dataset = TextDataset::new(&book, &tokenizer)?;
    let batches = RandomBatches::new(&dataset.train, 12, 64, 1)?;

    let mut parameters = Parameters::new();
    let config = GptConfig::new(tokenizer.vocabulary_size(), 64, 4, 128, 4);
    let model = Gpt::new(&mut Init::new(&mut parameters, 1), config)?;
    println!("{} characters of text, {} parameters", dataset.train.tokens().len(), parameters.count());

    let schedule = Schedule { decay: Decay::Cosine, peak: 3e-3, minimum: 3e-4, warmup: 20, end: STEPS };
    let rule = AdamW { beta2: 0.99, weight_decay: 0.1, ..AdamW::default() };
    let mut config = TrainingConfig::new(STEPS, rule, schedule);
    config.clip = Some(1.0);
    let mut trainer = Trainer::new(&model, parameters, config);
    for step in 1..=STEPS {
        let report = trainer.step(&batches)?;
        if step % 50 == 0 {
            println!("step {step:4}  loss {:.3} nats per character", report.loss);
        }
    }

    let windows = Windows::new(&dataset.validation, 64)?;
    if let Some(held_out) = evaluate(&model, trainer.parameters(), windows.batches(12)) {
        println!("on the end of the book, which it has not read: {:.3} nats per character", held_out.nats);
    }
    let prompt = "Phileas Fogg ";
    let tokens = tokenizer.encode(prompt)?;
    let prompts = Array2::from_shape_vec((1, tokens.len()), tokens)?;
    let said = generate(&model, trainer.parameters(), prompts.view(), 300, Temperature::new(0.8)?, 1)?;
    println!("\n{prompt}{}", tokenizer.decode(&said.row(0).to_vec()));
    Ok(())
}
