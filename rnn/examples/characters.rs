//! Reads the built-in book letter by letter, the state carried from each batch to the next, and then writes:
//! `cargo run --release -p rnn --example characters`

use data::{CharacterTokenizer, SequentialBatches, TextDataset, Tokenizer, Windows, corpus};
use ndarray::Array2;
use nn::{AdamW, Generator, Hooks, Schedule, Temperature, Trainer, TrainingConfig, evaluate};
use rnn::{Elman, RecurrentConfig, RecurrentLanguageModel};
use tensor::{Init, Parameters};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let book = corpus::book();
    let tokenizer = CharacterTokenizer::from_text(book.as_str());
    let text = TextDataset::new(&book, &tokenizer)?;

    let mut parameters = Parameters::new();
    let config = RecurrentConfig { carry: true, ..RecurrentConfig::new(tokenizer.vocabulary_size(), 64, 128) };
    let model = RecurrentLanguageModel::<Elman>::new(&mut Init::new(&mut parameters, 1), config);
    let rule = AdamW { beta2: 0.99, ..AdamW::default() };
    let training = TrainingConfig { clip: Some(1.0), ..TrainingConfig::new(1500, rule, Schedule::constant(2e-3)) };
    let mut trainer = Trainer::new(&model, parameters, training);
    trainer.run(&SequentialBatches::new(&text.train, 32, 64)?, Hooks::default())?;
    for row in &trainer.progress().history {
        println!("step {:5}  {:.3} nats per character", row.step, row.training_loss);
    }

    let windows = Windows::new(&text.validation, 64)?;
    if let Some(held_out) = evaluate(&model, trainer.parameters(), windows.batches(32)) {
        println!("held-out text: {:.3} nats, {:.3} bits per character", held_out.nats, held_out.bits());
    }

    let prompt = "Phileas Fogg ";
    let tokens = tokenizer.encode(prompt)?;
    let prompts = Array2::from_shape_vec((1, tokens.len()), tokens)?;
    let temperature = Temperature::new(0.7)?;
    let next = Generator::new(&model, trainer.parameters(), prompts.view(), temperature, 1).take(300);
    let said = next.map(|tokens| Ok(tokens?[0])).collect::<Result<Vec<_>, nn::ScoresError>>()?;
    println!("\n{prompt}{}", tokenizer.decode(&said));
    Ok(())
}
